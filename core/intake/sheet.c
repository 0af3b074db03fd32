/* SPDX-License-Identifier: ISC */
/*
 * Tables as CSV: logged work (Upwork's Work Diary and timesheets, Toggl,
 * Clockify, Harvest, Hubstaff, Kimai), and any table of messages with a column
 * for the time and one for the text.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/intake/csv.h"
#include "core/intake/dates.h"
#include "core/intake/field.h"

/* Which column holds what; -1 for none. */
struct columns {
	int time, day, clock, end_day, end_clock; /* time: both in one */
	int author, surname, text, id, reply, channel, file, duration, type;
	int activity; /* how busy keyboard and mouse were */
};

struct sheet {
	struct reading *r;
	bool work;
	enum date_order order;
	struct columns col;
	struct strs names; /* of all columns */
	int64_t per_second;
};

/* Who wrote a message, or worked. */
#define PEOPLE \
	"user|freelancer|provider|contractor|member|person|first name|name|" \
	"username|employee"

/*
 * Kimai writes "From" and "To" of the hours somebody worked; Hubstaff and
 * Everhour for how long, under "Time", beside a project, which no message has.
 */
static void
find_work(struct columns *c, const struct csv_row *h)
{
	int from = csv_column(h, "from"), to = csv_column(h, "to");
	int time = csv_column(h, "time");

	c->duration = csv_column(h,
	    "duration|duration (h)|duration (minutes)|duration (decimal)|"
	    "duration (seconds)|duration (s)|duration (sec)|seconds|"
	    "time spent (seconds)|timespentseconds|hours|"
	    "hours worked|total hours|minutes|time (h)|tracked time|"
	    "logged hours|logged time|time spent");
	c->activity = csv_column(h,
	    "activity level|activity score|overall activity|keyboard clicks|"
	    "mouse events");
	if (c->duration >= 0 && c->clock < 0 && from >= 0 && to >= 0) {
		c->clock = from;
		c->end_clock = to;
		c->author = csv_column(h, "author|sender|" PEOPLE);
	}
	if (c->duration < 0 && c->activity < 0 && c->day >= 0 && time >= 0 &&
	    c->clock < 0 && csv_column(h, "project") >= 0 &&
	    csv_column(h, "text|message|body|content") < 0) {
		c->duration = time;
		c->time = c->time == time ? -1 : c->time;
		/* Hubstaff's activity is a level */
		c->text =
		    csv_column(h, "memo|description|notes|note|comment|task");
	}
}

static void
find_columns(struct columns *c, const struct csv_row *h)
{
	c->time = csv_column(h,
	    "time|timestamp|datetime|date_time|created_at|createdAt|sent_at|"
	    "date and time|date/time|sent");
	c->day = csv_column(
	    h, "start date|date|day|work date|spent date|started on");
	c->clock = csv_column(h, "start time|start|time in|from time");
	c->end_day = csv_column(h, "end date|stop date|stopped on");
	c->end_clock =
	    csv_column(h, "end time|stop time|end|stop|time out|to time");
	c->author = csv_column(h, "author|sender|from|" PEOPLE);
	c->surname = csv_column(h, "last name");
	c->text = csv_column(h,
	    "text|message|body|content|memo|description|work description|"
	    "notes|note|comment|task|activity");
	c->id = csv_column(h, "id|message_id|message id");
	c->reply = csv_column(h, "reply_to|in_reply_to|reply to");
	c->channel = csv_column(h, "channel|conversation|room|chat|thread");
	c->file = csv_column(h, "attachment|attachments|file|files");
	c->type = csv_column(h, "type|kind");
	find_work(c, h);
	/* beside a date, "time" is that of the day */
	if (c->day >= 0 && c->clock < 0 && c->time >= 0 &&
	    c->time == csv_column(h, "time")) {
		c->clock = c->time;
		c->time = -1;
	}
	/* and where there is none, "start" has it all */
	if (c->day < 0 && c->time < 0) {
		c->time = c->clock;
		c->clock = -1;
	}
}

