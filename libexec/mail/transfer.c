/* SPDX-License-Identifier: ISC */
#include "libexec/mail/transfer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/buf.h"
#include "core/util/mem.h"

#define CHUNK 16384
#define NAME_MAX_LEN 24
#define BLANKS_MAX 1000 /* behind a "=" that may end its line */

/*
 * Which encoding.
 */

/* Behind blanks, quotes and remarks in parentheses. */
static const char *
behind_remarks(const char *p)
{
	for (;;) {
		p += strspn(p, " \t\r\n\"'");
		if (*p != '(')
			return p;
		p += strcspn(p, ")");
		p += *p == ')';
	}
}

/* The name of the encoding; empty if there is none, or one that is too long. */
static void
read_name(char out[static NAME_MAX_LEN], GMimePart *part)
{
	GMimeHeader *header = g_mime_header_list_get_header(
	    g_mime_object_get_header_list(GMIME_OBJECT(part)),
	    "Content-Transfer-Encoding");
	const char *raw =
	    header == NULL ? NULL : g_mime_header_get_raw_value(header);
	size_t n;

	out[0] = '\0';
	if (raw == NULL)
		return;
	raw = behind_remarks(raw);
	n = strcspn(raw, " \t\r\n\"'(;,");
	if (n >= NAME_MAX_LEN)
		n = NAME_MAX_LEN - 1;
	memcpy(out, raw, n);
	out[n] = '\0';
}

/* Names for none at all, the right ones and others that are met. */
static bool
is_plain(const char *name)
{
	static const char *const plain[] = { "", "7bit", "8bit", "7-bit",
		"8-bit", "binary", "7bits", "8bits", "none", "plain", "text" };

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (strcasecmp(name, plain[i]) == 0)
			return true;
	return false;
}

/*
 * Quoted-printable.  A "=" with nothing but blanks behind it in its line joins
 * it to the next; one that means nothing stands for itself.
 */

struct quoted {
	struct buf out, held; /* held: from a "=" on that is not decided */
};

static int
digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits) % 16;
}

/* Is c taken into what is held, or does it decide about it? */
static bool
decide(struct quoted *q, char c)
{
	char last = q->held.data[q->held.len - 1];
	bool coded = q->held.len == 2 && digit(last) >= 0;

	if (coded && digit(c) >= 0) {
		buf_addc(&q->out, (char)(digit(last) * 16 + digit(c)));
		buf_clear(&q->held);
		return true;
	}
	if (c == '\n' && !coded) {
		buf_clear(&q->held);
		return true;
	}
	if ((last == '=' && digit(c) >= 0) ||
	    (!coded && last != '\r' && q->held.len < BLANKS_MAX &&
		(c == ' ' || c == '\t' || c == '\r'))) {
		buf_addc(&q->held, c);
		return true;
	}
	return false;
}

static void
add_quoted(struct quoted *q, const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (q->held.len > 0) {
			if (decide(q, p[i]))
				continue;
			buf_add(&q->out, q->held.data, q->held.len);
			buf_clear(&q->held);
		}
		if (p[i] == '=')
			buf_addc(&q->held, '=');
		else
			buf_addc(&q->out, p[i]);
	}
}

/* At the end of all, a line may be joined to nothing. */
static void
end_quoted(struct quoted *q)
{
	if (q->held.len == 2 && digit(q->held.data[1]) >= 0)
		buf_add(&q->out, q->held.data, q->held.len);
	buf_clear(&q->held);
}

/*
 * All of it.
 */

static GMimeStream *
open_stream(GMimePart *part, GMimeContentEncoding encoding)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *raw, *stream;
	GMimeFilter *filter;

	if (content == NULL)
		return NULL;
	raw = g_mime_data_wrapper_get_stream(content);
	g_mime_stream_reset(raw);
	stream = g_mime_stream_filter_new(raw);
	if (encoding != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE) {
		filter = g_mime_filter_basic_new(encoding, FALSE);
		g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), filter);
		g_object_unref(filter);
	}
	return stream;
}

bool
transfer_each(GMimePart *part,
    void (*take)(void *arg, const char *p, size_t len), void *arg)
{
	char name[NAME_MAX_LEN];
	GMimeContentEncoding encoding;
	GMimeStream *stream;
	struct quoted q = { BUF_INIT, BUF_INIT };
	char *chunk = mem_alloc(CHUNK);
	ssize_t n;

	read_name(name, part);
	encoding = g_mime_content_encoding_from_string(name);
	stream = open_stream(part, encoding);
	while (stream != NULL &&
	    (n = g_mime_stream_read(stream, chunk, CHUNK)) > 0) {
		if (encoding != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE) {
			take(arg, chunk, (size_t)n);
			continue;
		}
		add_quoted(&q, chunk, (size_t)n);
		take(arg, q.out.data, q.out.len);
		buf_clear(&q.out);
	}
	end_quoted(&q);
	if (q.out.len > 0)
		take(arg, q.out.data, q.out.len);
	if (stream != NULL)
		g_object_unref(stream);
	buf_release(&q.out);
	buf_release(&q.held);
	free(chunk);
	return encoding != GMIME_CONTENT_ENCODING_DEFAULT || is_plain(name);
}
