/* SPDX-License-Identifier: ISC */
/*
 * Telegram Desktop, "Export chat history" and "Export Telegram data" as JSON:
 * one chat, or an account with a list of them.
 */

#include <stdlib.h>
#include <string.h>

#include "core/intake/field.h"
#include "core/util/path.h"

#define EDITED_MIN INT64_C(172800000000) /* two days after 1970 began */

struct telegram {
	struct reading *r;
	char *dir;         /* of the JSON inside the export */
	struct node *chat; /* the keys of the chat being read */
	bool many;         /* chats: each is a conversation */
};

static const char gone[] = "somebody whose account is gone";

/* "text" and its parts: a string, or strings and objects with "text". */
static void
add_text(struct buf *out, const struct node *n)
{
	struct span text = span_node(n);

	if (n == NULL)
		return;
	if (n->type == NODE_MAP)
		text = span_get(n, "text");
	if (n->type == NODE_LIST)
		for (size_t i = 0; i < n->n; i++)
			add_text(out, n->kids[i]);
	else if (text.p != NULL)
		buf_add(out, text.p, text.len);
}

/* What somebody wrote; "text_entities" is the same, with more about it. */
static const struct node *
words_of(const struct node *m)
{
	const struct node *parts = node_get(m, "text_entities");

	return node_count(parts) > 0 ? parts : node_get(m, "text");
}

static void
add_poll(struct buf *out, const struct node *poll)
{
	const struct node *answers = node_get(poll, "answers");
	struct span question = span_get(poll, "question");

	if (question.p == NULL)
		return;
	buf_addf(out, "%sPoll: ", out->len > 0 ? "\n" : "");
	buf_add(out, question.p, question.len);
	for (size_t i = 0; i < node_count(answers); i++) {
		struct span text = span_get(node_at(answers, i), "text");

		if (text.p == NULL)
			continue;
		buf_adds(out, "\n- ");
		buf_add(out, text.p, text.len);
	}
}

/* What happened, in words: "phone call", "invite members: A, B". */
static void
add_action(struct buf *out, const struct node *m)
{
	static const char *const details[] = { "information_text", "title",
		"new_title", "discard_reason", "inviter", "message",
		"duration_seconds", "duration" };
	const struct node *members = node_get(m, "members");
	const char *action = node_text(m, "action");
	char store[24];

	for (const char *p = action; p != NULL && *p != '\0'; p++)
		buf_addc(out, *p == '_' ? ' ' : *p);
	for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++) {
		struct span text = field_text(m, details[i], store);

		if (text.p == NULL)
			continue;
		if (strncmp(details[i], "duration", 8) == 0)
			buf_adds(out, ", seconds");
		buf_adds(out, out->len > 0 ? ": " : "");
		buf_add(out, text.p, text.len);
	}
	for (size_t i = 0; i < node_count(members); i++) {
		struct span text = span_node(node_at(members, i));

		if (text.p == NULL)
			text = span_of(gone);
		buf_adds(out, i == 0 ? ": " : ", ");
		buf_add(out, text.p, text.len);
	}
}

static size_t
read_files(const struct telegram *t, const struct node *m,
    struct attachment *out, size_t max)
{
	static const char *const keys[][2] = { { "file", "file_size" },
		{ "photo", "photo_file_size" },
		{ "contact_vcard", "contact_vcard_file_size" } };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && n < max; i++) {
		struct span path = span_get(m, keys[i][0]);
		struct attachment *a = &out[n];

		if (path.p == NULL || path.len == 0)
			continue;
		*a = (struct attachment){
			.name = i == 0 ? span_get(m, "file_name") :
					 (struct span){ NULL, 0 },
			.type = i == 0 ? span_get(m, "mime_type") :
					 span_of(i == 1 ? "photo" : "contact"),
			.size = field_number(m, keys[i][1], -1),
		};
		if (a->type.p == NULL)
			a->type = span_get(m, "media_type");
		/* "(File not included. ...)" says that it is not there */
		if (path.p[0] != '(')
			a->part =
			    input_locate(t->r->input, t->dir, path.p, path.len);
		if (a->name.p == NULL && path.p[0] != '(')
			a->name = field_base(path);
		n++;
	}
	return n;
}

/* Where words lead that are not the address themselves. */
static void
keep_links(struct node *more, const struct node *text)
{
	struct node *links = NULL, *link;

	for (size_t i = 0; i < node_count(text); i++) {
		const struct node *part = node_at(text, i);
		struct span href = span_get(part, "href");

		if (href.len == 0)
			continue;
		if (links == NULL)
			links = node_put(more, "links", node_list());
		link = node_push(links, node_map());
		field_keep(link, part, "text");
		field_keep(link, part, "href");
	}
}

