/* SPDX-License-Identifier: ISC */
#include "core/intake/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/utf8.h"

#define CHUNK (256u << 10)

/*
 * How many characters of more than one byte a file needs for each bad byte to
 * pass as damaged UTF-8 rather than as Windows-1252.
 */
#define GOOD_FOR_BAD 4

struct text {
	char *name;
	int fd; /* -1: the bytes were given */
	const char *given;
	size_t given_len;
	struct buf in; /* raw bytes not yet handed on; from at */
	size_t at;
	bool ended;
	enum text_charset charset;
	bool settled;     /* it is UTF-8, in spite of bad bytes */
	size_t multibyte; /* characters of several bytes seen so far */
	struct buf out;   /* the line, decoded if need be */
	unsigned long n;
	size_t n_mended;
	bool after_cr; /* an LF now belongs to the line before */
	bool opened;
};

static struct text *
make(const char *name)
{
	struct text *t = mem_zero(1, sizeof(*t));

	t->name = mem_dup(name);
	t->fd = -1;
	buf_init(&t->in);
	buf_init(&t->out);
	return t;
}

struct err *
text_open(struct text **out, const struct part *part)
{
	int fd;
	struct err *e = part_open_text(&fd, part);

	*out = NULL;
	if (e != NULL)
		return e;
	*out = make(part->name);
	(*out)->fd = fd;
	return NULL;
}

struct text *
text_bytes(const char *p, size_t len, const char *name)
{
	struct text *t = make(name);

	t->given = p;
	t->given_len = len;
	return t;
}

void
text_close(struct text *t)
{
	if (t == NULL)
		return;
	if (t->fd >= 0)
		close(t->fd);
	buf_release(&t->in);
	buf_release(&t->out);
	free(t->name);
	free(t);
}

struct err *
text_rewind(struct text *t)
{
	buf_clear(&t->in);
	t->at = 0;
	t->n = 0;
	t->n_mended = 0;
	t->ended = t->after_cr = t->opened = false;
	if (t->fd >= 0 && lseek(t->fd, 0, SEEK_SET) < 0)
		return err_errno("cannot read %s", t->name);
	return NULL;
}

enum text_charset
text_charset(const struct text *t)
{
	return t->charset;
}

size_t
text_mended(const struct text *t)
{
	return t->n_mended;
}

/* More raw bytes behind those not yet handed on. */
static struct err *
fill(struct text *t)
{
	ssize_t n;

	if (t->at > 0) {
		memmove(t->in.data, t->in.data + t->at, t->in.len - t->at);
		buf_cut(&t->in, t->in.len - t->at);
		t->at = 0;
	}
	if (t->fd < 0) {
		if (!t->ended)
			buf_add(&t->in, t->given, t->given_len);
		t->ended = true;
		return NULL;
	}
	buf_reserve(&t->in, CHUNK);
	do {
		n = read(t->fd, t->in.data + t->in.len, CHUNK);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno("cannot read %s", t->name);
	t->in.len += (size_t)n;
	t->in.data[t->in.len] = '\0';
	t->ended = n == 0;
	return NULL;
}

/* The UTF-32 mark begins like the UTF-16 one, so it is asked for first. */
static void
read_mark(struct text *t)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum text_charset charset;
	} marks[] = {
		{ "\xff\xfe\0\0", 4, TEXT_UTF32LE },
		{ "\0\0\xfe\xff", 4, TEXT_UTF32BE },
		{ "\xff\xfe", 2, TEXT_UTF16LE },
		{ "\xfe\xff", 2, TEXT_UTF16BE },
		{ "\xef\xbb\xbf", 3, TEXT_UTF8 },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (t->in.len < marks[i].len ||
		    memcmp(t->in.data, marks[i].bytes, marks[i].len) != 0)
			continue;
		t->charset = marks[i].charset;
		t->at = marks[i].len;
		t->settled = true; /* it says what it is */
		return;
	}
}

static struct err *
begin(struct text *t)
{
	struct err *e = fill(t);

	t->opened = true;
	while (e == NULL && t->in.len < 4 && !t->ended)
		e = fill(t);
	if (e == NULL)
		read_mark(t);
	return e;
}

/*
 * UTF-16 and UTF-32.
 */

