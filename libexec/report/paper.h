/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_REPORT_PAPER_H
#define DEED_LIBEXEC_REPORT_PAPER_H

#include <cairo.h>
#include <stdbool.h>

#include "core/util/buf.h"
#include "core/util/node.h"

/*
 * A document on A4 pages: blocks of text in any script, pictures scaled to
 * fit, an outline, and at the foot of each page its number.
 *
 * A block is a map: {type, text, rank, what, ours}, of type
 *
 *	title, h1, h2      h1 and h2 go into the outline
 *	p, small, quote    text; quote stands in from the margin
 *	item, said         text behind "label", or below it
 *	picture            the file at "path", with text below it
 *	life               a line of time, see timeline.h
 *	break              a new page
 *
 * Text runs from left to right where it is ours, and labels are; other text
 * runs as its first letters do.
 *
 * Where the limits ask for it, blocks of the highest rank go first, of these
 * the last; rank 0 stays.
 */

struct paper_spec {
	const char *title, *author, *foot;
	const char *created; /* RFC 3339, UTC */
	int64_t pages_max, bytes_max;
};

struct paper_result {
	int pages;
	const char *error; /* NULL, or what cairo said */
};

/* left_out (as many as blocks) says which are not to be drawn. */
struct paper_result paper_draw(struct buf *pdf, const struct paper_spec *spec,
    const struct node *blocks, const bool *left_out, int dpi, int pages);

/* Draw within the limits; what was left out is marked. */
struct paper_result paper_fit(struct buf *pdf, const struct paper_spec *spec,
    const struct node *blocks, bool *left_out);

#endif
