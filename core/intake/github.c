/* SPDX-License-Identifier: ISC */
/*
 * GitHub: issues, pull requests, their comments, reviews and events, as its
 * REST and GraphQL APIs, webhooks and the gh program give them; and the traffic
 * of a repository.
 */

#include <inttypes.h>
#include <string.h>

#include "core/intake/field.h"

struct github {
	struct reading *r;
};

/* Names of one field in the shapes it comes in. */
static const struct node *
either(const struct node *n, const char *a, const char *b)
{
	const struct node *v = node_get(n, a);

	return v != NULL ? v : node_get(n, b);
}

static bool
iso_either(
    struct stamp *out, const struct node *n, const char *a, const char *b)
{
	return field_iso(out, n, a) || field_iso(out, n, b);
}

/* An account that was deleted is null; GitHub itself shows it as "ghost". */
static struct span
login_of(const struct node *n)
{
	const struct node *user = either(n, "user", "author");
	struct span login;

	if (user == NULL)
		user = node_get(n, "actor");
	login = span_get(user, "login");
	if (login.p == NULL)
		login = span_get(user, "name");
	return login.p != NULL ? login : span_of("ghost");
}

/* What kind of thing an object is. */
static const char *
kind_of(const struct node *n)
{
	if (node_get(n, "event") != NULL)
		return "event";
	if (node_get(n, "diff_hunk") != NULL || node_get(n, "diffHunk") != NULL)
		return "review-comment";
	if (either(n, "submitted_at", "submittedAt") != NULL)
		return "review";
	if (node_get(n, "title") != NULL && node_get(n, "number") != NULL) {
		bool pull = node_get(n, "pull_request") != NULL ||
		    node_get(n, "diff_url") != NULL ||
		    either(n, "baseRefName", "merged_at") != NULL ||
		    node_get(n, "headRefName") != NULL;

		return pull ? "pull-request" : "issue";
	}
	return node_get(n, "body") != NULL ? "comment" : NULL;
}

static void
add_text(struct buf *out, const struct node *n, const char *kind)
{
	struct span title = span_get(n, "title"), body = span_get(n, "body");
	struct span state = span_get(n, "state"), path = span_get(n, "path");

	if (strcmp(kind, "event") == 0) {
		const struct node *label = node_get(n, "label");

		buf_adds(out,
		    node_text(n, "event") != NULL ? node_text(n, "event") :
						    "event");
		if (span_get(label, "name").p != NULL)
			buf_addf(out, ": %s", node_text(label, "name"));
		if (body.len > 0)
			buf_adds(out, ": ");
	} else if (strcmp(kind, "review") == 0 && state.p != NULL) {
		buf_add(out, state.p, state.len);
		buf_adds(out, body.len > 0 ? ": " : "");
	} else if (path.len > 0 && strcmp(kind, "review-comment") == 0) {
		buf_add(out, path.p, path.len);
		buf_adds(out, ": ");
	} else if (title.p != NULL) {
		buf_add(out, title.p, title.len);
		buf_adds(out, body.len > 0 ? "\n\n" : "");
	}
	if (body.p != NULL)
		buf_add(out, body.p, body.len);
}

static struct node *
more_of(const struct node *n)
{
	static const char *const keys[] = { "html_url", "url", "number",
		"state", "state_reason", "author_association",
		"authorAssociation", "commit_id", "line", "merged_at",
		"closed_at", "isMinimized", "minimizedReason" };
	struct node *more = node_map();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i], "url") != 0 ||
		    node_get(n, "html_url") == NULL)
			field_keep(more, n, keys[i]);
	return more;
}

/*
 * Add one object.  before is the text an edit replaced, or NULL.
 */
