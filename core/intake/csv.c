/* SPDX-License-Identifier: ISC */
#include "core/intake/csv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ROW_MAX (16u << 20)

struct csv {
	struct text *text;
	char *name;
	char delimiter;   /* 0: not known yet */
	bool padded;      /* a blank behind it belongs to no cell */
	bool titled;      /* the titles were given */
	struct buf cells; /* of the row, one behind the other, NUL between */
	size_t ends[CSV_CELLS_MAX]; /* of each cell in cells */
	struct csv_row row;
};

struct err *
csv_open(struct csv **out, const struct part *part)
{
	struct csv *c = mem_zero(1, sizeof(*c));
	struct err *e = text_open(&c->text, part);

	c->name = mem_dup(part->name);
	buf_init(&c->cells);
	*out = c;
	if (e != NULL) {
		csv_close(c);
		*out = NULL;
	}
	return e;
}

void
csv_close(struct csv *c)
{
	if (c == NULL)
		return;
	text_close(c->text);
	buf_release(&c->cells);
	free(c->name);
	free(c);
}

const struct text *
csv_text(const struct csv *c)
{
	return c->text;
}

/* What a line parts cells with that says no more, "sep=;"; else '\0'. */
static char
declared(const char *line)
{
	bool quoted = *line == '"';
	char mark;

	line += quoted;
	if (strncasecmp(line, "sep=", 4) != 0 || line[4] == '\0')
		return '\0';
	mark = line[4];
	line += 5;
	if (quoted && *line++ != '"')
		return '\0';
	/* a spreadsheet that saved it again made it a row as long as others */
	return line[strspn(line, ",;\t ")] == '\0' ? mark : '\0';
}

bool
csv_is_padded(const char *line, char delimiter)
{
	bool quoted = false, padded = false;

	for (; *line != '\0'; line++) {
		if (*line == '"')
			quoted = !quoted;
		else if (!quoted && *line == delimiter) {
			if (line[1] != ' ')
				return false;
			padded = true;
		}
	}
	return padded;
}

static char
delimiter_of(const char *line)
{
	static const char marks[] = ",;\t";
	size_t counts[3] = { 0 }, best = 0;
	bool quoted = false;

	for (; *line != '\0'; line++) {
		const char *at = strchr(marks, *line);

		if (*line == '"')
			quoted = !quoted;
		else if (!quoted && at != NULL)
			counts[at - marks]++;
	}
	for (size_t i = 1; i < 3; i++)
		if (counts[i] > counts[best])
			best = i;
	return marks[best];
}

const char *
csv_titles(const struct probe *p, char *delimiter)
{
	const char *line = probe_line(p, 0);

	if ((*delimiter = declared(line)) != '\0')
		return probe_line(p, 1);
	*delimiter = delimiter_of(line);
	return line;
}

static struct err *
end_cell(struct csv *c)
{
	if (c->row.n == CSV_CELLS_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: a row has more than %d cells", c->name,
		    c->row.line, CSV_CELLS_MAX);
	c->ends[c->row.n++] = c->cells.len;
	buf_addc(&c->cells, '\0');
	return NULL;
}

/*
 * The rest of a line, from p.  *quoted: inside of quotes, at its beginning and
 * at its end.
 */
static struct err *
take_line(struct csv *c, const char *p, const char *end, bool *quoted)
{
	bool fresh = !*quoted;
	struct err *e;

	for (; p < end; p++) {
		if (*quoted && *p == '"' && p + 1 < end && p[1] == '"') {
			buf_addc(&c->cells, '"');
			p++;
		} else if (*quoted && *p == '"') {
			*quoted = false;
		} else if (*quoted) {
			buf_addc(&c->cells, *p);
		} else if (fresh && *p == '"') {
			*quoted = true;
			fresh = false;
		} else if (*p == c->delimiter) {
			if ((e = end_cell(c)) != NULL)
				return e;
			fresh = true;
			while (c->padded && end - p > 1 && p[1] == ' ')
				p++;
		} else {
			buf_addc(&c->cells, *p);
			fresh = false;
		}
	}
	return NULL;
}

static void
set_cells(struct csv *c)
{
	size_t from = 0;

	for (size_t i = 0; i < c->row.n; i++) {
		c->row.cells[i] =
		    (struct span){ c->cells.data + from, c->ends[i] - from };
		from = c->ends[i] + 1;
	}
}

/* What the first line tells of how it and the others are to be cut. */
static void
learn(struct csv *c, const char *line)
{
	if (c->delimiter == '\0')
		c->delimiter = delimiter_of(line);
	c->padded = csv_is_padded(line, c->delimiter);
}

struct err *
csv_next(struct csv *c, const struct csv_row **row)
{
	struct line line;
	bool quoted = false;
	bool first = c->delimiter == '\0';
	struct err *e = text_next(c->text, &line);

	*row = NULL;
	if (e == NULL && first && line.p != NULL &&
	    (c->delimiter = declared(line.p)) != '\0')
		e = text_next(c->text, &line);
	if (e != NULL || line.p == NULL)
		return e;
	if (first)
		learn(c, line.p);
	buf_clear(&c->cells);
	c->row.n = 0;
	c->row.line = line.number;
	c->row.lines = 1;
	c->row.blank = line.len == 0;
	e = take_line(c, line.p, line.p + line.len, &quoted);
	while (e == NULL && quoted) {
		buf_addc(&c->cells, '\n');
		if ((e = text_next(c->text, &line)) != NULL)
			return e;
		if (line.p == NULL)
			return err_new(ERR_SYNTAX,
			    "%s:%lu: a quotation mark is never closed", c->name,
			    c->row.line);
		c->row.lines++;
		if (c->cells.len + line.len > ROW_MAX)
			return err_new(ERR_LIMIT,
			    "%s:%lu: a row has more than %u bytes", c->name,
			    c->row.line, ROW_MAX);
		e = take_line(c, line.p, line.p + line.len, &quoted);
	}
	if (e == NULL)
		e = end_cell(c);
	if (e != NULL)
		return e;
	set_cells(c);
	c->row.titles = !c->titled && !c->row.blank;
	c->titled |= c->row.titles;
	*row = &c->row;
	return NULL;
}

int
csv_column(const struct csv_row *header, const char *names)
{
	while (*names != '\0') {
		size_t n = strcspn(names, "|");

		for (size_t i = 0; i < header->n; i++)
			if (header->cells[i].len == n &&
			    strncasecmp(header->cells[i].p, names, n) == 0)
				return (int)i;
		names += n + (names[n] == '|');
	}
	return -1;
}

struct span
csv_cell(const struct csv_row *row, int col)
{
	if (col < 0 || (size_t)col >= row->n)
		return (struct span){ NULL, 0 };
	return row->cells[col];
}
