/* SPDX-License-Identifier: ISC */
#include "libexec/report/paper.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/mem.h"
#include "libexec/report/picture.h"
#include "libexec/report/timeline.h"

/* Points of 1/72 inch. */
#define WIDTH 595.28
#define HEIGHT 841.89
#define MARGIN 56.0
#define FOOT 46.0
#define ROOM (HEIGHT - 2 * MARGIN - 12.0)
#define INDENT 16.0
#define COLUMN 92.0 /* of labels */

static const int dpis[] = { 150, 100, 72 };

#define N_DPIS (sizeof(dpis) / sizeof(dpis[0]))

struct style {
	const char *type, *font;
	double above, below, indent, gray;
	bool outlined;
};

static const struct style styles[] = {
	{ "title", "Noto Serif, DejaVu Serif 22", 0, 8, 0, 0, false },
	{ "h1", "Noto Serif, DejaVu Serif Bold 15", 16, 6, 0, 0, true },
	{ "h2", "Noto Sans, DejaVu Sans Bold 10.5", 9, 2, 0, 0, false },
	{ "p", "Noto Sans, DejaVu Sans 10", 0, 5, 0, 0, false },
	{ "small", "Noto Sans, DejaVu Sans 8.5", 0, 4, 0, 0.35, false },
	{ "quote", "Noto Sans, DejaVu Sans 10", 1, 5, INDENT, 0.15, false },
	{ "item", "Noto Sans, DejaVu Sans 10", 0, 4, 0, 0, false },
	{ "said", "Noto Sans, DejaVu Sans 10", 0, 5, 0, 0, false },
	{ "picture", "Noto Sans, DejaVu Sans 8.5", 10, 8, 0, 0.35, false },
};

#define N_STYLES (sizeof(styles) / sizeof(styles[0]))

/* A document being drawn. */
struct pen {
	cairo_t *cr;
	cairo_surface_t *surface;
	PangoLayout *layout;
	const struct paper_spec *spec;
	double y;
	int page;  /* from 1 */
	int pages; /* in all, as far as it is known; 0 */
	int dpi;
	int outline; /* the last h1 */
};

static const struct style *
find_style(const char *type)
{
	for (size_t i = 0; i < N_STYLES; i++)
		if (type != NULL && strcmp(styles[i].type, type) == 0)
			return &styles[i];
	return &styles[3];
}

/* Words of ours run from left to right, whatever name they begin with. */
static void
set_text(struct pen *pen, const char *font, const char *text, double width)
{
	pango_layout_set_auto_dir(pen->layout, FALSE);
	PangoFontDescription *d = pango_font_description_from_string(font);

	pango_layout_set_font_description(pen->layout, d);
	pango_font_description_free(d);
	pango_layout_set_width(pen->layout, (int)(width * PANGO_SCALE));
	pango_layout_set_text(pen->layout, text, -1);
}

/*
 * Pages.
 */

static void
draw_foot(struct pen *pen)
{
	char *number = pen->pages > 0 ?
	    mem_printf("Page %d of %d", pen->page, pen->pages) :
	    mem_printf("Page %d", pen->page);
	int width;

	cairo_set_source_rgb(pen->cr, 0.4, 0.4, 0.4);
	set_text(pen, "Noto Sans, DejaVu Sans 8", pen->spec->foot,
	    WIDTH - 2 * MARGIN);
	cairo_move_to(pen->cr, MARGIN, HEIGHT - FOOT);
	pango_cairo_show_layout(pen->cr, pen->layout);
	set_text(pen, "Noto Sans, DejaVu Sans 8", number, WIDTH - 2 * MARGIN);
	pango_layout_get_size(pen->layout, &width, NULL);
	cairo_move_to(pen->cr, WIDTH - MARGIN - (double)width / PANGO_SCALE,
	    HEIGHT - FOOT);
	pango_cairo_show_layout(pen->cr, pen->layout);
	free(number);
}

static void
next_page(struct pen *pen)
{
	draw_foot(pen);
	cairo_show_page(pen->cr);
	pen->page++;
	pen->y = MARGIN;
}

