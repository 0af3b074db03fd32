/* SPDX-License-Identifier: ISC */
/*
 * Facebook Messenger and Instagram, "Download your information" as JSON: a
 * folder a conversation, in it message_1.json (the newest), message_2.json and
 * so on.  Texts are UTF-8 written byte by byte as \u00XX.  End-to-end encrypted
 * chats come apart from that, in a form of their own.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/intake/field.h"
#include "core/util/path.h"
#include "core/util/utf8.h"

#define MENDED 12 /* strings of one message that may need mending */

struct meta {
	struct reading *r;
	const struct part *part;
	char *dir;          /* of the part */
	char *title;        /* of the conversation, mended, or NULL */
	bool many;          /* conversations */
	struct strs people; /* of the conversation, mended */
	size_t strays, undated;
	struct buf mended[MENDED];
	size_t n_mended;
};

/*
 * If all characters are below U+0100 and, taken as bytes, are UTF-8, then it
 * is text that was encoded twice; anything else is left alone.
 */
static struct span
mend(struct meta *x, struct span text)
{
	struct buf *b;
	size_t used;
	bool high = false;

	if (text.p == NULL || x->n_mended == MENDED)
		return text;
	b = &x->mended[x->n_mended];
	buf_clear(b);
	for (size_t i = 0; i < text.len; i += used) {
		uint32_t c = utf8_decode(text.p + i, text.len - i, &used);

		if (c > 0xff)
			return text;
		high |= c >= 0x80;
		buf_addc(b, (char)c);
	}
	if (!high || !utf8_valid(b->data, b->len))
		return text;
	x->n_mended++;
	return (struct span){ b->data, b->len };
}

static struct span
trim(struct span s)
{
	while (s.len > 0 && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\n'))
		s.len--;
	return s;
}

static bool
begins(struct span s, const char *text)
{
	size_t n = strlen(text);

	return s.len >= n && memcmp(s.p, text, n) == 0;
}

static bool
ends(struct span s, const char *text)
{
	size_t n = strlen(text);

	return s.len >= n && memcmp(s.p + s.len - n, text, n) == 0;
}

/* Is he one of the conversation, by his whole name or the first of them? */
static bool
is_person(const struct meta *x, struct span name)
{
	for (size_t i = 0; i < x->people.n; i++) {
		const char *known = x->people.v[i];

		if (name.len > 0 && strncmp(known, name.p, name.len) == 0 &&
		    (known[name.len] == '\0' || known[name.len] == ' '))
			return true;
	}
	return false;
}

/* "You called Anna.", which the service wrote; people write much the like. */
static bool
is_call(const struct meta *x, struct span text)
{
	static const char *const whole[] = { "Missed video chat",
		"Missed video call", "Missed audio call", "Missed voice call",
		"Missed call", "You started a video chat.",
		"You started a call.", "The video chat ended." };
	static const char *const around[][2] = { { "", " called you." },
		{ "", " missed a call from you." },
		{ "", " missed your call." },
		{ "", " missed your video chat." },
		{ "", " started a video chat." }, { "", " started a call." },
		{ "You called ", "." }, { "You missed a call from ", "." },
		{ "You missed a video chat with ", "." } };

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (span_is(text, whole[i]))
			return true;
	for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
		size_t from = strlen(around[i][0]), to = strlen(around[i][1]);

		if (text.len > from + to && begins(text, around[i][0]) &&
		    ends(text, around[i][1]) &&
		    is_person(x,
			(struct span){ text.p + from, text.len - from - to }))
			return true;
	}
	return false;
}

/* Texts the service wrote in somebody's name. */
static void
classify(const struct meta *x, struct message *m)
{
	struct span text = trim(m->text);

	if ((begins(text, "Reacted ") && ends(text, " to your message")) ||
	    span_is(text, "Liked a message")) {
		m->system = true;
		m->type = span_of("reaction");
	} else if (span_is(text, "You unsent a message") ||
	    ends(text, " unsent a message")) {
		m->deleted = true;
	} else if (is_call(x, text)) {
		m->system = m->call = true;
		m->type = span_of("call");
	}
}

/* The type of a message that is not of those everybody writes, or absent. */
static struct span
odd_type(const struct node *m)
{
	static const char *const plain[] = { "Generic", "Share", "text",
		"media", "share" };
	struct span type = span_get(m, "type");

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (span_is(type, plain[i]))
			return (struct span){ NULL, 0 };
	return type;
}

/*
 * Attachments: paths from the top of the whole download, of which the input
 * may be a folder further down.
 */

