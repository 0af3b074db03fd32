/* SPDX-License-Identifier: ISC */
#include "libexec/report/timeline.h"

#include <string.h>

#define FONT "Noto Sans, DejaVu Sans 7.5"

/* From the top, in points. */
#define CLOCK_WORDS 0.0
#define CLOCK_TOP 11.0
#define ABOVE 24.0
#define LINE 42.0
#define BELOW 51.0
#define SILENT 62.0
#define DAYS 73.0
#define LEGEND 86.0

enum row { ROW_ABOVE, ROW_BELOW, ROW_SILENT, ROW_CLOCK, ROW_DAYS, ROWS };

/* A line under way. */
struct drawing {
	cairo_t *cr;
	PangoLayout *layout;
	const struct node *block;
	double x, y, width;
	double last[ROWS]; /* how far the words of each row reach */
};

struct colour {
	double r, g, b;
};

static const struct colour soft = { 0.35, 0.37, 0.4 };
static const struct colour rule = { 0.82, 0.8, 0.75 };
static const struct colour alarm_colour = { 0.6, 0.2, 0.07 };

static const struct look {
	const char *name, *words;
	struct colour colour;
} looks[] = {
	{ "given", "delivered", { 0.09, 0.31, 0.49 } },
	{ "late", "delivered late", { 0.6, 0.2, 0.07 } },
	{ "taken", "accepted", { 0.11, 0.38, 0.25 } },
	{ "asked", "revision asked for", { 0.42, 0.24, 0.53 } },
	{ "against", "cancellation, refund or dispute", { 0.6, 0.2, 0.07 } },
};

#define N_LOOKS (sizeof(looks) / sizeof(looks[0]))

static void
use(struct drawing *d, struct colour c)
{
	cairo_set_source_rgb(d->cr, c.r, c.g, c.b);
}

static double
place(const struct drawing *d, const struct node *n, const char *key)
{
	double end = (double)node_number(d->block, "end", 1);

	return d->x + (double)node_number(n, key, 0) * d->width / end;
}

/* A word in its row around x, unless it would stand on the one before. */
static void
put_word(struct drawing *d, enum row row, double x, double y, const char *text)
{
	PangoFontDescription *font = pango_font_description_from_string(FONT);
	double width;
	int w;

	if (text == NULL)
		text = "";
	pango_layout_set_font_description(d->layout, font);
	pango_font_description_free(font);
	pango_layout_set_width(d->layout, -1);
	pango_layout_set_text(d->layout, text, -1);
	pango_layout_get_size(d->layout, &w, NULL);
	width = (double)w / PANGO_SCALE;
	x = CLAMP(x - width / 2, d->x, d->x + d->width - width);
	if (x < d->last[row] + 3)
		return;
	d->last[row] = x + width;
	cairo_move_to(d->cr, x, d->y + y);
	pango_cairo_show_layout(d->cr, d->layout);
}

static void
put_silences(struct drawing *d)
{
	const struct node *list = node_get(d->block, "silences");

	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *n = node_at(list, i);
		double from = place(d, n, "from"), to = place(d, n, "to");

		cairo_set_source_rgb(d->cr, 0.93, 0.92, 0.89);
		cairo_rectangle(d->cr, from, d->y + LINE - 6, to - from, 12);
		cairo_fill(d->cr);
		use(d, soft);
		if (to - from > 50)
			put_word(d, ROW_SILENT, (from + to) / 2, SILENT,
			    node_text(n, "text"));
	}
}

static void
put_axis(struct drawing *d)
{
	use(d, rule);
	cairo_set_line_width(d->cr, 2);
	cairo_move_to(d->cr, d->x, d->y + LINE);
	cairo_line_to(d->cr, d->x + d->width, d->y + LINE);
	cairo_stroke(d->cr);
}

static void
put_said(struct drawing *d)
{
	const struct node *list = node_get(d->block, "said");
	double end = (double)node_number(d->block, "end", 1);

	cairo_new_path(d->cr);
	cairo_set_source_rgb(d->cr, 0.6, 0.6, 0.6);
	cairo_set_line_width(d->cr, 0.7);
	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *n = node_at(list, i);
		double x;

		if (n->type != NODE_INT)
			continue;
		x = d->x + (double)n->number * d->width / end;
		cairo_move_to(d->cr, x, d->y + LINE - 3);
		cairo_line_to(d->cr, x, d->y + LINE + 3);
	}
	cairo_stroke(d->cr);
}

