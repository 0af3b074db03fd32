/* SPDX-License-Identifier: ISC */
/*
 * Skype, and the personal export of Teams, which has its form: messages.json
 * with a list of messages for each conversation, the newest first, their text
 * a fragment of HTML with elements of Skype's own.
 */

#include <stdlib.h>
#include <string.h>

#include "core/intake/field.h"
#include "core/util/entity.h"
#include "core/util/path.h"
#include "core/util/untag.h"

struct skype {
	struct reading *r;
	char *dir;     /* messages.json is in, "" or "x/" */
	char *channel; /* of the conversation being read, yours */
};

static bool
begins(struct span s, const char *text)
{
	size_t n = strlen(text);

	return s.len >= n && memcmp(s.p, text, n) == 0;
}

static struct span
strip_prefix(struct span id)
{
	if (begins(id, "8:") || begins(id, "28:"))
		for (; id.len > 0 && *id.p != ':'; id.p++)
			id.len--;
	if (id.len > 0 && *id.p == ':') {
		id.p++;
		id.len--;
	}
	return id;
}

/*
 * Elements of a text.
 */

/*
 * The element name in text, and where it ends: behind "</name>", or behind its
 * own tag if nothing closes it.  NULL if there is none.  Whoever goes through
 * all of a text gives the same *unclosed, false at first, to each call: what
 * nothing closed is not searched for again, or it would cost n * n.
 */
static const char *
find_next(struct span text, const char *name, const char **end, bool *unclosed)
{
	char *open = mem_printf("<%s", name), *close = mem_printf("</%s", name);
	const char *stop = text.p + text.len, *q = NULL;
	const char *p = memmem(text.p, text.len, open, strlen(open));

	if (p != NULL) {
		if (!*unclosed)
			q = memmem(p, (size_t)(stop - p), close, strlen(close));
		*unclosed = q == NULL;
		if (q == NULL)
			q = p;
		q = memchr(q, '>', (size_t)(stop - q));
		*end = q != NULL ? q + 1 : stop;
	}
	free(open);
	free(close);
	return p;
}

static const char *
find_element(struct span text, const char *name, const char **end)
{
	bool unclosed = false;

	return find_next(text, name, end, &unclosed);
}

/* The value of an attribute in the tag that begins at p; yours, or NULL. */
static char *
attribute(const char *p, const char *end, const char *name)
{
	char *start = mem_printf(" %s=\"", name);
	const char *stop = memchr(p, '>', (size_t)(end - p)), *v, *q;
	struct buf b = BUF_INIT;

	if (stop == NULL)
		stop = end;
	v = memmem(p, (size_t)(stop - p), start, strlen(start));
	if (v != NULL) {
		v += strlen(start);
		q = memchr(v, '"', (size_t)(end - v));
		entity_decode(
		    &b, v, q != NULL ? (size_t)(q - v) : (size_t)(end - v));
	}
	free(start);
	return v != NULL ? buf_steal(&b) : NULL;
}

/* A copy of text without the elements of this name. */
static void
drop_elements(struct buf *out, struct span text, const char *name)
{
	const char *end, *p;
	bool unclosed = false;

	while ((p = find_next(text, name, &end, &unclosed)) != NULL) {
		buf_add(out, text.p, (size_t)(p - text.p));
		text.len -= (size_t)(end - text.p);
		text.p = end;
	}
	buf_add(out, text.p, text.len);
}

/* The readable text; line ends of the source count. */
static void
add_readable(struct buf *out, struct span text)
{
	static const char *const dropped[] = { "e_m", "legacyquote" };
	struct buf a = BUF_INIT, b = BUF_INIT;

	buf_add(&a, text.p, text.len);
	for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++) {
		buf_clear(&b);
		drop_elements(&b, (struct span){ a.data, a.len }, dropped[i]);
		buf_clear(&a);
		buf_add(&a, b.data, b.len);
	}
	/* blanks and line ends are meant as they stand */
	buf_clear(&b);
	buf_adds(&b, "<pre>");
	buf_add(&b, a.data, a.len);
	buf_adds(&b, "</pre>");
	buf_clear(&a);
	html_to_text(&a, b.data, b.len);
	for (size_t i = 0; i < a.len; i++)
		if (a.data[i] != '\r' || a.data[i + 1] != '\n')
			buf_addc(out, a.data[i]);
	while (out->len > 0 && out->data[out->len - 1] == '\n')
		buf_cut(out, out->len - 1);
	buf_release(&a);
	buf_release(&b);
}

