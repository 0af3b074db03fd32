/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_REPORT_TIMELINE_H
#define DEED_LIBEXEC_REPORT_TIMELINE_H

#include <pango/pangocairo.h>

#include "core/util/node.h"

/*
 * The life of an order on a line, as core/evidence/life.h has it: a map of
 *
 *	end                  the last place on the line, which begins at 0
 *	first, last          the days at its ends
 *	marks                {at, look, label}
 *	silences             {from, to, text}
 *	clocks               {at, word}
 *	said                 places
 */

#define TIMELINE_HEIGHT 108.0 /* points, with what is below and above it */

/* layout is used for the words, and left changed. */
void timeline_draw(cairo_t *cr, PangoLayout *layout, const struct node *block,
    double x, double y, double width);

#endif
