/* SPDX-License-Identifier: ISC */
#include "core/util/utf8.h"

#include <string.h>

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

static size_t
width_of(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} wide[] = {
		{ 0x1100, 0x115f },
		{ 0x2e80, 0x303e },
		{ 0x3041, 0xa4cf },
		{ 0xac00, 0xd7a3 },
		{ 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f },
		{ 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 },
		{ 0x1f300, 0x1f64f },
		{ 0x1f680, 0x1f6ff },
		{ 0x1f900, 0x1f9ff },
		{ 0x20000, 0x3fffd },
	};

	if (c > 0 && c < 0x300) /* most of what is ever shown */
		return 1;
	if (c == 0 || (c >= 0x300 && c <= 0x36f) || c == 0x200b ||
	    c == 0x200d || (c >= 0xfe00 && c <= 0xfe0f) || utf8_is_bidi(c))
		return 0;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (c >= wide[i].first && c <= wide[i].last)
			return 2;
	return 1;
}

size_t
utf8_fit(const char *s, size_t columns)
{
	size_t len = strlen(s), at = 0, width = 0, used;

	while (at < len) {
		uint32_t c = utf8_decode(s + at, len - at, &used);

		width += c == UTF8_BAD ? 1 : width_of(c);
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
		width += c == UTF8_BAD ? 1 : width_of(c);
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
