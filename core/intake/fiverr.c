/* SPDX-License-Identifier: ISC */
/*
 * Fiverr conversations, as a browser extension saves them (JSON and Markdown)
 * and as the inbox of the site answers.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/intake/dates.h"
#include "core/intake/field.h"

/*
 * JSON.
 */

struct fiverr {
	struct reading *r;
};

static struct span
get_either(const struct node *n, const char *a, const char *b)
{
	struct span v = span_get(n, a);

	return v.p != NULL ? v : span_get(n, b);
}

static size_t
read_files(
    const struct node *m, struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	const struct node *list = node_get(m, "attachments");
	size_t n = 0;

	for (; n < node_count(list) && n < MESSAGE_ATTACHMENTS_MAX; n++) {
		const struct node *f = list->kids[n];

		out[n] = (struct attachment){
			.name = get_either(f, "filename", "file_name"),
			.type = get_either(f, "contentType", "content_type"),
			.size = field_number(
			    f, "fileSize", field_number(f, "file_size", -1)),
		};
	}
	return n;
}

static struct err *
read_message(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct fiverr *f = arg;
	struct sink *sink = f->r->sink;
	const struct node *quoted = node_get(n, "repliedToMessage");
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .line = line };
	struct node *more;
	char id[24];
	struct err *e;

	(void)index;
	sink_unit(sink);
	m.author = span_get(n, "sender");
	m.system = node_flag(n, "isSystem");
	if (m.author.p == NULL && !m.system) {
		sink_skip(sink, NULL, line, "it names no sender");
		return NULL;
	}
	if (!field_epoch(&m.at, n, "createdAt", 1000) &&
	    !field_iso(&m.at, n, "createdAt"))
		sink_warn(sink, "line %lu: a message without a time", line);
	m.text = span_get(n, "body");
	m.id = field_text(n, "id", id);
	m.type = m.system ? span_get(n, "type") : (struct span){ NULL, 0 };
	m.n_attachments = read_files(n, files);
	m.attachments = files;
	more = node_map();
	field_keep(more, n, "recipient");
	if (quoted != NULL && quoted->type == NODE_MAP)
		node_put(more, "replied_to", node_copy(quoted));
	m.more = more;
	e = sink_add(sink, &m);
	node_free(more);
	return e;
}

static struct err *
read_root(void *arg, struct scan *s)
{
	return field_each_under(s, "messages", read_message, arg);
}

static struct err *
read_fiverr(struct reading *r)
{
	struct fiverr f = { r };

	return field_document(r, r->main, read_root, &f);
}

static int
detect(const struct probe *p)
{
	return p->root == '{' && probe_has(p, "messages[].createdAt") &&
		probe_has(p, "messages[].sender") ?
	    READER_SURE :
	    0;
}

const struct reader reader_fiverr = {
	.name = "fiverr",
	.title = "Fiverr conversation",
	.channel = "fiverr",
	.order = SINK_BY_TIME,
	.detect = detect,
	.read = read_fiverr,
};

/*
 * Markdown: "### SENDER (DATE)" behind a rule, the text, attachments, a rule.
 */

enum section { SECTION_TEXT, SECTION_QUOTE, SECTION_FILES };

struct markdown {
	struct reading *r;
	enum date_order order;
	bool open;
	bool ruled; /* only blank lines since the last "---" */
	enum section section;
	struct stamp at;
	struct buf author, body, quote;
	struct strs files;
	size_t words; /* of the body, above what seems a list of files */
	unsigned long line;
};

/*
 * "### NAME (29/02/2024, 11:58:07 PM)": the length of the name, or 0.  A
 * message without a time has "Invalid Date" there.
 */
