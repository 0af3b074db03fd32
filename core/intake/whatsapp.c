/* SPDX-License-Identifier: ISC */
/*
 * WhatsApp, "Export chat": a text, or an archive of it and its media.
 *
 * There is no description of it; the forms differ by system, language and
 * year.  A line is a message if it begins with a date and a time in the form
 * that the first message of the file has; else it belongs to the one before.
 */

#include <stdlib.h>
#include <string.h>

#include "core/intake/passage.h"
#include "core/intake/whatsapp_body.h"
#include "core/util/path.h"

#define BUDDHIST_YEARS 543
#define AUTHOR_MAX 160 /* bytes */

struct chat {
	struct reading *r;
	struct words *words;
	struct text *text;
	/* of the first header, and of every other */
	enum date_order order;
	enum layout layout;
	bool year_first;
	char *dir;   /* of the text inside the export */
	char *title; /* what it is called, after a person or a group */
	bool person;
	/* the message being read */
	bool open;
	struct head head, next_head;
	struct stamp at, next_at; /* of this message, of the one that begins */
	struct buf author;
	struct passage body;
	unsigned long line;
	size_t strange; /* headers in another form than the first */
	bool buddhist;
};

/*
 * Dates.
 */

/* The order of dates is the same in a whole file; find it. */
static struct err *
find_order(struct chat *chat)
{
	struct date_evidence v = { .n = 0 };
	struct line line;
	struct head h;
	struct err *e;

	chat->order = chat->r->date_order;
	while ((e = text_next(chat->text, &line)) == NULL && line.p != NULL) {
		if (!whatsapp_head(&h, &line))
			continue;
		if (chat->layout == LAYOUT_NONE) {
			chat->layout = h.layout;
			chat->year_first = dates_year_first(&h.date);
			if (chat->year_first) /* whatever somebody says */
				chat->order = DATE_YMD;
		}
		if (chat->order != DATE_UNKNOWN)
			break;
		if (h.layout != chat->layout)
			continue;
		chat->order = dates_weigh(&v, &h.date, line.number);
		if (chat->order != DATE_UNKNOWN)
			break;
	}
	if (e == NULL && chat->order == DATE_UNKNOWN)
		e = dates_decide(&chat->order, &v, chat->r->main->name);
	return e != NULL ? e : text_rewind(chat->text);
}

/*
 * Messages.
 */

/* "~ Anna", "<mark>+49 170 ...<mark>": the name without what is around it. */
static struct span
plain_author(const struct buf *raw)
{
	const char *p = raw->data;
	size_t len = raw->len, n, used;

	while (len > 0) {
		n = text_marks(p, len);
		if (n == 0 && *p == '~') {
			n = 1;
			if (len > 1 && text_plain(p + 1, len - 1, &used) == ' ')
				n += used;
		}
		if (n == 0)
			break;
		p += n;
		len -= n;
	}
	while (len >= 3 && text_marks(p + len - 3, 3) == 3)
		len -= 3;
	return (struct span){ p, len };
}

static struct err *
flush(struct chat *chat)
{
	struct message m = { .at = chat->at, .line = chat->line };
	struct saying said = { .words = chat->words,
		.input = chat->r->input,
		.dir = chat->dir,
		.group = chat->person ? NULL : chat->title,
		.layout = chat->layout,
		.generated = chat->head.generated };
	struct attachment a;

	if (!chat->open)
		return NULL;
	chat->open = false;
	if (chat->author.len > 0) {
		m.author = plain_author(&chat->author);
		if (m.author.len == 0)
			m.author = (struct span){ chat->author.data,
				chat->author.len };
		if (m.author.len != chat->author.len)
			m.author_raw = (struct span){ chat->author.data,
				chat->author.len };
	}
	said.body = &chat->body.text;
	if (chat->author.len > 0)
		said.author = chat->author.data;
	whatsapp_classify(&m, &a, &said);
	m.text = passage_text(&chat->body);
	m.raw = passage_raw(&chat->body);
	return sink_add(chat->r->sink, &m);
}

/* If the colon at p[at] ends the author: its bytes and those of a blank. */
static size_t
colon_len(const char *p, size_t len, size_t at)
{
	size_t used;

	if (at == 0)
		return 0; /* a name may begin with one */
	if (at + 1 == len)
		return 1;
	if (text_plain(p + at + 1, len - at - 1, &used) == ' ')
		return 1 + used;
	/* "John Doe:." has been seen, for an empty message */
	return at + 2 == len && p[at + 1] == '.';
}

/*
 * Where the author ends: at the first colon with a blank behind it, or at the
 * end of the line.  A quotation that is open there means that the line is no
 * message: '... created group "To do: now"'.
 */
