/* SPDX-License-Identifier: ISC */
/*
 * Jira, as its REST API answers: an issue with comments, changes and logged
 * work, a search with several, comments or work alone; and what a webhook
 * tells.  Times have an offset.
 */

#include <inttypes.h>
#include <string.h>

#include "core/intake/field.h"

struct jira {
	struct reading *r;
	struct span key; /* of the issue being read */
	bool many;
	size_t n; /* issues of a search */
};

static struct span
name_of(const struct node *person)
{
	static const char *const keys[] = { "displayName", "name",
		"emailAddress", "accountId" };
	struct span name = { NULL, 0 };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		name = span_get(person, keys[i]);
		if (name.len > 0)
			return name;
	}
	return name;
}

static struct span
id_of(const struct node *person)
{
	struct span id = span_get(person, "accountId");

	return id.p != NULL ? id : span_get(person, "name");
}

/*
 * Text: a string of wiki markup, or a document of the newer form, of which the
 * words are taken.
 */

/* The address a text of the newer form leads to, unless it shows it. */
static struct span
link_of(const struct node *n)
{
	const struct node *marks = node_get(n, "marks");
	struct span text = span_get(n, "text"), url = { NULL, 0 };

	for (size_t i = 0; i < node_count(marks); i++)
		if (span_is(span_get(marks->kids[i], "type"), "link"))
			url =
			    span_get(node_get(marks->kids[i], "attrs"), "href");
	return url.len == text.len && url.len > 0 &&
		memcmp(url.p, text.p, url.len) == 0 ?
	    (struct span){ NULL, 0 } :
	    url;
}

/* What an element that has no text inside shows: a person, a card, a file. */
static void
add_attributes(struct buf *out, const struct node *n)
{
	static const char *const keys[] = { "text", "shortName", "url", "alt",
		"title" };
	const struct node *attrs = node_get(n, "attrs");
	char day[STAMP_TEXT];
	struct stamp at;

	if (span_is(span_get(n, "type"), "date") &&
	    field_epoch(&at, attrs, "timestamp", 0)) {
		at.kind = STAMP_LOCAL;
		at.unit = STAMP_DAY;
		buf_add(out, day, stamp_write_short(day, &at));
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct span text = span_get(attrs, keys[i]);

		if (text.len > 0) {
			buf_add(out, text.p, text.len);
			return;
		}
	}
}

/* Does what comes after it begin a line? */
static bool
is_block(const struct node *n)
{
	static const char *const blocks[] = { "paragraph", "heading",
		"listItem", "codeBlock", "blockquote", "tableRow", "rule",
		"taskItem", "decisionItem", "blockCard", "mediaSingle" };

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (span_is(span_get(n, "type"), blocks[i]))
			return true;
	return false;
}

static bool
is_done(const struct node *task)
{
	return span_is(span_get(node_get(task, "attrs"), "state"), "DONE");
}

/* Is this text struck out, and said no more? */
static bool
is_struck(const struct node *n)
{
	const struct node *marks = node_get(n, "marks");

	for (size_t i = 0; i < node_count(marks); i++)
		if (span_is(span_get(marks->kids[i], "type"), "strike"))
			return true;
	return false;
}

static void
add_words(struct buf *out, const struct node *n, struct span text)
{
	const char *mark = is_struck(n) ? "~~" : "";

	buf_adds(out, mark);
	buf_add(out, text.p, text.len);
	buf_adds(out, mark);
}

/* The mark of the i-th part of a list: its number, where it has one. */
static void
add_mark(struct buf *out, const struct node *list, size_t i)
{
	int64_t first = node_number(node_get(list, "attrs"), "order", 1);

	if (!span_is(span_get(node_at(node_get(list, "content"), i), "type"),
		"listItem"))
		return;
	if (span_is(span_get(list, "type"), "orderedList") && first >= 0 &&
	    first < INT32_MAX)
		buf_addf(out, "%" PRId64 ". ", first + (int64_t)i);
	else
		buf_adds(out, "- ");
}

static void add_document(struct buf *out, const struct node *n);