/* Go on where so much fits, on this page or the next. */
static void
make_room(struct pen *pen, double height)
{
	if (pen->y + height > MARGIN + ROOM && pen->y > MARGIN)
		next_page(pen);
}

/*
 * Blocks.
 */

/* A heading that stays with what follows, and its line of the outline. */
static void
add_outline(struct pen *pen, const char *text, double y)
{
	char *where =
	    mem_printf("page=%d pos=[%.1f %.1f]", pen->page, MARGIN, y);

	cairo_pdf_surface_add_outline(
	    pen->surface, CAIRO_PDF_OUTLINE_ROOT, text, where, 0);
	free(where);
}

/* Line by line, so that a long text runs over as many pages as it needs. */
static void
draw_lines(struct pen *pen, const struct style *s, double x)
{
	PangoLayoutIter *at = pango_layout_get_iter(pen->layout);
	char *kept = mem_dup(pango_layout_get_text(pen->layout));
	PangoLayout *own = pango_layout_copy(pen->layout);

	pango_layout_iter_free(at);
	at = pango_layout_get_iter(own);
	do {
		PangoLayoutLine *line = pango_layout_iter_get_line_readonly(at);
		PangoRectangle r;
		double height, base;

		pango_layout_iter_get_line_extents(at, NULL, &r);
		height = (double)r.height / PANGO_SCALE;
		base = (double)(pango_layout_iter_get_baseline(at) - r.y) /
		    PANGO_SCALE;
		make_room(pen, height);
		cairo_set_source_rgb(pen->cr, s->gray, s->gray, s->gray);
		cairo_move_to(
		    pen->cr, x + (double)r.x / PANGO_SCALE, pen->y + base);
		pango_cairo_show_layout_line(pen->cr, line);
		if (s->indent > 0) {
			cairo_set_source_rgb(pen->cr, 0.8, 0.78, 0.72);
			cairo_rectangle(
			    pen->cr, MARGIN + 4, pen->y, 1.5, height);
			cairo_fill(pen->cr);
		}
		pen->y += height;
	} while (pango_layout_iter_next_line(at));
	pango_layout_iter_free(at);
	g_object_unref(own);
	free(kept);
}

/* A stranger's words run as they were written. */
static void
set_block(struct pen *pen, const struct style *s, const struct node *block,
    const char *text, double width)
{
	set_text(pen, s->font, text, width);
	pango_layout_set_auto_dir(pen->layout, !node_flag(block, "ours"));
}

static void
draw_text(struct pen *pen, const struct style *s, const struct node *block,
    const char *text)
{
	double x = MARGIN + s->indent;

	pen->y += pen->y > MARGIN ? s->above : 0;
	if (s->outlined)
		add_outline(pen, text, pen->y);
	set_block(pen, s, block, text, WIDTH - MARGIN - x);
	draw_lines(pen, s, x);
	pen->y += s->below;
}

/* Its label in front, in a column of its own. */
static void
draw_item(
    struct pen *pen, const struct style *s, const char *label, const char *text)
{
	double below;
	int height;

	set_text(pen, s->font, label, COLUMN - 8);
	pango_layout_get_size(pen->layout, NULL, &height);
	make_room(pen, (double)height / PANGO_SCALE);
	below = pen->y + (double)height / PANGO_SCALE;
	cairo_set_source_rgb(pen->cr, 0.35, 0.35, 0.35);
	cairo_move_to(pen->cr, MARGIN, pen->y);
	pango_cairo_show_layout(pen->cr, pen->layout);
	set_text(pen, s->font, text, WIDTH - 2 * MARGIN - COLUMN);
	draw_lines(pen, s, MARGIN + COLUMN);
	if (pen->y < below && below < MARGIN + ROOM)
		pen->y = below;
	pen->y += s->below;
}