static const struct part *
locate(const struct meta *x, struct span uri)
{
	const struct part *part = input_locate(x->r->input, "", uri.p, uri.len);
	const char *p = uri.p, *end = uri.p + uri.len;

	while (part == NULL && p != NULL && p < end) {
		const char *slash = memchr(p, '/', (size_t)(end - p));

		if (slash == NULL)
			break;
		p = slash + 1;
		part = input_locate(x->r->input, x->dir, p, (size_t)(end - p));
		if (part == NULL)
			part =
			    input_locate(x->r->input, "", p, (size_t)(end - p));
	}
	return part;
}

static size_t
read_files(const struct meta *x, const struct node *m,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	static const char *const keys[] = { "photos", "videos", "audio_files",
		"files", "gifs", "media" };
	struct span sticker = span_get(node_get(m, "sticker"), "uri");
	size_t n = 0;

	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		const struct node *list = node_get(m, keys[k]);

		for (size_t i = 0;
		     i < node_count(list) && n < MESSAGE_ATTACHMENTS_MAX; i++) {
			struct span uri = span_get(node_at(list, i), "uri");

			if (uri.p == NULL)
				continue;
			out[n++] = (struct attachment){
				.name = field_base(uri),
				.type = span_of(keys[k]),
				.size = -1,
				.part = locate(x, uri),
			};
		}
	}
	if (sticker.p != NULL && n < MESSAGE_ATTACHMENTS_MAX)
		out[n++] = (struct attachment){ .name = field_base(sticker),
			.type = span_of("sticker"),
			.size = -1,
			.part = locate(x, sticker) };
	return n;
}

/* Reactions with their names mended, and where a shared link leads. */
static struct node *
read_more(struct meta *x, const struct node *m)
{
	static const char *const shared[] = { "share_text",
		"original_content_owner" };
	const struct node *reactions = node_get(m, "reactions"),
			  *share = node_get(m, "share");
	struct node *more = node_map(), *list;

	if (node_count(reactions) > 0) {
		list = node_put(more, "reactions", node_list());
		for (size_t i = 0; i < node_count(reactions); i++) {
			const struct node *r = node_at(reactions, i);
			struct node *item = node_push(list, node_map());
			struct span what, who;

			x->n_mended = MENDED / 2;
			what = mend(x, span_get(r, "reaction"));
			who = mend(x, span_get(r, "actor"));
			node_put(item, "reaction", node_strn(what.p, what.len));
			if (who.p != NULL)
				node_put(
				    item, "actor", node_strn(who.p, who.len));
		}
	}
	if (span_get(share, "link").p != NULL)
		node_put_str(more, "link", node_text(share, "link"));
	for (size_t i = 0; i < 2; i++) {
		struct span text = span_get(share, shared[i]);

		x->n_mended = MENDED / 2;
		text = mend(x, text);
		if (text.len > 0)
			node_put(more, shared[i], node_strn(text.p, text.len));
	}
	field_keep(more, m, "is_taken_down");
	field_keep(more, m, "call_duration");
	field_keep(more, m, "missed");
	return more;
}

static void
read_people(struct meta *x, struct message *m, const struct node *n)
{
	struct span raw = span_get(n, "sender_name");

	if (raw.p == NULL)
		raw = span_get(n, "senderName");
	m->author = mend(x, raw);
	if (m->author.p != raw.p)
		m->author_raw = raw;
	if (x->many && x->title != NULL)
		m->channel = span_of(x->title);
}

static void
read_text(struct meta *x, struct message *m, const struct node *n)
{
	struct span text = span_get(n, "content");

	if (text.p == NULL)
		text = span_get(n, "text");
	m->text = mend(x, text);
	if (m->text.len == 0)
		m->text = mend(x, span_get(node_get(n, "share"), "share_text"));
}

static struct err *
read_message(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct meta *x = arg;
	struct sink *sink = x->r->sink;
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .line = line };
	struct node *more;
	struct err *e;

	(void)index;
	sink_unit(sink);
	x->n_mended = 0;
	read_people(x, &m, n);
	if (m.author.p == NULL) {
		sink_skip(sink, x->part->name, line, "it names no sender");
		return NULL;
	}
	if (!field_epoch(&m.at, n, "timestamp_ms", 1000) &&
	    !field_epoch(&m.at, n, "timestamp", 1000))
		x->undated++;
	read_text(x, &m, n);
	m.deleted = node_flag(n, "is_unsent") || node_flag(n, "isUnsent");
	m.n_attachments = read_files(x, n, files);
	m.attachments = files;
	if (node_get(n, "call_duration") != NULL ||
	    span_is(span_get(n, "type"), "Call")) {
		m.system = m.call = true;
		m.type = span_of("call");
	} else if (span_is(span_get(n, "type"), "Subscribe") ||
	    span_is(span_get(n, "type"), "Unsubscribe")) {
		m.system = true;
		m.type = span_get(n, "type");
	} else {
		m.type = odd_type(n);
		classify(x, &m);
	}
	more = read_more(x, n);
	m.more = more;
	e = sink_add(sink, &m);
	node_free(more);
	return e;
}

