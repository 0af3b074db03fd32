/* SPDX-License-Identifier: ISC */
/*
 * Slack, workspace export: a folder or archive with users.json, lists of
 * conversations, and for each conversation a folder with a file a day.  And
 * what slackdump makes of a conversation: one file, replies inside of what
 * they reply to.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/intake/field.h"
#include "core/intake/people.h"
#include "core/intake/slack_text.h"
#include "core/util/path.h"

struct slack {
	struct reading *r;
	char *root;              /* the folder users.json is in, "" or "x/" */
	struct people *users;    /* by id; channels, too, for mentions */
	struct people *channels; /* titles by the folder's name */
	const char *channel;     /* being read, or NULL */
	char *dumped;            /* its name, of a conversation in one file */
	const struct part *part; /* being read */
	size_t strays;           /* files that are no day of a conversation */
};

/*
 * Messages.
 */

/* Slackbot tells of a call; somebody else began it. */
static struct span
user_of(const struct node *m)
{
	struct span caller = span_get(node_get(m, "room"), "created_by");

	return caller.len > 0 ? caller : span_get(m, "user");
}

static struct span
author_of(const struct slack *s, const struct node *m)
{
	struct span user = user_of(m), name;
	const struct node *profile = node_get(m, "user_profile");
	static const char *const keys[] = { "display_name", "real_name",
		"name" };

	name = span_of(people_find(s->users, user));
	for (size_t i = 0; name.len == 0 && i < 3; i++)
		name = span_get(profile, keys[i]);
	if (name.len == 0)
		name = span_get(m, "username");
	if (name.len == 0)
		name = span_get(node_get(m, "bot_profile"), "name");
	if (name.len == 0)
		name = user.p != NULL ? user : span_get(m, "bot_id");
	return name;
}

/* Subtypes that somebody, or some bot, wrote. */
static bool
is_written(const char *subtype)
{
	static const char *const written[] = { "me_message", "file_share",
		"file_comment", "bot_message", "thread_broadcast",
		"reply_broadcast", "tombstone", "assistant_app_thread",
		"ekm_access_denied" };

	if (subtype == NULL)
		return true;
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++)
		if (strcmp(subtype, written[i]) == 0)
			return true;
	return false;
}

/* Where other exporters put the bytes that Slack's own leaves out. */
static const struct part *
find_file(const struct slack *s, struct span id, struct span name)
{
	char *path;
	const struct part *part;

	if (id.p == NULL || name.p == NULL)
		return NULL;
	path = mem_printf(
	    "__uploads/%.*s/%.*s", (int)id.len, id.p, (int)name.len, name.p);
	part = input_locate(s->r->input, s->root, path, strlen(path));
	free(path);
	if (part != NULL || s->channel == NULL)
		return part;
	path = mem_printf("%s/attachments/%.*s-%.*s", s->channel, (int)id.len,
	    id.p, (int)name.len, name.p);
	part = input_locate(s->r->input, s->root, path, strlen(path));
	free(path);
	return part;
}

static size_t
read_files(const struct slack *s, const struct node *m,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	const struct node *list = node_get(m, "files");
	size_t n = 0;

	for (size_t i = 0; i < node_count(list) && n < MESSAGE_ATTACHMENTS_MAX;
	     i++) {
		const struct node *f = node_at(list, i);
		struct attachment *a = &out[n++];

		*a = (struct attachment){ .name = span_get(f, "name"),
			.type = span_get(f, "mimetype"),
			.size = field_number(f, "size", -1) };
		if (a->name.p == NULL)
			a->name = span_get(f, "title");
		if (a->name.p == NULL)
			a->name = span_get(f, "id");
		if (a->type.p == NULL)
			a->type = span_get(f, "mode");
		a->part = find_file(s, span_get(f, "id"), span_get(f, "name"));
	}
	return n;
}

/* Blocks of apps; those of rich text are the text once more. */
static bool
has_cards(const struct node *blocks)
{
	for (size_t i = 0; i < node_count(blocks); i++)
		if (!span_is(span_get(node_at(blocks, i), "type"), "rich_text"))
			return true;
	return false;
}

static struct node *
read_more(const struct node *m)
{
	static const char *const keys[] = { "reactions", "reply_count", "topic",
		"purpose", "inviter", "old_name", "hidden", "pinned_to",
		"message", "previous_message" };
	struct node *more = node_map();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		field_keep(more, m, keys[i]);
	/* beside a text, cards and pages that links lead to */
	if (span_get(m, "text").len > 0) {
		if (node_count(node_get(m, "attachments")) > 0)
			field_keep(more, m, "attachments");
		if (has_cards(node_get(m, "blocks")))
			field_keep(more, m, "blocks");
	}
	return more;
}

