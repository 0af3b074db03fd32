/* SPDX-License-Identifier: ISC */
/*
 * Signal, as Signal Desktop exports it (JSON Lines): recipients and chats are
 * lines of their own, in any place, so the file is gone through twice.
 */

#include <string.h>

#include "core/intake/field.h"
#include "core/intake/people.h"

struct desktop {
	struct reading *r;
	struct people *people; /* names of recipients */
	struct people *chats;  /* recipients of chats */
	size_t homeless;       /* messages of chats the export does not name */
	size_t cut;            /* texts that go on in a file */
	bool secrets;
};

static void
name_contact(struct buf *out, const struct node *c)
{
	static const char *const pairs[][2] = {
		{ "systemGivenName", "systemFamilyName" },
		{ "profileGivenName", "profileFamilyName" },
	};

	for (size_t i = 0; i < 2 && out->len == 0; i++) {
		struct span given = span_get(c, pairs[i][0]);
		struct span family = span_get(c, pairs[i][1]);

		buf_add(out, given.p, given.len);
		if (given.len > 0 && family.len > 0)
			buf_addc(out, ' ');
		buf_add(out, family.p, family.len);
	}
	if (out->len == 0) {
		struct span number = span_get(c, "e164");

		if (number.p == NULL)
			number = span_get(c, "aci");
		buf_add(out, number.p, number.len);
	}
}

static void
learn_recipient(struct desktop *d, const struct node *n)
{
	const struct node *contact = node_get(n, "contact");
	struct span title =
	    span_node(node_find(n, "group.snapshot.title.title"));
	struct buf name = BUF_INIT;
	char id[24];

	if (contact != NULL)
		name_contact(&name, contact);
	else if (node_get(n, "self") != NULL)
		buf_adds(&name, "Me");
	else if (title.p != NULL)
		buf_add(&name, title.p, title.len);
	people_add(d->people, field_text(n, "id", id),
	    (struct span){ name.data, name.len });
	buf_release(&name);
}

static void
learn(struct desktop *d, const struct node *n)
{
	const struct node *chat = node_get(n, "chat");
	char id[24], recipient[24];

	if (node_get(n, "recipient") != NULL)
		learn_recipient(d, node_get(n, "recipient"));
	if (chat != NULL)
		people_add(d->chats, field_text(chat, "id", id),
		    field_text(chat, "recipientId", recipient));
	d->secrets |= node_get(n, "account") != NULL;
}

/* The first time through: what is no JSON is said the second time. */
static struct err *
learn_all(struct desktop *d)
{
	struct text *t;
	struct line line;
	struct node *n;
	struct err *e = text_open(&t, d->r->main);

	while (
	    e == NULL && (e = text_next(t, &line)) == NULL && line.p != NULL) {
		struct scan *s = scan_bytes(line.p, line.len, "line");

		err_drop(scan_value(s, &n));
		if (n != NULL)
			learn(d, n);
		node_free(n);
		scan_close(s);
	}
	text_close(t);
	return e;
}

static struct span
chat_name(struct desktop *d, const struct node *item)
{
	char id[24];
	struct span chat = field_text(item, "chatId", id);
	const char *recipient = people_find(d->chats, chat);
	const char *name = people_find(d->people, span_of(recipient));

	if (recipient == NULL)
		d->homeless++;
	return span_of(name);
}

static struct attachment
read_pointer(const struct desktop *d, const struct node *p)
{
	struct attachment a = { .name = span_get(p, "fileName"),
		.type = span_get(p, "contentType"),
		.size = field_number(node_get(p, "locatorInfo"), "size", -1) };

	if (a.name.p != NULL)
		a.part =
		    input_locate(d->r->input, "files", a.name.p, a.name.len);
	return a;
}

/*
 * The files of an item: attachments, what may be seen once, and the rest of a
 * text that is too long for the item itself.
 */
static size_t
read_files(struct desktop *d, const struct node *item,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	const struct node *body = node_get(item, "standardMessage");
	const struct node *list = node_get(body, "attachments");
	const struct node *once =
	    node_find(item, "viewOnceMessage.attachment.pointer");
	const struct node *rest = node_get(body, "longText");
	size_t n = 0;

	if (rest == NULL)
		rest = node_find(
		    item, "directStoryReplyMessage.textReply.longText");
	if (rest != NULL && rest->type == NODE_MAP) {
		out[n] = read_pointer(d, rest);
		out[n++].type = span_of("rest of the text");
		d->cut++;
	}
	if (once != NULL)
		out[n++] = read_pointer(d, once);
	for (size_t i = 0; i < node_count(list) && n < MESSAGE_ATTACHMENTS_MAX;
	     i++)
		out[n++] = read_pointer(d, node_get(list->kids[i], "pointer"));
	return n;
}

/*
 * The key of what an item is, if that is no plain message, or NULL: all its
 * other objects are about its sending.
 */
static const char *
kind_of(const struct node *item)
{
	static const char *const others[] = { "standardMessage", "incoming",
		"outgoing", "directionless", "pinDetails" };

	for (size_t i = 0; i < node_count(item); i++) {
		bool other = item->kids[i]->type != NODE_MAP;

		for (size_t k = 0; k < 5; k++)
			other |= strcmp(item->keys[i], others[k]) == 0;
		if (!other)
			return item->keys[i];
	}
	return NULL;
}

