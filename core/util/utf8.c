/* SPDX-License-Identifier: ISC */
#include "core/util/utf8.h"

#include <stdlib.h>
#include <string.h>

struct range {
	uint32_t first, last;
};

#include "core/util/columns.inc"

static bool
is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

uint32_t
utf8_decode(const char *p, size_t len, size_t *used)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)p;
	size_t n = s[0] < 0x80    ? 1 :
	    (s[0] & 0xe0) == 0xc0 ? 2 :
	    (s[0] & 0xf0) == 0xe0 ? 3 :
	    (s[0] & 0xf8) == 0xf0 ? 4 :
				    0;
	uint32_t c;

	*used = 1;
	if (n == 1)
		return s[0];
	if (n == 0 || n > len)
		return UTF8_BAD;
	c = s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (!is_tail(s[i]))
			return UTF8_BAD;
		c = c << 6 | (s[i] & 0x3fu);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return UTF8_BAD;
	*used = n;
	return c;
}

size_t
utf8_plain(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len && p[n] >= ' ' && p[n] < 0x7f)
		n++;
	return n;
}

bool
utf8_valid(const char *p, size_t len)
{
	size_t used;

	for (; len > 0; p += used, len -= used) {
		used = utf8_plain(p, len);
		if (used == 0 && utf8_decode(p, len, &used) == UTF8_BAD)
			return false;
	}
	return true;
}

bool
utf8_is_ascii(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)p[i] >= 0x80)
			return false;
	return true;
}

void
utf8_add(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_addc(out, (char)c);
	} else if (c < 0x800) {
		buf_addc(out, (char)(0xc0 | c >> 6));
		buf_addc(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_addc(out, (char)(0xe0 | c >> 12));
		buf_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(out, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_addc(out, (char)(0xf0 | c >> 18));
		buf_addc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(out, (char)(0x80 | (c & 0x3f)));
	}
}

bool
utf8_is_bidi(uint32_t c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

bool
utf8_is_rtl(const char *s)
{
	size_t used;

	for (size_t len = strlen(s); len > 0; s += used, len -= used) {
		uint32_t c;

		used = utf8_plain(s, len);
		if (used > 0)
			continue;
		c = utf8_decode(s, len, &used);
		if ((c >= 0x590 && c <= 0x8ff) ||
		    (c >= 0xfb1d && c <= 0xfdfd) ||
		    (c >= 0xfe70 && c <= 0xfefc) ||
		    (c >= 0x10800 && c <= 0x10fff) ||
		    (c >= 0x1e800 && c <= 0x1efff))
			return true;
	}
	return false;
}

bool
utf8_is_blank(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0d) || c == ' ' || c == 0x85 || c == 0xa0 ||
	    c == 0xad || c == 0x1680 || c == 0x180e ||
	    (c >= 0x2000 && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) ||
	    (c >= 0x205f && c <= 0x2069) || c == 0x2800 || c == 0x3000 ||
	    c == 0x3164 || (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
}

bool
utf8_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 ||
	    c == 0x2029;
}

static void
escape_one(struct buf *out, uint32_t c)
{
	switch (c) {
	case '\n':
		buf_adds(out, "\\n");
		return;
	case '\r':
		buf_adds(out, "\\r");
		return;
	case '\t':
		buf_adds(out, "\\t");
		return;
	}
	if (c < 0x80)
		buf_addf(out, "\\x%02x", (unsigned)c);
	else
		buf_addf(out, "\\u{%x}", (unsigned)c);
}

void
utf8_escape(struct buf *out, const char *p, size_t len, bool keep_lf)
{
	size_t used;

	for (; len > 0; p += used, len -= used) {
		uint32_t c;

		used = utf8_plain(p, len);
		if (used > 0) {
			buf_add(out, p, used);
			continue;
		}
		c = utf8_decode(p, len, &used);
		if (c == UTF8_BAD)
			buf_addf(out, "\\x%02x", (unsigned char)*p);
		else if (c == '\n' && keep_lf)
			buf_addc(out, '\n');
		else if (utf8_is_control(c) || utf8_is_bidi(c) || c == 0xfeff)
			escape_one(out, c);
		else
			buf_add(out, p, used);
	}
}

static int
by_place(const void *key, const void *elem)
{
	const uint32_t *c = key;
	const struct range *r = elem;

	return *c < r->first ? -1 : *c > r->last;
}

#define IS_IN(C, TABLE) \
	(bsearch(&(C), TABLE, sizeof(TABLE) / sizeof((TABLE)[0]), \
	     sizeof((TABLE)[0]), by_place) != NULL)

size_t
utf8_columns(uint32_t c)
{
	if (c > 0 && c < 0x300) /* most of what is ever shown */
		return 1;
	if (c == 0 || IS_IN(c, no_column))
		return 0;
	return IS_IN(c, two_columns) ? 2 : 1;
}

size_t
utf8_fit(const char *s, size_t columns)
{
	size_t len = strlen(s), at = 0, width = 0, used;

	while (at < len) {
		uint32_t c = utf8_decode(s + at, len - at, &used);

		width += c == UTF8_BAD ? 1 : utf8_columns(c);
		if (width > columns)
			break;
		at += used;
	}
	return at;
}

size_t
utf8_width(const char *s)
{
	size_t len = strlen(s), width = 0, used;

	for (; len > 0; s += used, len -= used) {
		uint32_t c;

		used = utf8_plain(s, len);
		width += used;
		if (used > 0)
			continue;
		c = utf8_decode(s, len, &used);
		width += c == UTF8_BAD ? 1 : utf8_columns(c);
	}
	return width;
}

size_t
utf8_count(const char *s)
{
	size_t n = 0, used;

	for (size_t len = strlen(s); len > 0; s += used, len -= used, n++)
		utf8_decode(s, len, &used);
	return n;
}
