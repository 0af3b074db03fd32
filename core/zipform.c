/* SPDX-License-Identifier: ISC */
#include "core/zipform.h"

#include <stdbool.h>
#include <string.h>

#include "core/util/date.h"
#include "core/util/utf8.h"

#define UTF8_FLAG (1u << 11)
#define MADE_BY (3u << 8 | 45) /* Unix, version 4.5 */
#define LIMIT32 0xffffffffu

uint32_t
zipform_stamp(int64_t time)
{
	struct civil c = date_civil(time);

	if (c.year < 1980)
		c = (struct civil){ 1980, 1, 1, 0, 0, 0 };
	if (c.year > 2107)
		c = (struct civil){ 2107, 12, 31, 23, 59, 58 };
	return (uint32_t)(c.year - 1980) << 25 | (uint32_t)c.month << 21 |
	    (uint32_t)c.day << 16 | (uint32_t)c.hour << 11 |
	    (uint32_t)c.minute << 5 | (uint32_t)c.second / 2;
}

static void
add16(struct buf *b, unsigned v)
{
	buf_addc(b, (char)(v & 255));
	buf_addc(b, (char)(v >> 8 & 255));
}

static void
add32(struct buf *b, uint32_t v)
{
	add16(b, v & 65535);
	add16(b, v >> 16);
}

static void
add64(struct buf *b, uint64_t v)
{
	add32(b, (uint32_t)v);
	add32(b, (uint32_t)(v >> 32));
}

/*
 * Whether a member's header has room for sizes beyond 4 GiB.  Decided before
 * its bytes are seen, so with room for what stored blocks add.
 */
static bool
is_large(int64_t size)
{
	return size >= (int64_t)(LIMIT32 - (LIMIT32 >> 8));
}

/* What local and central header have in common, from "version needed" on. */
static void
add_common(struct buf *b, const struct zipform *m)
{
	bool large = is_large(m->size);

	add16(b, large ? 45 : 20);
	add16(b, utf8_is_ascii(m->name, strlen(m->name)) ? 0 : UTF8_FLAG);
	add16(b, (unsigned)m->method);
	add32(b, m->stamp);
	add32(b, m->crc);
	add32(b, large ? LIMIT32 : (uint32_t)m->packed);
	add32(b, large ? LIMIT32 : (uint32_t)m->size);
	add16(b, (unsigned)strlen(m->name));
}

void
zipform_local(struct buf *b, const struct zipform *m)
{
	bool large = is_large(m->size);

	add32(b, 0x04034b50);
	add_common(b, m);
	add16(b, large ? 20 : 0);
	buf_adds(b, m->name);
	if (!large)
		return;
	add16(b, 1); /* ZIP64 */
	add16(b, 16);
	add64(b, (uint64_t)m->size);
	add64(b, (uint64_t)m->packed);
}

void
zipform_central(struct buf *b, const struct zipform *m)
{
	bool large = is_large(m->size), far = m->at >= LIMIT32;
	unsigned extra = (large ? 16 : 0) + (far ? 8 : 0);

	add32(b, 0x02014b50);
	add16(b, MADE_BY);
	add_common(b, m);
	add16(b, extra > 0 ? extra + 4 : 0);
	add16(b, 0); /* comment */
	add16(b, 0); /* disk */
	add16(b, 0); /* internal attributes */
	add32(b, m->mode << 16);
	add32(b, far ? LIMIT32 : (uint32_t)m->at);
	buf_adds(b, m->name);
	if (extra == 0)
		return;
	add16(b, 1);
	add16(b, extra);
	if (large) {
		add64(b, (uint64_t)m->size);
		add64(b, (uint64_t)m->packed);
	}
	if (far)
		add64(b, (uint64_t)m->at);
}

/* The end of central directory, and before it the ZIP64 form if needed. */
void
zipform_end(struct buf *out, size_t n, int64_t at, int64_t len)
{
	bool large = n >= UINT16_MAX || at >= LIMIT32 || len >= LIMIT32;

	if (large) {
		add32(out, 0x06064b50);
		add64(out, 44);
		add16(out, MADE_BY);
		add16(out, 45);
		add32(out, 0);
		add32(out, 0);
		add64(out, n);
		add64(out, n);
		add64(out, (uint64_t)len);
		add64(out, (uint64_t)at);
		add32(out, 0x07064b50);
		add32(out, 0);
		add64(out, (uint64_t)(at + len));
		add32(out, 1);
	}
	add32(out, 0x06054b50);
	add16(out, 0);
	add16(out, 0);
	add16(out, n >= UINT16_MAX ? UINT16_MAX : (unsigned)n);
	add16(out, n >= UINT16_MAX ? UINT16_MAX : (unsigned)n);
	add32(out, len >= LIMIT32 ? LIMIT32 : (uint32_t)len);
	add32(out, at >= LIMIT32 ? LIMIT32 : (uint32_t)at);
	add16(out, 0);
}
