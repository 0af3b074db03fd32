/* SPDX-License-Identifier: ISC */
/*
 * Mattermost, bulk export: JSON Lines, each an object with a type; posts hold
 * their replies.
 */

#include <string.h>

#include "core/intake/field.h"

struct mattermost {
	struct reading *r;
};

static size_t
read_files(const struct mattermost *x, const struct node *n,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	const struct node *list = node_get(n, "attachments");
	size_t count = 0;

	for (; count < node_count(list) && count < MESSAGE_ATTACHMENTS_MAX;
	     count++) {
		struct span path = span_get(list->kids[count], "path");

		out[count] = (struct attachment){ .name = field_base(path),
			.size = -1,
			.part = path.p == NULL ?
			    NULL :
			    input_locate(x->r->input, "", path.p, path.len) };
		if (out[count].part == NULL && path.p != NULL)
			out[count].part =
			    input_locate(x->r->input, "data", path.p, path.len);
	}
	return count;
}

/* A time, which is 0 if the thing did not happen. */
static bool
read_time(struct stamp *out, const struct node *n, const char *key)
{
	bool happened =
	    field_epoch(out, n, key, 1000) && field_number(n, key, 0) != 0;

	if (!happened)
		*out = (struct stamp){ 0 };
	return happened;
}

/* Programs post cards: their words, where the post has none of its own. */
static void
add_cards(struct buf *out, const struct node *n)
{
	static const char *const keys[] = { "pretext", "title", "text" };
	const struct node *cards = node_find(n, "props.attachments");

	for (size_t i = 0; i < node_count(cards); i++) {
		size_t before = out->len;

		for (size_t k = 0; k <= sizeof(keys) / sizeof(keys[0]); k++) {
			bool last = k == sizeof(keys) / sizeof(keys[0]);
			struct span text = span_get(
			    cards->kids[i], last ? "fallback" : keys[k]);

			if (text.len == 0 || (last && out->len > before))
				continue;
			buf_adds(out, out->len > 0 ? "\n" : "");
			buf_add(out, text.p, text.len);
		}
	}
}

/*
 * A hook posts for the one who made it, under any name: "CI (hook of anna)",
 * since neither of them typed it, and the name may be somebody's.
 */
static void
read_author(struct message *m, const struct node *n, struct buf *store)
{
	const struct node *props = node_get(n, "props");
	struct span name = span_get(props, "override_username");

	m->author = span_get(n, "user");
	if (!node_text_is(props, "from_webhook", "true") &&
	    !node_flag(props, "from_webhook"))
		return;
	m->author_id = m->author;
	buf_add(store, name.p, name.len);
	buf_addf(store, name.len > 0 ? " (hook of %.*s)" : "hook of %.*s",
	    (int)m->author.len, m->author.p != NULL ? m->author.p : "");
	m->author = (struct span){ store->data, store->len };
}

/* A post or a reply; both have the same keys. */
static struct err *
add_post(struct mattermost *x, const struct node *n, struct span channel,
    struct span parent, unsigned long line)
{
	struct sink *sink = x->r->sink;
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .line = line };
	struct span type = span_get(n, "type");
	struct stamp deleted;
	struct buf cards = BUF_INIT, author = BUF_INIT;
	struct node *more;
	struct err *e;

	if (!field_epoch(&m.at, n, "create_at", 1000)) {
		sink_skip(sink, NULL, line, "a post without a time");
		return NULL;
	}
	read_author(&m, n, &author);
	m.text = span_get(n, "message");
	m.channel = channel;
	m.system = type.len > 7 && memcmp(type.p, "system_", 7) == 0;
	m.type = type.len > 0 ? type : (struct span){ NULL, 0 };
	m.edited = read_time(&m.edited_at, n, "edit_at");
	m.deleted = read_time(&deleted, n, "delete_at");
	if (m.text.len == 0) {
		add_cards(&cards, n);
		m.text = (struct span){ cards.data, cards.len };
	}
	m.n_attachments = read_files(x, n, files);
	m.attachments = files;
	more = node_map();
	if (parent.p != NULL)
		node_put(more, "replies_to", node_strn(parent.p, parent.len));
	field_keep(more, n, "reactions");
	if (node_flag(n, "is_pinned"))
		node_put_bool(more, "is_pinned", true);
	m.more = more;
	e = sink_add(sink, &m);
	node_free(more);
	buf_release(&cards);
	buf_release(&author);
	return e;
}

/* "team/channel", or the members of a direct one. */
static void
name_channel(struct buf *out, const struct node *post)
{
	const struct node *members = node_get(post, "channel_members");
	struct span team = span_get(post, "team");
	struct span channel = span_get(post, "channel");

	for (size_t i = 0; i < node_count(members); i++) {
		struct span who = span_node(members->kids[i]);

		buf_adds(out, i > 0 ? ", " : "");
		buf_add(out, who.p, who.len);
	}
	if (team.p != NULL) {
		buf_add(out, team.p, team.len);
		buf_addc(out, '/');
	}
	buf_add(out, channel.p, channel.len);
}

static struct err *
read_post(struct mattermost *x, const struct node *post, unsigned long line)
{
	const struct node *replies = node_get(post, "replies");
	const struct node *members = node_get(post, "channel_members");
	struct span text = span_get(post, "message"), channel;
	struct buf name = BUF_INIT;
	struct err *e;

	name_channel(&name, post);
	channel = (struct span){ name.data, name.len };
	for (size_t i = 0; i < node_count(members); i++)
		sink_member(x->r->sink, channel, span_node(members->kids[i]));
	e = add_post(x, post, channel, (struct span){ NULL, 0 }, line);
	for (size_t i = 0; i < node_count(replies) && e == NULL; i++) {
		sink_unit(x->r->sink);
		e = add_post(x, replies->kids[i], channel,
		    text.p != NULL ? text : span_of(""), line);
	}
	buf_release(&name);
	return e;
}

static struct err *
read_line(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct mattermost *x = arg;
	const struct node *post = node_get(n, "post");

	(void)index;
	sink_unit(x->r->sink);
	if (post == NULL)
		post = node_get(n, "direct_post");
	if (post != NULL && post->type == NODE_MAP)
		return read_post(x, post, line);
	if (node_text(n, "type") == NULL) {
		sink_skip(x->r->sink, NULL, line, "it names no type");
		return NULL;
	}
	sink_continue(x->r->sink);
	return NULL;
}

static struct err *
read_mattermost(struct reading *r)
{
	struct mattermost x = { .r = r };

	return field_lines(r, r->main, read_line, &x);
}

static int
detect(const struct probe *p)
{
	return p->root == '{' && p->many && probe_is(p, "type", "version") &&
		probe_has(p, "version") ?
	    READER_SURE :
	    0;
}

const struct reader reader_mattermost = {
	.name = "mattermost",
	.title = "Mattermost export",
	.channel = "mattermost",
	.order = SINK_BY_TIME,
	.detect = detect,
	.read = read_mattermost,
};
