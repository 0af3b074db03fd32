/* SPDX-License-Identifier: ISC */
/*
 * Discord, as DiscordChatExporter writes it as JSON, and the raw answers of its
 * API that other tools keep.
 */

#include "core/intake/discord.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/intake/field.h"
#include "core/util/path.h"

/* Ids hold the time they were made at, counted from here. */
#define DISCORD_EPOCH INT64_C(1420070400000000)
#define CLOCK_SLACK INT64_C(2000000) /* microseconds an id may differ */

struct discord {
	struct reading *r;
	const struct part *part; /* being read */
	char *dir;               /* it is in */
	bool many;     /* parts, which are channels or pieces of one */
	char *channel; /* of this part */
	size_t n;      /* messages in it */
	size_t unlike; /* messages whose id says another time */
};

static bool
is_service(const struct node *m)
{
	static const char *const typed[] = { "Default", "Reply", "20",
		"ChatInputCommand", "23", "ContextMenuCommand",
		"ThreadStarterMessage", "ApplicationCommand", "0", "19", "21" };
	char store[24];
	struct span type = field_text(m, "type", store);

	if (type.p == NULL)
		return false;
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
		if (span_is(type, typed[i]))
			return false;
	return true;
}

/* The id is a clock, too: a time that was edited by hand does not agree. */
static void
compare_clock(struct discord *d, struct span id, const struct stamp *at)
{
	uint64_t v = 0;
	int64_t us;

	if (id.p == NULL || id.len < 15 || id.len > 19 ||
	    at->kind == STAMP_NONE)
		return;
	for (size_t i = 0; i < id.len; i++) {
		if (!isdigit((unsigned char)id.p[i]))
			return;
		v = v * 10 + (uint64_t)(id.p[i] - '0');
	}
	us = (int64_t)(v >> 22) * 1000 + DISCORD_EPOCH;
	d->unlike += us - at->us > CLOCK_SLACK || at->us - us > CLOCK_SLACK;
}

/* A line of its own. */
static void
add_line(struct buf *out, struct span text)
{
	if (text.len == 0)
		return;
	if (out->len > 0)
		buf_addc(out, '\n');
	buf_add(out, text.p, text.len);
}

/* "Amount: 250 USD" */
static void
add_fields(struct buf *out, const struct node *fields)
{
	for (size_t i = 0; i < node_count(fields); i++) {
		struct span name = span_get(node_at(fields, i), "name");
		struct span value = span_get(node_at(fields, i), "value");

		add_line(out, name);
		if (name.len == 0)
			add_line(out, value);
		else if (value.len > 0) {
			buf_adds(out, ": ");
			buf_add(out, value.p, value.len);
		}
	}
}

static void
add_embeds(struct buf *out, const struct node *list)
{
	static const char *const keys[] = { "title", "description", "url" };

	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *n = node_at(list, i);

		add_line(out, span_get(node_get(n, "author"), "name"));
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			add_line(out, span_get(n, keys[k]));
		add_fields(out, node_get(n, "fields"));
		add_line(out, span_get(node_get(n, "footer"), "text"));
	}
}

static void
add_text(struct buf *out, const struct node *n)
{
	struct span content = span_get(n, "content");

	if (content.len > 0)
		buf_add(out, content.p, content.len);
	else
		add_embeds(out, node_get(n, "embeds"));
}

/* A file that was saved beside the export. */
static const struct part *
locate(const struct discord *d, struct span url)
{
	return url.p == NULL ?
	    NULL :
	    input_locate(d->r->input, d->dir, url.p, url.len);
}

/* Behind the n that are in out; how many there are then. */
static size_t
read_files(const struct discord *d, const struct node *m,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX], size_t n)
{
	const struct node *list = node_get(m, "attachments");
	const struct node *stickers = node_get(m, "stickers");

	for (size_t i = 0; i < node_count(list) && n < MESSAGE_ATTACHMENTS_MAX;
	     i++) {
		const struct node *f = node_at(list, i);
		struct span url = span_get(f, "url");

		out[n] = (struct attachment){ .name = span_get(f, "fileName"),
			.type = span_get(f, "content_type"),
			.size = field_number(
			    f, "fileSizeBytes", field_number(f, "size", -1)) };
		if (out[n].name.p == NULL)
			out[n].name = span_get(f, "filename");
		out[n].part = locate(d, url);
		n++;
	}
	for (size_t i = 0;
	     i < node_count(stickers) && n < MESSAGE_ATTACHMENTS_MAX; i++) {
		const struct node *f = node_at(stickers, i);
		struct span url = span_get(f, "sourceUrl");

		out[n++] = (struct attachment){
			.name = span_get(f, "name"),
			.type = span_of("sticker"),
			.size = -1,
			.part = locate(d, url),
		};
	}
	return n;
}

