/* SPDX-License-Identifier: ISC */
#include "cmd/cli/out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/pager.h"
#include "cmd/cli/paint.h"
#include "core/util/date.h"
#include "core/util/mem.h"
#include "core/util/utf8.h"

#define CELL_MAX 60      /* columns of any cell but the last */
#define PUT_FROM 0x10000 /* bytes of a table that go out together */

struct out {
	enum out_form form;
	bool quiet;
	char end;  /* of each JSON object */
	int error; /* errno of the first write that failed */
	bool colour, terminal;
	bool paged;
	struct buf held; /* what waits for the pager */
};

struct out *
out_new(enum out_form form, bool quiet)
{
	struct out *o = mem_zero(1, sizeof(*o));

	o->form = form;
	o->end = '\n';
	o->quiet = quiet;
	o->terminal = isatty(STDOUT_FILENO);
	buf_init(&o->held);
	return o;
}

void
out_page(struct out *o)
{
	o->paged = o->form == OUT_TEXT && o->terminal;
}

void
out_colour(struct out *o)
{
	o->colour = true;
}

static void
put(struct out *o, const char *p, size_t len)
{
	if (o->paged)
		buf_add(&o->held, p, len);
	else if (o->error == 0 && len > 0 && fwrite(p, 1, len, stdout) != len)
		o->error = errno;
}

static void
put_painted(struct out *o, const struct buf *text)
{
	const struct paint_how how = {
		.keep_lf = true,
		.colour = o->colour,
		.terminal = o->terminal,
	};
	struct buf b = BUF_INIT;

	paint_add(&b, text->data, text->len, &how);
	put(o, b.data, b.len);
	buf_release(&b);
}

struct err *
out_close(struct out *o)
{
	int error;

	/* with its colours, as git does */
	if (o->paged && !pager_show(o->held.data, o->held.len)) {
		o->paged = false;
		put(o, o->held.data, o->held.len);
	}
	error = o->error;
	if (error == 0 && fflush(stdout) != 0)
		error = errno;
	buf_release(&o->held);
	free(o);
	if (error == 0 || error == EPIPE)
		return NULL;
	errno = error;
	return err_errno("cannot write the output");
}

bool
out_is_json(const struct out *o)
{
	return o->form == OUT_JSON;
}

void
out_set_json(struct out *o)
{
	if (o->form == OUT_NUL)
		o->end = '\0';
	o->form = OUT_JSON;
}

static void
put_json(struct out *o, const struct node *object)
{
	struct buf b = BUF_INIT;

	node_write_json(&b, object);
	buf_addc(&b, o->end);
	put(o, b.data, b.len);
	buf_release(&b);
}

/* Text, ended by one LF or, as a field, by NUL. */
static void
put_text(struct out *o, const char *text)
{
	size_t len = strlen(text);
	struct buf b = BUF_INIT;

	while (len > 0 && text[len - 1] == '\n')
		len--;
	if (o->form == OUT_NUL) {
		paint_add(&b, text, len, &(struct paint_how){ .raw = true });
		buf_addc(&b, '\0');
		put(o, b.data, b.len);
	} else {
		buf_add(&b, text, len);
		buf_addc(&b, '\n');
		put_painted(o, &b);
	}
	buf_release(&b);
}

void
out_object(struct out *o, const struct node *object, const char *text)
{
	if (o->form == OUT_JSON)
		put_json(o, object);
	else
		put_text(o, text);
}

void
out_bytes(struct out *o, const void *p, size_t len)
{
	put(o, p, len);
}

void
out_result(struct out *o, const struct node *object, const char *text)
{
	if (o->form == OUT_JSON || !o->quiet)
		out_object(o, object, text);
}

/*
 * Tables.
 */

/* Rows that are objects already. */
struct objects {
	const struct out_col *cols;
	const struct node *list;
};

static const char *
object_text(struct buf *made, const void *of, size_t row, size_t col)
{
	const struct objects *all = of;
	const struct node *n =
	    node_find(all->list->kids[row], all->cols[col].key);

	if (n == NULL || n->type == NODE_NULL)
		return NULL;
	if (n->type == NODE_STR)
		return n->text;
	if (n->type == NODE_BOOL)
		return n->flag ? "yes" : "no";
	if (n->type == NODE_INT)
		buf_addf(made, "%" PRId64, n->number);
	else
		buf_addf(made, "%zu", n->n);
	return made->data;
}

static void
put_fields(
    struct out *o, const struct out_col *cols, const struct out_rows *rows)
{
	struct buf made = BUF_INIT;

	for (size_t i = 0; i < rows->n; i++)
		for (size_t c = 0; cols[c].key != NULL; c++) {
			const char *text = rows->text(&made, rows->of, i, c);

			if (text == NULL)
				text = "";
			put(o, text, strlen(text) + 1);
			buf_clear(&made);
		}
	buf_release(&made);
}

/* A time, as the clock on the wall has it; anything else as it is. */
static const char *
local_text(char made[static DATE_TEXT], const char *text)
{
	struct when when;
	struct err *e = date_parse(&when, text);

	if (e != NULL || when.date_only) {
		err_drop(e); /* a word, or a day */
		return text;
	}
	date_format_local(made, when.time);
	return made;
}