static uint32_t
unit_at(const struct text *t, size_t at, size_t width)
{
	const unsigned char *p = (unsigned char *)t->in.data + at;
	bool little = t->charset == TEXT_UTF16LE || t->charset == TEXT_UTF32LE;
	uint32_t c = 0;

	for (size_t i = 0; i < width; i++)
		c = c << 8 | p[little ? width - 1 - i : i];
	return c;
}

/*
 * The character at t->at, and its bytes in *used; false if more are needed to
 * tell.  What is none is U+FFFD.
 */
static bool
wide_char(const struct text *t, uint32_t *c, size_t *used)
{
	size_t width = t->charset >= TEXT_UTF32LE ? 4 : 2;
	size_t left = t->in.len - t->at;

	if (left < width) {
		*c = UTF8_BAD;
		*used = left;
		return t->ended;
	}
	*c = unit_at(t, t->at, width);
	*used = width;
	if (width == 2 && *c >= 0xd800 && *c <= 0xdbff) {
		uint32_t low = left >= 4 ? unit_at(t, t->at + 2, 2) : 0;

		if (left < 4 && !t->ended)
			return false;
		if (low >= 0xdc00 && low <= 0xdfff) {
			*c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
			*used = 4;
		} else {
			*c = UTF8_BAD;
		}
	} else if (*c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff)) {
		*c = UTF8_BAD;
	}
	return true;
}

static struct err *
too_long(const struct text *t)
{
	return err_new(ERR_LIMIT, "%s:%lu: a line has more than %u bytes",
	    t->name, t->n + 1, TEXT_LINE_MAX);
}

static struct err *
next_wide(struct text *t, struct line *line)
{
	bool any = false;
	struct err *e;

	buf_clear(&t->out);
	for (;;) {
		uint32_t c;
		size_t used;

		while (t->at == t->in.len || !wide_char(t, &c, &used)) {
			if (t->ended && t->at == t->in.len)
				goto ended;
			if ((e = fill(t)) != NULL)
				return e;
		}
		t->at += used;
		if (c == '\n' && t->after_cr) {
			t->after_cr = false;
			continue;
		}
		t->after_cr = c == '\r';
		any = true;
		if (c == '\n' || c == '\r')
			break;
		line->mended = line->mended || c == UTF8_BAD;
		utf8_add(&t->out, c == UTF8_BAD ? 0xfffd : c);
		if (t->out.len > TEXT_LINE_MAX)
			return too_long(t);
	}
ended:
	if (!any)
		return NULL;
	line->p = t->out.data;
	line->len = t->out.len;
	return NULL;
}

/*
 * UTF-8 and Windows-1252.
 */

/* The length of the ASCII that p begins with. */
static size_t
ascii_run(const char *p, size_t len)
{
	const uint64_t high = UINT64_C(0x8080808080808080);
	size_t i = 0;

	for (; i + 8 <= len; i += 8) {
		uint64_t word;

		memcpy(&word, p + i, 8);
		if (word & high)
			break;
	}
	while (i < len && (unsigned char)p[i] < 0x80)
		i++;
	return i;
}

/* Count characters of several bytes, and bytes that are none. */
static void
count_utf8(const char *p, size_t len, size_t *good, size_t *wrong)
{
	size_t used;

	while (len > 0) {
		used = ascii_run(p, len);
		if (used == 0) {
			if (utf8_decode(p, len, &used) == UTF8_BAD)
				++*wrong;
			else
				++*good;
		}
		p += used;
		len -= used;
	}
}

/*
 * A byte that is not UTF-8 was met: damage, or another charset?  Looks at all
 * that is in memory, which is enough to tell.
 */
static void
settle(struct text *t)
{
	size_t good = t->multibyte, wrong = 0;

	count_utf8(t->in.data + t->at, t->in.len - t->at, &good, &wrong);
	t->settled = true;
	if (good < wrong * GOOD_FOR_BAD)
		t->charset = TEXT_1252;
}

static void
decode_1252(struct buf *out, const char *p, size_t len)
{
	/* 0x80 to 0x9f; the five that are none stand for themselves */
	static const uint16_t upper[32] = { 0x20ac, 0x81, 0x201a, 0x192, 0x201e,
		0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152,
		0x8d, 0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
		0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d,
		0x17e, 0x178 };

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)p[i];

		utf8_add(out, c >= 0x80 && c < 0xa0 ? upper[c - 0x80] : c);
	}
}