/* Who said it and when above what was said. */
static void
draw_said(struct pen *pen, const struct style *s, const struct node *block,
    const char *label, const char *text)
{
	const struct style *small = find_style("small");

	make_room(pen, 28);
	set_text(pen, small->font, label, WIDTH - 2 * MARGIN);
	draw_lines(pen, small, MARGIN);
	set_block(pen, s, block, text, WIDTH - 2 * MARGIN - INDENT);
	draw_lines(pen, s, MARGIN + INDENT);
	pen->y += s->below;
}

static void
draw_picture(struct pen *pen, const struct style *s, const struct node *block,
    const char *text)
{
	const char *path = node_text(block, "path");
	double width = WIDTH - 2 * MARGIN, height = ROOM - 90, scale;
	int across = (int)(width * pen->dpi / 72);
	int down = (int)(height * pen->dpi / 72), w, h;
	cairo_surface_t *picture = picture_open(path, across, down);

	if (picture == NULL) {
		draw_text(pen, s, block, text);
		return;
	}
	w = cairo_image_surface_get_width(picture);
	h = cairo_image_surface_get_height(picture);
	scale = 72.0 / 96;
	if (w * scale > width)
		scale = width / w;
	if (h * scale > height)
		scale = height / h;
	make_room(pen, h * scale + 30);
	cairo_save(pen->cr);
	cairo_translate(pen->cr, MARGIN, pen->y);
	cairo_scale(pen->cr, scale, scale);
	cairo_set_source_surface(pen->cr, picture, 0, 0);
	cairo_paint(pen->cr);
	cairo_restore(pen->cr);
	cairo_set_source_rgb(pen->cr, 0.8, 0.78, 0.72);
	cairo_set_line_width(pen->cr, 0.5);
	cairo_rectangle(pen->cr, MARGIN, pen->y, w * scale, h * scale);
	cairo_stroke(pen->cr);
	cairo_surface_destroy(picture);
	pen->y += h * scale + 4;
	draw_text(pen, s, block, text);
}

static void
draw_timeline(struct pen *pen, const struct node *block)
{
	make_room(pen, TIMELINE_HEIGHT + 40);
	timeline_draw(pen->cr, pen->layout, block, MARGIN, pen->y + 4,
	    WIDTH - 2 * MARGIN);
	pen->y += TIMELINE_HEIGHT;
}

static void
draw_block(struct pen *pen, const struct node *block)
{
	const char *type = node_text(block, "type");
	const char *text = node_text(block, "text");
	const char *label = node_text(block, "label");
	const struct style *s = find_style(type);

	if (text == NULL)
		text = "";
	if (label == NULL)
		label = "";
	if (type != NULL && strcmp(type, "break") == 0)
		next_page(pen);
	else if (type != NULL && strcmp(type, "life") == 0)
		draw_timeline(pen, block);
	else if (type != NULL && strcmp(type, "picture") == 0)
		draw_picture(pen, s, block, text);
	else if (type != NULL && strcmp(type, "item") == 0)
		draw_item(pen, s, label, text);
	else if (type != NULL && strcmp(type, "said") == 0)
		draw_said(pen, s, block, label, text);
	else
		draw_text(pen, s, block, text);
}

/*
 * Documents.
 */

static cairo_status_t
take(void *arg, const unsigned char *p, unsigned len)
{
	buf_add(arg, p, len);
	return CAIRO_STATUS_SUCCESS;
}

static void
set_metadata(cairo_surface_t *surface, const struct paper_spec *spec)
{
	cairo_pdf_surface_set_metadata(
	    surface, CAIRO_PDF_METADATA_TITLE, spec->title);
	cairo_pdf_surface_set_metadata(
	    surface, CAIRO_PDF_METADATA_AUTHOR, spec->author);
	cairo_pdf_surface_set_metadata(
	    surface, CAIRO_PDF_METADATA_CREATOR, "deed");
	cairo_pdf_surface_set_metadata(
	    surface, CAIRO_PDF_METADATA_CREATE_DATE, spec->created);
	cairo_pdf_surface_set_metadata(
	    surface, CAIRO_PDF_METADATA_MOD_DATE, spec->created);
}

