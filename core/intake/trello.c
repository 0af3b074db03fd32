/* SPDX-License-Identifier: ISC */
/*
 * Trello, "Export as JSON": a board whose actions tell what happened, the
 * newest first.  Trello keeps the last 1,000 of them in an export.  Its API
 * gives the same actions as a list.
 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/intake/field.h"
#include "core/intake/people.h"

#define ACTIONS_MAX 1000 /* in an export; in old ones 50 */
#define ACTIONS_OLD 50
#define CLOCK_SLACK INT64_C(5000000) /* microseconds an id may differ */

struct trello {
	struct reading *r;
	struct people *members;
	size_t n, unlike;
};

static void
add_name(struct buf *out, const char *before, const struct node *map)
{
	struct span name = span_get(map, "name");

	if (name.p == NULL)
		name = span_get(map, "fullName");
	if (name.p == NULL)
		return;
	buf_adds(out, before);
	buf_add(out, name.p, name.len);
}

#define VALUE_MAX 200 /* bytes of a value that is told in a line */

static bool
is_short(const struct node *value)
{
	return value->type <= NODE_STR && value->len <= VALUE_MAX;
}

static void
add_value(struct buf *out, const struct node *value)
{
	if (value->type == NODE_BOOL)
		buf_adds(out, value->flag ? "true" : "false");
	else if (value->type == NODE_INT)
		buf_addf(out, "%" PRId64, value->number);
	else if (value->len > 0)
		buf_add(out, value->text, value->len);
	else
		buf_adds(out, "(nothing)");
}

/* What an action is about: the smallest thing it names. */
static const struct node *
thing_of(const struct node *data)
{
	static const char *const things[] = { "checkItem", "checklist", "card",
		"list", "board" };
	const struct node *thing = NULL;

	for (size_t i = 0;
	     i < sizeof(things) / sizeof(things[0]) && thing == NULL; i++)
		thing = node_get(data, things[i]);
	return thing;
}

/* What a change changed: the value before is under data.old. */
static void
add_change(struct buf *out, const struct node *data)
{
	const struct node *old = node_get(data, "old");
	const struct node *thing = thing_of(data);

	for (size_t i = 0; i < node_count(old) && old->type == NODE_MAP; i++) {
		const struct node *before = old->kids[i];
		const struct node *now = node_get(thing, old->keys[i]);

		if (strcmp(old->keys[i], "idList") == 0 ||
		    strcmp(old->keys[i], "pos") == 0)
			continue;
		buf_addf(out, ", %s", old->keys[i]);
		if (now == NULL || !is_short(before) || !is_short(now))
			continue;
		buf_adds(out, ": ");
		add_value(out, before);
		buf_adds(out, " -> ");
		add_value(out, now);
	}
}

/* "updateCard: Card 1, To Do -> Doing" */
static void
describe(struct buf *out, const struct node *n)
{
	const struct node *data = node_get(n, "data");
	const char *state = node_text(node_get(data, "checkItem"), "state");
	struct span type = span_get(n, "type");

	if (type.p != NULL)
		buf_add(out, type.p, type.len);
	add_name(out, ": ", node_get(data, "card"));
	if (node_get(data, "card") == NULL)
		add_name(out, ": ", node_get(data, "board"));
	add_name(out, ", list ", node_get(data, "list"));
	add_name(out, ", from ", node_get(data, "listBefore"));
	add_name(out, " to ", node_get(data, "listAfter"));
	add_name(out, ", checklist ", node_get(data, "checklist"));
	add_name(out, ", ", node_get(data, "checkItem"));
	if (state != NULL)
		buf_addf(out, ": %s", state);
	add_name(out, ", member ", node_get(data, "member"));
	add_change(out, data);
}

/* The first eight digits of an id are the second it was made in. */
static bool
agrees(struct span id, const struct stamp *at)
{
	char digits[9] = "";
	int64_t us;
	char *end;

	if (id.len != 24 || at->kind == STAMP_NONE)
		return true;
	memcpy(digits, id.p, 8);
	us = (int64_t)strtoll(digits, &end, 16) * 1000000;
	return *end != '\0' ||
	    (us - at->us < CLOCK_SLACK && at->us - us < CLOCK_SLACK);
}

static size_t
read_file(const struct node *n, struct attachment *out)
{
	const struct node *a = node_get(node_get(n, "data"), "attachment");

	if (span_get(a, "name").p == NULL)
		return 0;
	*out = (struct attachment){ .name = span_get(a, "name"),
		.type = span_get(a, "mimeType"),
		.size = field_number(a, "bytes", -1) };
	return 1;
}

