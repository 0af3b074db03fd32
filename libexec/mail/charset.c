/* SPDX-License-Identifier: ISC */
#include "libexec/mail/charset.h"

#include <ctype.h>
#include <errno.h>
#include <gmime/gmime.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "core/util/utf8.h"

#define META_MAX 4096 /* bytes in which HTML says its charset */

bool
charset_clean(struct buf *out, const char *p, size_t len)
{
	bool repaired = false;

	if (utf8_valid(p, len) && memchr(p, '\0', len) == NULL) {
		buf_add(out, p, len);
		return false;
	}
	while (len > 0) {
		size_t used;
		uint32_t c = utf8_decode(p, len, &used);

		if (c == UTF8_BAD || c == 0) {
			utf8_add(out, 0xfffd);
			repaired = true;
		} else {
			buf_add(out, p, used);
		}
		p += used;
		len -= used;
	}
	return repaired;
}

/* Through iconv; what it cannot read becomes U+FFFD, one for each byte. */
static bool
convert(struct buf *out, iconv_t from, const char *p, size_t len)
{
	char piece[4096], *in = (char *)p;
	bool repaired = false;

	while (len > 0) {
		char *to = piece;
		size_t room = sizeof(piece);
		size_t n = iconv(from, &in, &len, &to, &room);
		int why = errno;

		buf_add(out, piece, sizeof(piece) - room);
		if (n == (size_t)-1 && why != E2BIG) {
			utf8_add(out, 0xfffd);
			repaired = true;
			in++;
			len--;
			iconv(from, NULL, NULL, NULL, NULL);
		}
	}
	return repaired;
}

static bool
is_utf8_name(const char *charset)
{
	return strcasecmp(charset, "utf-8") == 0 ||
	    strcasecmp(charset, "utf8") == 0 ||
	    strcasecmp(charset, "us-ascii") == 0;
}

/* What iconv calls a charset, or the larger one that programs mean by it. */
static const char *
iconv_name(const char *charset)
{
	static const struct {
		const char *said, *meant;
	} larger[] = { { "iso-8859-1", "WINDOWS-1252" },
		{ "latin1", "WINDOWS-1252" }, { "iso-8859-9", "WINDOWS-1254" },
		{ "latin5", "WINDOWS-1254" }, { "shift-jis", "WINDOWS-31J" },
		{ "x-sjis", "WINDOWS-31J" }, { "euc-kr", "CP949" } };
	const char *name = g_mime_charset_iconv_name(charset);

	for (size_t i = 0; i < sizeof(larger) / sizeof(larger[0]); i++)
		if (strcasecmp(name, larger[i].said) == 0)
			return larger[i].meant;
	return name;
}

/* Without a charset that helps: UTF-8 if it can be that, else Windows-1252. */
static bool
guess(struct buf *out, const char *p, size_t len, struct charset_notes *notes)
{
	iconv_t from = (iconv_t)-1;
	bool repaired = false;

	if (!utf8_valid(p, len)) {
		if (notes != NULL)
			notes->guessed = "the charset of a text is not said: "
					 "read as Windows-1252";
		from = iconv_open("UTF-8", "WINDOWS-1252");
	}
	if (from == (iconv_t)-1) {
		buf_add(out, p, len);
	} else {
		repaired = convert(out, from, p, len);
		iconv_close(from);
	}
	return repaired;
}

bool
charset_decode(struct buf *out, const char *p, size_t len, const char *charset,
    struct charset_notes *notes)
{
	size_t before = out->len;
	bool repaired;
	iconv_t from;

	if (charset == NULL || *charset == '\0' ||
	    (strcasecmp(charset, "us-ascii") == 0 && !utf8_valid(p, len)))
		return guess(out, p, len, notes);
	if (is_utf8_name(charset)) {
		buf_add(out, p, len);
		return false;
	}
	from = iconv_open("UTF-8", iconv_name(charset));
	if (from == (iconv_t)-1) {
		if (notes != NULL)
			notes->unknown =
			    "the charset of a text is not known here";
		return guess(out, p, len, notes);
	}
	repaired = convert(out, from, p, len);
	iconv_close(from);
	if (repaired && !utf8_is_ascii(p, len) && utf8_valid(p, len)) {
		if (notes != NULL)
			notes->guessed = "a text is UTF-8 and says it is not: "
					 "read as UTF-8";
		buf_cut(out, before);
		buf_add(out, p, len);
		repaired = false;
	}
	return repaired;
}

/*
 * HTML.
 */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind "charset =" in a tag, and quotes; NULL: it is not there. */
static const char *
find_charset(const char *p, const char *end)
{
	for (; end - p > 8; p++) {
		const char *at = p + 7;

		if (strncasecmp(p, "charset", 7) != 0)
			continue;
		while (at < end && is_blank(*at))
			at++;
		if (at == end || *at != '=')
			continue;
		for (at++;
		     at < end && (is_blank(*at) || *at == '"' || *at == '\'');)
			at++;
		return at;
	}
	return NULL;
}

static bool
read_meta(char out[static CHARSET_NAME_MAX], const char *p, const char *end)
{
	size_t n = 0;

	p = find_charset(p, end);
	while (p != NULL && p < end && n + 1 < CHARSET_NAME_MAX && *p != '\0' &&
	    (isalnum((unsigned char)*p) || strchr("-_.:+", *p) != NULL))
		out[n++] = *p++;
	out[n] = '\0';
	/* whoever can read this does not read two bytes a character */
	return n > 0 && strncasecmp(out, "utf-16", 6) != 0;
}

bool
charset_of_html(char out[static CHARSET_NAME_MAX], const char *p, size_t len)
{
	const char *end = p + (len < META_MAX ? len : META_MAX), *tag;

	if (!utf8_is_ascii(p, len) && utf8_valid(p, len))
		return false;
	while (p < end && (p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		if (end - p > 3 && memcmp(p, "<!--", 4) == 0) {
			p = memmem(p, (size_t)(end - p), "-->", 3);
			if (p == NULL)
				return false;
			continue;
		}
		tag = memchr(p, '>', (size_t)(end - p));
		if (tag == NULL)
			return false;
		if (tag - p > 5 && strncasecmp(p, "<meta", 5) == 0 &&
		    is_blank(p[5]) && read_meta(out, p, tag))
			return true;
		p = tag;
	}
	return false;
}
