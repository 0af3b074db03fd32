/* SPDX-License-Identifier: ISC */
/*
 * Discord, as DiscordChatExporter writes it as plain text: between two rules
 * of 62 "=" what was exported, then the messages, then how many there were.
 */

#include <ctype.h>
#include <string.h>

#include "core/intake/discord.h"
#include "core/intake/passage.h"

/* What may follow a text, each under a line of its own. */
enum block {
	BLOCK_FILES,
	BLOCK_EMBEDS,
	BLOCK_STICKERS,
	BLOCK_REACTIONS,
	BLOCK_FORWARDED,
	BLOCK_NONE
};

struct plain {
	struct reading *r;
	enum discord_form form; /* of the times */
	enum date_order order;
	bool open;
	enum block block; /* the one we are in */
	struct stamp at;
	struct buf author;
	struct passage body;
	struct strs files;
	struct node *more; /* what stands in the other blocks, by their names */
	unsigned long line;
	size_t n;
};

/* "[dd/MM/yyyy HH:mm] author (pinned)": where the author begins, or 0. */
static size_t
read_header(struct discord_date *d, const struct line *line)
{
	const char *end;

	if (line->len < 4 || line->p[0] != '[')
		return 0;
	end = memmem(line->p, line->len, "] ", 2);
	if (end == NULL ||
	    !discord_date(d, line->p + 1, (size_t)(end - line->p - 1)))
		return 0;
	if (d->form == DISCORD_WORDS ? !d->words.has_time :
				       d->at.unit == STAMP_DAY)
		return 0; /* the exporter always writes both */
	return (size_t)(end - line->p) + 2;
}

/* The form that the first header has, and the order of its fields. */
static struct err *
weigh_text(struct plain *p, struct text *t)
{
	struct date_evidence v = { .n = 0 };
	struct discord_date d;
	struct line line;
	struct err *e = NULL;

	p->order = p->r->date_order;
	while ((p->form == DISCORD_NONE ||
		   (p->form == DISCORD_WORDS && p->order == DATE_UNKNOWN)) &&
	    (e = text_next(t, &line)) == NULL && line.p != NULL) {
		if (read_header(&d, &line) == 0)
			continue;
		if (p->form == DISCORD_NONE)
			p->form = d.form;
		if (p->form == DISCORD_WORDS && d.form == DISCORD_WORDS &&
		    p->order == DATE_UNKNOWN)
			p->order = dates_weigh(&v, &d.words.date, line.number);
	}
	if (e == NULL && p->order == DATE_UNKNOWN)
		e = dates_decide(&p->order, &v, p->r->main->name);
	return e != NULL ? e : text_rewind(t);
}

static struct err *
flush(struct plain *p)
{
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .at = p->at, .line = p->line };
	struct err *e;

	if (!p->open)
		return NULL;
	p->open = false;
	passage_cut(&p->body);
	m.author = (struct span){ p->author.data, p->author.len };
	m.text = passage_text(&p->body);
	m.raw = passage_raw(&p->body);
	for (; m.n_attachments < p->files.n; m.n_attachments++)
		files[m.n_attachments] =
		    discord_file(p->r, span_of(p->files.v[m.n_attachments]));
	m.attachments = files;
	m.more = p->more;
	e = sink_add(p->r->sink, &m);
	strs_release(&p->files);
	node_free(p->more);
	p->more = NULL;
	return e;
}

static void
begin(struct plain *p, const struct line *line, size_t from,
    const struct stamp *at)
{
	static const char pinned[] = " (pinned)";
	size_t len = line->len - from, n = sizeof(pinned) - 1;

	if (len > n && memcmp(line->p + line->len - n, pinned, n) == 0)
		len -= n;
	p->open = true;
	p->block = BLOCK_NONE;
	p->more = node_map();
	p->at = *at;
	p->line = line->number;
	p->n++;
	buf_clear(&p->author);
	passage_clear(&p->body);
	buf_add(&p->author, line->p + from, len);
}

static enum block
block_of(const char *line)
{
	static const char *const lines[] = { "{Attachments}", "{Embed}",
		"{Stickers}", "{Reactions}", "{Forwarded Message}" };
	enum block block = BLOCK_FILES;

	while (block < BLOCK_NONE && strcmp(line, lines[block]) != 0)
		block++;
	return block;
}

