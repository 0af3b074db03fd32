/* SPDX-License-Identifier: ISC */
#include "libexec/mail/canon.h"

#include <ctype.h>
#include <string.h>

static bool
is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

/* Runs of blanks become one; those at the end go.  *blank: one is due. */
static void
add_squeezed(struct buf *out, const char *p, size_t len, bool *blank)
{
	for (size_t i = 0; i < len; i++) {
		if (is_wsp(p[i])) {
			*blank = true;
			continue;
		}
		if (*blank)
			buf_addc(out, ' ');
		*blank = false;
		buf_addc(out, p[i]);
	}
}

static void
relaxed_field(struct buf *out, const struct field *f)
{
	const char *p = f->value;
	size_t left = f->value_len, start;
	bool blank = false;

	for (size_t i = 0; i < f->name_len; i++)
		buf_addc(out, (char)tolower((unsigned char)f->raw[i]));
	buf_addc(out, ':');
	start = out->len;
	while (left > 0) {
		size_t line = line_len(p, left);

		add_squeezed(out, p, line_text(p, line), &blank);
		p += line;
		left -= line;
	}
	if (out->data[start] == ' ') {
		memmove(out->data + start, out->data + start + 1,
		    out->len - start - 1);
		buf_cut(out, out->len - 1);
	}
	buf_adds(out, "\r\n");
}

static void
simple_field(struct buf *out, const struct field *f)
{
	const char *p = f->raw;
	size_t left = f->len;

	while (left > 0) {
		size_t line = line_len(p, left);

		buf_add(out, p, line_text(p, line));
		buf_adds(out, "\r\n");
		p += line;
		left -= line;
	}
}

void
canon_field(struct buf *out, enum canon how, const struct field *f)
{
	if (how == CANON_RELAXED)
		relaxed_field(out, f);
	else
		simple_field(out, f);
}

struct body {
	struct digest *digest;
	int64_t max, total;
	size_t empty; /* lines held back: those at the end do not count */
};

static void
feed(struct body *b, const void *p, size_t len)
{
	int64_t room = b->max < 0 ? (int64_t)len : b->max - b->total;

	if (room > 0)
		digest_add(
		    b->digest, p, (int64_t)len < room ? len : (size_t)room);
	b->total += (int64_t)len;
}

/* Most lines, and all of base64, are in the relaxed form already. */
static bool
is_relaxed(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] == '\t' ||
		    (p[i] == ' ' && (i + 1 == len || p[i + 1] == ' ')))
			return false;
	return true;
}

static void
feed_line(struct body *b, const char *p, size_t len)
{
	if (len == 0) {
		b->empty++;
		return;
	}
	for (; b->empty > 0; b->empty--)
		feed(b, "\r\n", 2);
	feed(b, p, len);
	feed(b, "\r\n", 2);
}

void
canon_body(char out[static SHA256_HEX], int64_t *total, enum canon how,
    const char *p, size_t len, int64_t max)
{
	struct body b = { .digest = digest_new(), .max = max };
	struct buf line = BUF_INIT;

	while (len > 0) {
		size_t whole = line_len(p, len), text = line_text(p, whole);
		bool blank = false;

		if (how == CANON_RELAXED && !is_relaxed(p, text)) {
			buf_clear(&line);
			add_squeezed(&line, p, text, &blank);
			feed_line(&b, line.data, line.len);
		} else {
			feed_line(&b, p, text);
		}
		p += whole;
		len -= whole;
	}
	if (how == CANON_SIMPLE && b.total == 0)
		feed(&b, "\r\n", 2); /* an empty body is one empty line */
	digest_hex(b.digest, out);
	*total = b.total;
	digest_free(b.digest);
	buf_release(&line);
}