/* What a part is made of; whose words a quotation is, each line says. */
static void
add_content(struct buf *out, const struct node *n)
{
	const struct node *content = node_get(n, "content");
	bool quoted = span_is(span_get(n, "type"), "blockquote");
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < node_count(content); i++) {
		add_mark(quoted ? &text : out, n, i);
		add_document(quoted ? &text : out, content->kids[i]);
	}
	if (text.len > 0) {
		bool ended = text.data[text.len - 1] == '\n';

		field_quote(out, text.data, text.len - ended);
		buf_adds(out, ended ? "\n" : "");
	}
	buf_release(&text);
}

static void
add_document(struct buf *out, const struct node *n)
{
	struct span text = span_get(n, "text"), link = link_of(n);

	if (n == NULL)
		return;
	if (n->type == NODE_STR) {
		buf_add(out, n->text, n->len);
		return;
	}
	if (text.p != NULL)
		add_words(out, n, text);
	else if (span_is(span_get(n, "type"), "hardBreak"))
		buf_addc(out, '\n');
	else if (span_is(span_get(n, "type"), "taskItem"))
		buf_adds(out, is_done(n) ? "[x] " : "[ ] ");
	if (link.p != NULL)
		buf_addf(out, " (%.*s)", (int)link.len, link.p);
	add_attributes(out, n);
	if (node_text(node_get(n, "attrs"), "title") != NULL)
		buf_addc(out, '\n'); /* of a part that is folded */
	add_content(out, n);
	if (is_block(n) && out->len > 0 && out->data[out->len - 1] != '\n')
		buf_addc(out, '\n');
}

static struct err *
add(struct jira *j, struct message *m, struct buf *text)
{
	struct err *e;

	while (text->len > 0 && text->data[text->len - 1] == '\n')
		buf_cut(text, text->len - 1);
	m->text = (struct span){ text->data, text->len };
	if (j->many)
		m->channel = j->key;
	e = sink_add(j->r->sink, m);
	buf_release(text);
	return e;
}

static struct err *
add_comment(struct jira *j, const struct node *n)
{
	struct message m = { .line = n->line };
	struct buf text = BUF_INIT;
	struct stamp updated;
	char id[24];

	sink_unit(j->r->sink);
	if (!field_iso(&m.at, n, "created")) {
		sink_skip(
		    j->r->sink, NULL, n->line, "a comment without a time");
		return NULL;
	}
	m.author = name_of(node_get(n, "author"));
	m.author_id = id_of(node_get(n, "author"));
	m.id = field_text(n, "id", id);
	m.type = span_of("comment");
	m.edited = field_iso(&updated, n, "updated") && updated.us != m.at.us;
	if (m.edited)
		m.edited_at = updated;
	add_document(&text, node_get(n, "body"));
	return add(j, &m, &text);
}

static struct err *
add_work(struct jira *j, const struct node *n)
{
	struct message m = { .line = n->line };
	struct buf text = BUF_INIT;
	struct span spent = span_get(n, "timeSpent");

	sink_unit(j->r->sink);
	if (!field_iso(&m.at, n, "started") &&
	    !field_iso(&m.at, n, "created")) {
		sink_skip(
		    j->r->sink, NULL, n->line, "logged work without a time");
		return NULL;
	}
	m.author = name_of(node_get(n, "author"));
	m.author_id = id_of(node_get(n, "author"));
	m.type = span_of("work");
	buf_adds(&text, "worked ");
	buf_add(&text, spent.p, spent.len);
	if (node_get(n, "comment") != NULL)
		buf_adds(&text, ": ");
	add_document(&text, node_get(n, "comment"));
	return add(j, &m, &text);
}

static void
add_value(struct buf *out, const char *before, struct span value)
{
	buf_adds(out, before);
	if (value.len > 0)
		buf_add(out, value.p, value.len < 500 ? value.len : 500);
	else
		buf_adds(out, "(nothing)");
}