/*
 * Times.
 */

/* Without blanks around it, and without "UTC" at its end: was that there? */
static bool
cut_utc(struct span *s)
{
	bool utc;

	while (s->len > 0 && *s->p == ' ')
		*s = (struct span){ s->p + 1, s->len - 1 };
	while (s->len > 0 && s->p[s->len - 1] == ' ')
		s->len--;
	utc = s->len > 4 &&
	    (strncasecmp(s->p + s->len - 4, " UTC", 4) == 0 ||
		strncasecmp(s->p + s->len - 4, " GMT", 4) == 0);
	s->len -= utc ? 4 : 0;
	return utc;
}

static bool
read_plain(struct stamp *out, struct span s, enum date_order order,
    struct date_time *d, bool *weighable)
{
	if (stamp_iso(out, s.p, s.len))
		return true;
	if (strspn(s.p, "0123456789.") >= s.len && s.len >= 9 &&
	    stamp_epoch_text(out, s.p, s.len, 0))
		return true;
	if (dates_read(d, s.p, s.len) != s.len)
		return false;
	*weighable = !d->date.named;
	return dates_stamp(out, d, order);
}

/* A cell as a time; *weighable is set if it is a date to be weighed. */
static bool
read_cell(struct stamp *out, struct span s, enum date_order order,
    struct date_time *d, bool *weighable)
{
	bool utc = cut_utc(&s);

	*weighable = false;
	*out = (struct stamp){ 0 };
	if (s.len == 0 || !read_plain(out, s, order, d, weighable))
		return false;
	if (utc && out->kind == STAMP_LOCAL && out->unit != STAMP_DAY)
		out->kind = STAMP_INSTANT;
	return true;
}

/* Put a time of day onto a date. */
static void
add_clock(struct stamp *at, struct span clock)
{
	int h, m, s;

	if (at->kind != STAMP_LOCAL || at->unit != STAMP_DAY ||
	    clock.len == 0 ||
	    dates_clock(&h, &m, &s, clock.p, clock.len) != clock.len)
		return;
	at->us += (h * INT64_C(3600) + m * 60 + (s < 0 ? 0 : s)) * 1000000;
	at->unit = s < 0 ? STAMP_MINUTE : STAMP_SECOND;
}

static bool
read_time(const struct sheet *s, struct stamp *at, struct stamp *end,
    const struct csv_row *row)
{
	struct date_time d;
	bool weighable;
	const struct columns *c = &s->col;
	int day = c->end_day >= 0 ? c->end_day : c->day;

	*end = (struct stamp){ 0 };
	if (c->time >= 0 &&
	    read_cell(at, csv_cell(row, c->time), s->order, &d, &weighable)) {
		read_cell(
		    end, csv_cell(row, c->end_clock), s->order, &d, &weighable);
		if (end->unit == STAMP_DAY)
			*end = (struct stamp){ 0 };
		return true;
	}
	if (c->day < 0 ||
	    !read_cell(at, csv_cell(row, c->day), s->order, &d, &weighable))
		return false;
	add_clock(at, csv_cell(row, c->clock));
	if (csv_cell(row, c->end_clock).len > 0 &&
	    read_cell(end, csv_cell(row, day), s->order, &d, &weighable)) {
		add_clock(end, csv_cell(row, c->end_clock));
		if (end->unit == STAMP_DAY)
			*end = (struct stamp){ 0 };
		else if (c->end_day < 0 && end->us < at->us)
			end->us += INT64_C(86400000000); /* past midnight */
	}
	return true;
}

