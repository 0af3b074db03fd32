/* SPDX-License-Identifier: ISC */
/*
 * Upwork messages, as its APIs give them: stories of a room, the newest first.
 * A story without a user is the platform's.
 */

#include <inttypes.h>
#include <string.h>

#include "core/intake/field.h"
#include "core/util/entity.h"

struct upwork {
	struct reading *r;
	size_t n;
	int64_t declared; /* how many there are, or -1 */
	bool cut;         /* it says that more would follow */
};

/* The name of a file: {key: "fileName", value: NAME} in a list. */
static struct span
name_of_file(const struct node *f)
{
	const struct node *list = node_get(f, "metadata");

	for (size_t i = 0; i < node_count(list); i++)
		if (span_is(span_get(list->kids[i], "key"), "fileName"))
			return span_get(list->kids[i], "value");
	return span_get(f, "fileName");
}

static size_t
read_files(
    const struct node *m, struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	const struct node *list = node_get(m, "attachments");
	size_t n = 0;

	for (; n < node_count(list) && n < MESSAGE_ATTACHMENTS_MAX; n++)
		out[n] = (struct attachment){
			.name = name_of_file(list->kids[n]),
			.type = span_get(list->kids[n], "objectType"),
			.size = -1,
		};
	return n;
}

/*
 * Who wrote it; NULL: nobody did, or the answer was not asked to say.  *given:
 * it says something of the author, and be it that there is none.
 */
static const struct node *
user_of(const struct node *n, bool *given)
{
	const struct node *user = node_get(n, "user");

	if (user == NULL)
		user = node_get(n, "createdBy");
	*given = user != NULL || node_get(n, "userId") != NULL;
	return user;
}

/* "name", or what it is made of; into out if it must be put together. */
static struct span
name_of_user(struct buf *out, const struct node *user)
{
	const char *first = node_text(user, "firstName");
	const char *last = node_text(user, "lastName");

	if (node_text(user, "name") != NULL || (first == NULL && last == NULL))
		return span_get(user, "name");
	buf_addf(out, "%s%s%s", first != NULL ? first : "",
	    first != NULL && last != NULL ? " " : "", last != NULL ? last : "");
	return (struct span){ out->data, out->len };
}

static struct err *
add_story(struct upwork *u, const struct node *n, unsigned long line)
{
	struct sink *sink = u->r->sink;
	bool given;
	const struct node *user = user_of(n, &given);
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct span raw = span_get(n, "message");
	char id[24], user_id[24];
	struct message m = { .line = line };
	struct buf text = BUF_INIT, name = BUF_INIT;
	struct stamp updated;
	struct err *e;

	sink_unit(sink);
	u->n++;
	if (!field_iso(&m.at, n, "createdDateTime") &&
	    !field_epoch(&m.at, n, "createdDateTime", 1000) &&
	    !field_epoch(&m.at, n, "created", 1000)) {
		sink_skip(sink, NULL, line, "a story without a time");
		return NULL;
	}
	m.id = field_text(n, "id", id);
	m.author = name_of_user(&name, user);
	m.author_id = field_text(user, "id", user_id);
	if (m.author_id.p == NULL)
		m.author_id = field_text(n, "userId", user_id);
	if (m.author.p == NULL)
		m.author = m.author_id;
	m.system = given && m.author.p == NULL;
	m.edited =
	    field_iso(&updated, n, "updatedDateTime") && updated.us != m.at.us;
	if (m.edited)
		m.edited_at = updated;
	if (raw.p != NULL)
		entity_decode(&text, raw.p, raw.len);
	m.text = (struct span){ text.data, text.len };
	m.n_attachments = read_files(n, files);
	m.attachments = files;
	e = sink_add(sink, &m);
	buf_release(&text);
	buf_release(&name);
	return e;
}

static struct err *
read_edge(void *arg, const struct node *n, size_t index, unsigned long line)
{
	const struct node *node = node_get(n, "node");

	(void)index;
	return add_story(arg, node != NULL ? node : n, line);
}

static struct err *
read_count(struct upwork *u, struct scan *s)
{
	struct node *n;
	struct err *e = scan_value(s, &n);

	if (e == NULL && n->type == NODE_INT)
		u->declared = n->number;
	node_free(n);
	return e;
}

static struct err *
read_page(struct upwork *u, struct scan *s)
{
	struct node *n;
	struct err *e = scan_value(s, &n);

	u->cut |= e == NULL && node_flag(n, "hasNextPage");
	node_free(n);
	return e;
}

/* Down through what wraps the list. */
static struct err *
descend(struct upwork *u, struct scan *s)
{
	const char *key;
	struct err *e;
	char c;

	if ((e = scan_peek(s, &c)) != NULL)
		return e;
	if (c != '{')
		return scan_skip(s);
	e = scan_enter(s, '{');
	while (e == NULL && (e = scan_key(s, &key)) == NULL && key != NULL) {
		if (strcmp(key, "edges") == 0 || strcmp(key, "stories") == 0)
			e = field_each(s, read_edge, u);
		else if (strcmp(key, "data") == 0 ||
		    strcmp(key, "roomStories") == 0 ||
		    strcmp(key, "stories_list") == 0)
			e = descend(u, s);
		else if (strcmp(key, "totalCount") == 0)
			e = read_count(u, s);
		else if (strcmp(key, "pageInfo") == 0)
			e = read_page(u, s);
		else
			e = scan_skip(s);
	}
	return e;
}

static struct err *
read_root(void *arg, struct scan *s)
{
	return descend(arg, s);
}

static struct err *
read_upwork(struct reading *r)
{
	struct upwork u = { .r = r, .declared = -1 };
	struct err *e = field_document(r, r->main, read_root, &u);

	if (u.declared >= 0 && (size_t)u.declared != u.n)
		sink_warn(r->sink,
		    "the room has %" PRId64 " stories, the export %zu",
		    u.declared, u.n);
	if (u.cut)
		sink_warn(r->sink, "the export is one page of several");
	return e;
}

static int
detect(const struct probe *p)
{
	if (probe_has(p, "data.roomStories") || probe_has(p, "roomStories") ||
	    probe_has(p, "stories_list.stories"))
		return READER_SURE;
	return 0;
}

const struct reader reader_upwork = {
	.name = "upwork",
	.title = "Upwork messages",
	.channel = "upwork",
	.order = SINK_NEWEST_FIRST,
	.detect = detect,
	.read = read_upwork,
};