/* The text of a message: what it quotes must not pass for what it says. */
static void
add_text(struct buf *out, struct span text)
{
	const char *end, *p;
	struct buf quoted = BUF_INIT;
	bool unclosed = false;

	while ((p = find_next(text, "quote", &end, &unclosed)) != NULL) {
		add_readable(
		    out, (struct span){ text.p, (size_t)(p - text.p) });
		if (out->len > 0 && out->data[out->len - 1] != '\n')
			buf_addc(out, '\n');
		buf_clear(&quoted);
		add_readable(&quoted, (struct span){ p, (size_t)(end - p) });
		field_quote(out, quoted.data, quoted.len);
		buf_addc(out, '\n');
		text.len -= (size_t)(end - text.p);
		text.p = end;
	}
	add_readable(out, text);
	buf_release(&quoted);
}

/* The id of an object: doc_id, or what stands behind "/objects/" in uri. */
static char *
object_id(const char *p, const char *end)
{
	char *id = attribute(p, end, "doc_id"), *uri;
	const char *at;

	if (id != NULL)
		return id;
	uri = attribute(p, end, "uri");
	at = uri != NULL ? strstr(uri, "/objects/") : NULL;
	if (at != NULL) {
		at += strlen("/objects/");
		id = mem_ndup(at, strcspn(at, "/?#"));
	}
	free(uri);
	return id;
}

/* "media/ID.1.png"; .2 and on are smaller pictures of it, .json its name. */
static const struct part *
find_media(const struct skype *s, const char *id)
{
	const struct input *in = s->r->input;
	char *start = mem_printf("%smedia/%s.1.", s->dir, id);
	size_t i = input_from(in, start);
	const struct part *part = i < in->parts.n ? &in->parts.v[i] : NULL;

	if (part != NULL &&
	    (id[0] == '\0' || strncmp(part->name, start, strlen(start)) != 0 ||
		strchr(part->name + strlen(start), '/') != NULL))
		part = NULL;
	free(start);
	return part;
}

static int64_t
size_of(const char *text)
{
	return text[0] != '\0' && strlen(text) < 18 &&
		strspn(text, "0123456789") == strlen(text) ?
	    strtoll(text, NULL, 10) :
	    -1;
}

/*
 * "<URIObject ...><OriginalName v="a.png">": the file it is about.  A card or
 * an album has neither a name nor bytes.
 */
static bool
read_object(const struct skype *s, struct span content, struct buf *name,
    struct attachment *a)
{
	const char *end, *p = find_element(content, "URIObject", &end);
	const char *at, *stop;
	char *text, *id;
	struct span inner;

	if (p == NULL)
		return false;
	inner = (struct span){ p, (size_t)(end - p) };
	*a = (struct attachment){ .size = -1, .type = span_of("file") };
	if ((at = find_element(inner, "OriginalName", &stop)) != NULL &&
	    (text = attribute(at, stop, "v")) != NULL) {
		buf_adds(name, text);
		free(text);
	}
	if ((at = find_element(inner, "FileSize", &stop)) != NULL &&
	    (text = attribute(at, stop, "v")) != NULL) {
		a->size = size_of(text);
		free(text);
	}
	id = object_id(p, end);
	if (id != NULL)
		a->part = find_media(s, id);
	if (name->len == 0 && a->part != NULL)
		buf_adds(name, path_base(a->part->name));
	else if (name->len == 0 && id != NULL)
		buf_adds(name, id);
	free(id);
	a->name = (struct span){ name->data, name->len };
	return name->len > 0;
}

/* <files><file size="9">a.txt</file></files>: sent from one to the other. */
static size_t
read_sent(struct span content, struct strs *names,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	const char *end, *p;
	bool unclosed = true; /* a name of another element would close it */
	size_t n = 0;

	while (n < MESSAGE_ATTACHMENTS_MAX &&
	    (p = find_next(content, "file ", &end, &unclosed)) != NULL) {
		struct buf name = BUF_INIT;
		char *size = attribute(p, end, "size");
		const char *stop;

		content.len -= (size_t)(end - content.p);
		content.p = end;
		stop = memchr(end, '<', content.len);
		entity_decode(&name, end,
		    stop != NULL ? (size_t)(stop - end) : content.len);
		strs_add(names, name.data);
		out[n++] = (struct attachment){
			.size = size != NULL ? size_of(size) : -1,
			.type = span_of("file"),
		};
		free(size);
		buf_release(&name);
	}
	for (size_t i = 0; i < n; i++)
		out[i].name = span_of(names->v[i]);
	return n;
}

/* The words of the first element name inside another, or nothing. */
static void
add_words(struct buf *out, struct span inside, const char *name)
{
	const char *end, *p = find_element(inside, name, &end);

	if (p != NULL)
		html_to_text(out, p, (size_t)(end - p));
}