static size_t
author_len(const char *p, size_t len, size_t *skip)
{
	size_t quotes = 0, at = 0, behind = 0;

	*skip = 0;
	for (const char *next = p; behind == 0; next++) {
		next = memchr(next, ':', len - (size_t)(next - p));
		if (next == NULL || next - p > AUTHOR_MAX)
			return 0;
		at = (size_t)(next - p);
		behind = colon_len(p, len, at);
	}
	for (size_t i = 0; i < at; i++)
		quotes += p[i] == '"';
	if (memmem(p, at, "“", 3) != NULL && memmem(p, at, "”", 3) == NULL)
		return 0;
	if (quotes % 2 != 0)
		return 0;
	*skip = behind;
	return at;
}

static void
begin(struct chat *chat, const struct line *line)
{
	const char *p = line->p + chat->next_head.len;
	size_t len = line->len - chat->next_head.len, skip = 0;
	size_t author = author_len(p, len, &skip);

	chat->head = chat->next_head;
	chat->at = chat->next_at;
	chat->open = true;
	chat->line = line->number;
	chat->at.unit = chat->head.second < 0 ? STAMP_MINUTE : STAMP_SECOND;
	buf_clear(&chat->author);
	passage_clear(&chat->body);
	/* Korean: "Name : text" */
	buf_add(&chat->author, p, author);
	while (chat->author.len > 0 &&
	    chat->author.data[chat->author.len - 1] == ' ')
		buf_cut(&chat->author, chat->author.len - 1);
	passage_put(&chat->body, line, chat->next_head.len + author + skip);
}

/* A date that only another order of day and month would explain. */
static struct err *
mixed(const struct chat *chat, const struct line *line)
{
	return err_hint(
	    err_new(ERR_INVALID,
		"%s: the dates are in two orders: line %lu cannot be read as "
		"the lines before it",
		chat->r->main->name, line->number),
	    "if a message quotes another chat there, say which order counts: "
	    "--date-order %s",
	    chat->order == DATE_DMY ? "dmy" : "mdy");
}

/* Is this line a header, and its date one that exists? */
static struct err *
read_header(struct chat *chat, const struct line *line, bool *found)
{
	struct head h;
	struct civil c, other;

	*found = false;
	if (!whatsapp_head(&h, line))
		return NULL;
	if (h.layout != chat->layout ||
	    dates_year_first(&h.date) != chat->year_first) {
		chat->strange++;
		return NULL;
	}
	if (!whatsapp_civil(&c, &h, chat->order)) {
		enum date_order swapped =
		    chat->order == DATE_DMY ? DATE_MDY : DATE_DMY;

		if (chat->order == DATE_YMD ||
		    !whatsapp_civil(&other, &h, swapped))
			return NULL;
		if (chat->r->date_order == DATE_UNKNOWN)
			return mixed(chat, line);
		chat->strange++;
		return NULL;
	}
	*found = stamp_local(&chat->next_at, &c, 0);
	chat->next_head = h;
	if (h.date.era == 0 && c.year < 2200)
		chat->buddhist = chat->buddhist ||
		    h.date.field[chat->order == DATE_YMD ? 0 : 2] - c.year ==
			BUDDHIST_YEARS;
	return NULL;
}

static struct err *
take_line(struct chat *chat, const struct line *line)
{
	struct sink *sink = chat->r->sink;
	bool found;
	struct err *e;

	sink_unit(sink);
	if ((e = read_header(chat, line, &found)) != NULL)
		return e;
	if (found) {
		if ((e = flush(chat)) == NULL)
			begin(chat, line);
		return e;
	}
	if (!chat->open && line->len > 0) {
		sink_skip(sink, NULL, line->number,
		    "it stands before the first message");
		return NULL;
	}
	sink_continue(sink);
	if (chat->open && chat->body.text.len + line->len > TEXT_LINE_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: one message has more than %u bytes",
		    chat->r->main->name, line->number, TEXT_LINE_MAX);
	if (chat->open)
		passage_add(&chat->body, line, 0);
	return NULL;
}

static void
find_title(struct chat *chat)
{
	const struct input *in = chat->r->input;
	char *stem = reader_stem(chat->r->main->name);
	size_t skip = words_title(stem);

	if (skip == 0 && in->type == INPUT_ARCHIVE) {
		free(stem);
		stem = reader_stem(in->name);
		skip = words_title(stem);
	}
	if (skip > 0) {
		chat->title = mem_dup(stem + skip);
		sink_title(chat->r->sink, chat->title, strlen(chat->title));
	}
	free(stem);
}

/*
 * Did he ever type something after whom the chat is called?  A group does not,
 * and whatever is said in its name, WhatsApp says: on iOS.  On Android it says
 * nothing in anybody's name.
 */
static struct err *
find_person(struct chat *chat)
{
	struct line line;
	struct head h;
	struct err *e = NULL;

	chat->person = chat->layout != LAYOUT_BRACKET;
	if (chat->title == NULL || chat->person)
		return NULL;
	while (!chat->person && (e = text_next(chat->text, &line)) == NULL &&
	    line.p != NULL) {
		size_t n = strlen(chat->title), skip = 0;

		if (!whatsapp_head(&h, &line) ||
		    author_len(line.p + h.len, line.len - h.len, &skip) != n ||
		    memcmp(line.p + h.len, chat->title, n) != 0)
			continue;
		skip += h.len + n;
		chat->person = skip < line.len &&
		    !whatsapp_generated(line.p + skip, line.len - skip);
	}
	return e != NULL ? e : text_rewind(chat->text);
}