static struct node *
read_more(const struct node *m)
{
	static const char *const keys[] = { "reactions", "embeds",
		"forwardedMessage", "interaction", "callEndedTimestamp",
		"isPinned" };
	struct node *more = node_map();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i], "isPinned") != 0 || node_flag(m, keys[i]))
			field_keep(more, m, keys[i]);
	return more;
}

static void
read_people(struct message *m, const struct node *n, char store[static 24])
{
	const struct node *author = node_get(n, "author");
	struct span nick = span_get(author, "nickname");

	m->author = span_get(author, "name");
	if (m->author.p == NULL)
		m->author = span_get(author, "username");
	if (m->author.p == NULL)
		m->author = span_get(author, "global_name");
	if (nick.len > 0 && m->author.p != NULL &&
	    !(nick.len == m->author.len &&
		memcmp(nick.p, m->author.p, nick.len) == 0))
		m->author_raw = nick;
	m->author_id = field_text(author, "id", store);
}

/* What it passes on: the message, without its author; NULL if it is its own. */
static const struct node *
forwarded_of(const struct node *n)
{
	const struct node *list = node_get(n, "message_snapshots"),
			  *one = node_get(n, "forwardedMessage");

	if (node_count(list) > 0)
		one = node_get(node_at(list, 0), "message");
	return one != NULL && one->type == NODE_MAP ? one : NULL;
}

static void
read_reply(struct message *m, const struct node *n)
{
	const struct node *ref = node_get(n, "reference");

	if (forwarded_of(n) != NULL) {
		m->forwarded = span_of("somebody whom Discord does not name");
		return;
	}
	m->reply_to = span_get(ref, "messageId");
	if (m->reply_to.p == NULL)
		m->reply_to =
		    span_get(node_get(n, "message_reference"), "message_id");
}

static struct err *
read_message(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct discord *d = arg;
	struct sink *sink = d->r->sink;
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	char id[24], author[24], type[24];
	struct message m = { .line = line };
	struct buf text = BUF_INIT;
	struct err *e;

	(void)index;
	sink_unit(sink);
	d->n++;
	if (n->type != NODE_MAP) {
		sink_skip(sink, d->part->name, line, "it is no message");
		return NULL;
	}
	if (!field_iso(&m.at, n, "timestamp"))
		sink_warn(sink,
		    "line %lu: a message without a time that can be read",
		    line);
	if (d->many)
		m.channel = span_of(d->channel);
	m.id = field_text(n, "id", id);
	compare_clock(d, m.id, &m.at);
	m.edited = field_iso(&m.edited_at, n, "timestampEdited") ||
	    field_iso(&m.edited_at, n, "edited_timestamp");
	read_people(&m, n, author);
	read_reply(&m, n);
	m.system = is_service(n);
	m.type = m.system || m.reply_to.p != NULL ?
	    field_text(n, "type", type) :
	    (struct span){ NULL, 0 };
	m.call = m.system && (span_is(m.type, "Call") || span_is(m.type, "3"));
	add_text(&text, n);
	if (text.len == 0)
		add_text(&text, forwarded_of(n));
	m.text = (struct span){ text.data, text.len };
	m.n_attachments = read_files(d, n, files, 0);
	m.n_attachments =
	    read_files(d, forwarded_of(n), files, m.n_attachments);
	m.attachments = files;
	m.more = read_more(n);
	e = sink_add(sink, &m);
	node_free((struct node *)m.more);
	buf_release(&text);
	return e;
}

/* "Guild / channel"; the guild stands before the channel. */
static void
name_channel(
    struct discord *d, const struct node *guild, const struct node *channel)
{
	struct span name = span_get(channel, "name");
	struct buf title = BUF_INIT;

