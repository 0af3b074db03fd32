/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_WORDS_H
#define DEED_LIBEXEC_MAIL_WORDS_H

#include "core/util/buf.h"

/*
 * The encoded words of a header, "=?utf-8?B?...?=" (RFC 2047).  Many programs
 * cut one text into several, some in the middle of a character, and pad each:
 * words that follow each other are decoded one by one, their bytes put
 * together, and only then read as text.  (GMime 3.2 stops at the first pad.)
 */

/* A value as a person reads it.  May hold control characters. */
void words_decode(struct buf *out, const char *p, size_t len);

/*
 * The same value with one word in place of each row of them, so that its
 * structure can still be told from what the words say.
 */
void words_join(struct buf *out, const char *p, size_t len);

#endif