static struct err *
weigh(struct sheet *s)
{
	struct date_evidence v = { .n = 0 };
	const struct csv_row *row;
	struct columns c = { -1, -1 };
	struct csv *csv;
	struct err *e = csv_open(&csv, s->r->main);

	s->order = s->r->date_order;
	while (e == NULL && s->order == DATE_UNKNOWN &&
	    (e = csv_next(csv, &row)) == NULL && row != NULL) {
		struct stamp at;
		struct date_time d;
		bool weighable = false;

		if (row->titles)
			find_columns(&c, row);
		if (row->blank || row->titles)
			continue;
		read_cell(&at, csv_cell(row, c.time >= 0 ? c.time : c.day),
		    DATE_DMY, &d, &weighable);
		if (weighable)
			s->order = dates_weigh(&v, &d.date, row->line);
	}
	csv_close(csv);
	if (e == NULL && s->order == DATE_UNKNOWN)
		e = dates_decide(&s->order, &v, s->r->main->name);
	return e;
}

/*
 * Rows.
 */

/*
 * Has the message a place of its own for this column?  A clock that could not
 * be read is in none.
 */
static bool
is_placed(const struct sheet *s, const struct message *m, int k)
{
	const struct columns *c = &s->col;

	if (k == c->clock)
		return m->at.unit != STAMP_DAY;
	if (k == c->end_day || k == c->end_clock)
		return m->end.kind != STAMP_NONE;
	return k == c->time || k == c->day || k == c->author ||
	    k == c->surname || k == c->text || k == c->id || k == c->reply ||
	    k == c->channel || k == c->file || (k == c->type && !s->work);
}

/*
 * All other cells, by the titles of their columns; the rest have none of
 * their own.
 */
static struct node *
read_more(
    const struct sheet *s, const struct message *m, const struct csv_row *row)
{
	struct node *more = node_map(), *rest = node_list();

	for (size_t i = 0; i < row->n; i++) {
		const char *name = i < s->names.n ? s->names.v[i] : "";
		struct span cell = row->cells[i];

		if (cell.len == 0 || is_placed(s, m, (int)i))
			continue;
		if (name[0] != '\0' && node_get(more, name) == NULL)
			node_put(more, name, node_strn(cell.p, cell.len));
		else
			node_push(rest, node_strn(cell.p, cell.len));
	}
	if (row->n > s->names.n && rest->n > 0)
		sink_warn(s->r->sink,
		    "line %lu has more cells than there are titles: perhaps "
		    "its text is cut at a separator",
		    row->line);
	if (rest->n > 0)
		node_put(more, "rest", rest);
	else
		node_free(rest);
	return more;
}

/* "fixed the menu (02:30)" */
static void
add_work(struct buf *out, const struct sheet *s, const struct csv_row *row)
{
	struct span text = csv_cell(row, s->col.text);
	struct span spent = csv_cell(row, s->col.duration);

	if (text.len > 0)
		buf_add(out, text.p, text.len);
	else
		buf_adds(out, "work");
	if (spent.len > 0)
		buf_addf(out, " (%s: %.*s)", s->names.v[s->col.duration],
		    (int)spent.len, spent.p);
}

static struct err *
read_row(struct sheet *s, const struct csv_row *row)
{
	struct sink *sink = s->r->sink;
	struct span file = csv_cell(row, s->col.file);
	struct span surname = csv_cell(row, s->col.surname);
	struct attachment a;
	struct message m = { .line = row->line };
	struct buf text = BUF_INIT, author = BUF_INIT;
	struct node *more;
	struct err *e;

	if (!read_time(s, &m.at, &m.end, row)) {
		sink_skip(sink, NULL, row->line, "its time cannot be read");
		return NULL;
	}
	m.author = csv_cell(row, s->col.author);
	if (m.author.len == 0)
		m.author.p = NULL;
	if (m.author.p != NULL && surname.len > 0) {
		buf_addf(&author, "%.*s %.*s", (int)m.author.len, m.author.p,
		    (int)surname.len, surname.p);
		m.author = (struct span){ author.data, author.len };
	}
	m.text = csv_cell(row, s->col.text);
	if (s->work) {
		add_work(&text, s, row);
		m.text = (struct span){ text.data, text.len };
		m.type = span_of("work");
	} else if (csv_cell(row, s->col.type).len > 0) {
		m.type = csv_cell(row, s->col.type);
	}
	m.system = span_is(m.type, "system");
	m.id = csv_cell(row, s->col.id);
	if (m.id.len == 0)
		m.id.p = NULL;
	m.reply_to = csv_cell(row, s->col.reply);
	if (m.reply_to.len == 0)
		m.reply_to.p = NULL;
	m.channel = csv_cell(row, s->col.channel);
	if (m.channel.len == 0)
		m.channel.p = NULL;
	if (file.len > 0) {
		a = (struct attachment){ .name = field_base(file),
			.size = -1,
			.part =
			    input_locate(s->r->input, "", file.p, file.len) };
		m.attachments = &a;
		m.n_attachments = 1;
	}
	more = read_more(s, &m, row);
	m.more = more;
	e = sink_add(sink, &m);
	node_free(more);
	buf_release(&text);
	buf_release(&author);
	return e;
}