	if (span_get(guild, "name").len > 0)
		buf_addf(&title, "%s / ", node_text(guild, "name"));
	if (name.p != NULL)
		buf_add(&title, name.p, name.len);
	free(d->channel);
	d->channel = buf_steal(&title);
	if (!d->many)
		sink_title(d->r->sink, d->channel, strlen(d->channel));
	sink_member(d->r->sink, span_of(d->many ? d->channel : ""), name);
}

static void
check_count(const struct discord *d, const struct node *count)
{
	if (count == NULL || count->type != NODE_INT ||
	    count->number == (int64_t)d->n)
		return;
	sink_warn(d->r->sink,
	    "%s%sthe export says it has %" PRId64 " messages, and has %zu",
	    d->many ? d->part->name : "", d->many ? ": " : "", count->number,
	    d->n);
}

static struct err *
read_export(struct discord *d, struct scan *s)
{
	struct node *guild = NULL, *channel = NULL, *count = NULL;
	const char *key;
	struct err *e = scan_enter(s, '{');

	while (e == NULL && (e = scan_key(s, &key)) == NULL && key != NULL) {
		if (strcmp(key, "messages") == 0) {
			e = field_each(s, read_message, d);
		} else if (strcmp(key, "guild") == 0 && guild == NULL) {
			e = scan_value(s, &guild);
		} else if (strcmp(key, "channel") == 0 && channel == NULL) {
			e = scan_value(s, &channel);
			name_channel(d, guild, channel);
		} else if (strcmp(key, "messageCount") == 0 && count == NULL) {
			e = scan_value(s, &count);
		} else {
			e = scan_skip(s);
		}
	}
	if (e == NULL)
		check_count(d, count);
	node_free(guild);
	node_free(channel);
	node_free(count);
	return e;
}

static struct err *
read_json(void *arg, struct scan *s)
{
	char c;
	struct err *e = scan_peek(s, &c);

	if (e != NULL)
		return e;
	return c == '[' ? field_each(s, read_message, arg) :
			  read_export(arg, s);
}

static struct err *
read_part(struct discord *d, const struct part *part)
{
	char *dir = path_parent(part->name);

	d->part = part;
	d->n = 0;
	free(d->dir);
	d->dir = strcmp(dir, ".") == 0 ? mem_dup("") : mem_dup(dir);
	free(dir);
	return field_document(d->r, part, read_json, d);
}

/* Channels side by side, or pieces of one; a damaged file is said and counted. */
static struct err *
read_all(struct discord *d)
{
	const struct part *part;
	struct err *e = NULL;

	d->many = true;
	vec_each (part, &d->r->input->parts) {
		size_t len = strlen(part->name);

		if (len < 5 || strcmp(part->name + len - 5, ".json") != 0)
			continue;
		e = read_part(d, part);
		if (err_is(e, ERR_SYNTAX) || err_is(e, ERR_INVALID)) {
			sink_unit(d->r->sink);
			sink_skip(d->r->sink, NULL, 0, "%s", err_text(e));
			err_drop(e);
			e = NULL;
		}
		if (e != NULL)
			break;
	}
	return e;
}

static struct err *
read_discord(struct reading *r)
{
	struct discord d = { .r = r };
	struct err *e = r->main != NULL ? read_part(&d, r->main) : read_all(&d);

	if (d.unlike > 0)
		sink_warn(r->sink,
		    "messages whose id tells another time than the message: "
		    "%zu",
		    d.unlike);
	free(d.channel);
	free(d.dir);
	return e;
}

static int
detect(const struct probe *p)
{
	if (p->root == '{' && probe_has(p, "guild") &&
	    probe_has(p, "channel") && probe_has(p, "messages"))
		return READER_SURE;
	if (p->root == '[' && probe_has(p, "[].author.username") &&
	    probe_has(p, "[].channel_id"))
		return READER_SURE;
	return 0;
}

const struct reader reader_discord = {
	.name = "discord",
	.title = "Discord export",
	.channel = "discord",
	.flags = READER_TOGETHER,
	.order = SINK_BY_TIME,
	.detect = detect,
	.read = read_discord,
};

/*
 * Of CSV and text.
 */

struct attachment
discord_file(struct reading *r, struct span url)
{
	struct span name = field_base(url);
	const char *query = memchr(name.p, '?', name.len);

	if (query != NULL)
		name.len = (size_t)(query - name.p);
	return (struct attachment){ .name = name,
		.size = -1,
		.part = input_locate(r->input, "", url.p, url.len) };
}
