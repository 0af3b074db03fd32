/* SPDX-License-Identifier: ISC */
/*
 * Microsoft Teams, messages as Graph gives them (keys in camelCase or
 * PascalCase), the newest first, their bodies HTML.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/intake/field.h"
#include "core/util/untag.h"

#define CLOCK_SLACK INT64_C(2000000) /* microseconds an id may differ */

struct teams {
	struct reading *r;
	size_t unlike;
};

/* A key whose first letter is small or capital. */
static const struct node *
get(const struct node *n, const char *key)
{
	char other[32];
	const struct node *v = node_get(n, key);

	if (v != NULL || strlen(key) >= sizeof(other))
		return v;
	memcpy(other, key, strlen(key) + 1);
	other[0] = (char)toupper((unsigned char)other[0]);
	return node_get(n, other);
}

static struct span
get_text(const struct node *n, const char *key)
{
	return span_node(get(n, key));
}

static bool
get_time(struct stamp *out, const struct node *n, const char *key)
{
	struct span text = get_text(n, key);

	*out = (struct stamp){ 0 };
	return text.p != NULL && stamp_iso(out, text.p, text.len);
}

/* Who wrote it, or set off what happened. */
static void
read_author(struct message *m, const struct node *n)
{
	static const char *const kinds[] = { "user", "application", "device" };
	const struct node *from = get(n, "from");

	if (from == NULL || from->type != NODE_MAP)
		from = get(get(n, "eventDetail"), "initiator");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct node *who = get(from, kinds[i]);

		if (who == NULL || who->type != NODE_MAP)
			continue;
		m->author_id = get_text(who, "id");
		m->author = get_text(who, "displayName");
		if (m->author.p == NULL)
			m->author = m->author_id;
		return;
	}
}

/* An attachment may be the message that is answered. */
static size_t
read_files(struct message *m, const struct node *n,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	const struct node *list = get(n, "attachments");
	size_t count = 0;

	for (size_t i = 0;
	     i < node_count(list) && count < MESSAGE_ATTACHMENTS_MAX; i++) {
		const struct node *a = list->kids[i];
		struct span type = get_text(a, "contentType");

		if (span_is(type, "messageReference")) {
			m->reply_to = get_text(a, "id");
			continue;
		}
		out[count] = (struct attachment){
			.name = get_text(a, "name"), .type = type, .size = -1
		};
		if (out[count].name.p == NULL)
			out[count].name = get_text(a, "id");
		count++;
	}
	return count;
}

/* ": Anna, Bob": who came or went. */
static void
add_members(struct buf *out, const struct node *members)
{
	bool first = true;

	for (size_t i = 0; i < node_count(members); i++) {
		struct span name = get_text(members->kids[i], "displayName");

		if (name.len == 0)
			name = get_text(members->kids[i], "id");
		if (name.len == 0)
			continue;
		buf_adds(out, first ? ": " : ", ");
		buf_add(out, name.p, name.len);
		first = false;
	}
}

/* What happened, from the name of the kind of event; was it a call? */
static bool
add_event(struct buf *out, const struct node *n)
{
	const struct node *detail = get(n, "eventDetail");
	struct span type = get_text(detail, "@odata.type");
	struct span duration = get_text(detail, "callDuration");
	const char *dot;

	if (type.p == NULL)
		type = get_text(detail, "eventType");
	if (type.p == NULL) {
		buf_adds(out, "system event");
		return false;
	}
	dot = memrchr(type.p, '.', type.len);
	if (dot != NULL) {
		type.len -= (size_t)(dot + 1 - type.p);
		type.p = dot + 1;
	}
	buf_add(out, type.p, type.len);
	if (duration.len > 0) {
		buf_adds(out, ": ");
		buf_add(out, duration.p, duration.len);
	}
	add_members(out, get(detail, "members"));
	return type.len >= 4 && memcmp(type.p, "call", 4) == 0;
}

static void
add_body(struct buf *out, const struct node *n)
{
	const struct node *body = get(n, "body");
	struct span content = get_text(body, "content");
	struct span subject = get_text(n, "subject");

	if (subject.len > 0) {
		buf_add(out, subject.p, subject.len);
		buf_adds(out, "\n\n");
	}
	if (content.p == NULL)
		return;
	if (span_is(get_text(body, "contentType"), "text"))
		buf_add(out, content.p, content.len);
	else
		html_to_text(out, content.p, content.len);
	while (out->len > 0 && out->data[out->len - 1] == '\n')
		buf_cut(out, out->len - 1);
}

