/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_TEXT_H
#define DEED_CORE_INTAKE_TEXT_H

#include "core/intake/input.h"

/*
 * The lines of a text export as UTF-8, whatever it was written in: a byte
 * order mark decides (UTF-8, UTF-16, UTF-32), else it is UTF-8 as long as it
 * is valid, else Windows-1252.  A file that is UTF-8 but for a few bytes stays
 * UTF-8; such a line says so.
 *
 * Lines end in LF, CRLF or a lone CR, and nowhere else: what Unicode calls
 * line separators may stand in a message.
 */

#define TEXT_LINE_MAX (4u << 20) /* bytes; a longer one is ERR_LIMIT */

enum text_charset {
	TEXT_UTF8,
	TEXT_UTF16LE,
	TEXT_UTF16BE,
	TEXT_UTF32LE,
	TEXT_UTF32BE,
	TEXT_1252,
};

struct line {
	const char *p; /* len bytes, and a NUL behind them */
	size_t len;
	unsigned long number; /* from 1 */
	bool mended;          /* U+FFFD stands for what was not UTF-8 ... */
	const char *raw;      /* ... as it was, raw_len bytes; else NULL */
	size_t raw_len;
};

struct text;

struct err *text_open(struct text **out, const struct part *part) MUST_CHECK;
/* Over bytes that stay the caller's. */
struct text *text_bytes(const char *p, size_t len, const char *name);
void text_close(struct text *t); /* NULL is fine */

/* The next line, good until the next call; line->p is NULL after the last. */
struct err *text_next(struct text *t, struct line *line) MUST_CHECK;
/* Begin again. */
struct err *text_rewind(struct text *t) MUST_CHECK;

/* What it turned out to be so far: TEXT_1252 is worth a warning. */
enum text_charset text_charset(const struct text *t);
/* Lines so far that held bytes of no character. */
size_t text_mended(const struct text *t);

/*
 * Reading what stands at the beginning of lines: marks that only steer the
 * direction of writing are skipped, digits of other scripts are digits, and
 * every blank is a blank.
 */

/* One character of the above: "0".."9", " ", ",", or itself; 0 at the end. */
uint32_t text_plain(const char *p, size_t len, size_t *used);
/* Length of the marks (and byte order marks) p begins with. */
size_t text_marks(const char *p, size_t len);
/* Is c one of the marks? */
bool text_is_mark(uint32_t c);

#endif