/*
 * A part: the title may stand behind the messages, so it is looked for first.
 */

static void
take_people(struct meta *x, const struct node *list)
{
	struct span channel =
	    span_of(x->many && x->title != NULL ? x->title : "");

	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *p = node_at(list, i);
		struct span name =
		    p->type == NODE_STR ? span_node(p) : span_get(p, "name");

		x->n_mended = 0;
		name = mend(x, name);
		sink_member(x->r->sink, channel, name);
		if (name.p != NULL)
			strs_take(&x->people, mem_ndup(name.p, name.len));
	}
}

static struct err *
read_title(void *arg, struct scan *s)
{
	struct meta *x = arg;
	struct node *people = NULL, *title = NULL;
	const char *key;
	struct err *e = scan_enter(s, '{');

	while (e == NULL && (e = scan_key(s, &key)) == NULL && key != NULL) {
		bool named =
		    strcmp(key, "title") == 0 || strcmp(key, "threadName") == 0;

		if (named && title == NULL)
			e = scan_value(s, &title);
		else if (strcmp(key, "participants") == 0 && people == NULL)
			e = scan_value(s, &people);
		else
			e = scan_skip(s);
	}
	x->n_mended = 0;
	if (e == NULL && span_node(title).len > 0) {
		struct span name = mend(x, span_node(title));

		free(x->title);
		x->title = mem_ndup(name.p, name.len);
	}
	strs_release(&x->people);
	if (e == NULL)
		take_people(x, people);
	node_free(people);
	node_free(title);
	return e;
}

static struct err *
read_root(void *arg, struct scan *s)
{
	return field_each_under(s, "messages", read_message, arg);
}

static struct err *
read_part(struct meta *x, const struct part *part)
{
	char *dir = path_parent(part->name);
	struct err *e;

	x->part = part;
	free(x->dir);
	x->dir = strcmp(dir, ".") == 0 ? mem_dup("") : mem_dup(dir);
	free(dir);
	if ((e = field_document(x->r, part, read_title, x)) != NULL ||
	    (e = field_document(x->r, part, read_root, x)) != NULL)
		return e;
	if (!x->many && x->title != NULL)
		sink_title(x->r->sink, x->title, strlen(x->title));
	return NULL;
}

/*
 * The tree.
 */

/* "message_12.json" is 12; 0 for anything else. */
static unsigned long
number_of(const char *name)
{
	const char *base = path_base(name);
	char *end;
	unsigned long n;

	if (strncmp(base, "message_", 8) != 0 ||
	    !isdigit((unsigned char)base[8]))
		return 0;
	n = strtoul(base + 8, &end, 10);
	return strcmp(end, ".json") == 0 && n < 1000000 ? n : 0;
}

/* "Anna_12.json": a conversation that was encrypted from end to end. */
static bool
is_encrypted(const char *name)
{
	const char *base = path_base(name), *low = strrchr(base, '_');
	size_t n = low != NULL ? strspn(low + 1, "0123456789") : 0;

	return n > 0 && strcmp(low + 1 + n, ".json") == 0 &&
	    number_of(name) == 0;
}

static int
by_folder_and_number(const void *a, const void *b)
{
	const struct part *x = *(const struct part *const *)a;
	const struct part *y = *(const struct part *const *)b;
	size_t nx = (size_t)(path_base(x->name) - x->name);
	size_t ny = (size_t)(path_base(y->name) - y->name);
	int c = memcmp(x->name, y->name, nx < ny ? nx : ny);
	unsigned long i = number_of(x->name), j = number_of(y->name);

	if (c != 0 || nx != ny)
		return c != 0 ? c : nx < ny ? -1 : 1;
	if (i == j)
		return strcmp(x->name, y->name);
	return i < j ? -1 : 1;
}

