/* SPDX-License-Identifier: ISC */
#include "cmd/cli/out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/pager.h"
#include "core/util/date.h"
#include "core/util/mem.h"
#include "core/util/utf8.h"
#include "core/util/vec.h"

#define CELL_MAX 60 /* columns of any cell but the last */

struct out {
	enum out_form form;
	bool quiet;
	char end;  /* of each JSON object */
	int error; /* errno of the first write that failed */
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
	buf_init(&o->held);
	return o;
}

void
out_page(struct out *o)
{
	o->paged = o->form == OUT_TEXT && isatty(STDOUT_FILENO);
}

static void
put(struct out *o, const char *p, size_t len)
{
	if (o->paged)
		buf_add(&o->held, p, len);
	else if (o->error == 0 && len > 0 && fwrite(p, 1, len, stdout) != len)
		o->error = errno;
}

struct err *
out_close(struct out *o)
{
	int error;

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
		put(o, text, len);
		put(o, "", 1);
		return;
	}
	utf8_escape(&b, text, len, true);
	buf_addc(&b, '\n');
	put(o, b.data, b.len);
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

/* A value as one line. */
static char *
cell(const struct node *row, const struct out_col *col, bool local)
{
	const struct node *n = node_find(row, col->key);
	struct when when;
	char text[DATE_TEXT];
	struct err *e;

	if (n == NULL || n->type == NODE_NULL)
		return mem_dup("");
	if (n->type == NODE_INT)
		return mem_printf("%" PRId64, n->number);
	if (n->type == NODE_BOOL)
		return mem_dup(n->flag ? "yes" : "no");
	if (n->type != NODE_STR)
		return mem_printf("%zu", n->n);
	if (!local || !col->is_time)
		return mem_dup(n->text);
	e = date_parse(&when, n->text);
	if (e != NULL || when.date_only) {
		err_drop(e); /* shown as it is */
		return mem_dup(n->text);
	}
	date_format_local(text, when.time);
	return mem_dup(text);
}

/* The cell, safe, on one line, and not too wide unless it is the last. */
static char *
show(const struct node *row, const struct out_col *col)
{
	char *raw = cell(row, col, true);
	struct buf b = BUF_INIT;

	utf8_escape(&b, raw, strlen(raw), false);
	free(raw);
	/* no text is wider than long */
	if (col[1].key != NULL && b.len > CELL_MAX &&
	    utf8_width(b.data) > CELL_MAX) {
		buf_cut(&b, utf8_fit(b.data, CELL_MAX - 1));
		buf_adds(&b, "\xe2\x80\xa6");
	}
	return buf_steal(&b);
}

static void
put_fields(struct out *o, const struct out_col *cols, const struct node *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		for (const struct out_col *c = cols; c->key != NULL; c++) {
			char *text = cell(rows->kids[i], c, false);

			put(o, text, strlen(text) + 1);
			free(text);
		}
}

/* A cell, and how many columns it takes. */
struct shown {
	char *text;
	size_t width;
};

static void
put_row(
    struct buf *b, const struct shown *cells, size_t n, const size_t *widths)
{
	size_t start = b->len;

	for (size_t c = 0; c < n; c++) {
		buf_adds(b, cells[c].text);
		for (size_t w = cells[c].width; c + 1 < n && w < widths[c] + 2;
		     w++)
			buf_addc(b, ' ');
	}
	while (b->len > start && b->data[b->len - 1] == ' ')
		buf_cut(b, b->len - 1);
	buf_addc(b, '\n');
}

static void
put_aligned(struct out *o, const struct out_col *cols, const struct node *rows)
{
	VEC(struct shown) cells = VEC_INIT;
	struct shown *s;
	struct buf b = BUF_INIT;
	size_t n = 0, *widths;

	while (cols[n].key != NULL)
		n++;
	widths = mem_zero(n, sizeof(*widths));
	for (size_t c = 0; c < n; c++)
		vec_push(&cells, ((struct shown){ mem_dup(cols[c].title), 0 }));
	for (size_t i = 0; i < rows->n; i++)
		for (size_t c = 0; c < n; c++)
			vec_push(&cells,
			    ((struct shown){
				show(rows->kids[i], &cols[c]), 0 }));
	for (size_t i = 0; i < cells.n; i++) {
		s = &cells.v[i];
		s->width = utf8_width(s->text);
		if (s->width > widths[i % n])
			widths[i % n] = s->width;
	}
	for (size_t i = 0; i < cells.n; i += n)
		put_row(&b, &cells.v[i], n, widths);
	if (rows->n > 0)
		put(o, b.data, b.len);
	buf_release(&b);
	vec_each (s, &cells)
		free(s->text);
	vec_release(&cells);
	free(widths);
}

void
out_table(struct out *o, const struct out_col *cols, const struct node *rows)
{
	if (o->form == OUT_JSON)
		for (size_t i = 0; i < rows->n; i++)
			put_json(o, rows->kids[i]);
	else if (o->form == OUT_NUL)
		put_fields(o, cols, rows);
	else
		put_aligned(o, cols, rows);
}
