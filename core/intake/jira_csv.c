/* SPDX-License-Identifier: ISC */
/*
 * Jira, "Export CSV (all fields)": an issue a row, with as many columns named
 * "Comment" as one issue has comments, each "DATE;AUTHOR;TEXT".  Times have no
 * zone.
 */

#include <string.h>
#include <strings.h>

#include "core/intake/csv.h"
#include "core/intake/dates.h"
#include "core/intake/field.h"
#include "core/intake/people.h"

struct columns {
	int key, summary, created, who, who_id, text;
};

struct jira_csv {
	struct reading *r;
	enum date_order order;
	struct columns col;
	struct strs names; /* of all columns */
	struct people *people;
	size_t issues;
};

static void
take_header(struct jira_csv *j, const struct csv_row *h)
{
	struct columns *c = &j->col;

	c->key = csv_column(h, "issue key");
	c->summary = csv_column(h, "summary");
	c->created = csv_column(h, "created");
	c->who = csv_column(h, "creator");
	c->who_id = csv_column(h, "creator id");
	if (c->who < 0) {
		c->who = csv_column(h, "reporter");
		c->who_id = csv_column(h, "reporter id");
	}
	c->text = csv_column(h, "description");
	strs_release(&j->names);
	for (size_t i = 0; i < h->n; i++)
		strs_take(&j->names, mem_ndup(h->cells[i].p, h->cells[i].len));
}

static bool
is_comment(const struct jira_csv *j, size_t i)
{
	return i < j->names.n && strcasecmp(j->names.v[i], "comment") == 0;
}

static bool
read_date(struct stamp *out, struct span text, enum date_order order)
{
	struct date_time d;

	*out = (struct stamp){ 0 };
	if (text.p == NULL || text.len == 0)
		return false;
	if (stamp_iso(out, text.p, text.len))
		return true;
	return dates_read(&d, text.p, text.len) == text.len &&
	    dates_stamp(out, &d, order);
}

/* Up to the next semicolon; false: there is none. */
static bool
cut(struct span *out, struct span *rest)
{
	const char *at =
	    rest->len == 0 ? NULL : memchr(rest->p, ';', rest->len);
	size_t n = at == NULL ? 0 : (size_t)(at - rest->p);

	if (at == NULL)
		return false;
	*out = (struct span){ rest->p, n };
	*rest = (struct span){ at + 1, rest->len - n - 1 };
	return true;
}

/*
 * What must be known before: which of day and month comes first, who has
 * which id, and whether there are several issues.
 */

static void
weigh_date(struct jira_csv *j, struct date_evidence *v, struct span text,
    unsigned long line)
{
	struct date_time d;
	struct stamp at;

	if (text.len > 0 && j->order == DATE_UNKNOWN &&
	    !stamp_iso(&at, text.p, text.len) &&
	    dates_read(&d, text.p, text.len) == text.len && !d.date.named)
		j->order = dates_weigh(v, &d.date, line);
}

static void
survey_row(
    struct jira_csv *j, struct date_evidence *v, const struct csv_row *row)
{
	j->issues++;
	weigh_date(j, v, csv_cell(row, j->col.created), row->line);
	for (size_t i = 0; i + 1 < j->names.n && i + 1 < row->n; i++) {
		size_t len = strlen(j->names.v[i]);

		/* "Assignee" and, behind it, "Assignee Id" */
		if (strncasecmp(j->names.v[i + 1], j->names.v[i], len) == 0 &&
		    strcasecmp(j->names.v[i + 1] + len, " id") == 0)
			people_add(j->people, row->cells[i + 1], row->cells[i]);
	}
	for (size_t i = 0; i < row->n; i++) {
		struct span date, rest = row->cells[i];

		if (is_comment(j, i) && cut(&date, &rest))
			weigh_date(j, v, date, row->line);
	}
}

static struct err *
survey(struct jira_csv *j)
{
	struct date_evidence v = { .n = 0 };
	const struct csv_row *row;
	struct csv *csv;
	struct err *e = csv_open(&csv, j->r->main);

	j->order = j->r->date_order;
	while (e == NULL && (e = csv_next(csv, &row)) == NULL && row != NULL) {
		if (row->titles)
			take_header(j, row);
		else if (!row->blank)
			survey_row(j, &v, row);
	}
	csv_close(csv);
	if (e == NULL && j->order == DATE_UNKNOWN)
		e = dates_decide(&j->order, &v, j->r->main->name);
	return e;
}

/*
 * Issues and their comments.
 */

static bool
is_placed(const struct jira_csv *j, size_t i)
{
	const struct columns *c = &j->col;
	int k = (int)i;

	return k == c->key || k == c->summary || k == c->created ||
	    k == c->who || k == c->who_id || k == c->text || is_comment(j, i);
}

/* Columns of one title stand side by side. */
static bool
is_repeated(const struct jira_csv *j, size_t i)
{
	return (i > 0 && strcmp(j->names.v[i], j->names.v[i - 1]) == 0) ||
	    (i + 1 < j->names.n &&
		strcmp(j->names.v[i], j->names.v[i + 1]) == 0);
}

