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
	if (user == NULL)
		return (struct span){ NULL, 0 }; /* the query left it out */
	login = span_get(user, "login");
	if (login.len == 0)
		login = span_get(user, "name");
	return login.len > 0 ? login : span_of("ghost");
}

static bool
is_review(const struct node *n)
{
	static const char *const states[] = { "APPROVED", "CHANGES_REQUESTED",
		"COMMENTED", "DISMISSED", "PENDING" };
	struct span state = span_get(n, "state");

	if (either(n, "submitted_at", "submittedAt") != NULL)
		return true;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (span_is(state, states[i]))
			return true;
	return false;
}

/* What kind of thing an object is, or NULL. */
static const char *
kind_of(const struct node *n)
{
	if (node_get(n, "event") != NULL)
		return "event";
	if (node_get(n, "diff_hunk") != NULL ||
	    node_get(n, "diffHunk") != NULL ||
	    (node_text(n, "path") != NULL && node_get(n, "body") != NULL))
		return "review-comment"; /* or of a commit */
	if (is_review(n))
		return "review";
	if (node_get(n, "title") != NULL && node_get(n, "number") != NULL) {
		bool pull = either(n, "pull_request", "diff_url") != NULL ||
		    either(n, "merged_at", "mergedAt") != NULL ||
		    either(n, "baseRefName", "headRefName") != NULL ||
		    either(n, "reviews", "latestReviews") != NULL ||
		    node_get(n, "reviewThreads") != NULL;

		if (node_get(n, "answer_html_url") != NULL ||
		    node_get(n, "answerChosenAt") != NULL)
			return "discussion";
		return pull ? "pull-request" : "issue";
	}
	return node_get(n, "body") != NULL ? "comment" : NULL;
}

/* "labeled: bug", "renamed: Menu -> Footer", "committed: Add the menu" */
static void
add_event_text(struct buf *out, const struct node *n)
{
	const struct node *rename = node_get(n, "rename");
	struct span what = span_get(node_get(n, "label"), "name");

	buf_adds(out,
	    node_text(n, "event") != NULL ? node_text(n, "event") : "event");
	if (what.p == NULL)
		what = span_get(n, "state"); /* of a review */
	if (what.p == NULL)
		what = span_get(n, "message"); /* of a commit */
	if (what.p == NULL)
		what = span_get(rename, "from");
	if (what.p != NULL) {
		buf_adds(out, ": ");
		buf_add(out, what.p, what.len);
	}
	if (node_text(rename, "to") != NULL)
		buf_addf(out, " -> %s", node_text(rename, "to"));
}

