/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_BUF_H
#define DEED_CORE_UTIL_BUF_H

#include <stddef.h>

#include "core/util/err.h"

/*
 * Growable bytes.  data is always NUL-terminated behind len (len does not
 * count that NUL), so it may be read as a string when it holds none of its
 * own.  It grows without bound: what is read from outside passes a limit
 * first (file_read() and its kin take one).
 */

struct buf {
	char *data;
	size_t len;
	size_t cap;
};

extern char buf_empty[];
#define BUF_INIT \
	{ \
		buf_empty, 0, 0 \
	}

void buf_init(struct buf *b);
void buf_release(struct buf *b); /* back to BUF_INIT */
void buf_clear(struct buf *b);   /* len = 0, memory kept */
char *buf_steal(struct buf *b);  /* yours; b is empty again */
void buf_reserve(struct buf *b, size_t more);
void buf_cut(struct buf *b, size_t len); /* shorten to len */

void buf_add(struct buf *b, const void *p, size_t len);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_add_hex(struct buf *b, const void *p, size_t len);

#endif
