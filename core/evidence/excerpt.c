/* SPDX-License-Identifier: ISC */
#include "core/evidence/excerpt.h"

#include <stdlib.h>
#include <string.h>

#include "core/evidence/telling.h"
#include "core/ext/json.h"
#include "core/ext/unpack.h"

static struct err *
read_member(struct buf *out, struct unpack *u, const char *name)
{
	const void *p;
	size_t len;
	struct err *e;

	while ((e = unpack_read(u, &p, &len)) == NULL && len > 0) {
		if (out->len + len > EXCERPT_MAX)
			return err_new(
			    ERR_LIMIT, "%s is larger than 512 MiB", name);
		buf_add(out, p, len);
	}
	return e;
}

struct err *
excerpt_open(struct excerpt *out, const char *zip)
{
	const struct unpack_limits known = { .known = true };
	const struct unpack_entry *entry;
	struct unpack *u = NULL;
	struct err *e;

	memset(out, 0, sizeof(*out));
	buf_init(&out->jsonl);
	buf_init(&out->sums);
	e = unpack_open(&u, zip, &known);
	while (
	    e == NULL && (e = unpack_next(u, &entry)) == NULL && entry != NULL)
		if (strcmp(entry->name, "messages.jsonl") == 0)
			e = read_member(&out->jsonl, u, entry->name);
		else if (strcmp(entry->name, "messages.sha256") == 0)
			e = read_member(&out->sums, u, entry->name);
	unpack_close(u);
	for (size_t at = 0; e == NULL && at < out->jsonl.len;) {
		const char *lf =
		    memchr(out->jsonl.data + at, '\n', out->jsonl.len - at);

		vec_push(&out->starts, at);
		at = lf == NULL ? out->jsonl.len :
				  (size_t)(lf - out->jsonl.data) + 1;
	}
	if (e != NULL)
		excerpt_release(out);
	return e;
}

void
excerpt_release(struct excerpt *x)
{
	buf_release(&x->jsonl);
	buf_release(&x->sums);
	vec_release(&x->starts);
}

size_t
excerpt_count(const struct excerpt *x)
{
	return x->starts.n;
}

const char *
excerpt_line(const struct excerpt *x, size_t line, size_t *len)
{
	size_t at = x->starts.v[line - 1];
	size_t end = line < x->starts.n ? x->starts.v[line] : x->jsonl.len;

	if (end > at && x->jsonl.data[end - 1] == '\n')
		end--;
	*len = end - at;
	return x->jsonl.data + at;
}

void
excerpt_tell(struct buf *out, const struct node *message)
{
	char *author = telling_speaker(message);
	const char *text = node_text(message, "text");
	const char *time = node_text(message, "time");
	char *when;

	if (time == NULL)
		time = node_text(message, "local");
	when = time == NULL ? NULL : telling_due(time);
	if (when != NULL)
		buf_addf(out, "%s  ", when);
	if (author != NULL)
		buf_addf(out, "%s: ", author);
	buf_adds(out, text != NULL ? text : "");
	free(author);
	free(when);
}

static void
tell_line(struct buf *text, const char *line, size_t len)
{
	struct node *message = NULL;
	struct err *e =
	    json_parse_message(&message, line, len, "messages.jsonl");

	if (e == NULL)
		excerpt_tell(text, message);
	err_drop(e); /* it stands in messages.jsonl as it is */
	buf_addc(text, '\n');
	node_free(message);
}

void
excerpt_write(struct buf *jsonl, struct buf *text, const struct excerpt *x,
    const bool *left_out)
{
	size_t n = 0;

	for (size_t line = 1; line <= excerpt_count(x); line++) {
		size_t len;
		const char *p = excerpt_line(x, line, &len);

		if (left_out[line - 1]) {
			buf_addf(text, "[message %zu is withheld]\n", line);
			n++;
			continue;
		}
		buf_add(jsonl, p, len);
		buf_addc(jsonl, '\n');
		tell_line(text, p, len);
	}
	buf_addf(text,
	    "\n%zu of %zu messages; %zu withheld.  messages.sha256 lists the "
	    "digests of all.\n",
	    excerpt_count(x) - n, excerpt_count(x), n);
}
