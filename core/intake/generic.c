/* SPDX-License-Identifier: ISC */
/*
 * Messages as JSON Lines in a form of deed's own, for everything that has no
 * reader: deed-transcript(5) says which keys there are.  It is the form of
 * messages.jsonl in an archive, too.
 */

#include <string.h>

#include "core/intake/field.h"

struct generic {
	struct reading *r;
};

static const char *const times[] = { "time", "timestamp", "date", "created_at",
	"createdAt" };
static const char *const texts[] = { "text", "message", "body", "content" };
static const char *const authors[] = { "author", "from", "sender", "user" };

static struct span
first_of(const struct node *n, const char *const *keys, size_t max)
{
	struct span v = { NULL, 0 };

	for (size_t i = 0; i < max && v.p == NULL; i++)
		v = span_get(n, keys[i]);
	return v;
}

static bool
read_time(struct stamp *out, const struct node *n)
{
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct span text = span_get(n, times[i]);
		size_t used;

		if (field_iso(out, n, times[i]) ||
		    field_epoch(out, n, times[i], 0))
			return true;
		if (text.p != NULL &&
		    stamp_clock(&out->us, text.p, text.len, &used) &&
		    used == text.len) {
			out->kind = STAMP_RELATIVE;
			out->unit = memchr(text.p, '.', text.len) != NULL ?
			    STAMP_MICROSECOND :
			    STAMP_SECOND;
			return true;
		}
	}
	*out = (struct stamp){ 0 };
	return false;
}

static size_t
read_files(const struct generic *g, const struct node *n,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	const struct node *list = node_get(n, "attachments");
	size_t count = 0;

	for (; count < node_count(list) && count < MESSAGE_ATTACHMENTS_MAX;
	     count++) {
		const struct node *f = list->kids[count];
		struct span path =
		    f->type == NODE_STR ? span_node(f) : span_get(f, "path");
		struct span name = span_get(f, "name");

		out[count] = (struct attachment){
			.name = name.p != NULL ? name : field_base(path),
			.type = span_get(f, "type"),
			.size = field_number(f, "size", -1),
			.part = path.p == NULL ?
			    NULL :
			    input_locate(g->r->input, "", path.p, path.len),
		};
	}
	return count;
}

static struct err *
read_message(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct generic *g = arg;
	struct sink *sink = g->r->sink;
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	char id[24], reply[24], author_id[24];
	struct message m = { .line = line };
	struct err *e;

	(void)index;
	sink_unit(sink);
	m.text = first_of(n, texts, sizeof(texts) / sizeof(texts[0]));
	m.author = first_of(n, authors, sizeof(authors) / sizeof(authors[0]));
	m.n_attachments = read_files(g, n, files);
	m.attachments = files;
	if (n->type != NODE_MAP || (m.text.p == NULL && m.n_attachments == 0)) {
		sink_skip(sink, NULL, line, "it has no text");
		return NULL;
	}
	if (!read_time(&m.at, n))
		sink_warn(sink, "line %lu: a message without a time", line);
	m.id = field_text(n, "id", id);
	m.reply_to = field_text(n, "reply_to", reply);
	m.author_id = field_text(n, "author_id", author_id);
	m.channel = span_get(n, "channel");
	m.type = span_get(n, "type");
	m.system = node_flag(n, "system");
	m.deleted = node_flag(n, "deleted");
	m.edited =
	    field_iso(&m.edited_at, n, "edited_at") || node_flag(n, "edited");
	m.more = node_get(n, "more");
	e = sink_add(sink, &m);
	return e;
}

static struct err *
read_list(void *arg, struct scan *s)
{
	return field_each(s, read_message, arg);
}

static struct err *
read_generic(struct reading *r)
{
	struct generic g = { r };
	struct buf head = BUF_INIT;
	struct err *e = part_head(&head, r->main, 64);
	size_t blanks = strspn(head.data, "\xef\xbb\xbf \t\r\n");

	if (e == NULL)
		e = head.data[blanks] == '[' ?
		    field_document(r, r->main, read_list, &g) :
		    field_lines(r, r->main, read_message, &g);
	buf_release(&head);
	return e;
}

static int
detect(const struct probe *p)
{
	bool list = p->root == '[';
	bool timed = false, worded = false;

	if (p->root == 0)
		return 0;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		timed |= probe_has(p, times[i]) && !list;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		worded |= probe_has(p, texts[i]) && !list;
	if (list)
		timed = worded =
		    (probe_has(p, "[].time") || probe_has(p, "[].timestamp")) &&
		    probe_has(p, "[].text") && probe_has(p, "[].author");
	return timed && worded ? READER_MAYBE + 2 : 0;
}

const struct reader reader_jsonl = {
	.name = "jsonl",
	.title = "Messages as JSON Lines",
	.flags = READER_FORGEABLE,
	.order = SINK_AS_IS,
	.detect = detect,
	.read = read_generic,
};