/* "<partlist type="ended"><part>...": what became of a call, who was in it. */
static void
add_call(struct buf *out, struct span content)
{
	const char *end, *p = find_element(content, "partlist", &end), *at;
	bool first = true;
	char *type;

	buf_adds(out, "call");
	if (p == NULL)
		return;
	type = attribute(p, end, "type");
	if (type != NULL && type[0] != '\0')
		buf_addf(out, " %s", type);
	free(type);
	at = memmem(p, (size_t)(end - p), "<part ", 6);
	for (const char *next; at != NULL; at = next) {
		struct buf seconds = BUF_INIT;
		struct span part = { at, (size_t)(end - at) };

		next = memmem(at + 1, part.len - 1, "<part ", 6);
		if (next != NULL)
			part.len = (size_t)(next - at);
		buf_adds(out, first ? ": " : ", ");
		add_words(out, part, "name");
		add_words(&seconds, part, "duration");
		if (seconds.len > 0)
			buf_addf(out, " (%s s)", seconds.data);
		buf_release(&seconds);
		first = false;
	}
}

/* "AddMember: live:jane, live:bob": what happened to a conversation. */
static void
add_activity(struct buf *out, struct span type, struct span content)
{
	static const char *const names[] = { "initiator", "target", "value",
		"role" };
	const char *slash = memchr(type.p, '/', type.len), *end, *p;
	size_t start;

	buf_add(out, slash + 1, (size_t)(type.p + type.len - slash - 1));
	start = out->len;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct span rest = content;
		bool unclosed = false;

		while (
		    (p = find_next(rest, names[i], &end, &unclosed)) != NULL) {
			struct buf word = BUF_INIT;
			struct span id;

			html_to_text(&word, p, (size_t)(end - p));
			id = strip_prefix((struct span){ word.data, word.len });
			buf_adds(out, out->len > start ? ", " : ": ");
			buf_add(out, id.p, id.len);
			buf_release(&word);
			rest.len -= (size_t)(end - rest.p);
			rest.p = end;
		}
	}
}

/* <c t="s" s="live:bob" f="Bob">: somebody was recommended. */
static void
add_contacts(struct buf *out, struct span content)
{
	const char *end = content.p + content.len, *p;

	while ((p = memmem(content.p, content.len, "<c ", 3)) != NULL) {
		const char *stop = memchr(p, '>', (size_t)(end - p));
		char *id, *name;

		stop = stop != NULL ? stop + 1 : end;
		id = attribute(p, stop, "s");
		name = attribute(p, stop, "f");
		buf_addf(out, "%scontact: %s%s%s%s", out->len > 0 ? "\n" : "",
		    name != NULL ? name : "", id != NULL ? " (" : "",
		    id != NULL ? id : "", id != NULL ? ")" : "");
		free(id);
		free(name);
		content.len -= (size_t)(stop - content.p);
		content.p = stop;
	}
}

/*
 * Messages.
 */

static void
classify(struct message *m, struct span type)
{
	m->call = begins(type, "Event/Call");
	m->system = m->call || begins(type, "ThreadActivity/") ||
	    begins(type, "Control/") || begins(type, "InviteFree") ||
	    begins(type, "Notice") || begins(type, "PopCard");
	if (!span_is(type, "Text") && !span_is(type, "RichText") &&
	    !span_is(type, "RichText/Html"))
		m->type = type;
}

static void
read_edits(struct message *m, const struct node *n, struct span content)
{
	const struct node *p = node_get(n, "properties");
	const char *end;

	const char *mark =
	    content.p != NULL ? find_element(content, "e_m", &end) : NULL;
	char *when = mark != NULL ? attribute(mark, end, "ts_ms") : NULL;

	m->edited =
	    field_epoch(&m->edited_at, p, "edittime", 1000) || mark != NULL;
	if (m->edited_at.kind == STAMP_NONE && when != NULL &&
	    !stamp_epoch_text(&m->edited_at, when, strlen(when), 1000))
		m->edited_at = (struct stamp){ 0 };
	free(when);
	m->deleted = node_get(p, "deletetime") != NULL &&
	    node_get(p, "deletetime")->type != NODE_NULL;
	/* all that is left of a text its author took back */
	if (content.p != NULL && content.len == 0 && m->type.p == NULL)
		m->deleted = true;
}

static void
read_quote(struct node *more, struct span content)
{
	const char *end, *p;
	char *who;

	if (content.p == NULL ||
	    (p = find_element(content, "quote", &end)) == NULL)
		return;
	who = attribute(p, end, "authorname");
	node_put_str(more, "quotes", who);
	free(who);
}