/* All other cells by their titles; those of one title as a list. */
static struct node *
read_more(const struct jira_csv *j, const struct csv_row *row)
{
	struct node *more = node_map(), *have;

	for (size_t i = 0; i < row->n; i++) {
		const char *name = i < j->names.n ? j->names.v[i] : "";
		struct span cell = row->cells[i];
		bool listed = name[0] == '\0' || is_repeated(j, i);

		if (cell.len == 0 || is_placed(j, i))
			continue;
		have = node_get(more, name);
		if (!listed && have == NULL) {
			node_put(more, name, node_strn(cell.p, cell.len));
			continue;
		}
		if (name[0] == '\0' ||
		    (have != NULL && have->type != NODE_LIST)) {
			name = "rest";
			have = node_get(more, name);
		}
		if (have == NULL)
			have = node_put(more, name, node_list());
		node_push(have, node_strn(cell.p, cell.len));
	}
	return more;
}

static struct err *
read_issue(struct jira_csv *j, const struct csv_row *row)
{
	struct span summary = csv_cell(row, j->col.summary);
	struct span text = csv_cell(row, j->col.text);
	struct message m = { .line = row->line,
		.type = span_of("issue"),
		.author = csv_cell(row, j->col.who),
		.author_id = csv_cell(row, j->col.who_id),
		.id = csv_cell(row, j->col.key) };
	struct buf whole = BUF_INIT;
	struct node *more;
	struct err *e;

	if (m.id.len == 0 ||
	    !read_date(&m.at, csv_cell(row, j->col.created), j->order)) {
		sink_skip(j->r->sink, NULL, row->line,
		    m.id.len == 0 ? "an issue without a key" :
				    "the time of an issue cannot be read");
		return NULL;
	}
	if (j->issues > 1)
		m.channel = m.id;
	else
		sink_title(j->r->sink, summary.p, summary.len);
	buf_add(&whole, summary.p, summary.len);
	if (text.len > 0)
		buf_adds(&whole, "\n\n");
	buf_add(&whole, text.p, text.len);
	m.text = (struct span){ whole.data, whole.len };
	more = read_more(j, row);
	m.more = more;
	e = sink_add(j->r->sink, &m);
	node_free(more);
	buf_release(&whole);
	return e;
}

static struct err *
read_comment(struct jira_csv *j, const struct csv_row *row, struct span cell)
{
	struct message m = { .line = row->line, .type = span_of("comment") };
	struct span date;

	sink_unit(j->r->sink);
	m.text = cell;
	if (!cut(&date, &m.text) || !cut(&m.author_id, &m.text) ||
	    m.author_id.len == 0 || !read_date(&m.at, date, j->order)) {
		sink_skip(j->r->sink, NULL, row->line,
		    "a comment that does not say when and whose it is");
		return NULL;
	}
	m.author = people_name(j->people, m.author_id);
	if (j->issues > 1)
		m.channel = csv_cell(row, j->col.key);
	return sink_add(j->r->sink, &m);
}

static struct err *
read_row(struct jira_csv *j, const struct csv_row *row)
{
	struct err *e = read_issue(j, row);

	for (size_t i = 0; e == NULL && i < row->n; i++)
		if (is_comment(j, i) && row->cells[i].len > 0)
			e = read_comment(j, row, row->cells[i]);
	return e;
}

static struct err *
read_jira_csv(struct reading *r)
{
	struct jira_csv j = { .r = r, .people = people_new() };
	const struct csv_row *row;
	struct csv *csv = NULL;
	struct err *e;

	if ((e = survey(&j)) != NULL || (e = csv_open(&csv, r->main)) != NULL)
		goto done;
	while ((e = csv_next(csv, &row)) == NULL && row != NULL) {
		sink_unit(r->sink);
		if (row->blank || row->titles)
			sink_continue(r->sink);
		else if ((e = read_row(&j, row)) != NULL)
			break;
	}
	sink_note_text(r->sink, csv_text(csv));
done:
	csv_close(csv);
	strs_release(&j.names);
	people_free(j.people);
	return e;
}

/*
 * Knowing it, by its titles: in the order of whoever exported it.
 */

static bool
has_title(const char *line, const char *title, char mark)
{
	size_t len = strlen(title);

	for (const char *p = line; (p = strcasestr(p, title)) != NULL; p++)
		if ((p == line || p[-1] == mark || p[-1] == '"') &&
		    (p[len] == mark || p[len] == '"' || p[len] == '\r' ||
			p[len] == '\0'))
			return true;
	return false;
}

static int
detect_csv(const struct probe *p)
{
	char mark;
	const char *line = csv_titles(p, &mark);

	if (p->part == NULL || p->root != 0)
		return 0;
	return has_title(line, "issue key", mark) &&
		has_title(line, "summary", mark) &&
		has_title(line, "created", mark) ?
	    READER_SURE :
	    0;
}

const struct reader reader_jira_csv = {
	.name = "jira-csv",
	.title = "Jira issues (CSV)",
	.channel = "jira",
	.order = SINK_BY_TIME,
	.detect = detect_csv,
	.read = read_jira_csv,
};