static struct err *
add_object(struct github *g, const struct node *n, const struct node *before)
{
	struct sink *sink = g->r->sink;
	const char *kind = kind_of(n);
	char id[24], reply[24];
	struct message m = { .line = n != NULL ? n->line : 0 };
	struct buf text = BUF_INIT;
	struct stamp updated;
	struct node *more;
	struct err *e;

	sink_unit(sink);
	if (kind == NULL) {
		sink_skip(sink, NULL, m.line,
		    "it is neither an issue, a comment, a review nor an event");
		return NULL;
	}
	if (!iso_either(&m.at, n, "created_at", "createdAt"))
		iso_either(&m.at, n, "submitted_at", "submittedAt");
	/* labels change an issue's updated_at, too */
	if (strcmp(kind, "comment") == 0 ||
	    strcmp(kind, "review-comment") == 0) {
		m.edited = iso_either(&updated, n, "updated_at", "updatedAt") &&
		    updated.us > m.at.us;
		m.edited |= node_flag(n, "includesCreatedEdit");
		if (m.edited)
			m.edited_at = updated;
	}
	m.edited |= before != NULL;
	m.author = login_of(n);
	m.id = field_text(n, "id", id);
	m.reply_to = field_text(n, "in_reply_to_id", reply);
	m.type = span_of(kind);
	m.system = strcmp(kind, "event") == 0 && span_get(n, "body").len == 0;
	add_text(&text, n, kind);
	m.text = (struct span){ text.data, text.len };
	more = more_of(n);
	if (before != NULL)
		node_put(more, "before", node_copy(before));
	m.more = more;
	e = sink_add(sink, &m);
	node_free(more);
	buf_release(&text);
	return e;
}

/* A list of objects: REST gives it bare, GraphQL under "nodes". */
static struct err *
add_list(struct github *g, const struct node *list, const char *what)
{
	const struct node *nodes = node_get(list, "nodes");
	int64_t total = node_number(list, "totalCount", -1);
	struct err *e = NULL;

	if (nodes == NULL && list != NULL && list->type == NODE_LIST)
		nodes = list;
	for (size_t i = 0; i < node_count(nodes) && e == NULL; i++) {
		const struct node *n = nodes->kids[i];
		const struct node *inner = node_get(n, "node");

		e = add_object(g, inner != NULL ? inner : n, NULL);
	}
	if (total > (int64_t)node_count(nodes))
		sink_warn(g->r->sink, "%s: the export holds %zu of %" PRId64,
		    what, node_count(nodes), total);
	return e;
}

static struct err *
add_with_lists(struct github *g, const struct node *n)
{
	static const char *const lists[] = { "comments", "reviews",
		"timelineItems", "latestReviews" };
	struct span title = span_get(n, "title");
	struct err *e = add_object(g, n, NULL);

	sink_title(g->r->sink, title.p, title.len);
	/* a REST object has the number of its comments under that name */
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && e == NULL;
	     i++)
		if (node_get(n, lists[i]) != NULL &&
		    node_get(n, lists[i])->type != NODE_INT)
			e = add_list(g, node_get(n, lists[i]), lists[i]);
	return e;
}

/* Visitors and clones: a record a day. */
static struct err *
add_traffic(struct github *g, const struct node *list, const char *what)
{
	struct err *e = NULL;

	for (size_t i = 0; i < node_count(list) && e == NULL; i++) {
		const struct node *n = list->kids[i];
		struct message m = { .line = n->line, .system = true };
		struct buf text = BUF_INIT;

		sink_unit(g->r->sink);
		m.type = span_of("traffic");
		if (!field_iso(&m.at, n, "timestamp")) {
			sink_skip(g->r->sink, NULL, m.line, "it has no time");
			continue;
		}
		buf_addf(&text, "%s: %" PRId64 ", by %" PRId64 " different",
		    what, node_number(n, "count", 0),
		    node_number(n, "uniques", 0));
		m.text = (struct span){ text.data, text.len };
		e = sink_add(g->r->sink, &m);
		buf_release(&text);
	}
	return e;
}

/* Popular pages and referrers: totals of two weeks, without a date. */
static struct err *
add_popular(struct github *g, const struct node *n)
{
	struct span what = span_node(either(n, "path", "referrer"));
	struct message m = { .line = n->line, .system = true };
	struct buf text = BUF_INIT;
	struct err *e;

	sink_unit(g->r->sink);
	m.type = span_of("traffic");
	buf_addf(&text, "%.*s: %" PRId64 ", by %" PRId64 " different",
	    (int)what.len, what.p, node_number(n, "count", 0),
	    node_number(n, "uniques", 0));
	m.text = (struct span){ text.data, text.len };
	e = sink_add(g->r->sink, &m);
	buf_release(&text);
	return e;
}

