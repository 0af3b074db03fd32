/* SPDX-License-Identifier: ISC */
/*
 * Signal, as the program signal-export writes it: chat.md for people and
 * data.json for programs.
 */

#include <stdlib.h>
#include <string.h>

#include "core/intake/field.h"
#include "core/util/path.h"

/*
 * data.json of signal-export: an object a line, times local.
 */

struct data {
	struct reading *r;
	const struct part *part;
	char *dir;
	char *channel; /* NULL if there is one conversation */
};

/*
 * The file an attachment names.  In its path every blank, whatever kind of one
 * it is, stands as "%20"; its name is that of the file.
 */
static const struct part *
locate(const struct data *d, struct span path, struct span name)
{
	const struct part *part =
	    input_locate(d->r->input, d->dir, path.p, path.len);
	struct span base = field_base(path);
	char *real;

	if (part != NULL || name.len == 0)
		return part;
	real = mem_printf(
	    "%.*s%.*s", (int)(base.p - path.p), path.p, (int)name.len, name.p);
	part = input_locate(d->r->input, d->dir, real, strlen(real));
	free(real);
	return part;
}

static size_t
read_paths(const struct data *d, const struct node *n,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	const struct node *list = node_get(n, "attachments");
	size_t count = 0;

	for (; count < node_count(list) && count < MESSAGE_ATTACHMENTS_MAX;
	     count++) {
		const struct node *a = list->kids[count];
		struct span path =
		    a->type == NODE_STR ? span_node(a) : span_get(a, "path");
		struct span name = span_get(a, "name");

		if (name.len == 0)
			name = field_base(path);
		out[count] = (struct attachment){
			.name = name.len > 0 ? name : (struct span){ NULL, 0 },
			/* "media": the export was made without them */
			.type = span_get(a, "missing_kind"),
			.size = -1,
			.part = path.p == NULL ? NULL : locate(d, path, name),
		};
	}
	return count;
}

/* Older versions gave its emoji alone; not every sticker has one. */
static struct span
sticker_of(const struct node *n)
{
	const struct node *sticker = node_get(n, "sticker");
	struct span emoji = span_node(sticker);

	if (emoji.p == NULL)
		emoji = span_get(sticker, "emoji");
	return emoji.len == 0 && sticker != NULL && sticker->type == NODE_MAP ?
	    span_of("(sticker)") :
	    emoji;
}

static struct err *
read_datum(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct data *d = arg;
	struct sink *sink = d->r->sink;
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .line = line };
	struct span quote = span_get(n, "quote");
	struct node *more;
	struct err *e;

	(void)index;
	sink_unit(sink);
	if (!field_iso(&m.at, n, "date")) {
		sink_skip(sink, d->part->name, line,
		    "it has no time that can be read");
		return NULL;
	}
	m.author = span_get(n, "sender");
	m.text = span_get(n, "body");
	if (m.text.len == 0)
		m.text = sticker_of(n);
	m.deleted = node_flag(n, "deleted");
	m.call = node_flag(n, "call");
	m.system = m.call;
	if (m.call)
		m.type = span_of("call");
	m.channel = span_of(d->channel);
	m.n_attachments = read_paths(d, n, files);
	m.attachments = files;
	more = node_map();
	if (quote.len > 0)
		node_put(more, "replied_to", node_strn(quote.p, quote.len));
	field_keep(more, n, "reactions");
	if (node_flag(n, "missed"))
		node_put_bool(more, "missed", true);
	m.more = more;
	e = sink_add(sink, &m);
	node_free(more);
	return e;
}

static struct err *
read_data_part(struct data *d, const struct part *part, bool many)
{
	char *dir = path_parent(part->name);

	d->part = part;
	free(d->dir);
	free(d->channel);
	d->dir = strcmp(dir, ".") == 0 ? mem_dup("") : mem_dup(dir);
	d->channel = many ? mem_dup(path_base(dir)) : NULL;
	if (!many && strcmp(dir, ".") != 0)
		sink_title(d->r->sink, path_base(dir), strlen(path_base(dir)));
	free(dir);
	return field_lines(d->r, part, read_datum, d);
}

