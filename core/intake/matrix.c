/* SPDX-License-Identifier: ISC */
/*
 * Matrix, "Export chat" of Element as JSON: the events of a room, the oldest
 * first.  An edit is an event of its own, which names what it replaces; it is
 * told with the message it edits, if that is there.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/intake/field.h"
#include "core/intake/matrix_edit.h"
#include "core/intake/people.h"

struct matrix {
	struct reading *r;
	struct people *names; /* what members call themselves */
	struct matrix_edits *edits;
	char *dir; /* the JSON is in, "" or "x/" */
};

static bool
begins(struct span s, const char *text)
{
	size_t n = strlen(text);

	return s.len >= n && memcmp(s.p, text, n) == 0;
}

/*
 * A reply repeats what it answers, as lines that begin with "> ", before an
 * empty line.
 */
static struct span
cut_fallback(struct span body)
{
	const char *p = body.p, *end;

	if (body.len == 0)
		return body;
	end = p + body.len;
	while (p < end && *p == '>') {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		if (lf == NULL)
			return body;
		p = lf + 1;
	}
	if (p == body.p || p == end || *p != '\n')
		return body;
	p++;
	return (struct span){ p, (size_t)(end - p) };
}

/*
 * Element adds to the name when it was sent, in the words of some language:
 * "images/logo-3-1-2024 at 10-00-00.png" is "logo.png", if it has its size and
 * no other file has both.
 */
static const struct part *
find_saved(
    const struct matrix *x, const char *dir, struct span name, int64_t size)
{
	const struct input *in = x->r->input;
	const char *dot = memrchr(name.p, '.', name.len);
	size_t stem = dot != NULL ? (size_t)(dot - name.p) : name.len;
	char *start = mem_printf("%s%s/%.*s-", x->dir, dir, (int)stem, name.p);
	size_t n = strlen(start), end = name.len - stem;
	const struct part *found = NULL;
	bool several = false;

	for (size_t i = input_from(in, start); i < in->parts.n; i++) {
		const struct part *part = &in->parts.v[i];
		size_t len = strlen(part->name);

		if (strncmp(part->name, start, n) != 0)
			break;
		if (part->size != size || len < n + end ||
		    !isdigit((unsigned char)part->name[n]) ||
		    memcmp(part->name + len - end, name.p + stem, end) != 0)
			continue;
		several |= found != NULL;
		found = part;
	}
	free(start);
	return several ? NULL : found;
}

/* Under its own name, as other programs save it. */
static const struct part *
find_plain(const struct matrix *x, struct span name)
{
	char *path = mem_printf("files/%.*s", (int)name.len, name.p);
	const struct part *part =
	    input_locate(x->r->input, x->dir, path, strlen(path));

	free(path);
	return part;
}

/* The folder that Element puts such a file into, or NULL if it is none. */
static const char *
folder_of(const char *type)
{
	static const char *const dirs[][2] = { { "m.image", "images" },
		{ "m.file", "files" }, { "m.audio", "audio" },
		{ "m.video", "videos" } };

	for (size_t i = 0; type != NULL && i < 4; i++)
		if (strcmp(type, dirs[i][0]) == 0)
			return dirs[i][1];
	return NULL;
}

static bool
read_file(
    const struct matrix *x, const struct node *content, struct attachment *a)
{
	const char *dir = folder_of(node_text(content, "msgtype"));
	const struct node *info = node_get(content, "info");
	struct span name = span_get(content, "filename");

	if (dir == NULL)
		return false;
	if (name.p == NULL)
		name = span_get(content, "body");
	*a = (struct attachment){ .name = name,
		.type = span_get(info, "mimetype"),
		.size = field_number(info, "size", -1) };
	if (name.p != NULL) {
		a->part = input_locate(x->r->input, x->dir, name.p, name.len);
		if (a->part == NULL)
			a->part = find_saved(x, dir, name, a->size);
		if (a->part == NULL)
			a->part = find_plain(x, name);
		/* a file with words of its own is called after those */
		if (a->part == NULL && span_get(content, "body").p != NULL)
			a->part = find_saved(
			    x, dir, span_get(content, "body"), a->size);
	}
	return true;
}

/* "m.room.member: join", "m.room.topic: ...": what a state event says. */
static void
add_state(struct buf *out, struct span type, const struct node *content)
{
	static const char *const keys[] = { "membership", "name", "topic",
		"displayname", "reason" };

	buf_add(out, type.p, type.len);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct span v = span_get(content, keys[i]);

		if (v.len == 0)
			continue;
		buf_adds(out, ": ");
		buf_add(out, v.p, v.len);
	}
}

static struct span
text_of(const struct node *content, struct message *m)
{
	const struct node *relates = node_get(content, "m.relates_to");
	const struct node *new = node_get(content, "m.new_content");
	struct span body = span_get(content, "body");

	m->reply_to = span_get(node_get(relates, "m.in_reply_to"), "event_id");
	/* of a thread: what was last in it, for programs that know none */
	if (span_is(span_get(relates, "rel_type"), "m.thread") &&
	    (m->reply_to.p == NULL || node_flag(relates, "is_falling_back")))
		m->reply_to = span_get(relates, "event_id");
	if (span_is(span_get(relates, "rel_type"), "m.replace")) {
		m->edited = true;
		m->edited_at = m->at;
		m->reply_to = span_get(relates, "event_id");
		m->type = span_of("edit");
		if (span_get(new, "body").p != NULL)
			body = span_get(new, "body");
	}
	return m->reply_to.p != NULL && !m->edited ? cut_fallback(body) : body;
}

