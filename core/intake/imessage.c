/* SPDX-License-Identifier: ISC */
/*
 * iMessage, as the program imessage-exporter writes it: blocks of text with an
 * empty line between them,
 *
 *	May 17, 2022  5:29:42 PM (Read by them after 1 hour)
 *	Name
 *	text
 *
 * and JSON Lines.  A reply stands below what it answers, indented and up to an
 * empty line, and once more in its own place; only the latter counts.
 */

#include <ctype.h>
#include <string.h>

#include "core/intake/dates.h"
#include "core/intake/field.h"

struct blocks {
	struct reading *r;
	bool open, named, blank; /* blank: the line before was empty */
	bool reactions, reply;   /* lines that are no part of the text */
	bool replied;            /* there was a reply: indented lines are its */
	struct stamp at;
	struct buf author, body;
	struct node *more;
	struct strs files;
	bool edited, deleted, notice;
	size_t doubtful; /* lines behind a reply, all in all */
	unsigned long line;
};

/* "May 17, 2022  5:29:42 PM": the bytes it takes, or 0. */
static size_t
read_header(struct stamp *at, const struct line *line)
{
	struct date_time d;
	size_t used;

	if (line->len < 20 || !isupper((unsigned char)line->p[0]))
		return 0;
	used = dates_read(&d, line->p, line->len);
	if (used == 0 || !d.has_time || d.second < 0 || !d.date.named ||
	    !dates_stamp(at, &d, DATE_YMD))
		return 0;
	return used;
}

static bool
is_heading(const char *text)
{
	return strcmp(text, "Reactions:") == 0 ||
	    strcmp(text, "Tapbacks:") == 0;
}

static bool
is_file(const struct blocks *b, const struct line *line)
{
	if (line->len == 0)
		return false;
	return input_locate(b->r->input, "", line->p, line->len) != NULL ||
	    strncmp(line->p, "attachments/", 12) == 0 ||
	    strncmp(line->p, "~/Library/Messages/Attachments/", 31) == 0 ||
	    strstr(line->p, "/Library/Messages/Attachments/") != NULL;
}

static struct err *
flush(struct blocks *b)
{
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .at = b->at, .line = b->line };
	struct err *e;

	if (!b->open)
		return NULL;
	b->open = false;
	while (b->body.len > 0 && b->body.data[b->body.len - 1] == '\n')
		buf_cut(&b->body, b->body.len - 1);
	if (b->author.len > 0)
		m.author = (struct span){ b->author.data, b->author.len };
	m.system = b->notice;
	m.text = (struct span){ b->body.data, b->body.len };
	for (; m.n_attachments < b->files.n; m.n_attachments++) {
		struct span path = span_of(b->files.v[m.n_attachments]);

		files[m.n_attachments] = (struct attachment){
			.name = field_base(path),
			.size = -1,
			.part = input_locate(b->r->input, "", path.p, path.len),
		};
	}
	m.attachments = files;
	m.edited = b->edited;
	m.deleted = b->deleted;
	m.more = b->more;
	e = sink_add(b->r->sink, &m);
	node_free(b->more);
	b->more = NULL;
	strs_release(&b->files);
	return e;
}

static void
begin(struct blocks *b, const struct line *line, size_t used,
    const struct stamp *at)
{
	const char *rest = line->p + used;

	b->open = true;
	b->named = b->reactions = b->reply = b->replied = false;
	b->edited = b->deleted = b->notice = false;
	b->at = *at;
	b->line = line->number;
	b->more = node_map();
	buf_clear(&b->author);
	buf_clear(&b->body);
	rest += strspn(rest, " ");
	if (strncmp(rest, "(Read by ", 9) == 0) {
		size_t len = strlen(rest);

		node_put(b->more, "read", node_strn(rest + 1, len - 2));
	} else if (*rest != '\0') {
		/* an announcement: all of it is on this line */
		b->notice = b->named = true;
		buf_adds(&b->body, rest);
	}
}

/* "    May 17, 2022  5:30:42 PM" */
static bool
begins_reply(const struct line *line)
{
	struct line rest = *line;
	struct stamp at;

	if (line->len < 4 || memcmp(line->p, "    ", 4) != 0)
		return false;
	rest.p += 4;
	rest.len -= 4;
	return read_header(&at, &rest) > 0;
}

static void
add_reaction(struct blocks *b, const struct line *line)
{
	struct node *list = node_get(b->more, "reactions");

	if (list == NULL)
		list = node_put(b->more, "reactions", node_list());
	node_push_str(list, line->p + strspn(line->p, " "));
}

/* Does it begin with who wrote it?  The program can be told a name for "Me". */
static bool
is_of_author(const struct blocks *b, const char *text)
{
	return b->author.len > 0 &&
	    strncmp(text, b->author.data, b->author.len) == 0;
}

/* What the program says of a message, in words no others are known for. */
static void
read_remark(struct blocks *b, const char *text)
{
	b->edited |= strncmp(text, "Edited ", 7) == 0 &&
	    strstr(text, " later: ") != NULL;
	b->deleted |=
	    strcmp(text, "This message was deleted from the conversation!") ==
		0 ||
	    strcmp(text, "You deleted a message.") == 0 ||
	    strcmp(text, "They deleted a message.") == 0 ||
	    (is_of_author(b, text) &&
		strcmp(text + b->author.len, " deleted a message.") == 0) ||
	    strstr(text, " unsent a message part") != NULL ||
	    strstr(text, " unsent this message part ") != NULL ||
	    strstr(text, " unsent this message part!") != NULL;
}