static void
add_content(struct buf *out, const struct message *m, struct span type,
    struct span content)
{
	if (m->call)
		add_call(out, content);
	else if (begins(type, "ThreadActivity/"))
		add_activity(out, type, content);
	else if (begins(type, "RichText/Contacts"))
		add_contacts(out, content);
	else if (!begins(type, "RichText/Files") ||
	    memmem(content.p, content.len, "<file ", 6) == NULL)
		add_text(out, content);
}

static struct err *
read_message(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct skype *s = arg;
	struct sink *sink = s->r->sink;
	struct span content = span_get(n, "content");
	struct span type = span_get(n, "messagetype");
	struct buf text = BUF_INIT, name = BUF_INIT;
	struct message m = { .line = line };
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct strs names = { 0 };
	struct node *more;
	char id[24];
	struct err *e;

	(void)index;
	sink_unit(sink);
	if (n->type != NODE_MAP ||
	    !field_iso(&m.at, n, "originalarrivaltime")) {
		sink_skip(sink, s->r->main->name, line,
		    "it has no time that can be read");
		return NULL;
	}
	m.id = field_text(n, "id", id);
	m.author_id = span_get(n, "from");
	m.author = span_get(n, "displayName");
	if (m.author.len == 0)
		m.author = strip_prefix(m.author_id);
	m.channel = span_of(s->channel);
	classify(&m, type);
	read_edits(&m, n, content);
	more = node_map();
	read_quote(more, content);
	if (content.p != NULL)
		add_content(&text, &m, type, content);
	field_keep(more, node_get(n, "properties"), "emotions");
	m.attachments = files;
	if (content.p != NULL && read_object(s, content, &name, files))
		m.n_attachments = 1;
	else if (content.p != NULL && begins(type, "RichText/Files"))
		m.n_attachments = read_sent(content, &names, files);
	m.text = (struct span){ text.data, text.len };
	m.more = more;
	e = sink_add(sink, &m);
	node_free(more);
	buf_release(&text);
	buf_release(&name);
	strs_release(&names);
	return e;
}

/* Members as JSON in a string: '["8:a","8:b"]'. */
static void
add_members(struct skype *s, const struct node *thread)
{
	struct span list = span_get(thread, "members");
	struct node *members = NULL;
	struct scan *scan;

	if (list.p == NULL)
		return;
	scan = scan_bytes(list.p, list.len, "members");
	/* names of members help to choose; no message hangs on them */
	err_drop(scan_value(scan, &members));
	for (size_t i = 0; i < node_count(members); i++)
		sink_member(s->r->sink, span_of(s->channel),
		    strip_prefix(span_node(members->kids[i])));
	node_free(members);
	scan_close(scan);
}

static struct err *
read_conversation(struct skype *s, struct scan *scan)
{
	struct node *frame = node_map(), *value;
	struct span name, id;
	const char *at;
	struct err *e = scan_enter(scan, '{');

	while (e == NULL && (e = scan_key(scan, &at)) == NULL && at != NULL) {
		char *key = mem_dup(at);

		if (strcmp(key, "MessageList") == 0) {
			name = span_get(frame, "displayName");
			id = span_get(frame, "id");
			if (name.len == 0)
				name = id;
			free(s->channel);
			s->channel =
			    name.p != NULL ? mem_ndup(name.p, name.len) : NULL;
			add_members(s, node_get(frame, "threadProperties"));
			e = field_each(scan, read_message, s);
		} else if ((e = scan_value(scan, &value)) == NULL) {
			node_put(frame, key, value);
		}
		free(key);
	}
	node_free(frame);
	return e;
}

static struct err *
read_root(void *arg, struct scan *scan)
{
	const char *key;
	bool more;
	struct err *e = scan_enter(scan, '{');

	while (e == NULL && (e = scan_key(scan, &key)) == NULL && key != NULL) {
		if (strcmp(key, "conversations") != 0) {
			e = scan_skip(scan);
			continue;
		}
		e = scan_enter(scan, '[');
		while (
		    e == NULL && (e = scan_item(scan, &more)) == NULL && more)
			e = read_conversation(arg, scan);
	}
	return e;
}

static struct err *
read_skype(struct reading *r)
{
	struct skype s = { .r = r, .dir = input_dir(r->main) };
	struct err *e = field_document(r, r->main, read_root, &s);

	free(s.dir);
	free(s.channel);
	return e;
}

static int
detect(const struct probe *p)
{
	return p->root == '{' && probe_has(p, "conversations[].MessageList") ?
	    READER_SURE :
	    0;
}

const struct reader reader_skype = {
	.name = "skype",
	.title = "Skype export",
	.channel = "skype",
	.order = SINK_NEWEST_FIRST,
	.detect = detect,
	.read = read_skype,
};
