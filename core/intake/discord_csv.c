/* SPDX-License-Identifier: ISC */
/*
 * Discord, as DiscordChatExporter writes it as CSV.
 */

#include <string.h>

#include "core/intake/csv.h"
#include "core/intake/discord.h"

struct columns {
	int id, author, date, content, attachments, reactions;
};

static void
find_columns(struct columns *c, const struct csv_row *header)
{
	c->id = csv_column(header, "AuthorID");
	c->author = csv_column(header, "Author");
	c->date = csv_column(header, "Date");
	c->content = csv_column(header, "Content");
	c->attachments = csv_column(header, "Attachments");
	c->reactions = csv_column(header, "Reactions");
}

static bool
read_date(struct stamp *out, struct span text, enum date_order order)
{
	struct discord_date d;

	*out = (struct stamp){ 0 };
	return text.p != NULL && discord_date(&d, text.p, text.len) &&
	    discord_stamp(out, &d, order);
}

/* Weigh all dates of the file that are in a locale's form. */
static struct err *
weigh_csv(enum date_order *order, struct reading *r)
{
	struct date_evidence v = { .n = 0 };
	const struct csv_row *row;
	struct columns col = { .date = -1 };
	struct discord_date d;
	struct csv *csv;
	struct err *e = csv_open(&csv, r->main);

	*order = r->date_order;
	for (bool first = true; e == NULL && *order == DATE_UNKNOWN &&
	     (e = csv_next(csv, &row)) == NULL && row != NULL;
	     first = false) {
		struct span text = csv_cell(row, col.date);

		if (first)
			find_columns(&col, row);
		else if (text.p != NULL && discord_date(&d, text.p, text.len) &&
		    d.form == DISCORD_WORDS)
			*order = dates_weigh(&v, &d.words.date, row->line);
	}
	csv_close(csv);
	if (e == NULL && *order == DATE_UNKNOWN)
		e = dates_decide(order, &v, r->main->name);
	return e;
}

/* Addresses with commas between them. */
static size_t
split_files(struct reading *r, struct span list,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	size_t n = 0;

	while (list.len > 0 && n < MESSAGE_ATTACHMENTS_MAX) {
		const char *comma = memchr(list.p, ',', list.len);
		size_t len =
		    comma != NULL ? (size_t)(comma - list.p) : list.len;

		if (len > 0)
			out[n++] =
			    discord_file(r, (struct span){ list.p, len });
		len += comma != NULL;
		list = (struct span){ list.p + len, list.len - len };
	}
	return n;
}

static struct err *
read_row(struct reading *r, const struct csv_row *row,
    const struct columns *col, enum date_order order)
{
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .line = row->line };
	struct span reactions = csv_cell(row, col->reactions);
	struct node *more = node_map();
	struct err *e;

	m.author = csv_cell(row, col->author);
	if (m.author.len == 0 ||
	    !read_date(&m.at, csv_cell(row, col->date), order)) {
		sink_skip(r->sink, NULL, row->line,
		    m.author.len == 0 ? "it names no author" :
					"its date cannot be read");
		node_free(more);
		return NULL;
	}
	m.author_id = csv_cell(row, col->id);
	m.text = csv_cell(row, col->content);
	m.n_attachments =
	    split_files(r, csv_cell(row, col->attachments), files);
	m.attachments = files;
	if (reactions.len > 0)
		node_put(
		    more, "reactions", node_strn(reactions.p, reactions.len));
	m.more = more;
	e = sink_add(r->sink, &m);
	node_free(more);
	return e;
}

static struct err *
read_discord_csv(struct reading *r)
{
	const struct csv_row *row;
	struct columns col = { 0 };
	enum date_order order;
	struct csv *csv = NULL;
	struct err *e;

	if ((e = weigh_csv(&order, r)) != NULL ||
	    (e = csv_open(&csv, r->main)) != NULL)
		return e;
	for (bool first = true;
	     (e = csv_next(csv, &row)) == NULL && row != NULL; first = false) {
		sink_unit(r->sink);
		if (first)
			find_columns(&col, row);
		if (first || row->blank)
			sink_continue(r->sink);
		else if ((e = read_row(r, row, &col, order)) != NULL)
			break;
	}
	sink_note_text(r->sink, csv_text(csv));
	csv_close(csv);
	return e;
}

static int
detect_csv(const struct probe *p)
{
	return p->part != NULL &&
		strncmp(probe_line(p, 0), "AuthorID,Author,Date,Content", 28) ==
		    0 ?
	    READER_SURE :
	    0;
}

const struct reader reader_discord_csv = {
	.name = "discord-csv",
	.title = "Discord export (CSV)",
	.channel = "discord",
	.order = SINK_AS_IS,
	.detect = detect_csv,
	.read = read_discord_csv,
};