static void
go_on(struct blocks *b, const struct line *line)
{
	if (!b->named) {
		b->named = true;
		buf_add(&b->author, line->p, line->len);
		return;
	}
	if (line->len == 0)
		b->reactions = b->reply = false;
	if (begins_reply(line))
		b->reply = b->replied = true;
	if (b->reply || (b->replied && strncmp(line->p, "    ", 4) == 0))
		return;
	if (is_heading(line->p)) {
		b->reactions = true;
		return;
	}
	if (b->reactions) {
		add_reaction(b, line);
		return;
	}
	if (strcmp(line->p, "This message responded to an earlier message.") ==
	    0) {
		node_put_bool(b->more, "reply", true);
		return;
	}
	if (is_file(b, line) && b->files.n < MESSAGE_ATTACHMENTS_MAX) {
		strs_add(&b->files, line->p);
		return;
	}
	read_remark(b, line->p);
	if (b->replied && line->len > 0)
		b->doubtful++;
	if (b->body.len > 0)
		buf_addc(&b->body, '\n');
	buf_add(&b->body, line->p, line->len);
}

static struct err *
take_line(struct blocks *b, const struct line *line)
{
	struct sink *sink = b->r->sink;
	struct stamp at;
	size_t used = !b->open || b->blank ? read_header(&at, line) : 0;
	struct err *e;

	sink_unit(sink);
	b->blank = line->len == 0;
	if (used > 0) {
		if ((e = flush(b)) == NULL)
			begin(b, line, used, &at);
		return e;
	}
	if (!b->open && line->len > 0) {
		sink_skip(sink, NULL, line->number,
		    "it stands before the first message");
		return NULL;
	}
	sink_continue(sink);
	if (b->body.len + line->len > TEXT_LINE_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: one message has more than %u bytes",
		    b->r->main->name, line->number, TEXT_LINE_MAX);
	if (b->open)
		go_on(b, line);
	return NULL;
}

static struct err *
read_imessage(struct reading *r)
{
	struct blocks b = { .r = r };
	struct text *t;
	struct line line;
	struct err *e = text_open(&t, r->main);

	buf_init(&b.author);
	buf_init(&b.body);
	while (e == NULL && (e = text_next(t, &line)) == NULL && line.p != NULL)
		e = take_line(&b, &line);
	if (e == NULL && (e = flush(&b)) == NULL)
		sink_note_text(r->sink, t);
	if (e == NULL && b.doubtful > 0)
		sink_warn(r->sink,
		    "lines behind a reply that stands below what it answers: "
		    "%zu; read as words of the latter, and may be the reply's",
		    b.doubtful);
	text_close(t);
	buf_release(&b.author);
	buf_release(&b.body);
	node_free(b.more);
	strs_release(&b.files);
	return e;
}

static int
detect(const struct probe *p)
{
	struct line line = { .p = probe_line(p, 0) };
	struct stamp at;

	line.len = strlen(line.p);
	return p->part != NULL && read_header(&at, &line) > 0 ? READER_SURE : 0;
}

const struct reader reader_imessage = {
	.name = "imessage",
	.title = "iMessage export",
	.channel = "imessage",
	.flags = READER_FORGEABLE | READER_CARRIES,
	.order = SINK_AS_IS,
	.detect = detect,
	.read = read_imessage,
};

/*
 * JSON Lines.
 */

static struct span
name_of(const struct node *n)
{
	static const char *const keys[] = { "name", "display_name", "handle",
		"id", "address" };
	struct span name = span_node(n);

	for (size_t i = 0; name.p == NULL && i < 5; i++)
		name = span_get(n, keys[i]);
	return name;
}

static struct err *
read_line(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct reading *r = arg;
	const struct node *list = node_get(n, "attachments");
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	char chat[24];
	struct message m = { .line = line };

	(void)index;
	sink_unit(r->sink);
	if (!field_iso(&m.at, n, "date_iso")) {
		sink_skip(
		    r->sink, NULL, line, "it has no time that can be read");
		return NULL;
	}
	m.author = name_of(node_get(n, "sender"));
	if (m.author.len == 0 && node_flag(n, "is_from_me"))
		m.author = span_of("Me");
	m.text = span_get(n, "text");
	m.id = span_get(n, "guid");
	m.channel = field_text(n, "chat_id", chat);
	for (; m.n_attachments < node_count(list) &&
	     m.n_attachments < MESSAGE_ATTACHMENTS_MAX;
	     m.n_attachments++) {
		const struct node *a = list->kids[m.n_attachments];
		struct span path =
		    a->type == NODE_STR ? span_node(a) : span_get(a, "path");

		if (path.p == NULL)
			path = span_get(a, "filename");
		files[m.n_attachments] = (struct attachment){
			.name = field_base(path),
			.type = span_get(a, "mime_type"),
			.size = -1,
			.part = path.p == NULL ?
			    NULL :
			    input_locate(r->input, "", path.p, path.len),
		};
	}
	m.attachments = files;
	return sink_add(r->sink, &m);
}

static struct err *
read_lines(struct reading *r)
{
	return field_lines(r, r->main, read_line, r);
}

static int
detect_lines(const struct probe *p)
{
	return p->root == '{' && probe_has(p, "date_iso") &&
		probe_has(p, "is_from_me") ?
	    READER_SURE :
	    0;
}

const struct reader reader_imessage_json = {
	.name = "imessage-json",
	.title = "iMessage export (JSON Lines)",
	.channel = "imessage",
	.order = SINK_BY_TIME,
	.detect = detect_lines,
	.read = read_lines,
};