static void
add_text(struct buf *out, const struct node *n, const char *kind)
{
	struct span title = span_get(n, "title"), body = span_get(n, "body");
	struct span state = span_get(n, "state"), path = span_get(n, "path");

	if (strcmp(kind, "event") == 0) {
		add_event_text(out, n);
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

/* What a webhook says of the one thing it is about. */
struct change {
	const struct node *before; /* the text an edit replaced, or NULL */
	const struct node *title_before;
	bool deleted;
};

/* Labels change an issue's updated_at, too: it tells nothing of its text. */
static void
read_edit(struct message *m, const struct node *n)
{
	struct stamp updated;

	m->edited = field_iso(&m->edited_at, n, "lastEditedAt");
	if (!m->edited && !span_is(m->type, "issue") &&
	    !span_is(m->type, "pull-request") &&
	    !span_is(m->type, "discussion") &&
	    iso_either(&updated, n, "updated_at", "updatedAt") &&
	    updated.us > m->at.us && !span_is(m->type, "review")) {
		m->edited = true;
		m->edited_at = updated;
	}
	m->edited |= node_flag(n, "includesCreatedEdit");
}

static struct err *
add_object(struct github *g, const struct node *n, const struct change *change)
{
	struct sink *sink = g->r->sink;
	const char *kind = kind_of(n);
	char id[24], reply[24];
	struct message m = { .line = n != NULL ? n->line : 0 };
	struct buf text = BUF_INIT;
	struct node *more;
	struct err *e;

	sink_unit(sink);
	if (kind == NULL) {
		sink_skip(sink, NULL, m.line,
		    "it is neither an issue, a comment, a review nor an event");
		return NULL;
	}
	if (!iso_either(&m.at, n, "created_at", "createdAt") &&
	    !iso_either(&m.at, n, "submitted_at", "submittedAt"))
		field_iso(&m.at, node_get(n, "committer"), "date");
	if (m.at.kind == STAMP_NONE)
		sink_warn(sink, "line %lu: a message without a time", m.line);
	m.author = login_of(n);
	m.id = field_text(n, "id", id);
	m.reply_to = field_text(n, "in_reply_to_id", reply);
	m.type = span_of(kind);
	read_edit(&m, n);
	m.edited |= change->before != NULL || change->title_before != NULL;
	m.deleted = change->deleted;
	m.system = strcmp(kind, "event") == 0 && span_get(n, "body").len == 0;
	add_text(&text, n, kind);
	m.text = (struct span){ text.data, text.len };
	more = more_of(n);
	if (change->before != NULL)
		node_put(more, "before", node_copy(change->before));
	if (change->title_before != NULL)
		node_put(more, "title_before", node_copy(change->title_before));
	m.more = more;
	e = sink_add(sink, &m);
	node_free(more);
	buf_release(&text);
	return e;
}

static struct err *add_thing(struct github *g, const struct node *n);

static const char *const list_names[] = { "comments", "reviews",
	"latestReviews", "reviewThreads", "timelineItems", "timeline",
	"replies" };

#define N_LISTS (sizeof(list_names) / sizeof(list_names[0]))

/* A list: REST and gh give it bare, GraphQL under "nodes" or "edges". */
static const struct node *
list_of(const struct node *n)
{
	if (n == NULL || n->type == NODE_LIST)
		return n;
	return either(n, "nodes", "edges");
}

static struct err *
add_list(struct github *g, const struct node *list, const char *what)
{
	const struct node *nodes = list_of(list);
	int64_t total = node_number(list, "totalCount", -1);
	struct err *e = NULL;

	for (size_t i = 0; i < node_count(nodes) && e == NULL; i++) {
		const struct node *n = nodes->kids[i];
		const struct node *inner = node_get(n, "node");

		e = add_thing(g, inner != NULL ? inner : n);
	}
	if (total > (int64_t)node_count(nodes))
		sink_warn(g->r->sink, "%s: the export holds %zu of %" PRId64,
		    what, node_count(nodes), total);
	return e;
}

/* The i-th list of an object, or what it says of one; NULL: it has none. */
static const struct node *
list_at(const struct node *n, size_t i)
{
	const struct node *at = node_get(n, list_names[i]);

	/* the last review of each person is among all of them */
	if (strcmp(list_names[i], "latestReviews") == 0 &&
	    node_get(n, "reviews") != NULL)
		return NULL;
	/* REST has the number of comments under that name */
	return at != NULL && (at->type == NODE_LIST || at->type == NODE_MAP) ?
	    at :
	    NULL;
}

static bool
has_lists(const struct node *n)
{
	for (size_t i = 0; i < N_LISTS; i++)
		if (list_of(list_at(n, i)) != NULL)
			return true;
	return false;
}

/* An object and all that belongs to it; or a bare holder of lists. */
static struct err *
add_thing(struct github *g, const struct node *n)
{
	static const struct change none;
	struct err *e = NULL;

	if (kind_of(n) != NULL || !has_lists(n))
		e = add_object(g, n, &none);
	for (size_t i = 0; i < N_LISTS && e == NULL; i++)
		e = add_list(g, list_at(n, i), list_names[i]);
	return e;
}

/* The thing that the export is about. */
static struct err *
add_subject(struct github *g, const struct node *n)
{
	struct span title = span_get(n, "title");

	sink_title(g->r->sink, title.p, title.len);
	return add_thing(g, n);
}

static bool
is_thing(const struct node *n)
{
	return kind_of(n) != NULL || has_lists(n);
}

/* Does a list hold things?  There are lists of labels, too. */
static bool
is_list_of_things(const struct node *n)
{
	const struct node *list = list_of(n), *first = node_at(list, 0);
	const struct node *inner = node_get(first, "node");

	return is_thing(inner != NULL ? inner : first);
}

/* What a GraphQL query was answered: things, and lists of them, anywhere. */
static struct err *
add_answer(struct github *g, const struct node *n, size_t *found)
{
	struct err *e = NULL;

	for (size_t i = 0; i < node_count(n) && e == NULL; i++) {
		const struct node *child = n->kids[i];

		if (n->type != NODE_MAP || child->type != NODE_MAP)
			continue;
		if (is_list_of_things(child))
			e = add_list(g, child, n->keys[i]);
		else if (is_thing(child))
			e = add_subject(g, child);
		else
			e = add_answer(g, child, found);
		*found += is_list_of_things(child) || is_thing(child);
	}
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
	static const char *const things[] = { "comment", "review", "thread",
		"issue", "pull_request", "discussion" };
	const struct node *changes = node_get(root, "changes");
	struct change change = {
		.before = node_get(node_get(changes, "body"), "from"),
		.title_before = node_get(node_get(changes, "title"), "from"),
		.deleted = span_is(span_get(root, "action"), "deleted"),
	};

	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
		const struct node *n = node_get(root, things[i]);

		if (n == NULL || n->type != NODE_MAP)
			continue;
		return kind_of(n) == NULL && has_lists(n) ?
		    add_thing(g, n) :
		    add_object(g, n, &change);
	}
	return add_object(g, root, &change);
}

static struct err *
add_root(struct github *g, const struct node *root)
{
	size_t found = 0;
	struct err *e;

	if (node_get(root, "data") != NULL) {
		e = add_answer(g, root, &found);
		if (e != NULL || found > 0)
			return e;
	}
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
	return add_subject(g, root);
}

static struct err *
read_element(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct err *e = NULL;

	(void)index;
	(void)line;
	if (n->type != NODE_LIST)
		return add_root(arg, n);
	/* a page of several, as "gh api --paginate --slurp" prints */
	for (size_t i = 0; i < n->n && e == NULL; i++)
		e = add_root(arg, n->kids[i]);
	return e;
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

static int
detect(const struct probe *p)
{
	static const char *const prefixes[] = { "", "[].", "items[].", "issue.",
		"pull_request.", "comment.", "discussion.", "comments[].",
		"reviews[].", "[].comments[].", "[].reviews[].", "[][].",
		"data.node.comments.nodes[].", "data.node.reviews.nodes[].",
		"data.search.nodes[].", "data.search.edges[].node." };
	static const char *const answers[] = { "data.repository.issue",
		"data.repository.issues", "data.repository.pullRequest",
		"data.repository.pullRequests", "data.repository.discussion",
		"data.repository.hasIssuesEnabled",
		"data.search.nodes[].number" };

	if (p->root == 0)
		return 0;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (probe_has(p, answers[i]) ||
		    probe_under(p, "[].", answers[i]))
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

		if (probe_under(p, at, "user.login") &&
		    (probe_under(p, at, "created_at") ||
			probe_under(p, at, "submitted_at")))
			return READER_SURE;
		if (probe_under(p, at, "author.login") &&
		    (probe_under(p, at, "createdAt") ||
			probe_under(p, at, "submittedAt")))
			return READER_SURE;
		/* one of an account that is gone has no name */
		if (probe_under(p, at, "user") &&
		    probe_under(p, at, "created_at") &&
		    probe_under(p, at, "author_association"))
			return READER_SURE;
		if (probe_under(p, at, "event") &&
		    probe_under(p, at, "actor.login"))
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