/* The same with U+FFFD for each bad byte. */
static void
mend(struct buf *out, const char *p, size_t len)
{
	size_t used;

	for (; len > 0; p += used, len -= used) {
		if (utf8_decode(p, len, &used) == UTF8_BAD)
			utf8_add(out, 0xfffd);
		else
			buf_add(out, p, used);
	}
}

static void
decode(struct text *t, struct line *line)
{
	size_t good = 0, wrong = 0, ascii = ascii_run(line->p, line->len);

	if (ascii == line->len)
		return;
	count_utf8(line->p + ascii, line->len - ascii, &good, &wrong);
	if (wrong > 0 && !t->settled && t->charset != TEXT_1252)
		settle(t);
	t->multibyte += good;
	if (wrong == 0 && t->charset != TEXT_1252)
		return;
	buf_clear(&t->out);
	if (t->charset == TEXT_1252) {
		decode_1252(&t->out, line->p, line->len);
	} else {
		mend(&t->out, line->p, line->len);
		line->mended = true;
		line->raw = line->p;
		line->raw_len = line->len;
	}
	line->p = t->out.data;
	line->len = t->out.len;
}

/* Where the line that begins at t->at ends, or in.len if that is not known. */
static size_t
find_end(const struct text *t, size_t from)
{
	const char *p = t->in.data + from;
	size_t len = t->in.len - from;
	const char *lf = memchr(p, '\n', len), *cr;

	if (lf != NULL)
		len = (size_t)(lf - p);
	cr = memchr(p, '\r', len);
	if (cr != NULL)
		len = (size_t)(cr - p);
	return from + len;
}

static struct err *
next_narrow(struct text *t, struct line *line)
{
	size_t end, seen = 0;
	struct err *e;

	if (t->at == t->in.len && !t->ended && (e = fill(t)) != NULL)
		return e;
	if (t->after_cr && t->at < t->in.len && t->in.data[t->at] == '\n')
		t->at++;
	t->after_cr = false;
	while ((end = find_end(t, t->at + seen)) == t->in.len && !t->ended) {
		seen = t->in.len - t->at;
		if (seen > TEXT_LINE_MAX)
			return too_long(t);
		if ((e = fill(t)) != NULL)
			return e;
	}
	if (t->at == t->in.len)
		return NULL;
	if (end - t->at > TEXT_LINE_MAX)
		return too_long(t);
	line->p = t->in.data + t->at;
	line->len = end - t->at;
	decode(t, line);
	if (end < t->in.len) {
		t->after_cr = t->in.data[end] == '\r';
		t->in.data[end++] = '\0';
		if (t->after_cr && end < t->in.len && t->in.data[end] == '\n') {
			t->after_cr = false;
			end++;
		}
	}
	t->at = end;
	return NULL;
}

struct err *
text_next(struct text *t, struct line *line)
{
	bool wide;
	struct err *e = NULL;

	*line = (struct line){ .p = NULL };
	if (!t->opened && (e = begin(t)) != NULL)
		return e;
	wide = t->charset >= TEXT_UTF16LE && t->charset <= TEXT_UTF32BE;
	e = wide ? next_wide(t, line) : next_narrow(t, line);
	if (e == NULL && line->p != NULL) {
		line->number = ++t->n;
		t->n_mended += line->mended;
	}
	return e;
}

/*
 * Plain characters.
 */

bool
text_is_mark(uint32_t c)
{
	return c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || c == 0x061c;
}

size_t
text_marks(const char *p, size_t len)
{
	size_t at = 0, used;

	while (at < len && (unsigned char)p[at] >= 0x80) {
		if (!text_is_mark(utf8_decode(p + at, len - at, &used)))
			break;
		at += used;
	}
	return at;
}

uint32_t
text_plain(const char *p, size_t len, size_t *used)
{
	static const uint32_t zeros[] = { 0x660, 0x6f0, 0x966, 0xe50, 0x9e6,
		0xff10 };
	size_t marks = text_marks(p, len);
	uint32_t c;

	*used = marks;
	if (marks == len)
		return 0;
	c = utf8_decode(p + marks, len - marks, used);
	*used += marks;
	if (c < 0x80)
		return c == '\t' ? ' ' : c;
	for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++)
		if (c >= zeros[i] && c <= zeros[i] + 9)
			return '0' + (c - zeros[i]);
	if (c == 0xa0 || c == 0x202f || c == 0x2009 || c == 0x3000)
		return ' ';
	if (c == 0x060c || c == 0xff0c)
		return ',';
	if (c == 0xff1a)
		return ':';
	return c;
}