/* A webhook tells of one thing: the innermost it holds. */
static struct err *
add_event(struct github *g, const struct node *root)
{
	static const char *const things[] = { "comment", "review", "issue",
		"pull_request" };
	const struct node *changes = node_get(root, "changes");

	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
		const struct node *n = node_get(root, things[i]);

		if (n != NULL && n->type == NODE_MAP)
			return add_object(
			    g, n, node_get(node_get(changes, "body"), "from"));
	}
	return add_object(g, root, NULL);
}

static struct err *
add_root(struct github *g, const struct node *root)
{
	const struct node *repo = node_find(root, "data.repository");
	const struct node *n = either(repo, "issue", "pullRequest");

	if (n != NULL)
		return add_with_lists(g, n);
	if (repo != NULL)
		return add_list(
		    g, either(repo, "issues", "pullRequests"), "issues");
	if (node_get(root, "views") != NULL)
		return add_traffic(g, node_get(root, "views"), "views");
	if (node_get(root, "clones") != NULL)
		return add_traffic(g, node_get(root, "clones"), "clones");
	if (node_get(root, "uniques") != NULL &&
	    span_node(either(root, "path", "referrer")).p != NULL)
		return add_popular(g, root);
	if (node_get(root, "items") != NULL)
		return add_list(g, node_get(root, "items"), "items");
	if (node_get(root, "action") != NULL &&
	    node_get(root, "sender") != NULL)
		return add_event(g, root);
	return add_with_lists(g, root);
}

static struct err *
read_element(void *arg, const struct node *n, size_t index, unsigned long line)
{
	(void)index;
	(void)line;
	return add_root(arg, n);
}

/* Several documents may follow each other, as "gh api --paginate" prints. */
static struct err *
read_root(void *arg, struct scan *s)
{
	struct node *root;
	struct err *e;
	char c;

	while ((e = scan_peek(s, &c)) == NULL && c != 0) {
		if (c == '[') {
			e = field_each(s, read_element, arg);
		} else if ((e = scan_value(s, &root)) == NULL) {
			e = add_root(arg, root);
			node_free(root);
		}
		if (e != NULL)
			break;
	}
	return e;
}

static struct err *
read_github(struct reading *r)
{
	struct github g = { r };

	return field_document(r, r->main, read_root, &g);
}

static bool
has_under(const struct probe *p, const char *prefix, const char *key)
{
	char *path = mem_printf("%s%s", prefix, key);
	bool found = probe_has(p, path);

	free(path);
	return found;
}

static int
detect(const struct probe *p)
{
	static const char *const prefixes[] = { "", "[].", "items[].", "issue.",
		"pull_request.", "comment." };

	if (p->root == 0)
		return 0;
	if (probe_has(p, "data.repository.issue") ||
	    probe_has(p, "data.repository.pullRequest"))
		return READER_SURE;
	if ((probe_has(p, "views[].uniques") ||
		probe_has(p, "clones[].uniques")) &&
	    probe_has(p, "uniques"))
		return READER_SURE;
	if (probe_has(p, "[].uniques") && probe_has(p, "[].count") &&
	    (probe_has(p, "[].path") || probe_has(p, "[].referrer")))
		return READER_SURE;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		const char *at = prefixes[i];

		if (has_under(p, at, "user.login") &&
		    (has_under(p, at, "created_at") ||
			has_under(p, at, "submitted_at")))
			return READER_SURE;
		if (has_under(p, at, "author.login") &&
		    (has_under(p, at, "createdAt") ||
			has_under(p, at, "submittedAt")))
			return READER_SURE;
		if (has_under(p, at, "event") &&
		    has_under(p, at, "actor.login"))
			return READER_LIKELY;
	}
	return 0;
}

const struct reader reader_github = {
	.name = "github",
	.title = "GitHub issues and pull requests",
	.channel = "github",
	.order = SINK_BY_TIME,
	.detect = detect,
	.read = read_github,
};
