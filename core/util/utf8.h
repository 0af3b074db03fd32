/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_UTF8_H
#define DEED_CORE_UTIL_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/buf.h"

/*
 * UTF-8 (RFC 3629): no surrogates, nothing beyond U+10FFFF, shortest forms.
 */

/*
 * The character at p, and its length in *used (1 to 4).  For bytes that are
 * not UTF-8: UTF8_BAD, with *used = 1.  len must not be 0.
 */
#define UTF8_BAD UINT32_MAX
uint32_t utf8_decode(const char *p, size_t len, size_t *used);

/* How many bytes from p on are printable ASCII, as most are. */
size_t utf8_plain(const char *p, size_t len);

bool utf8_valid(const char *p, size_t len);
bool utf8_is_ascii(const char *p, size_t len);
/* How many characters a text has. */
size_t utf8_count(const char *s);
void utf8_add(struct buf *out, uint32_t c);

/* Is c one of the characters that reorder the text around them? */
bool utf8_is_bidi(uint32_t c);
/* Does a text hold a letter of a script that runs from right to left? */
bool utf8_is_rtl(const char *s);
/* Does c show nothing: blanks of any width, line ends, marks that join? */
bool utf8_is_blank(uint32_t c);
/* C0, DEL, C1 and the two Unicode line separators. */
bool utf8_is_control(uint32_t c);

/*
 * Text made safe for a terminal: controls, bidi marks and bytes that are not
 * UTF-8 appear as \n \t \x1b \u{202e}.  Line feeds stay if keep_lf.
 */
void utf8_escape(struct buf *out, const char *p, size_t len, bool keep_lf);

/* Columns of a character on a terminal: 0, 1 or 2. */
size_t utf8_columns(uint32_t c);
/* Those of a text. */
size_t utf8_width(const char *s);

/* Bytes of the longest prefix of s that is at most columns wide. */
size_t utf8_fit(const char *s, size_t columns);

#endif