/* Whose words a message is that only passes one on. */
static struct span
shared_from(const struct node *n)
{
	const struct node *a = node_at(node_get(n, "attachments"), 0);
	struct span name = span_get(a, "author_name");

	if (!node_flag(a, "is_share") && !node_flag(a, "is_msg_unfurl"))
		return (struct span){ NULL, 0 };
	if (name.len == 0)
		name = span_get(a, "author_subname");
	return name.len > 0 ? name : span_of("somebody Slack does not name");
}

static void
read_edit(struct message *m, const struct node *n)
{
	const struct node *edited = node_get(n, "edited");

	if (edited == NULL || edited->type != NODE_MAP)
		return;
	m->edited = true;
	field_epoch(&m->edited_at, edited, "ts", 1);
}

/*
 * Exports for compliance tell an edit or a deletion apart: the message that was
 * changed, or NULL.  A page that was shown under its link is no edit.
 */
static const struct node *
changed_of(const struct node *n, const char *subtype)
{
	const struct node *m = NULL, *before = node_get(n, "previous_message");

	if (subtype != NULL && strcmp(subtype, "message_changed") == 0) {
		m = node_get(n, "message");
		if (node_get(m, "edited") == NULL &&
		    node_equal(node_get(m, "text"), node_get(before, "text")))
			return NULL;
	}
	if (subtype != NULL && strcmp(subtype, "message_deleted") == 0)
		m = before;
	return m != NULL && m->type == NODE_MAP ? m : NULL;
}

/* Its text is in text; what it was before goes into more. */
static void
read_change(struct slack *s, struct message *m, const struct node *changed,
    const struct node *n, struct node *more)
{
	const struct node *before = node_get(n, "previous_message");
	struct buf text = BUF_INIT;

	m->author = author_of(s, changed);
	m->author_id = user_of(changed);
	m->reply_to = span_get(changed, "ts");
	m->system = false;
	m->deleted = changed == before;
	m->edited = !m->deleted;
	m->edited_at = m->edited ? m->at : (struct stamp){ 0 };
	if (m->edited && before != NULL && before->type == NODE_MAP) {
		slack_text(&text, s->users, before);
		node_push(node_put(more, "before", node_list()),
		    node_strn(text.data, text.len));
	}
	buf_release(&text);
}

static struct err *
read_message(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct slack *s = arg;
	struct sink *sink = s->r->sink;
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	const char *subtype = node_text(n, "subtype");
	const struct node *changed = changed_of(n, subtype);
	struct message m = { .line = line };
	struct node *more;
	struct buf text = BUF_INIT;
	struct err *e;

	(void)index;
	sink_unit(sink);
	m.id = span_get(n, "ts");
	if (m.id.p == NULL || !stamp_epoch_text(&m.at, m.id.p, m.id.len, 1)) {
		sink_skip(
		    sink, s->part->name, line, "it has no ts that is a time");
		return NULL;
	}
	m.author = author_of(s, n);
	m.author_id = user_of(n);
	m.channel = span_of(s->channel);
	m.system = !is_written(subtype);
	m.call = subtype != NULL && strcmp(subtype, "huddle_thread") == 0;
	m.deleted = subtype != NULL && strcmp(subtype, "tombstone") == 0;
	m.type = span_of(subtype);
	m.reply_to = span_get(n, "thread_ts");
	if (m.reply_to.len == m.id.len && m.reply_to.p != NULL &&
	    memcmp(m.reply_to.p, m.id.p, m.id.len) == 0)
		m.reply_to.p = NULL;
	read_edit(&m, n);
	more = read_more(n);
	if (changed != NULL)
		read_change(s, &m, changed, n, more);
	if (slack_text(&text, s->users, changed != NULL ? changed : n))
		m.forwarded = shared_from(changed != NULL ? changed : n);
	m.text = (struct span){ text.data, text.len };
	m.n_attachments = read_files(s, n, files);
	m.attachments = files;
	m.more = more;
	e = sink_add(sink, &m);
	node_free(more);
	buf_release(&text);
	return e;
}

static struct err *
read_day(void *arg, struct scan *s)
{
	return field_each(s, read_message, arg);
}