/* What changed at a time, in the message's way, and who did it. */
static struct err *
add_items(struct jira *j, struct message *m, const struct node *items,
    const struct node *who)
{
	struct buf text = BUF_INIT;

	m->system = true;
	m->author = name_of(who);
	m->author_id = id_of(who);
	m->type = span_of("change");
	for (size_t i = 0; i < node_count(items); i++) {
		const struct node *item = items->kids[i];
		struct span field = span_get(item, "field");

		buf_adds(&text, i > 0 ? "\n" : "");
		buf_add(&text, field.p, field.len);
		add_value(&text, ": ", span_get(item, "fromString"));
		add_value(&text, " -> ", span_get(item, "toString"));
	}
	return add(j, m, &text);
}

static struct err *
add_change(struct jira *j, const struct node *n)
{
	struct message m = { .line = n->line };

	sink_unit(j->r->sink);
	if (!field_iso(&m.at, n, "created")) {
		sink_skip(j->r->sink, NULL, n->line, "a change without a time");
		return NULL;
	}
	return add_items(j, &m, node_get(n, "items"), node_get(n, "author"));
}

/* A list that may be cut: it says how many there are. */
static struct err *
add_list(struct jira *j, const struct node *holder, const char *key,
    struct err *(*each)(struct jira *, const struct node *))
{
	const struct node *list = node_get(holder, key);
	int64_t total = node_number(holder, "total", -1);
	struct err *e = NULL;

	for (size_t i = 0; i < node_count(list) && e == NULL; i++)
		e = each(j, list->kids[i]);
	if (total > (int64_t)node_count(list))
		sink_warn(j->r->sink,
		    "%.*s%sthe export holds %zu of %" PRId64 " %s",
		    (int)j->key.len, j->key.p, j->key.len > 0 ? ": " : "",
		    node_count(list), total, key);
	return e;
}

static size_t
read_files(const struct node *list,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	size_t n = 0;

	for (; n < node_count(list) && n < MESSAGE_ATTACHMENTS_MAX; n++)
		out[n] = (struct attachment){
			.name = span_get(list->kids[n], "filename"),
			.type = span_get(list->kids[n], "mimeType"),
			.size = field_number(list->kids[n], "size", -1),
		};
	return n;
}

static struct err *
add_issue(struct jira *j, const struct node *n)
{
	const struct node *fields = node_get(n, "fields");
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .line = n->line };
	struct span summary = span_get(fields, "summary");
	const struct node *who = node_get(fields, "creator");
	struct buf text = BUF_INIT;
	struct err *e;

	j->key = span_get(n, "key");
	sink_unit(j->r->sink);
	if (who == NULL || who->type != NODE_MAP)
		who = node_get(fields, "reporter");
	if (!field_iso(&m.at, fields, "created"))
		sink_warn(
		    j->r->sink, "line %lu: an issue without a time", m.line);
	m.author = name_of(who);
	m.author_id = id_of(who);
	m.id = j->key;
	m.type = span_of("issue");
	m.n_attachments = read_files(node_get(fields, "attachment"), files);
	m.attachments = files;
	if (summary.p != NULL)
		buf_add(&text, summary.p, summary.len);
	if (node_get(fields, "description") != NULL &&
	    node_get(fields, "description")->type != NODE_NULL)
		buf_adds(&text, "\n\n");
	add_document(&text, node_get(fields, "description"));
	if (!j->many)
		sink_title(j->r->sink, summary.p, summary.len);
	if ((e = add(j, &m, &text)) != NULL ||
	    (e = add_list(j, node_get(fields, "comment"), "comments",
		 add_comment)) != NULL ||
	    (e = add_list(
		 j, node_get(fields, "worklog"), "worklogs", add_work)) != NULL)
		return e;
	return add_list(j, node_get(n, "changelog"), "histories", add_change);
}

static struct err *
add_any(struct jira *j, const struct node *n)
{
	if (node_get(n, "fields") != NULL)
		return add_issue(j, n);
	j->key = (struct span){ NULL, 0 };
	if (node_get(n, "body") != NULL)
		return add_comment(j, n);
	if (node_get(n, "timeSpent") != NULL)
		return add_work(j, n);
	if (node_get(n, "comments") != NULL)
		return add_list(j, n, "comments", add_comment);
	if (node_get(n, "worklogs") != NULL)
		return add_list(j, n, "worklogs", add_work);
	if (node_get(n, "values") != NULL)
		return add_list(j, n, "values", add_change);
	sink_unit(j->r->sink);
	sink_skip(j->r->sink, NULL, n->line, "it is no issue and no comment");
	return NULL;
}

