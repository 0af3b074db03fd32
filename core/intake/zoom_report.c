/* SPDX-License-Identifier: ISC */
/*
 * Zoom, the report of who took part in a meeting: a head about the meeting, an
 * empty line, a row a person.
 */

#include <string.h>
#include <strings.h>

#include "core/intake/csv.h"
#include "core/intake/dates.h"

struct report {
	struct reading *r;
	enum date_order order;
	struct date_time start; /* of the meeting */
	bool has_start;
	int start_col, name, mail, join, leave, minutes; /* columns */
	bool people; /* rows are people, not meetings */
};

static bool
read_time(struct stamp *out, const struct report *p, struct span text)
{
	struct date_time d;

	*out = (struct stamp){ 0 };
	return text.len > 0 && dates_read(&d, text.p, text.len) > 0 &&
	    dates_stamp(out, &d, p->order);
}

static void
read_columns(struct report *p, const struct csv_row *row)
{
	p->people = csv_column(row,
			"Name (Original Name)|Name (original "
			"name)") >= 0;
	p->start_col = csv_column(row, "Start Time|Start time");
	p->name = csv_column(row, "Name (Original Name)|Name (original name)");
	p->mail = csv_column(row, "User Email|Email");
	p->join = csv_column(row, "Join Time|Join time");
	p->leave = csv_column(row, "Leave Time|Leave time");
	p->minutes = csv_column(row,
	    "Duration (Minutes)|Total Duration (Minutes)|Duration (minutes)");
}

static struct err *
read_person(struct report *p, const struct csv_row *row)
{
	struct span minutes = csv_cell(row, p->minutes);
	struct message m = { .line = row->line, .system = true };
	struct buf text = BUF_INIT;
	struct err *e;

	m.author = csv_cell(row, p->name);
	if (m.author.len == 0) {
		sink_skip(p->r->sink, NULL, row->line, "it names nobody");
		return NULL;
	}
	m.author_id = csv_cell(row, p->mail);
	if (m.author_id.len == 0)
		m.author_id.p = NULL;
	m.type = span_of("attendance");
	if (!read_time(&m.at, p, csv_cell(row, p->join)) && p->has_start)
		dates_stamp(&m.at, &p->start, p->order);
	read_time(&m.end, p, csv_cell(row, p->leave));
	buf_adds(&text, "took part");
	if (minutes.len > 0)
		buf_addf(&text, ", %.*s minutes", (int)minutes.len, minutes.p);
	m.text = (struct span){ text.data, text.len };
	m.call = true;
	e = sink_add(p->r->sink, &m);
	buf_release(&text);
	return e;
}

static bool
is_header(const struct csv_row *row)
{
	return csv_column(row, "Meeting ID|Topic") >= 0 ||
	    csv_column(row, "Name (Original Name)|Name (original name)") >= 0;
}

static struct err *
read_row(struct report *p, const struct csv_row *row)
{
	struct span start;

	sink_unit(p->r->sink);
	if (is_header(row))
		read_columns(p, row);
	else if (!row->blank && p->people)
		return read_person(p, row);
	else if (!row->blank) {
		start = csv_cell(row, p->start_col);
		p->has_start = start.len > 0 &&
		    dates_read(&p->start, start.p, start.len) > 0;
	}
	sink_continue(p->r->sink);
	return NULL;
}

/* All dates of the report, weighed. */
static struct err *
weigh(struct report *p)
{
	struct date_evidence v = { .n = 0 };
	const struct csv_row *row;
	struct date_time d;
	struct csv *csv;
	struct err *e = csv_open(&csv, p->r->main);

	p->order = p->r->date_order;
	while (e == NULL && p->order == DATE_UNKNOWN &&
	    (e = csv_next(csv, &row)) == NULL && row != NULL)
		for (size_t i = 0; i < row->n && p->order == DATE_UNKNOWN; i++)
			if (row->cells[i].len > 12 &&
			    dates_read(&d, row->cells[i].p, row->cells[i].len) >
				0 &&
			    d.has_time)
				p->order = dates_weigh(&v, &d.date, row->line);
	csv_close(csv);
	if (e == NULL && p->order == DATE_UNKNOWN)
		e = dates_decide(&p->order, &v, p->r->main->name);
	return e;
}

static struct err *
read_report(struct reading *r)
{
	struct report p = { .r = r, .start_col = -1 };
	const struct csv_row *row;
	struct csv *csv = NULL;
	struct err *e;

	if ((e = weigh(&p)) != NULL || (e = csv_open(&csv, r->main)) != NULL)
		return e;
	while ((e = csv_next(csv, &row)) == NULL && row != NULL)
		if ((e = read_row(&p, row)) != NULL)
			break;
	sink_note_text(r->sink, csv_text(csv));
	csv_close(csv);
	return e;
}

static int
detect_report(const struct probe *p)
{
	for (size_t i = 0; p->part != NULL && i < 6; i++)
		if (strncasecmp(
			probe_line(p, i), "Name (Original Name),", 21) == 0)
			return READER_SURE;
	return 0;
}

const struct reader reader_zoom_report = {
	.name = "zoom-participants",
	.title = "Zoom participant report",
	.channel = "zoom",
	.order = SINK_AS_IS,
	.detect = detect_report,
	.read = read_report,
};