static void
add_to_block(struct plain *p, const struct line *line)
{
	static const char *const keys[] = { "", "embeds", "stickers",
		"reactions", "forwarded" };
	const char *key = keys[p->block];
	struct node *list = node_get(p->more, key);

	if (p->block == BLOCK_FILES) {
		if (p->files.n < MESSAGE_ATTACHMENTS_MAX)
			strs_add(&p->files, line->p);
		return;
	}
	if (list == NULL)
		list = node_put(p->more, key, node_list());
	node_push(list, node_strn(line->p, line->len));
}

static void
go_on(struct plain *p, const struct line *line)
{
	enum block block = block_of(line->p);

	if (block != BLOCK_NONE) {
		p->block = block;
		return;
	}
	if (p->block != BLOCK_NONE && line->len > 0) {
		add_to_block(p, line);
		return;
	}
	p->block = BLOCK_NONE;
	passage_go_on(&p->body, line, 0);
}

/* The frame around the messages: its lines are no part of them. */
static bool
is_rule(const char *line)
{
	size_t n = strspn(line, "=");

	return n == 62 && line[n] == '\0';
}

/* "1,234 message(s)": digits, in groups as the locale has them. */
static bool
read_count(size_t *out, const char *text)
{
	const char *end = strstr(text, " message");
	bool any = false;

	*out = 0;
	for (; end != NULL && text < end && *out < 1000000000; text++)
		if (isdigit((unsigned char)*text)) {
			*out = *out * 10 + (size_t)(*text - '0');
			any = true;
		}
	return any;
}

static void
read_frame(struct plain *p, const struct line *line)
{
	size_t count;

	if (strncmp(line->p, "Channel: ", 9) == 0)
		sink_title(p->r->sink, line->p + 9, line->len - 9);
	if (strncmp(line->p, "Exported ", 9) == 0 &&
	    read_count(&count, line->p + 9) && count != p->n)
		sink_warn(p->r->sink,
		    "the export says it has %zu messages, and has %zu", count,
		    p->n);
}

static struct err *
take_line(struct plain *p, const struct line *line, bool *frame)
{
	struct discord_date d;
	struct stamp at;
	size_t from;
	struct err *e = NULL;

	sink_unit(p->r->sink);
	if (is_rule(line->p)) {
		*frame = !*frame;
		sink_continue(p->r->sink);
		return flush(p);
	}
	if (*frame) {
		read_frame(p, line);
		sink_continue(p->r->sink);
		return NULL;
	}
	from = read_header(&d, line);
	if (from > 0 && d.form == p->form && discord_stamp(&at, &d, p->order)) {
		if ((e = flush(p)) == NULL)
			begin(p, line, from, &at);
		return e;
	}
	if (!p->open && line->len > 0) {
		sink_skip(
		    p->r->sink, NULL, line->number, "it belongs to no message");
		return NULL;
	}
	sink_continue(p->r->sink);
	if (p->body.text.len + line->len > TEXT_LINE_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: one message has more than %u bytes",
		    p->r->main->name, line->number, TEXT_LINE_MAX);
	if (p->open)
		go_on(p, line);
	return NULL;
}

static struct err *
read_discord_txt(struct reading *r)
{
	struct plain p = { .r = r };
	bool frame = false;
	struct text *t;
	struct line line;
	struct err *e = text_open(&t, r->main);

	buf_init(&p.author);
	passage_init(&p.body);
	if (e == NULL)
		e = weigh_text(&p, t);
	while (e == NULL && (e = text_next(t, &line)) == NULL && line.p != NULL)
		e = take_line(&p, &line, &frame);
	if (e == NULL && (e = flush(&p)) == NULL)
		sink_note_text(r->sink, t);
	text_close(t);
	buf_release(&p.author);
	passage_release(&p.body);
	strs_release(&p.files);
	node_free(p.more);
	return e;
}

static int
detect_txt(const struct probe *p)
{
	return p->part != NULL && is_rule(probe_line(p, 0)) &&
		strncmp(probe_line(p, 1), "Guild: ", 7) == 0 ?
	    READER_SURE :
	    0;
}

const struct reader reader_discord_txt = {
	.name = "discord-txt",
	.title = "Discord export (text)",
	.channel = "discord",
	.flags = READER_FORGEABLE,
	.order = SINK_AS_IS,
	.detect = detect_txt,
	.read = read_discord_txt,
};