/* Text for people, with a line of titles in front. */
struct table {
	const struct out_col *cols;
	const struct out_rows *rows;
	size_t n, *widths; /* of the columns */
	struct buf made;
	bool painted; /* with marks around the cells, or to be put as it is */
};

#define TITLES SIZE_MAX

/*
 * Add a cell: safe, on one line, and not too wide unless it is the last, whose
 * width nobody asks for.
 */
static size_t
add_cell(struct buf *b, struct table *t, size_t row, size_t c)
{
	char time[DATE_TEXT];
	size_t start = b->len, width;
	const char *text;

	buf_clear(&t->made);
	if (row == TITLES)
		text = t->cols[c].title;
	else
		text = t->rows->text(&t->made, t->rows->of, row, c);
	if (text == NULL)
		return 0;
	if (t->cols[c].is_time)
		text = local_text(time, text);
	utf8_escape(b, text, strlen(text), false);
	if (c + 1 == t->n)
		return 0;
	width = utf8_width(b->data + start);
	if (width <= CELL_MAX)
		return width;
	buf_cut(b, start + utf8_fit(b->data + start, CELL_MAX - 1));
	buf_adds(b, "\xe2\x80\xa6");
	return utf8_width(b->data + start);
}

static const char *
mark_of(const struct out_col *col, const char *text, size_t row)
{
	if (row == TITLES)
		return PAINT_SOFT;
	return col->paint == OUT_NAME ? PAINT_NAME :
	    col->paint == OUT_WORD    ? paint_word(text) :
					"";
}

/* The same, in its colour. */
static size_t
add_painted(struct buf *b, struct table *t, size_t row, size_t c)
{
	struct buf text = BUF_INIT;
	size_t width = add_cell(&text, t, row, c);
	const char *mark;

	if (text.len > 0) {
		mark = mark_of(&t->cols[c], text.data, row);
		buf_addf(b, "%s%s%s%s", mark, text.data,
		    mark[0] != '\0' ? PAINT_END : "",
		    utf8_is_rtl(text.data) ? PAINT_LTR : "");
	}
	buf_release(&text);
	return width;
}

static void
add_row(struct buf *b, struct table *t, size_t row)
{
	size_t start = b->len;

	for (size_t c = 0; c < t->n; c++) {
		size_t width = t->painted ? add_painted(b, t, row, c) :
					    add_cell(b, t, row, c);

		for (; c + 1 < t->n && width < t->widths[c] + 2; width++)
			buf_addc(b, ' ');
	}
	while (b->len > start && b->data[b->len - 1] == ' ')
		buf_cut(b, b->len - 1);
	buf_addc(b, '\n');
}

static void
put_table(struct out *o, const struct table *t, const struct buf *rows)
{
	if (t->painted)
		put_painted(o, rows);
	else
		put(o, rows->data, rows->len);
}

static void
put_aligned(
    struct out *o, const struct out_col *cols, const struct out_rows *rows)
{
	struct table t = {
		.cols = cols,
		.rows = rows,
		.made = BUF_INIT,
		.painted = o->colour || o->terminal,
	};
	struct buf b = BUF_INIT;

	while (cols[t.n].key != NULL)
		t.n++;
	t.widths = mem_zero(t.n, sizeof(*t.widths));
	for (size_t c = 0; c + 1 < t.n; c++) {
		t.widths[c] = utf8_width(cols[c].title);
		for (size_t i = 0; i < rows->n; i++) {
			size_t width = add_cell(&b, &t, i, c);

			if (width > t.widths[c])
				t.widths[c] = width;
			buf_clear(&b);
		}
	}
	for (size_t i = 0; i < rows->n; i++) {
		if (i == 0)
			add_row(&b, &t, TITLES);
		add_row(&b, &t, i);
		if (b.len >= PUT_FROM) {
			put_table(o, &t, &b);
			buf_clear(&b);
		}
	}
	put_table(o, &t, &b);
	buf_release(&t.made);
	buf_release(&b);
	free(t.widths);
}

static void
put_rows(struct out *o, const struct out_col *cols, const struct out_rows *rows)
{
	if (o->form == OUT_NUL)
		put_fields(o, cols, rows);
	else
		put_aligned(o, cols, rows);
}

void
out_table(struct out *o, const struct out_col *cols, const struct node *rows)
{
	struct objects all = { cols, rows };
	struct out_rows told = { .n = rows->n, .of = &all, object_text, NULL };

	if (o->form != OUT_JSON)
		put_rows(o, cols, &told);
	for (size_t i = 0; i < rows->n && o->form == OUT_JSON; i++)
		put_json(o, rows->kids[i]);
}

void
out_rows(struct out *o, const struct out_col *cols, const struct out_rows *rows)
{
	if (o->form != OUT_JSON)
		put_rows(o, cols, rows);
	for (size_t i = 0; i < rows->n && o->form == OUT_JSON; i++) {
		struct node *object = rows->object(rows->of, i);

		put_json(o, object);
		node_free(object);
	}
}
