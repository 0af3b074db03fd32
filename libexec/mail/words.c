/* SPDX-License-Identifier: ISC */
#include "libexec/mail/words.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/mem.h"
#include "libexec/mail/charset.h"

#define CHARSET_MAX 40
#define HEAD_MAX 80 /* bytes of charset and language */

struct word {
	char charset[CHARSET_MAX];
	char encoding; /* 'B' or 'Q' */
	const char *text;
	size_t len;
};

/* Bytes of words that follow each other, as far as of one charset. */
struct row {
	struct buf *text; /* what was read, in UTF-8 */
	struct buf bytes;
	char charset[CHARSET_MAX];
	unsigned bits, held; /* of base64 that goes on in the next word */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind the text of a word, at its "?="; NULL if it has none. */
static const char *
find_close(const char *p, const char *end)
{
	for (; end - p >= 2; p++) {
		if (p[0] == '?' && p[1] == '=')
			return p;
		if (p[0] == '=' && p[1] == '?' && (end - p < 3 || p[2] != '='))
			return NULL; /* another word begins */
	}
	return NULL;
}

/* The charset, without the language that may stand behind an asterisk. */
static bool
read_charset(struct word *w, const char *p, const char *end)
{
	size_t n = 0;

	for (; p < end && *p != '*'; p++) {
		if (n + 1 == CHARSET_MAX ||
		    (!isalnum((unsigned char)*p) &&
			strchr("-_.:+", *p) == NULL))
			return false;
		w->charset[n++] = *p;
	}
	w->charset[n] = '\0';
	return n > 0;
}

/* "=?charset?B?text?=" at p: its length; 0 if there is none. */
static size_t
parse_word(struct word *w, const char *p, const char *end)
{
	size_t left = (size_t)(end - p);
	const char *mark, *close;

	if (left < 8 || p[0] != '=' || p[1] != '?')
		return 0;
	mark = memchr(p + 2, '?', left - 2 < HEAD_MAX ? left - 2 : HEAD_MAX);
	if (mark == NULL || end - mark < 5 || mark[2] != '?' ||
	    !read_charset(w, p + 2, mark))
		return 0;
	w->encoding = (char)toupper((unsigned char)mark[1]);
	w->text = mark + 3;
	close = find_close(w->text, end);
	if (close == NULL || (w->encoding != 'B' && w->encoding != 'Q'))
		return 0;
	w->len = (size_t)(close - w->text);
	return (size_t)(close + 2 - p);
}

static int
digit(const char *digits, char c)
{
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

static void
add_quoted(struct row *row, const struct word *w)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < w->len; i++) {
		char c = w->text[i];
		int high = i + 2 < w->len ?
		    digit(hex, (char)toupper((unsigned char)w->text[i + 1])) :
		    -1;
		int low = high < 0 ?
		    -1 :
		    digit(hex, (char)toupper((unsigned char)w->text[i + 2]));

		if (c == '=' && low >= 0) {
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '_') {
			c = ' ';
		}
		buf_addc(&row->bytes, c);
	}
}

/* A word that ends without pads between two digits goes on in the next one. */
static void
add_base64(struct row *row, const struct word *w)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < w->len; i++) {
		int value = digit(digits, w->text[i]);

		if (w->text[i] == '=')
			row->held = 0;
		if (value < 0)
			continue;
		row->bits = (row->bits << 6 | (unsigned)value) & 0xffffff;
		row->held += 6;
		if (row->held >= 8) {
			row->held -= 8;
			buf_addc(
			    &row->bytes, (char)(row->bits >> row->held & 0xff));
		}
	}
}

static void
end_charset(struct row *row)
{
	charset_decode(row->text, row->bytes.data, row->bytes.len,
	    row->charset[0] != '\0' ? row->charset : NULL, NULL);
	buf_clear(&row->bytes);
	row->held = 0;
}

static void
add_word(struct row *row, const struct word *w)
{
	if (strcasecmp(row->charset, w->charset) != 0) {
		end_charset(row);
		memcpy(row->charset, w->charset, sizeof(row->charset));
	}
	if (w->encoding == 'B')
		add_base64(row, w);
	else
		add_quoted(row, w);
}

/* Words from p on with nothing but blanks between: how long they are. */
static size_t
read_row(struct buf *text, const char *p, const char *end)
{
	struct row row = { .text = text, .bytes = BUF_INIT };
	const char *at = p, *behind = p;
	struct word w;
	size_t n;

	while ((n = parse_word(&w, at, end)) > 0) {
		add_word(&row, &w);
		behind = at = at + n;
		while (at < end && is_blank(*at))
			at++;
	}
	end_charset(&row);
	buf_release(&row.bytes);
	return (size_t)(behind - p);
}

static void
add_as_word(struct buf *out, const struct buf *text)
{
	size_t room = (text->len + 2) / 3 * 4 + 1;
	char *base64 = mem_alloc(room);

	EVP_EncodeBlock((unsigned char *)base64,
	    (const unsigned char *)text->data, (int)text->len);
	buf_addf(out, "=?utf-8?B?%s?=", base64);
	free(base64);
}

static void
each_row(struct buf *out, const char *p, size_t len, bool join)
{
	const char *end = p + len, *from = p;
	struct buf text = BUF_INIT;

	while (p < end) {
		size_t n;

		buf_clear(&text);
		if (*p != '=' || (n = read_row(&text, p, end)) == 0) {
			p++;
			continue;
		}
		if (join)
			buf_add(out, from, (size_t)(p - from));
		else
			charset_decode(
			    out, from, (size_t)(p - from), NULL, NULL);
		if (join)
			add_as_word(out, &text);
		else
			buf_add(out, text.data, text.len);
		from = p += n;
	}
	if (join)
		buf_add(out, from, (size_t)(end - from));
	else
		charset_decode(out, from, (size_t)(end - from), NULL, NULL);
	buf_release(&text);
}

void
words_decode(struct buf *out, const char *p, size_t len)
{
	each_row(out, p, len, false);
}

void
words_join(struct buf *out, const char *p, size_t len)
{
	each_row(out, p, len, true);
}