/* "2024-03-01.json" */
static bool
is_day(const char *name)
{
	static const char form[] = "dddd-dd-dd.json";

	if (strlen(name) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (i < 10 && form[i] == 'd' ?
			!isdigit((unsigned char)name[i]) :
			name[i] != form[i])
			return false;
	return true;
}

/*
 * A conversation in one file: {channel_id, name, messages}.
 */

/* A message, and the replies in it. */
static struct err *
read_dumped(void *arg, const struct node *n, size_t index, unsigned long line)
{
	const struct node *replies = node_get(n, "slackdump_thread_replies");
	struct err *e = read_message(arg, n, index, line);

	for (size_t i = 0; e == NULL && i < node_count(replies); i++)
		e = read_message(
		    arg, node_at(replies, i), i, node_at(replies, i)->line);
	return e;
}

/* A day's file does not say whose it is, but its folder does. */
static void
name_day(struct slack *s)
{
	char *dir = path_parent(s->part->name);

	if (s->r->main != NULL || is_day(path_base(s->part->name)))
		s->dumped =
		    mem_dup(strcmp(dir, ".") == 0 ? "" : path_base(dir));
	free(dir);
}

/* The keys stand in any order, so the name is looked for first. */
static struct err *
read_name(void *arg, struct scan *scan)
{
	struct slack *s = arg;
	const char *key;
	char c;
	struct err *e = scan_peek(scan, &c);

	if (e == NULL && c == '[') {
		name_day(s);
		return scan_skip(scan);
	}
	if (e == NULL)
		e = scan_enter(scan, '{');
	while (e == NULL && (e = scan_key(scan, &key)) == NULL && key != NULL) {
		bool name = strcmp(key, "name") == 0;
		struct node *value;

		if (!name && strcmp(key, "channel_id") != 0) {
			e = scan_skip(scan);
			continue;
		}
		if ((e = scan_value(scan, &value)) != NULL)
			break;
		if (span_node(value).len > 0 && (name || s->dumped == NULL)) {
			free(s->dumped);
			s->dumped = mem_dup(value->text);
		}
		node_free(value);
	}
	return e;
}

static struct err *
read_dump(void *arg, struct scan *scan)
{
	const struct slack *s = arg;
	char c;
	struct err *e = scan_peek(scan, &c);

	if (e != NULL)
		return e;
	if (c == '{')
		return field_each_under(scan, "messages", read_dumped, arg);
	return s->dumped != NULL ? field_each(scan, read_message, arg) :
				   scan_skip(scan);
}

static struct err *
read_conversation(struct slack *s, const struct part *part)
{
	struct err *e;

	free(s->dumped);
	s->dumped = NULL;
	s->part = part;
	e = field_document(s->r, part, read_name, s);
	s->channel =
	    s->dumped != NULL && s->dumped[0] != '\0' ? s->dumped : NULL;
	return e != NULL ? e : field_document(s->r, part, read_dump, s);
}

/*
 * Lists.
 */

static struct err *
read_user(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct slack *s = arg;
	const struct node *profile = node_get(n, "profile");
	struct span name = span_get(profile, "display_name");

	(void)index;
	(void)line;
	if (name.len == 0)
		name = span_get(profile, "real_name");
	if (name.len == 0)
		name = span_get(n, "real_name");
	if (name.len == 0)
		name = span_get(n, "name");
	people_add(s->users, span_get(n, "id"), name);
	return NULL;
}

static struct err *
read_users(void *arg, struct scan *scan)
{
	return field_each(scan, read_user, arg);
}

/* A conversation without a name is called after its members. */
static struct err *
read_channel(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct slack *s = arg;
	const struct node *members = node_get(n, "members");
	struct span name = span_get(n, "name"), id = span_get(n, "id");
	struct buf title = BUF_INIT;

	(void)index;
	(void)line;
	for (size_t i = 0; i < node_count(members); i++) {
		struct span member = span_node(node_at(members, i)), who;

		if (member.p == NULL)
			continue;
		who = people_name(s->users, member);
		if (name.p == NULL) {
			buf_adds(&title, title.len > 0 ? ", " : "");
			buf_add(&title, who.p, who.len);
		}
	}
	people_add(s->users, id, name);
	people_add(s->channels, name.p != NULL ? name : id,
	    name.p != NULL ? name : (struct span){ title.data, title.len });
	for (size_t i = 0; i < node_count(members); i++)
		sink_member(s->r->sink,
		    name.p != NULL ? name :
				     (struct span){ title.data, title.len },
		    people_name(s->users, span_node(node_at(members, i))));
	buf_release(&title);
	return NULL;
}

static struct err *
read_channels(void *arg, struct scan *scan)
{
	return field_each(scan, read_channel, arg);
}

/* A list beside the conversations; a damaged one costs names, not messages. */
static void
read_list(struct slack *s, const char *name,
    struct err *(*walk)(void *arg, struct scan *scan))
{
	char *full = mem_printf("%s%s", s->root, name);
	const struct part *part = input_part(s->r->input, full);
	struct err *e;

	if (part != NULL) {
		e = field_document(s->r, part, walk, s);
		if (e != NULL)
			sink_warn(s->r->sink, "%s cannot be read: %s", name,
			    err_text(e));
		err_drop(e);
	}
	free(full);
}

/*
 * The export.
 */

/* A damaged file among others is said and counted. */
static struct err *
forgive(struct slack *s, struct err *e)
{
	if (!err_is(e, ERR_SYNTAX) && !err_is(e, ERR_INVALID))
		return e;
	sink_unit(s->r->sink);
	sink_skip(s->r->sink, NULL, 0, "%s", err_text(e));
	err_drop(e);
	return NULL;
}

static void
tell_strays(const struct slack *s)
{
	if (s->strays > 0)
		sink_warn(s->r->sink,
		    "files that are no day of a conversation, left out: %zu",
		    s->strays);
}

/* A day of a conversation. */
static struct err *
read_part(struct slack *s, const struct part *part)
{
	const char *inner = part->name + strlen(s->root);
	const char *slash = strchr(inner, '/');
	const char *title;
	char *folder;
	struct err *e;

	if (slash == NULL || strchr(slash + 1, '/') != NULL ||
	    !is_day(slash + 1)) {
		s->strays += slash != NULL && strstr(slash, ".json") != NULL;
		return NULL;
	}
	folder = mem_ndup(inner, (size_t)(slash - inner));
	title = people_find(s->channels, span_of(folder));
	s->channel = title != NULL ? title : folder;
	s->part = part;
	e = forgive(s, field_document(s->r, part, read_day, s));
	s->channel = NULL;
	free(folder);
	return e;
}

static bool
is_list(const char *base)
{
	return strcmp(base, "users.json") == 0 ||
	    strcmp(base, "channels.json") == 0 || strcmp(base, "dms.json") == 0;
}

/* The folder that holds users.json or channels.json, "" for the top. */
static char *
find_root(const struct input *in)
{
	char *root = NULL;

	for (size_t i = 0; i < in->parts.n; i++) {
		const char *name = in->parts.v[i].name;
		const char *base = path_base(name);
		size_t len = (size_t)(base - name);

		if (!is_list(base))
			continue;
		if (root == NULL || len < strlen(root)) {
			free(root);
			root = mem_ndup(name, len);
		}
	}
	return root != NULL ? root : mem_dup("");
}

/* Lists of users or conversations, and days of them? */
static bool
has_days(const struct input *in)
{
	bool lists = false, day = false;

	for (size_t i = 0; i < in->parts.n; i++) {
		const char *base = path_base(in->parts.v[i].name);

		lists |= is_list(base);
		day |= is_day(base);
	}
	return lists && day;
}

static struct err *
read_tree(struct slack *s)
{
	static const char *const lists[] = { "channels.json", "groups.json",
		"dms.json", "mpims.json" };
	const struct input *in = s->r->input;
	struct err *e = NULL;

	free(s->root);
	s->root = find_root(in);
	read_list(s, "users.json", read_users);
	read_list(s, "org_users.json", read_users);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		read_list(s, lists[i], read_channels);
	for (size_t i = 0; i < in->parts.n && e == NULL; i++)
		if (strncmp(in->parts.v[i].name, s->root, strlen(s->root)) == 0)
			e = read_part(s, &in->parts.v[i]);
	tell_strays(s);
	return e;
}

/* Conversations that lie side by side. */
static struct err *
read_dumps(struct slack *s)
{
	const struct input *in = s->r->input;
	struct err *e = NULL;

	read_list(s, "users.json", read_users);
	for (size_t i = 0; i < in->parts.n && e == NULL; i++) {
		const char *base = path_base(in->parts.v[i].name);

		if (is_list(base) || strstr(base, ".json") == NULL)
			continue;
		e = forgive(s, read_conversation(s, &in->parts.v[i]));
		s->strays += s->dumped == NULL;
	}
	tell_strays(s);
	return e;
}

/* One file, of either kind. */
static struct err *
read_one(struct slack *s)
{
	sink_warn(s->r->sink, "names of users are not in this file");
	return read_conversation(s, s->r->main);
}

static struct err *
read_slack(struct reading *r)
{
	struct slack s = { .r = r,
		.root = mem_dup(""),
		.users = people_new(),
		.channels = people_new() };
	struct err *e;

	if (r->main != NULL)
		e = read_one(&s);
	else
		e = has_days(r->input) ? read_tree(&s) : read_dumps(&s);
	people_free(s.users);
	people_free(s.channels);
	free(s.root);
	free(s.dumped);
	return e;
}

static int
detect(const struct probe *p)
{
	if (p->part == NULL)
		return has_days(p->input) ? READER_SURE : 0;
	if (p->root == '{' && probe_has(p, "messages[].ts") &&
	    probe_is(p, "messages[].type", "message"))
		return READER_SURE;
	return p->root == '[' && probe_has(p, "[].ts") &&
		probe_is(p, "[].type", "message") ?
	    READER_LIKELY :
	    0;
}

const struct reader reader_slack = {
	.name = "slack",
	.title = "Slack export",
	.channel = "slack",
	.flags = READER_TOGETHER,
	.order = SINK_BY_TIME,
	.detect = detect,
	.read = read_slack,
};