static bool
agrees(struct span id, const struct stamp *at)
{
	struct stamp other;

	return id.len != 13 || !stamp_epoch_text(&other, id.p, id.len, 1000) ||
	    (other.us - at->us < CLOCK_SLACK &&
		at->us - other.us < CLOCK_SLACK);
}

static struct node *
read_more(const struct node *n)
{
	static const char *const keys[] = { "reactions", "importance",
		"channelIdentity", "mentions", "attachments" };
	struct node *more = node_map();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct node *v = get(n, keys[i]);

		if (v != NULL && node_count(v) > 0)
			node_put(more, keys[i], node_copy(v));
	}
	return more;
}

static struct err *
add_message(struct teams *t, const struct node *n, unsigned long line)
{
	struct sink *sink = t->r->sink;
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .line = line };
	struct span type = get_text(n, "messageType");
	struct stamp deleted;
	struct buf text = BUF_INIT;
	struct node *more;
	struct err *e;

	sink_unit(sink);
	if (!get_time(&m.at, n, "createdDateTime")) {
		sink_skip(sink, t->r->main->name, line,
		    "it has no time that can be read");
		return NULL;
	}
	m.id = get_text(n, "id");
	t->unlike += m.id.p != NULL && !agrees(m.id, &m.at);
	read_author(&m, n);
	m.system = type.p != NULL && !span_is(type, "message");
	if (m.system)
		m.type = type;
	m.reply_to = get_text(n, "replyToId");
	m.edited = get_time(&m.edited_at, n, "lastEditedDateTime");
	m.deleted = get_time(&deleted, n, "deletedDateTime");
	add_body(&text, n);
	if (m.system && text.len == 0)
		m.call = add_event(&text, n);
	m.text = (struct span){ text.data, text.len };
	m.n_attachments = read_files(&m, n, files);
	m.attachments = files;
	m.channel = get_text(n, "chatId");
	if (m.channel.p == NULL)
		m.channel = get_text(get(n, "channelIdentity"), "channelId");
	more = read_more(n);
	m.more = more;
	e = sink_add(sink, &m);
	node_free(more);
	buf_release(&text);
	return e;
}

/* A query can ask for the answers to a message with it: a list inside. */
static struct err *
read_message(void *arg, const struct node *n, size_t index, unsigned long line)
{
	const struct node *replies = get(n, "replies");
	struct err *e = add_message(arg, n, line);

	(void)index;
	for (size_t i = 0; i < node_count(replies) && e == NULL; i++)
		e = add_message(arg, replies->kids[i], replies->kids[i]->line);
	return e;
}

/* A bare list, or the answer of Graph with the list under "value". */
static struct err *
read_root(void *arg, struct scan *s)
{
	const char *key;
	struct err *e;
	char c;

	if ((e = scan_peek(s, &c)) != NULL)
		return e;
	if (c == '[')
		return field_each(s, read_message, arg);
	e = scan_enter(s, '{');
	while (e == NULL && (e = scan_key(s, &key)) == NULL && key != NULL)
		e = strcmp(key, "value") == 0 ?
		    field_each(s, read_message, arg) :
		    scan_skip(s);
	return e;
}

static struct err *
read_teams(struct reading *r)
{
	struct teams t = { .r = r };
	struct err *e = field_document(r, r->main, read_root, &t);

	if (t.unlike > 0)
		sink_warn(r->sink,
		    "messages whose id tells another time than the message: "
		    "%zu",
		    t.unlike);
	return e;
}

static int
detect(const struct probe *p)
{
	if ((probe_has(p, "[].Body.Content") &&
		probe_has(p, "[].MessageType")) ||
	    (probe_has(p, "[].body.content") &&
		probe_has(p, "[].messageType")) ||
	    (probe_has(p, "value[].body.content") &&
		probe_has(p, "value[].messageType")))
		return READER_SURE;
	return 0;
}

const struct reader reader_teams = {
	.name = "teams",
	.title = "Microsoft Teams export",
	.channel = "teams",
	.order = SINK_NEWEST_FIRST,
	.detect = detect,
	.read = read_teams,
};
