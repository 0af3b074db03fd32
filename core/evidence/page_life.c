/* SPDX-License-Identifier: ISC */
#include "core/evidence/page_life.h"

#include <string.h>

#include "core/evidence/gaps.h"
#include "core/evidence/html.h"

/* In the picture's own units. */
#define WIDTH 720
#define LEFT 16
#define RIGHT 704
#define LINE 66
#define SILENCE (3 * DATE_DAY) /* without any event */

/* A span of time laid on a line. */
struct life {
	const struct sheet *p;
	const struct dossier_order *o;
	int64_t from, to;
	double last[3]; /* how far labels reach, above, below, lowest */
};

static double
place(const struct life *l, int64_t time)
{
	return LEFT +
	    (double)(time - l->from) * (RIGHT - LEFT) /
	    (double)(l->to > l->from ? l->to - l->from : 1);
}

/* The class of its mark, and how it is drawn; NULL: it has none. */
static const char *
mark_of(const struct order *o, const struct fact *f)
{
	if (fact_is(f, "delivery"))
		return f->first != NULL ? NULL :
		    gaps_is_late(o, f)  ? "late" :
					  "given";
	if (fact_is(f, "acceptance"))
		return "taken";
	if (fact_is(f, "revision"))
		return "asked";
	if (fact_is(f, "cancellation") || fact_is(f, "dispute") ||
	    fact_is(f, "refund"))
		return "against";
	return NULL;
}

/* A word beside a mark, unless it would stand on the one before. */
static void
put_label(struct life *l, int row, double x, const char *text)
{
	static const int heights[] = { LINE - 16, LINE + 27, LINE + 42 };
	double half = (double)strlen(text) * 3.4;

	if (x - half < l->last[row] + 4)
		return;
	l->last[row] = x + half;
	sheet_put(l->p, "<text x=\"%.1f\" y=\"%d\"%s>",
	    x < LEFT + half      ? LEFT :
		x > RIGHT - half ? RIGHT :
				   x,
	    heights[row],
	    x < LEFT + half      ? " class=\"start\"" :
		x > RIGHT - half ? " class=\"end\"" :
				   "");
	sheet_text(l->p, text);
	sheet_put(l->p, "</text>\n");
}

static void
put_mark(struct life *l, const struct fact *f, const char *mark)
{
	double x = place(l, f->happened);

	sheet_put(l->p, "<a href=\"#e-%.12s\"><g class=\"%s\"><title>",
	    f->entry->id, mark);
	sheet_owned(l->p, telling_title(l->o->order, f));
	sheet_put(l->p, "</title>");
	if (strcmp(mark, "asked") == 0)
		sheet_put(
		    l->p, "<path d=\"M%.1f %d l-6 11 h12 z\"/>", x, LINE - 6);
	else if (strcmp(mark, "against") == 0)
		sheet_put(l->p, "<path d=\"M%.1f %d l10 10 m0 -10 l-10 10\"/>",
		    x - 5, LINE - 5);
	else
		sheet_put(
		    l->p, "<circle cx=\"%.1f\" cy=\"%d\" r=\"6\"/>", x, LINE);
	sheet_put(l->p, "</g></a>\n");
	put_label(l,
	    strcmp(mark, "given") == 0 || strcmp(mark, "late") == 0 ? 0 : 1, x,
	    f->label != NULL             ? f->label :
		fact_is(f, "acceptance") ? "accepted" :
					   f->entry->kind->name);
}