/* The text of an item, whatever kind of message it is. */
static struct span
body_of(const struct node *item, struct message *m)
{
	static const char *const others[] = {
		"directStoryReplyMessage.textReply.text.body",
		"directStoryReplyMessage.emoji", "stickerMessage.sticker.emoji",
		"paymentNotification.note"
	};
	struct span text =
	    span_node(node_find(item, "standardMessage.text.body"));

	m->type = span_of(kind_of(item));
	m->deleted = node_get(item, "remoteDeletedMessage") != NULL;
	m->system = node_get(item, "updateMessage") != NULL ||
	    node_get(item, "directionless") != NULL;
	m->call = node_find(item, "updateMessage.individualCall") != NULL ||
	    node_find(item, "updateMessage.groupCall") != NULL;
	for (size_t i = 0; i < 4 && text.p == NULL; i++)
		text = span_node(node_find(item, others[i]));
	return text;
}

static void
add_poll(struct buf *out, const struct node *poll)
{
	const struct node *options = node_get(poll, "options");
	struct span question = span_get(poll, "question");

	buf_add(out, question.p, question.len);
	for (size_t i = 0; i < node_count(options); i++) {
		struct span text = span_get(node_at(options, i), "option");

		buf_adds(out, "\n- ");
		buf_add(out, text.p, text.len);
	}
}

/* "individualCall: AUDIO_CALL, OUTGOING, ACCEPTED": what happened. */
static void
add_update(struct buf *out, const struct node *update)
{
	static const char *const keys[] = { "type", "direction", "state" };

	if (node_count(update) == 0 || update->type != NODE_MAP)
		return;
	buf_adds(out, update->keys[0]);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct span value = span_get(update->kids[0], keys[i]);

		if (value.p == NULL)
			continue;
		buf_adds(out, i == 0 ? ": " : ", ");
		buf_add(out, value.p, value.len);
	}
}

/* What the text was before it was edited, the oldest last. */
static void
keep_revisions(struct node *more, const struct node *item)
{
	const struct node *list = node_get(item, "revisions");
	struct node *texts;

	if (node_count(list) == 0)
		return;
	texts = node_put(more, "before", node_list());
	for (size_t i = 0; i < list->n; i++) {
		struct span text = span_node(
		    node_find(list->kids[i], "standardMessage.text.body"));

		if (text.p != NULL)
			node_push(texts, node_strn(text.p, text.len));
	}
}

static struct err *
add_item(struct desktop *d, const struct node *item, unsigned long line)
{
	struct sink *sink = d->r->sink;
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .line = line };
	const struct node *standard = node_get(item, "standardMessage");
	const struct node *quote = node_get(standard, "quote");
	char author[24], sent[24], quoted[24];
	struct buf words = BUF_INIT;
	struct node *more;
	struct err *e;

	if (!field_epoch(&m.at, item, "dateSent", 1000)) {
		sink_skip(sink, NULL, line, "a message without a time");
		return NULL;
	}
	m.author_id = field_text(item, "authorId", author);
	m.author = people_name(d->people, m.author_id);
	m.id = field_text(item, "dateSent", sent);
	m.reply_to = field_text(quote, "targetSentTimestamp", quoted);
	m.channel = chat_name(d, item);
	m.text = body_of(item, &m);
	if (m.text.p == NULL) {
		add_update(&words, node_get(item, "updateMessage"));
		add_poll(&words, node_get(item, "poll"));
		m.text = (struct span){ words.data, words.len };
	}
	m.edited = node_count(node_get(item, "revisions")) > 0;
	m.n_attachments = read_files(d, item, files);
	m.attachments = files;
	more = node_map();
	keep_revisions(more, item);
	field_keep(more, standard, "reactions");
	if (m.type.p != NULL)
		field_keep(more, item, m.type.p);
	m.more = more;
	e = sink_add(sink, &m);
	node_free(more);
	buf_release(&words);
	return e;
}

static struct err *
read_line(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct desktop *d = arg;
	const struct node *item = node_get(n, "chatItem");

	(void)index;
	sink_unit(d->r->sink);
	if (item != NULL)
		return add_item(d, item, line);
	if (n->type == NODE_MAP)
		sink_continue(d->r->sink);
	else
		sink_skip(d->r->sink, NULL, line, "it is no object");
	return NULL;
}

static struct err *
read_desktop(struct reading *r)
{
	struct desktop d = {
		.r = r, .people = people_new(), .chats = people_new()
	};
	struct err *e = learn_all(&d);

	if (e == NULL)
		e = field_lines(r, r->main, read_line, &d);
	if (d.homeless > 0)
		sink_warn(r->sink,
		    "messages of chats that the export does not name: %zu",
		    d.homeless);
	if (d.cut > 0)
		sink_warn(r->sink,
		    "texts that are longer than the export has them here, and "
		    "go on in a file of their own: %zu",
		    d.cut);
	if (d.secrets)
		sink_warn(r->sink,
		    "the source holds secret keys of the Signal account: "
		    "withhold it from packages");
	people_free(d.people);
	people_free(d.chats);
	return e;
}

static int
detect_desktop(const struct probe *p)
{
	return p->root == '{' && p->many && probe_has(p, "backupTimeMs") ?
	    READER_SURE :
	    0;
}

const struct reader reader_signal_desktop = {
	.name = "signal-desktop",
	.title = "Signal Desktop export",
	.channel = "signal",
	.order = SINK_BY_TIME,
	.detect = detect_desktop,
	.read = read_desktop,
};