static void
put_clocks(struct drawing *d)
{
	static const double dashes[] = { 3, 2 };
	const struct node *list = node_get(d->block, "clocks");

	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *n = node_at(list, i);
		double x = place(d, n, "at");

		use(d, alarm_colour);
		cairo_set_line_width(d->cr, 1);
		cairo_set_dash(d->cr, dashes, 2, 0);
		cairo_move_to(d->cr, x, d->y + CLOCK_TOP);
		cairo_line_to(d->cr, x, d->y + LINE + 8);
		cairo_stroke(d->cr);
		cairo_set_dash(d->cr, NULL, 0, 0);
		put_word(d, ROW_CLOCK, x, CLOCK_WORDS, node_text(n, "word"));
	}
}

/* The shape of a mark around a point. */
static void
put_shape(struct drawing *d, const char *look, double x, double y)
{
	cairo_new_path(d->cr);
	if (strcmp(look, "asked") == 0) {
		cairo_move_to(d->cr, x, y - 4);
		cairo_line_to(d->cr, x - 4.5, y + 4);
		cairo_line_to(d->cr, x + 4.5, y + 4);
		cairo_close_path(d->cr);
		cairo_fill(d->cr);
	} else if (strcmp(look, "against") == 0) {
		cairo_set_line_width(d->cr, 2);
		cairo_move_to(d->cr, x - 3.5, y - 3.5);
		cairo_line_to(d->cr, x + 3.5, y + 3.5);
		cairo_move_to(d->cr, x + 3.5, y - 3.5);
		cairo_line_to(d->cr, x - 3.5, y + 3.5);
		cairo_stroke(d->cr);
	} else {
		cairo_arc(d->cr, x, y, 4, 0, 2 * G_PI);
		cairo_fill(d->cr);
	}
}

static const struct look *
find_look(const char *name)
{
	for (size_t i = 0; name != NULL && i < N_LOOKS; i++)
		if (strcmp(looks[i].name, name) == 0)
			return &looks[i];
	return &looks[0];
}

static void
put_marks(struct drawing *d)
{
	const struct node *list = node_get(d->block, "marks");

	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *n = node_at(list, i);
		const struct look *look = find_look(node_text(n, "look"));
		bool above = look <= &looks[1];
		double x = place(d, n, "at");

		use(d, look->colour);
		put_shape(d, look->name, x, d->y + LINE);
		put_word(d, above ? ROW_ABOVE : ROW_BELOW, x,
		    above ? ABOVE : BELOW, node_text(n, "label"));
	}
}

static bool
is_shown(const struct drawing *d, const struct look *look)
{
	const struct node *list = node_get(d->block, "marks");

	for (size_t i = 0; i < node_count(list); i++)
		if (find_look(node_text(node_at(list, i), "look")) == look)
			return true;
	return false;
}

/* The days at both ends, and between them what the signs stand for. */
static void
put_foot(struct drawing *d)
{
	double x = d->x;
	int w;

	use(d, soft);
	put_word(d, ROW_DAYS, d->x, DAYS, node_text(d->block, "first"));
	put_word(
	    d, ROW_BELOW, d->x + d->width, BELOW, node_text(d->block, "last"));
	for (size_t i = 0; i < N_LOOKS; i++) {
		if (!is_shown(d, &looks[i]))
			continue;
		use(d, looks[i].colour);
		put_shape(d, looks[i].name, x + 4, d->y + LEGEND + 5);
		pango_layout_set_text(d->layout, looks[i].words, -1);
		pango_layout_get_size(d->layout, &w, NULL);
		cairo_move_to(d->cr, x + 12, d->y + LEGEND);
		pango_cairo_show_layout(d->cr, d->layout);
		x += 12 + (double)w / PANGO_SCALE + 14;
	}
}

void
timeline_draw(cairo_t *cr, PangoLayout *layout, const struct node *block,
    double x, double y, double width)
{
	struct drawing d = { cr, layout, block, x, y, width,
		{ -99, -99, -99, -99, -99 } };

	cairo_save(cr);
	put_silences(&d);
	put_axis(&d);
	put_said(&d);
	put_clocks(&d);
	put_marks(&d);
	put_foot(&d);
	cairo_restore(cr);
}
