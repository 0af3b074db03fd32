/* SPDX-License-Identifier: ISC */
#include "core/util/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/mem.h"

char buf_empty[1]; /* shared by all empty buffers, never written */

void
buf_init(struct buf *b)
{
	*b = (struct buf)BUF_INIT;
}

void
buf_release(struct buf *b)
{
	if (b->cap > 0)
		free(b->data);
	buf_init(b);
}

void
buf_clear(struct buf *b)
{
	buf_cut(b, 0);
}

void
buf_cut(struct buf *b, size_t len)
{
	assert(len <= b->len);
	b->len = len;
	if (b->cap > 0)
		b->data[len] = '\0';
}

char *
buf_steal(struct buf *b)
{
	char *s = b->cap > 0 ? b->data : mem_ndup("", 0);

	buf_init(b);
	return s;
}

void
buf_reserve(struct buf *b, size_t more)
{
	size_t need = b->len + more + 1, cap = b->cap;

	assert(need > b->len);
	if (need <= cap)
		return;
	while (cap < need)
		cap = cap < 64 ? 64 : cap + cap / 2;
	b->data = mem_grow(b->cap > 0 ? b->data : NULL, cap, 1);
	b->cap = cap;
	b->data[b->len] = '\0';
}

void
buf_add(struct buf *b, const void *p, size_t len)
{
	if (len == 0)
		return;
	if (len >= b->cap - b->len)
		buf_reserve(b, len);
	memcpy(b->data + b->len, p, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addc(struct buf *b, char c)
{
	if (b->cap - b->len <= 1)
		buf_reserve(b, 1);
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = mem_vprintf(fmt, ap);
	va_end(ap);
	buf_adds(b, s);
	free(s);
}

void
buf_add_hex(struct buf *b, const void *p, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *v = p;

	buf_reserve(b, len * 2);
	for (size_t i = 0; i < len; i++) {
		buf_addc(b, digits[v[i] >> 4]);
		buf_addc(b, digits[v[i] & 15]);
	}
}