/* Is it in the message already, or of no use? */
static bool
is_told(const char *key)
{
	static const char *const keys[] = { "id", "type", "date",
		"date_unixtime", "edited", "edited_unixtime", "from", "from_id",
		"actor", "actor_id", "action", "forwarded_from",
		"reply_to_message_id", "text", "text_entities", "file",
		"file_name", "file_size", "photo", "photo_file_size",
		"thumbnail", "thumbnail_file_size", "media_type", "mime_type",
		"width", "height", "media_spoiler", "contact_vcard",
		"contact_vcard_file_size" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

/* All else: each version has more of them. */
static struct node *
read_more(const struct node *m)
{
	struct node *more = node_map();

	for (size_t i = 0; i < node_count(m); i++)
		if (!is_told(m->keys[i]))
			field_keep(more, m, m->keys[i]);
	keep_links(more, words_of(m));
	return more;
}

/* Who wrote what the author forwarded; absent if it is his own. */
static struct span
forwarded_from(const struct node *m, char store[static 24])
{
	static const char *const keys[] = { "forwarded_from",
		"forwarded_from_id", "saved_from" };
	struct span from = { NULL, 0 };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && from.p == NULL;
	     i++)
		from = field_text(m, keys[i], store);
	if (from.p == NULL && node_get(m, keys[0]) != NULL)
		from = span_of(gone);
	return from;
}

static bool
read_time(struct stamp *out, const struct node *m, const char *unix_key,
    const char *key)
{
	return field_epoch(out, m, unix_key, 1) || field_iso(out, m, key);
}

/* The name of the chat, or what stands for one. */
static struct span
chat_name(const struct telegram *t, char store[static 24])
{
	struct span name = span_get(t->chat, "name");

	if (name.p == NULL || name.len == 0)
		name = field_text(t->chat, "id", store);
	if (name.p == NULL)
		name = span_get(t->chat, "type");
	return name;
}

static struct err *
read_message(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct telegram *t = arg;
	struct sink *sink = t->r->sink;
	struct attachment files[3];
	char id[24], reply[24], from[24], chat[24], origin[24];
	struct message m = { .line = line };
	struct buf text = BUF_INIT;
	struct err *e;
	bool service;

	(void)index;
	sink_unit(sink);
	if (n->type != NODE_MAP || node_text(n, "type") == NULL) {
		sink_skip(sink, t->r->main->name, line, "it is no message");
		return NULL;
	}
	service = strcmp(node_text(n, "type"), "service") == 0;
	if (!read_time(&m.at, n, "date_unixtime", "date"))
		sink_warn(sink,
		    "a message without a time that can be read, "
		    "line %lu",
		    line);
	/* old versions wrote 1970 into what was never edited */
	m.edited = read_time(&m.edited_at, n, "edited_unixtime", "edited") &&
	    m.edited_at.us > EDITED_MIN;
	if (!m.edited)
		m.edited_at.kind = STAMP_NONE;
	m.author = span_get(n, service ? "actor" : "from");
	m.author_id = field_text(n, service ? "actor_id" : "from_id", from);
	if (m.author.p == NULL)
		m.author = m.author_id;
	m.id = field_text(n, "id", id);
	m.reply_to = field_text(n, "reply_to_message_id", reply);
	m.forwarded = forwarded_from(n, origin);
	if (t->many)
		m.channel = chat_name(t, chat);
	m.system = service;
	m.call = service && node_text(n, "action") != NULL &&
	    strstr(node_text(n, "action"), "call") != NULL;
	m.type = span_get(n, service ? "action" : "media_type");
	if (strcmp(node_text(n, "type"), "unsupported") == 0)
		m.type = span_of("unsupported");
	if (service)
		add_action(&text, n);
	if (node_get(n, "gift_text") != NULL) {
		buf_adds(&text, text.len > 0 ? ": " : "");
		add_text(&text, node_get(n, "gift_text"));
	}
	add_text(&text, words_of(n));
	add_poll(&text, node_get(n, "poll"));
	m.text = (struct span){ text.data, text.len };
	m.n_attachments = read_files(t, n, files, 3);
	m.attachments = files;
	m.more = read_more(n);
	e = sink_add(sink, &m);
	node_free((struct node *)m.more);
	buf_release(&text);
	return e;
}

static struct err *read_object(struct telegram *t, struct scan *s);

static struct err *
read_chats(struct telegram *t, struct scan *s)
{
	const char *key;
	bool more;
	struct err *e = scan_enter(s, '{');

	t->many = true;
	while (e == NULL && (e = scan_key(s, &key)) == NULL && key != NULL) {
		if (strcmp(key, "list") != 0) {
			e = scan_skip(s);
			continue;
		}
		e = scan_enter(s, '[');
		while (e == NULL && (e = scan_item(s, &more)) == NULL && more)
			e = read_object(t, s);
	}
	return e;
}

static struct err *
read_messages(struct telegram *t, struct scan *s)
{
	char store[24];
	struct span name = chat_name(t, store);

	sink_member(t->r->sink, t->many ? name : span_of(""), name);
	return field_each(s, read_message, t);
}

/* Other keys of a chat, as far as they are no trees. */
static struct err *
read_other(struct telegram *t, struct scan *s, const char *key)
{
	struct node *value;
	struct err *e;
	char c;

	if ((e = scan_peek(s, &c)) != NULL)
		return e;
	if (c == '{' || c == '[')
		return scan_skip(s);
	if ((e = scan_value(s, &value)) == NULL)
		node_put(t->chat, key, value);
	return e;
}

/* An account has chats in it, a chat has messages. */
static struct err *
read_object(struct telegram *t, struct scan *s)
{
	const char *at;
	struct err *e = scan_enter(s, '{');

	node_free(t->chat);
	t->chat = node_map();
	while (e == NULL && (e = scan_key(s, &at)) == NULL && at != NULL) {
		char *key = mem_dup(at);

		if (strcmp(key, "chats") == 0 || strcmp(key, "left_chats") == 0)
			e = read_chats(t, s);
		else if (strcmp(key, "messages") == 0)
			e = read_messages(t, s);
		else
			e = read_other(t, s, key);
		free(key);
	}
	return e;
}

static struct err *
read_root(void *arg, struct scan *s)
{
	struct telegram *t = arg;
	struct err *e = read_object(t, s);

	if (e == NULL && !t->many) {
		struct span name = span_get(t->chat, "name");

		sink_title(t->r->sink, name.p, name.len);
	}
	return e;
}

static struct err *
read_telegram(struct reading *r)
{
	struct telegram t = { .r = r };
	char *dir = path_parent(r->main->name);
	struct err *e;

	t.dir = strcmp(dir, ".") == 0 ? mem_dup("") : mem_dup(dir);
	free(dir);
	e = field_document(r, r->main, read_root, &t);
	node_free(t.chat);
	free(t.dir);
	return e;
}

/* A chat says what kind it is, even if there is nothing in it. */
static bool
is_chat(const struct probe *p)
{
	static const char *const types[] = { "personal_chat", "bot_chat",
		"saved_messages", "replies", "verification_codes",
		"private_group", "private_supergroup", "public_supergroup",
		"private_channel", "public_channel" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (probe_is(p, "type", types[i]))
			return probe_has(p, "messages");
	return false;
}

/*
 * All that Telegram has of somebody, but for the sections he did not ask for;
 * the chats come last, behind as many contacts as there are.
 */
static bool
is_account(const struct probe *p)
{
	static const char *const sections[] = { "contacts", "frequent_contacts",
		"sessions", "web_sessions", "chats", "left_chats" };
	unsigned n = probe_has(p, "personal_information");

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		n += probe_under(p, sections[i], ".about") &&
		    probe_under(p, sections[i], ".list");
	return n >= 2 || (n == 1 && probe_has(p, "about"));
}

static int
detect(const struct probe *p)
{
	if (p->root != '{' || p->many)
		return 0;
	if (is_chat(p) || probe_has(p, "chats.list[].messages[].type") ||
	    is_account(p))
		return READER_SURE;
	if (!probe_has(p, "messages[].type"))
		return 0;
	if (probe_has(p, "messages[].date_unixtime") ||
	    (probe_has(p, "messages[].date") &&
		probe_has(p, "messages[].from_id")))
		return READER_SURE;
	if (probe_has(p, "messages[].date") && probe_has(p, "messages[].text"))
		return READER_LIKELY;
	return 0;
}

const struct reader reader_telegram = {
	.name = "telegram",
	.title = "Telegram export",
	.channel = "telegram",
	.flags = READER_CARRIES,
	.order = SINK_BY_TIME,
	.detect = detect,
	.read = read_telegram,
};