/* The plain text of a poll: that of its fallback, of either version. */
static struct span
poll_of(const struct node *content)
{
	struct span text = span_get(content, "org.matrix.msc1767.text");
	const struct node *list = node_get(content, "m.text");

	if (text.p == NULL)
		text = span_get(content, "body");
	return text.p != NULL ? text : span_get(node_at(list, 0), "body");
}

static void
classify(
    struct message *m, struct span type, const struct node *n, struct buf *text)
{
	const struct node *content = node_get(n, "content");

	if (node_find(n, "unsigned.redacted_because") != NULL) {
		m->deleted = true;
		return;
	}
	if (span_is(type, "m.room.message") || span_is(type, "m.sticker")) {
		m->text = text_of(content, m);
		return;
	}
	m->type = type;
	if (span_is(type, "m.room.encrypted")) {
		m->text = span_of("(encrypted; the export has no key for it)");
	} else if (span_is(type, "m.poll.start") ||
	    span_is(type, "org.matrix.msc3381.poll.start")) {
		m->text = poll_of(content);
	} else if (span_is(type, "m.reaction")) {
		const struct node *relates = node_get(content, "m.relates_to");

		m->system = true;
		m->text = span_get(relates, "key");
		m->reply_to = span_get(relates, "event_id");
	} else {
		m->system = true;
		m->call = begins(type, "m.call.invite");
		add_state(text, type, content);
		m->text = (struct span){ text->data, text->len };
	}
}

static struct err *
read_event(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct matrix *x = arg;
	struct sink *sink = x->r->sink;
	const struct node *content = node_get(n, "content");
	struct span type = span_get(n, "type");
	struct message m = { .line = line };
	struct node *more;
	struct buf text = BUF_INIT;
	struct attachment a;
	struct err *e;

	(void)index;
	sink_unit(sink);
	m.id = span_get(n, "event_id");
	if (matrix_edits_applied(x->edits, m.id)) {
		sink_continue(sink);
		return NULL;
	}
	if (type.p == NULL ||
	    !field_epoch(&m.at, n, "origin_server_ts", 1000)) {
		sink_skip(
		    sink, x->r->main->name, line, "it is no event with a time");
		return NULL;
	}
	m.author_id = span_get(n, "sender");
	if (span_is(type, "m.room.member"))
		people_add(x->names, span_get(n, "state_key"),
		    span_get(content, "displayname"));
	m.author = people_name(x->names, m.author_id);
	classify(&m, type, n, &text);
	more = node_map();
	if (m.type.p == NULL && !m.deleted)
		matrix_edits_apply(x->edits, &m, n, more);
	m.more = more;
	if (read_file(x, content, &a)) {
		m.attachments = &a;
		m.n_attachments = 1;
	}
	e = sink_add(sink, &m);
	node_free(more);
	buf_release(&text);
	return e;
}

static struct err *
learn_event(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct matrix *x = arg;

	(void)index;
	(void)line;
	matrix_edits_learn(x->edits, n);
	return NULL;
}

/* The first time through: what is no JSON is said the second time. */
static void
learn_edits(struct matrix *x)
{
	struct scan *s;
	struct err *e = scan_open(&s, x->r->main);

	if (e == NULL) {
		e = field_each_under(s, "messages", learn_event, x);
		scan_close(s);
	}
	err_drop(e);
	if (!matrix_edits_ready(x->edits))
		sink_warn(x->r->sink,
		    "of more than %u MiB of edits, the later ones stand by "
		    "themselves",
		    MATRIX_EDITS_MAX >> 20);
}

static struct err *
read_root(void *arg, struct scan *s)
{
	struct matrix *x = arg;
	struct node *name;
	const char *key;
	struct err *e = scan_enter(s, '{');

	while (e == NULL && (e = scan_key(s, &key)) == NULL && key != NULL) {
		if (strcmp(key, "messages") == 0) {
			e = field_each(s, read_event, x);
		} else if (strcmp(key, "room_name") == 0) {
			if ((e = scan_value(s, &name)) == NULL)
				sink_title(x->r->sink, span_node(name).p,
				    span_node(name).len);
			node_free(name);
		} else {
			e = scan_skip(s);
		}
	}
	return e;
}

static struct err *
read_matrix(struct reading *r)
{
	struct matrix x = { .r = r,
		.names = people_new(),
		.edits = matrix_edits_new(),
		.dir = input_dir(r->main) };
	struct err *e;

	learn_edits(&x);
	e = field_document(r, r->main, read_root, &x);
	people_free(x.names);
	matrix_edits_free(x.edits);
	free(x.dir);
	return e;
}

static int
detect(const struct probe *p)
{
	return p->root == '{' && probe_has(p, "room_name") &&
		(probe_has(p, "messages[].event_id") ||
		    (probe_has(p, "exported_by") && probe_has(p, "messages"))) ?
	    READER_SURE :
	    0;
}

const struct reader reader_matrix = {
	.name = "matrix",
	.title = "Matrix room (Element)",
	.channel = "matrix",
	.order = SINK_BY_TIME,
	.detect = detect,
	.read = read_matrix,
};