/* What a webhook tells that changed: when and who, it says of itself. */
static struct err *
add_changed(struct jira *j, const struct node *root)
{
	const struct node *changelog = node_get(root, "changelog");
	struct message m = { .line = changelog->line };

	sink_unit(j->r->sink);
	field_epoch(&m.at, root, "timestamp", 1000);
	return add_items(
	    j, &m, node_get(changelog, "items"), node_get(root, "user"));
}

/* A webhook: the issue as it is now, what was said, logged or changed. */
static struct err *
add_event(struct jira *j, const struct node *root)
{
	const struct node *comment = node_get(root, "comment");
	const struct node *work = node_get(root, "worklog");
	struct err *e = NULL;

	if (node_get(node_get(root, "issue"), "fields") != NULL)
		e = add_issue(j, node_get(root, "issue"));
	if (e == NULL && comment != NULL)
		e = add_comment(j, comment);
	if (e == NULL && work != NULL)
		e = add_work(j, work);
	if (e == NULL && node_count(node_get(root, "changelog")) > 0)
		e = add_changed(j, root);
	return e;
}

static struct err *
read_element(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct jira *j = arg;

	(void)index;
	(void)line;
	j->many = true;
	j->n++;
	return add_any(j, n);
}

/* Is there more than this answer holds? */
static void
note_pages(struct jira *j, const struct node *root)
{
	const struct node *last = node_get(root, "isLast");

	if (j->many && node_number(root, "total", 0) > (int64_t)j->n)
		sink_warn(j->r->sink,
		    "the export holds %zu of %" PRId64 " issues", j->n,
		    node_number(root, "total", 0));
	else if (last != NULL && !node_flag(root, "isLast"))
		sink_warn(j->r->sink, "the export is one page of several");
}

/* A search lists issues, which are read one by one. */
static struct err *
read_root(void *arg, struct scan *s)
{
	struct jira *j = arg;
	struct node *root = node_map(), *value;
	const char *at;
	struct err *e;
	char c;

	if ((e = scan_peek(s, &c)) != NULL || c == '[') {
		node_free(root);
		return e != NULL ? e : field_each(s, read_element, j);
	}
	e = scan_enter(s, '{');
	while (e == NULL && (e = scan_key(s, &at)) == NULL && at != NULL) {
		char *key = mem_dup(at);

		if (strcmp(key, "issues") == 0)
			e = field_each(s, read_element, j);
		else if ((e = scan_value(s, &value)) == NULL)
			node_put(root, key, value);
		free(key);
	}
	if (e == NULL && !j->many)
		e = node_get(root, "webhookEvent") != NULL ?
		    add_event(j, root) :
		    add_any(j, root);
	if (e == NULL)
		note_pages(j, root);
	node_free(root);
	return e;
}

static struct err *
read_jira(struct reading *r)
{
	struct jira j = { .r = r };

	return field_document(r, r->main, read_root, &j);
}

static int
detect(const struct probe *p)
{
	static const char *const prefixes[] = { "", "issues[].", "[]." };

	/* of changes there may be so many that the fields are far away */
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (probe_under(p, prefixes[i], "changelog.histories") ||
		    (probe_under(p, prefixes[i], "key") &&
			probe_under(p, prefixes[i], "fields")))
			return READER_SURE;
	if ((probe_has(p, "updateAuthor") && probe_has(p, "body")) ||
	    probe_has(p, "comments[].updateAuthor") ||
	    probe_has(p, "[].updateAuthor") ||
	    (probe_has(p, "webhookEvent") && probe_has(p, "issue")) ||
	    probe_has(p, "worklogs[].timeSpent") ||
	    probe_has(p, "values[].items[].fromString") ||
	    (probe_has(p, "timeSpent") && probe_has(p, "started")))
		return READER_SURE;
	return 0;
}

const struct reader reader_jira = {
	.name = "jira",
	.title = "Jira issues",
	.channel = "jira",
	.order = SINK_BY_TIME,
	.detect = detect,
	.read = read_jira,
};