/* "x/data.json" beside "x/chat.md". */
static bool
is_data(const struct input *in, const char *name)
{
	const char *base = path_base(name);
	char *sibling;
	bool found;

	if (strcmp(base, "data.json") != 0)
		return false;
	sibling = mem_printf("%.*schat.md", (int)(base - name), name);
	found = input_part(in, sibling) != NULL;
	free(sibling);
	return found;
}

static struct err *
read_data(struct reading *r)
{
	struct data d = { .r = r };
	const struct part *part;
	struct err *e = NULL;
	size_t n = 0;

	if (r->main != NULL) {
		e = read_data_part(&d, r->main, false);
	} else {
		vec_each (part, &r->input->parts)
			n += is_data(r->input, part->name);
		vec_each (part, &r->input->parts)
			if (e == NULL && is_data(r->input, part->name))
				e = read_data_part(&d, part, n > 1);
	}
	free(d.dir);
	free(d.channel);
	return e;
}

static int
detect_data(const struct probe *p)
{
	const struct part *part;

	if (p->part == NULL) {
		vec_each (part, &p->input->parts)
			if (is_data(p->input, part->name))
				return READER_SURE;
		return 0;
	}
	return p->root == '{' && probe_has(p, "date") &&
		probe_has(p, "sender") && probe_has(p, "body") &&
		(probe_has(p, "quote") || probe_has(p, "sticker") ||
		    probe_has(p, "reactions")) ?
	    READER_SURE :
	    0;
}

const struct reader reader_signal_data = {
	.name = "signal-data",
	.title = "Signal conversation (data.json)",
	.channel = "signal",
	.order = SINK_AS_IS,
	.detect = detect_data,
	.read = read_data,
};

/*
 * chat.md: "[2024-03-01 09:15:00] Name: text"
 */

struct plain {
	struct reading *r;
	bool open, mended;
	struct stamp at;
	struct buf author, body, raw;
	char *dir;
	unsigned long line;
};

/* The length of "[...] ", or 0. */
static size_t
read_header(struct stamp *at, const struct line *line)
{
	char text[20];
	const char *close;
	size_t n;

	if (line->len < 19 || line->p[0] != '[')
		return 0;
	close = memchr(line->p, ']', line->len < 24 ? line->len : 24);
	if (close == NULL || close[1] != ' ')
		return 0;
	n = (size_t)(close - line->p) - 1;
	if (n < 16 || n > 20)
		return 0;
	/* older versions have a comma behind the date */
	memcpy(text, line->p + 1, 10);
	memcpy(text + 10, line->p + 11 + (line->p[11] == ','),
	    n - 10 - (line->p[11] == ','));
	n -= line->p[11] == ',';
	if (text[10] != ' ' || !stamp_iso(at, text, n) ||
	    at->kind != STAMP_LOCAL || at->unit == STAMP_DAY)
		return 0;
	return (size_t)(close - line->p) + 2;
}

/* The bracket that ends a path, which has no blanks, but maybe "(1)". */
static const char *
end_of_path(const char *p)
{
	const char *end = memrchr(p, ')', strcspn(p, " \n"));

	return end != NULL ? end : strchr(p, ')');
}

/* "![a](./media/a)" and "[a](./media/a)", one behind the other. */
static size_t
read_links(const struct plain *p,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	const char *at = p->body.data;
	size_t n = 0;

	while (
	    (at = strstr(at, "](./")) != NULL && n < MESSAGE_ATTACHMENTS_MAX) {
		const char *path = at + 4, *end = end_of_path(path);

		if (end == NULL)
			break;
		out[n++] = (struct attachment){
			.name = field_base(
			    (struct span){ path, (size_t)(end - path) }),
			.size = -1,
			.part = input_locate(
			    p->r->input, p->dir, path, (size_t)(end - path)),
		};
		at = end;
	}
	return n;
}