static struct err *
read_action(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct trello *t = arg;
	const struct node *data = node_get(n, "data");
	struct attachment file;
	struct message m = { .line = line };
	struct buf text = BUF_INIT;
	struct node *more;
	struct err *e;

	(void)index;
	sink_unit(t->r->sink);
	m.type = span_get(n, "type");
	if (m.type.p == NULL || !field_iso(&m.at, n, "date")) {
		sink_skip(t->r->sink, t->r->main->name, line,
		    "it is no action with a date");
		return NULL;
	}
	t->n++;
	m.id = span_get(n, "id");
	t->unlike += !agrees(m.id, &m.at);
	m.author_id = span_get(n, "idMemberCreator");
	m.author = span_get(node_get(n, "memberCreator"), "fullName");
	if (m.author.p == NULL)
		m.author = people_name(t->members, m.author_id);
	m.text = span_get(data, "text");
	m.system = strcmp(m.type.p, "commentCard") != 0 &&
	    strcmp(m.type.p, "copyCommentCard") != 0;
	if (m.system || m.text.p == NULL) {
		describe(&text, n);
		m.text = (struct span){ text.data, text.len };
	}
	m.edited = field_iso(&m.edited_at, data, "dateLastEdited");
	m.n_attachments = read_file(n, &file);
	m.attachments = &file;
	more = node_map();
	if (!m.system)
		field_keep(more, node_get(data, "card"), "name");
	field_keep(more, data, "old");
	m.more = more;
	e = sink_add(t->r->sink, &m);
	node_free(more);
	buf_release(&text);
	return e;
}

static struct err *
read_member(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct trello *t = arg;
	struct span name = span_get(n, "fullName");

	(void)index;
	(void)line;
	people_add(t->members, span_get(n, "id"),
	    name.len > 0 ? name : span_get(n, "username"));
	sink_member(t->r->sink, span_of(""), name);
	return NULL;
}

/* Members and the name may stand behind the actions: they come first here. */
static struct err *
read_frame(void *arg, struct scan *s)
{
	struct trello *t = arg;
	struct node *name;
	const char *key;
	struct err *e;
	char c;

	if ((e = scan_peek(s, &c)) != NULL || c == '[')
		return e != NULL ? e : scan_skip(s);
	e = scan_enter(s, '{');
	while (e == NULL && (e = scan_key(s, &key)) == NULL && key != NULL) {
		if (strcmp(key, "members") == 0) {
			e = field_each(s, read_member, t);
		} else if (strcmp(key, "name") == 0) {
			if ((e = scan_value(s, &name)) == NULL)
				sink_title(t->r->sink, span_node(name).p,
				    span_node(name).len);
			node_free(name);
		} else {
			e = scan_skip(s);
		}
	}
	return e;
}

static struct err *
read_actions(void *arg, struct scan *s)
{
	const char *key;
	struct err *e;
	char c;

	if ((e = scan_peek(s, &c)) != NULL || c == '[')
		return e != NULL ? e : field_each(s, read_action, arg);
	e = scan_enter(s, '{');
	while (e == NULL && (e = scan_key(s, &key)) == NULL && key != NULL)
		e = strcmp(key, "actions") == 0 ?
		    field_each(s, read_action, arg) :
		    scan_skip(s);
	return e;
}

static struct err *
read_trello(struct reading *r)
{
	struct trello t = { .r = r, .members = people_new() };
	struct err *e = field_document(r, r->main, read_frame, &t);

	if (e == NULL)
		e = field_document(r, r->main, read_actions, &t);
	if (t.n == ACTIONS_MAX || t.n == ACTIONS_OLD)
		sink_warn(r->sink,
		    "the export has exactly %zu actions: older ones are "
		    "probably missing",
		    t.n);
	if (t.unlike > 0)
		sink_warn(r->sink,
		    "actions whose id tells another time than their date: %zu",
		    t.unlike);
	people_free(t.members);
	return e;
}

static int
detect(const struct probe *p)
{
	bool whole = probe_has(p, "lists") &&
	    (probe_has(p, "cards") ||
		(probe_has(p, "actions") &&
		    (probe_has(p, "idOrganization") || probe_has(p, "prefs") ||
			probe_has(p, "labelNames") ||
			probe_has(p, "shortUrl"))));

	if (p->root == '[')
		return probe_has(p, "[].idMemberCreator") &&
			probe_has(p, "[].data") && probe_has(p, "[].type") ?
		    READER_SURE :
		    0;
	/* what comes first may be so long that the rest is far away */
	return p->root == '{' &&
		(whole || probe_has(p, "actions[].idMemberCreator") ||
		    probe_has(p, "cards[].idList")) ?
	    READER_SURE :
	    0;
}

const struct reader reader_trello = {
	.name = "trello",
	.title = "Trello board",
	.channel = "trello",
	.order = SINK_NEWEST_FIRST,
	.detect = detect,
	.read = read_trello,
};