static struct err *
read_chat(struct chat *chat)
{
	struct line line;
	struct err *e;

	if ((e = text_open(&chat->text, chat->r->main)) != NULL ||
	    (e = find_order(chat)) != NULL || (e = find_person(chat)) != NULL)
		return e;
	while ((e = text_next(chat->text, &line)) == NULL && line.p != NULL)
		if ((e = take_line(chat, &line)) != NULL)
			return e;
	if (e != NULL)
		return e;
	/* an empty line at the very end of the file belongs to no message */
	passage_cut(&chat->body);
	if ((e = flush(chat)) != NULL)
		return e;
	sink_note_text(chat->r->sink, chat->text);
	if (chat->strange > 0)
		sink_warn(chat->r->sink,
		    "lines that look like messages, but not like those of "
		    "this file: %zu; read as part of the message before",
		    chat->strange);
	if (chat->buddhist)
		sink_warn(chat->r->sink,
		    "years were taken to count in the Buddhist era");
	return NULL;
}

static struct err *
read_whatsapp(struct reading *r)
{
	struct chat chat = { .r = r, .words = words_new() };
	char *dir = path_parent(r->main->name);
	struct err *e;

	buf_init(&chat.author);
	passage_init(&chat.body);
	chat.dir = strcmp(dir, ".") == 0 ? mem_dup("") : mem_dup(dir);
	free(dir);
	find_title(&chat);
	e = read_chat(&chat);
	text_close(chat.text);
	words_free(chat.words);
	buf_release(&chat.author);
	passage_release(&chat.body);
	free(chat.dir);
	free(chat.title);
	return e;
}

/*
 * Detection.
 */

/*
 * "[2019-12-24, 12:23] Name: text" and "[2019-12-24 12:23:05] ..." are how
 * another program writes, too; with comma and seconds it is an iPhone.
 */
static bool
is_iso(const struct head *h, const char *line)
{
	return h->layout == LAYOUT_BRACKET && h->date.width[0] == 4 &&
	    (h->second < 0 || strchr(line, ',') == NULL ||
		strchr(line, ',') > strchr(line, ']'));
}

static bool
has_sign(const struct probe *p)
{
	/* the path says what a folder is called that holds it, too */
	if (strcasestr(p->part->name, "whatsapp") != NULL ||
	    strcasestr(p->input->path, "whatsapp") != NULL ||
	    probe_named(p, "_chat.txt"))
		return true;
	for (size_t i = 0; i < p->lines.n; i++)
		if (strstr(p->lines.v[i], "\xe2\x80\x8e") != NULL)
			return true;
	return false;
}

static int
detect(const struct probe *p)
{
	size_t heads = 0, plain = 0;
	struct head h, first = { .len = 0 };
	const char *first_line = "";

	if (p->part == NULL)
		return 0;
	for (size_t i = 0; i < p->lines.n && heads + plain < 50; i++) {
		struct line line = { .p = p->lines.v[i],
			.len = strlen(p->lines.v[i]) };

		if (line.len == 0)
			continue;
		if (whatsapp_head(&h, &line)) {
			if (heads++ == 0) {
				first = h;
				first_line = line.p;
			}
		} else if (heads == 0) {
			plain++;
		}
	}
	if (heads == 0 || plain > 3)
		return 0;
	if (is_iso(&first, first_line) && !has_sign(p))
		return READER_MAYBE + 10;
	return READER_LIKELY + 10;
}

/* How much a name looks like that of the chat itself. */
static int
rank(const struct input *in, const struct part *part)
{
	char *stem = reader_stem(part->name), *outer = reader_stem(in->name);
	int rank = strcmp(stem, outer) == 0 ? 2 :
	    strcasestr(stem, "chat") != NULL ||
		strcasestr(stem, "whatsapp") != NULL ?
					      1 :
					      0;

	free(stem);
	free(outer);
	return rank;
}

/*
 * Of two texts in an archive that both are chats, one may have come attached:
 * the chat is called after the archive, else after WhatsApp, else shorter.
 */
static int
prefer(const struct input *in, const struct part *a, const struct part *b)
{
	int x = rank(in, a), y = rank(in, b);
	size_t m = strlen(a->name), n = strlen(b->name);

	if (x != y)
		return y - x;
	return m == n ? 0 : m < n ? -1 : 1;
}

const struct reader reader_whatsapp = {
	.name = "whatsapp",
	.title = "WhatsApp chat",
	.channel = "whatsapp",
	.flags = READER_FORGEABLE | READER_CARRIES,
	.order = SINK_AS_IS,
	.detect = detect,
	.read = read_whatsapp,
	.prefer = prefer,
};
