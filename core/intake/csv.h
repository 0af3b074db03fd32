/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_CSV_H
#define DEED_CORE_INTAKE_CSV_H

#include "core/intake/message.h"
#include "core/intake/probe.h"
#include "core/intake/text.h"

/*
 * Comma-separated values (RFC 4180, and what programs make of it): the
 * delimiter is what a first line "sep=;" says, as spreadsheets write it, else a
 * comma, semicolon or tab, whichever the first line has most of; a quoted cell
 * may hold line ends, which become LF.  Where a blank stands behind each
 * delimiter of the first line, those of the file belong to no cell.
 */

#define CSV_CELLS_MAX 2048

struct csv;

struct csv_row {
	struct span cells[CSV_CELLS_MAX];
	size_t n;
	unsigned long line;  /* of its first line */
	unsigned long lines; /* how many it takes */
	bool blank;          /* nothing but an empty line */
	bool titles;         /* the first that is not blank */
};

struct err *csv_open(struct csv **out, const struct part *part) MUST_CHECK;
void csv_close(struct csv *c); /* NULL is fine */

/*
 * The next row, good until the next call; NULL after the last.  ERR_SYNTAX for
 * a quote that never ends, ERR_LIMIT for too many cells.
 */
struct err *csv_next(struct csv *c, const struct csv_row **row) MUST_CHECK;

const struct text *csv_text(const struct csv *c);

/* Which cell of a header has one of these names ("a|b"), in any case; or -1. */
int csv_column(const struct csv_row *header, const char *names);
/* The cell, absent if col is -1 or the row is short. */
struct span csv_cell(const struct csv_row *row, int col);

/* To know a table by its titles: the line that has them, and what parts them. */
const char *csv_titles(const struct probe *p, char *delimiter);
/* Does a blank stand behind each delimiter of a line? */
bool csv_is_padded(const char *line, char delimiter);

#endif