static void
keep_names(struct sheet *s, const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		strs_take(
		    &s->names, mem_ndup(row->cells[i].p, row->cells[i].len));
}

static struct err *
read_sheet(struct reading *r, bool work)
{
	struct sheet s = { .r = r, .work = work };
	const struct csv_row *row;
	struct csv *csv = NULL;
	struct err *e;

	if ((e = weigh(&s)) != NULL || (e = csv_open(&csv, r->main)) != NULL)
		return e;
	while ((e = csv_next(csv, &row)) == NULL && row != NULL) {
		sink_unit(r->sink);
		if (row->titles) {
			find_columns(&s.col, row);
			keep_names(&s, row);
		}
		if (row->blank || row->titles)
			sink_continue(r->sink);
		else if ((e = read_row(&s, row)) != NULL)
			break;
	}
	sink_note_text(r->sink, csv_text(csv));
	csv_close(csv);
	strs_release(&s.names);
	return e;
}

static struct err *
read_work(struct reading *r)
{
	return read_sheet(r, true);
}

static struct err *
read_messages(struct reading *r)
{
	return read_sheet(r, false);
}

/*
 * Detection: by the names of the columns.
 */

static bool
find_header(struct columns *c, const struct probe *p)
{
	struct csv_row row = { .n = 0 };
	char mark;
	const char *line = csv_titles(p, &mark);
	bool padded = csv_is_padded(line, mark);

	if (p->part == NULL || p->root != 0 || strchr(line, mark) == NULL)
		return false;
	while (row.n < CSV_CELLS_MAX) {
		size_t n = strcspn(line, (char[]){ mark, '\0' });
		const char *from = line;
		size_t len = n;

		if (len >= 2 && from[0] == '"' && from[len - 1] == '"') {
			from++;
			len -= 2;
		}
		row.cells[row.n++] = (struct span){ from, len };
		line += n;
		if (*line == '\0')
			break;
		line++;
		line += padded ? strspn(line, " ") : 0;
	}
	find_columns(c, &row);
	return row.n > 1;
}

static bool
is_timed(const struct columns *c)
{
	return c->day >= 0 || c->time >= 0;
}

static bool
is_work(const struct columns *c)
{
	return is_timed(c) && (c->duration >= 0 || c->activity >= 0);
}

static int
detect_work(const struct probe *p)
{
	struct columns c;

	return find_header(&c, p) && is_work(&c) ? READER_LIKELY - 10 : 0;
}

/* Where titles say it, a row that looks like a line of a chat is none. */
static int
detect_messages(const struct probe *p)
{
	struct columns c;

	return find_header(&c, p) && !is_work(&c) && is_timed(&c) &&
		c.text >= 0 && c.author >= 0 ?
	    READER_LIKELY + 11 :
	    0;
}

const struct reader reader_worklog = {
	.name = "worklog",
	.title = "Work log",
	.order = SINK_AS_IS,
	.detect = detect_work,
	.read = read_work,
};

const struct reader reader_csv = {
	.name = "csv",
	.title = "Table of messages",
	.flags = READER_FORGEABLE,
	.order = SINK_AS_IS,
	.detect = detect_messages,
	.read = read_messages,
};