/* Where nothing happened for days. */
static void
put_silences(struct life *l)
{
	const struct order *o = l->o->order;
	int64_t last = l->from;

	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[o->replay[i]];
		double x = place(l, last), to = place(l, f->happened);

		if (f->voided || f->happened <= last)
			continue;
		if (f->happened - last >= SILENCE && to - x > 4) {
			char *span = telling_span(f->happened - last);
			char *text = mem_printf("%s silent", span);

			sheet_put(l->p,
			    "<rect class=\"silence\" x=\"%.1f\" y=\"%d\" "
			    "width=\"%.1f\" height=\"18\"><title>",
			    x, LINE - 9, to - x);
			sheet_text(l->p, text);
			sheet_put(l->p, "</title></rect>\n");
			if (to - x > (double)strlen(text) * 6.8)
				put_label(l, 2, (x + to) / 2, text);
			free(text);
			free(span);
		}
		last = f->happened;
	}
}

/* A clock that ran out or would: the day the work, or an answer, was due. */
static void
put_clock(struct life *l, const struct node *content, const char *key,
    const char *word)
{
	struct when when;
	double x;

	if (!order_time(&when, content, key) || when.time < l->from ||
	    when.time > l->to)
		return;
	x = place(l, when.time);
	sheet_put(l->p,
	    "<path class=\"clock\" d=\"M%.1f 26 V%d\"/><text x=\"%.1f\" "
	    "y=\"20\"%s>%s</text>\n",
	    x, LINE + 12, x, x > RIGHT - 30 ? " class=\"end\"" : "", word);
}

static void
find_span(struct life *l)
{
	const struct order *o = l->o->order;
	struct when due;
	bool any = false;

	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[i];

		if (f->voided || f->content == NULL)
			continue;
		if (!any || f->happened < l->from)
			l->from = f->happened;
		if (!any || f->happened > l->to)
			l->to = f->happened;
		any = true;
		if (fact_is(f, "dispute") &&
		    order_time(&due, f->content, "due") && due.time > l->to &&
		    due.time < l->to + 60 * DATE_DAY)
			l->to = due.time;
	}
	if (order_time(&due, o->terms, "due") && due.time > l->to &&
	    due.time < l->to + 365 * DATE_DAY)
		l->to = due.time;
}

static void
put_axis(const struct life *l)
{
	char *from = telling_date(l->from), *to = telling_date(l->to);

	sheet_put(l->p,
	    "<path class=\"axis\" d=\"M%d %d H%d\"/>\n"
	    "<text class=\"start\" x=\"%d\" y=\"%d\">%s</text>"
	    "<text class=\"end\" x=\"%d\" y=\"%d\">%s</text>\n",
	    LEFT, LINE, RIGHT, LEFT, LINE + 60, from, RIGHT, LINE + 60, to);
	free(from);
	free(to);
}

void
page_life(const struct sheet *p, const struct dossier_order *o)
{
	struct life l = { p, o, 0, 0, { -99, -99, -99 } };

	find_span(&l);
	if (l.to <= l.from)
		return;
	sheet_put(p,
	    "<figure class=\"life\">\n<svg viewBox=\"0 0 %d 134\" role=\"img\" "
	    "aria-label=\"The order's life on a line; all of it is told "
	    "below\">\n",
	    WIDTH);
	put_axis(&l);
	put_silences(&l);
	put_clock(&l, o->order->terms, "due", "due");
	for (size_t i = 0; i < o->order->n; i++) {
		const struct fact *f = &o->order->v[o->order->replay[i]];
		const char *mark = f->voided || f->content == NULL ?
		    NULL :
		    mark_of(o->order, f);

		if (mark != NULL)
			put_mark(&l, f, mark);
		if (f->content != NULL && fact_is(f, "dispute"))
			put_clock(&l, f->content, "due", "answer due");
	}
	sheet_put(p,
	    "</svg>\n<figcaption>"
	    "<span class=\"given\">&#9679; delivered</span> "
	    "<span class=\"late\">&#9679; delivered late</span> "
	    "<span class=\"taken\">&#9679; accepted</span> "
	    "<span class=\"asked\">&#9650; revision asked for</span> "
	    "<span class=\"against\">&#10005; cancellation, refund or "
	    "dispute</span> <span class=\"quiet\">&#9644; silence of three "
	    "days or more</span></figcaption>\n</figure>\n");
}