/* Those that were encrypted have a file each, the others a folder. */
static bool
same_thread(const struct part *a, const struct part *b)
{
	size_t n = (size_t)(path_base(a->name) - a->name);

	return !is_encrypted(a->name) && !is_encrypted(b->name) &&
	    n == (size_t)(path_base(b->name) - b->name) &&
	    memcmp(a->name, b->name, n) == 0;
}

/* One file of many; a damaged one is said and counted. */
static struct err *
try_part(struct meta *x, const struct part *part)
{
	struct err *e = read_part(x, part);

	if (!err_is(e, ERR_SYNTAX) && !err_is(e, ERR_INVALID))
		return e;
	sink_unit(x->r->sink);
	sink_skip(x->r->sink, NULL, 0, "%s", err_text(e));
	err_drop(e);
	return NULL;
}

static struct err *
read_thread(struct meta *x, const struct part *const *v, size_t n)
{
	struct err *e = NULL;

	free(x->title);
	x->title = NULL;
	if (!is_encrypted(v[0]->name) &&
	    (number_of(v[0]->name) != 1 || number_of(v[n - 1]->name) != n))
		sink_warn(x->r->sink,
		    "%s: parts of the conversation are missing", v[0]->name);
	for (size_t i = 0; i < n && e == NULL; i++)
		e = try_part(x, v[i]);
	return e;
}

static struct err *
read_tree(struct meta *x)
{
	const struct input *in = x->r->input;
	VEC(const struct part *) v = VEC_INIT;
	const struct part *part;
	struct err *e = NULL;
	size_t end;

	vec_each (part, &in->parts) {
		const char *base = path_base(part->name);

		if (number_of(part->name) > 0 || is_encrypted(part->name))
			vec_push(&v, part);
		else if (strncmp(base, "message_", 8) == 0)
			x->strays++;
	}
	vec_sort(&v, by_folder_and_number);
	for (size_t i = 1; i < v.n; i++)
		x->many |= !same_thread(v.v[0], v.v[i]);
	for (size_t i = 0; i < v.n && e == NULL; i = end) {
		for (end = i + 1; end < v.n && same_thread(v.v[i], v.v[end]);)
			end++;
		e = read_thread(x, v.v + i, end - i);
	}
	vec_release(&v);
	return e;
}

static struct err *
read_meta(struct reading *r)
{
	struct meta x = { .r = r };
	struct err *e;

	for (size_t i = 0; i < MENDED; i++)
		buf_init(&x.mended[i]);
	e = r->main != NULL ? read_part(&x, r->main) : read_tree(&x);
	if (x.strays > 0)
		sink_warn(r->sink,
		    "files beside the messages that are none, left out: %zu",
		    x.strays);
	if (x.undated > 0)
		sink_warn(r->sink, "messages without a time: %zu", x.undated);
	for (size_t i = 0; i < MENDED; i++)
		buf_release(&x.mended[i]);
	strs_release(&x.people);
	free(x.title);
	free(x.dir);
	return e;
}

/*
 * Detection.
 */

static bool
is_instagram(const struct probe *p)
{
	const struct part *part;

	if (strcasestr(p->input->path, "instagram") != NULL)
		return true;
	vec_each (part, &p->input->parts)
		if (strcasestr(part->name, "instagram") != NULL)
			return true;
	return false;
}

static int
score(const struct probe *p)
{
	const struct part *part;

	if (p->part == NULL) {
		vec_each (part, &p->input->parts)
			if (number_of(part->name) > 0)
				return READER_SURE;
		return 0;
	}
	if (p->root != '{' || p->many)
		return 0;
	if (probe_has(p, "messages[].sender_name") ||
	    (probe_has(p, "thread_path") && probe_has(p, "messages")) ||
	    (probe_has(p, "messages[].senderName") &&
		probe_has(p, "threadName")))
		return READER_SURE;
	return 0;
}

static int
detect_messenger(const struct probe *p)
{
	int v = score(p);

	return v > 0 && !is_instagram(p) ? v : 0;
}

static int
detect_instagram(const struct probe *p)
{
	int v = score(p);

	return v > 0 && is_instagram(p) ? v : 0;
}

const struct reader reader_messenger = {
	.name = "messenger",
	.title = "Facebook Messenger download",
	.channel = "messenger",
	.flags = READER_TOGETHER,
	.order = SINK_NEWEST_FIRST,
	.detect = detect_messenger,
	.read = read_meta,
};

const struct reader reader_instagram = {
	.name = "instagram",
	.title = "Instagram download",
	.channel = "instagram",
	.flags = READER_TOGETHER,
	.order = SINK_NEWEST_FIRST,
	.detect = detect_instagram,
	.read = read_meta,
};