/* Headings in a row stay together, and with what follows them. */
static double
room_of_headings(const struct node *blocks, const bool *left_out, size_t i)
{
	double room = 0;

	for (; i < node_count(blocks); i++) {
		const char *type = node_text(node_at(blocks, i), "type");

		if (left_out[i])
			continue;
		if (type == NULL || type[0] != 'h')
			break;
		room += 40;
	}
	return room > 0 ? room + 40 : 0;
}

struct paper_result
paper_draw(struct buf *pdf, const struct paper_spec *spec,
    const struct node *blocks, const bool *left_out, int dpi, int pages)
{
	struct pen pen = {
		.spec = spec, .y = MARGIN, .page = 1, .pages = pages, .dpi = dpi
	};
	struct paper_result result = { 0, NULL };
	cairo_status_t status;

	pen.surface =
	    cairo_pdf_surface_create_for_stream(take, pdf, WIDTH, HEIGHT);
	set_metadata(pen.surface, spec);
	pen.cr = cairo_create(pen.surface);
	pen.layout = pango_cairo_create_layout(pen.cr);
	pango_layout_set_wrap(pen.layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_spacing(pen.layout, PANGO_SCALE);
	for (size_t i = 0; i < node_count(blocks); i++) {
		if (left_out[i])
			continue;
		make_room(&pen, room_of_headings(blocks, left_out, i));
		draw_block(&pen, node_at(blocks, i));
	}
	draw_foot(&pen);
	cairo_show_page(pen.cr);
	g_object_unref(pen.layout);
	cairo_destroy(pen.cr);
	cairo_surface_finish(pen.surface);
	status = cairo_surface_status(pen.surface);
	cairo_surface_destroy(pen.surface);
	result.pages = pen.page;
	if (status != CAIRO_STATUS_SUCCESS)
		result.error = cairo_status_to_string(status);
	return result;
}

/* Twice: the first time nobody knows how many pages there are. */
static struct paper_result
draw_numbered(struct buf *pdf, const struct paper_spec *spec,
    const struct node *blocks, const bool *left_out, int dpi)
{
	struct paper_result r;

	buf_clear(pdf);
	r = paper_draw(pdf, spec, blocks, left_out, dpi, 0);
	if (r.error != NULL || r.pages > spec->pages_max)
		return r;
	buf_clear(pdf);
	return paper_draw(pdf, spec, blocks, left_out, dpi, r.pages);
}

/* Leave out so many blocks more; false if there is none left. */
static bool
leave_out(const struct node *blocks, bool *left_out, size_t n)
{
	bool any = false;

	for (; n > 0; n--) {
		size_t best = node_count(blocks);
		int64_t rank = 1;

		for (size_t i = 0; i < node_count(blocks); i++) {
			int64_t own =
			    node_number(node_at(blocks, i), "rank", 0);

			if (!left_out[i] && own >= rank) {
				rank = own;
				best = i;
			}
		}
		if (best == node_count(blocks))
			break;
		left_out[best] = any = true;
	}
	return any;
}

static size_t
count_kept(const struct node *blocks, const bool *left_out)
{
	size_t n = 0;

	for (size_t i = 0; i < node_count(blocks); i++)
		n += !left_out[i];
	return n;
}

struct paper_result
paper_fit(struct buf *pdf, const struct paper_spec *spec,
    const struct node *blocks, bool *left_out)
{
	size_t dpi = 0;
	struct paper_result r;

	for (;;) {
		size_t kept = count_kept(blocks, left_out), n = 1;

		r = draw_numbered(pdf, spec, blocks, left_out, dpis[dpi]);
		if (r.error != NULL ||
		    (r.pages <= spec->pages_max &&
			(int64_t)pdf->len <= spec->bytes_max))
			return r;
		if (r.pages <= spec->pages_max && dpi + 1 < N_DPIS) {
			dpi++;
			continue;
		}
		/* far over: a good part of what is too much, at once */
		if (r.pages - 4 > spec->pages_max)
			n = kept * (size_t)(r.pages - spec->pages_max - 2) /
				(size_t)r.pages / 2 +
			    1;
		if (!leave_out(blocks, left_out, n))
			return r;
	}
}