static size_t
read_header(struct date_time *d, const struct line *line)
{
	const char *open;
	size_t used, len;

	if (line->len < 12 || memcmp(line->p, "### ", 4) != 0 ||
	    line->p[line->len - 1] != ')')
		return 0;
	open = memrchr(line->p, '(', line->len);
	if (open == NULL || open < line->p + 6 || open[-1] != ' ')
		return 0;
	len = (size_t)(line->p + line->len - 1 - (open + 1));
	used = dates_read(d, open + 1, len);
	if ((used != len || !d->has_time) &&
	    !span_is((struct span){ open + 1, len }, "Invalid Date"))
		return 0;
	return (size_t)(open - 1 - (line->p + 4));
}

static struct err *
weigh(struct markdown *m, struct text *t)
{
	struct date_evidence v = { .n = 0 };
	struct date_time d;
	struct line line;
	struct err *e = NULL;

	m->order = m->r->date_order;
	while (m->order == DATE_UNKNOWN && (e = text_next(t, &line)) == NULL &&
	    line.p != NULL)
		if (read_header(&d, &line) > 0 && d.has_time)
			m->order = dates_weigh(&v, &d.date, line.number);
	if (e == NULL && m->order == DATE_UNKNOWN)
		e = dates_decide(&m->order, &v, m->r->main->name);
	return e != NULL ? e : text_rewind(t);
}

/* Blank lines and the rule at the end are the form's, not the sender's. */
static void
cut_end(struct buf *b)
{
	for (;;) {
		while (b->len > 0 && strchr(" \n", b->data[b->len - 1]))
			buf_cut(b, b->len - 1);
		if (b->len < 3 || memcmp(b->data + b->len - 3, "---", 3) != 0 ||
		    (b->len > 3 && b->data[b->len - 4] != '\n'))
			return;
		buf_cut(b, b->len - 3);
	}
}

/* "- brief v2 (final).pdf (179.2 KB) (uploaded on ...)": the name. */
static struct attachment
read_file(const char *text)
{
	const char *p = text + 2, *end = p + strlen(p), *cut;

	cut = strstr(p, " (uploaded on ");
	if (cut != NULL)
		end = cut;
	if (end > p && end[-1] == ')') {
		cut = memrchr(p, '(', (size_t)(end - p));
		if (cut != NULL && cut > p + 1)
			end = cut - 1;
	}
	return (struct attachment){
		.name = { p, (size_t)(end - p) },
		.size = -1,
	};
}

static struct err *
flush(struct markdown *x)
{
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .at = x->at, .line = x->line };
	struct node *more;
	struct err *e;

	if (!x->open)
		return NULL;
	x->open = false;
	if (x->section == SECTION_FILES)
		buf_cut(&x->body, x->words);
	cut_end(&x->body);
	cut_end(&x->quote);
	more = node_map();
	if (x->quote.len > 0)
		node_put(
		    more, "replied_to", node_strn(x->quote.data, x->quote.len));
	for (; m.n_attachments < x->files.n; m.n_attachments++)
		files[m.n_attachments] = read_file(x->files.v[m.n_attachments]);
	m.attachments = files;
	m.author = (struct span){ x->author.data, x->author.len };
	m.text = (struct span){ x->body.data, x->body.len };
	m.more = more;
	e = sink_add(x->r->sink, &m);
	node_free(more);
	strs_release(&x->files);
	return e;
}

static void
begin(struct markdown *x, const struct line *line, size_t name,
    const struct stamp *at)
{
	x->open = true;
	x->at = *at;
	x->line = line->number;
	x->section = SECTION_TEXT;
	buf_clear(&x->author);
	buf_clear(&x->body);
	buf_clear(&x->quote);
	buf_add(&x->author, line->p + 4, name);
}

static bool
is_file(const struct line *line)
{
	return strncmp(line->p, "- ", 2) == 0;
}