static struct err *
flush(struct plain *p)
{
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .at = p->at, .line = p->line };

	if (!p->open)
		return NULL;
	p->open = false;
	while (p->body.len > 0 &&
	    strchr(" \n", p->body.data[p->body.len - 1]) != NULL)
		buf_cut(&p->body, p->body.len - 1);
	m.author = (struct span){ p->author.data, p->author.len };
	if (m.author.len == 0) {
		m.author.p = NULL;
		m.system = true;
	}
	m.text = (struct span){ p->body.data, p->body.len };
	if (p->mended)
		m.raw = (struct span){ p->raw.data, p->raw.len };
	m.deleted =
	    strstr(p->body.data, "(This message was deleted)") == p->body.data;
	m.n_attachments = read_links(p, files);
	m.attachments = files;
	return sink_add(p->r->sink, &m);
}

static void
begin(struct plain *p, const struct line *line, size_t from,
    const struct stamp *at)
{
	const char *text = line->p + from;
	const char *colon = strstr(text, ": ");
	size_t len = line->len - from, name = 0, skip = 0;

	if (colon == NULL && len > 0 && text[len - 1] == ':')
		colon = text + len - 1;
	if (colon != NULL && colon - text < 160) {
		name = (size_t)(colon - text);
		skip = name + 2 > len ? len : name + 2;
	}
	p->open = true;
	p->at = *at;
	p->line = line->number;
	buf_clear(&p->author);
	buf_clear(&p->body);
	buf_clear(&p->raw);
	buf_add(&p->author, text, name);
	buf_add(&p->body, text + skip, len - skip);
	p->mended = line->raw != NULL;
	if (p->mended)
		buf_add(&p->raw, line->raw, line->raw_len);
}

static void
go_on(struct plain *p, const struct line *line)
{
	buf_addc(&p->body, '\n');
	buf_add(&p->body, line->p, line->len);
	if (line->raw == NULL && !p->mended)
		return;
	p->mended = true;
	buf_addc(&p->raw, '\n');
	buf_add(&p->raw, line->raw != NULL ? line->raw : line->p,
	    line->raw != NULL ? line->raw_len : line->len);
}

static struct err *
take_line(struct plain *p, const struct line *line)
{
	struct sink *sink = p->r->sink;
	struct stamp at;
	size_t from = read_header(&at, line);
	struct err *e;

	sink_unit(sink);
	if (from > 0) {
		if ((e = flush(p)) == NULL)
			begin(p, line, from, &at);
		return e;
	}
	if (!p->open && line->len > 0) {
		sink_skip(sink, NULL, line->number,
		    "it stands before the first message");
		return NULL;
	}
	sink_continue(sink);
	if (p->body.len + line->len > TEXT_LINE_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: one message has more than %u bytes",
		    p->r->main->name, line->number, TEXT_LINE_MAX);
	if (p->open)
		go_on(p, line);
	return NULL;
}

static struct err *
read_signal(struct reading *r)
{
	struct plain p = { .r = r };
	char *dir = path_parent(r->main->name);
	struct text *t;
	struct line line;
	struct err *e = text_open(&t, r->main);

	p.dir = strcmp(dir, ".") == 0 ? mem_dup("") : mem_dup(dir);
	free(dir);
	buf_init(&p.author);
	buf_init(&p.body);
	buf_init(&p.raw);
	while (e == NULL && (e = text_next(t, &line)) == NULL && line.p != NULL)
		e = take_line(&p, &line);
	if (e == NULL && (e = flush(&p)) == NULL)
		sink_note_text(r->sink, t);
	text_close(t);
	buf_release(&p.author);
	buf_release(&p.body);
	buf_release(&p.raw);
	free(p.dir);
	return e;
}

/* The same header stands in WhatsApp exports of some phones: see there. */
static int
detect(const struct probe *p)
{
	struct line line = { .p = probe_line(p, 0) };
	struct stamp at;

	line.len = strlen(line.p);
	if (p->part == NULL || read_header(&at, &line) == 0)
		return 0;
	return READER_LIKELY;
}

const struct reader reader_signal = {
	.name = "signal",
	.title = "Signal conversation",
	.channel = "signal",
	.flags = READER_FORGEABLE | READER_CARRIES,
	.order = SINK_AS_IS,
	.detect = detect,
	.read = read_signal,
};