/* A list of files ends a message: with words behind it, it was none. */
static void
go_on(struct markdown *x, const struct line *line)
{
	struct buf *to = &x->body;

	if (x->section == SECTION_FILES && line->len > 0 && !is_file(line) &&
	    strcmp(line->p, "---") != 0) {
		x->section = SECTION_TEXT;
		strs_release(&x->files);
	}
	if (x->body.len == 0 && strncmp(line->p, "> Replying to ", 14) == 0) {
		x->section = SECTION_QUOTE;
	} else if (strcmp(line->p, "**Attachments:**") == 0) {
		x->section = SECTION_FILES;
		x->words = x->body.len;
	} else if (x->section == SECTION_QUOTE && line->p[0] != '>') {
		x->section = SECTION_TEXT;
	}
	if (x->section == SECTION_FILES && is_file(line) &&
	    x->files.n < MESSAGE_ATTACHMENTS_MAX)
		strs_add(&x->files, line->p);
	if (x->section == SECTION_QUOTE)
		to = &x->quote;
	if (to->len == 0 && line->len == 0)
		return;
	if (to->len > 0)
		buf_addc(to, '\n');
	buf_add(to, line->p, line->len);
}

static struct err *
take_line(struct markdown *x, const struct line *line)
{
	static const char title[] = "# Conversation with ";
	struct sink *sink = x->r->sink;
	struct date_time d;
	struct stamp at = { .kind = STAMP_NONE };
	size_t name = x->ruled ? read_header(&d, line) : 0;
	struct err *e;

	sink_unit(sink);
	if (name > 0 && !d.has_time)
		sink_warn(
		    sink, "line %lu: a message without a time", line->number);
	if (name > 0 && (!d.has_time || dates_stamp(&at, &d, x->order))) {
		x->ruled = false;
		if ((e = flush(x)) == NULL)
			begin(x, line, name, &at);
		return e;
	}
	if (line->len > 0)
		x->ruled = strcmp(line->p, "---") == 0;
	if (!x->open && strncmp(line->p, title, sizeof(title) - 1) == 0) {
		sink_title(sink, line->p + sizeof(title) - 1,
		    line->len - (sizeof(title) - 1));
		x->ruled = true; /* a message may follow at once */
	} else if (!x->open && line->len > 0) {
		sink_skip(sink, NULL, line->number,
		    "it stands before the first message");
		return NULL;
	}
	sink_continue(sink);
	if (x->body.len + line->len > TEXT_LINE_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: one message has more than %u bytes",
		    x->r->main->name, line->number, TEXT_LINE_MAX);
	if (x->open)
		go_on(x, line);
	return NULL;
}

static struct err *
read_markdown(struct reading *r)
{
	struct markdown x = { .r = r };
	struct text *t;
	struct line line;
	struct err *e = text_open(&t, r->main);

	buf_init(&x.author);
	buf_init(&x.body);
	buf_init(&x.quote);
	if (e == NULL)
		e = weigh(&x, t);
	while (e == NULL && (e = text_next(t, &line)) == NULL && line.p != NULL)
		e = take_line(&x, &line);
	if (e == NULL && (e = flush(&x)) == NULL)
		sink_note_text(r->sink, t);
	text_close(t);
	buf_release(&x.author);
	buf_release(&x.body);
	buf_release(&x.quote);
	strs_release(&x.files);
	return e;
}

static int
detect_markdown(const struct probe *p)
{
	struct date_time d;

	if (p->part == NULL ||
	    strncmp(probe_line(p, 0), "# Conversation with ", 20) != 0)
		return 0;
	for (size_t i = 1; i < 4; i++) {
		struct line line = { .p = probe_line(p, i) };

		line.len = strlen(line.p);
		if (read_header(&d, &line) > 0)
			return READER_SURE;
	}
	return 0;
}

const struct reader reader_fiverr_md = {
	.name = "fiverr-md",
	.title = "Fiverr conversation (Markdown)",
	.channel = "fiverr",
	.flags = READER_FORGEABLE,
	.order = SINK_AS_IS,
	.detect = detect_markdown,
	.read = read_markdown,
};
