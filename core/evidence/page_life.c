/* SPDX-License-Identifier: ISC */
#include "core/evidence/page_life.h"

#include <string.h>

#include "core/evidence/html.h"
#include "core/evidence/life.h"

/* In the picture's own units. */
#define WIDTH 720
#define LEFT 16
#define RIGHT 704
#define LINE 66

/* A picture under way. */
struct drawing {
	const struct sheet *p;
	const struct dossier_order *o;
	const struct life *l;
	double last[3]; /* how far labels reach, above, below, lowest */
};

static double
place(int at)
{
	return LEFT + (double)at * (RIGHT - LEFT) / LIFE_END;
}

/* A word beside a mark, unless it would stand on the one before. */
static void
put_label(struct drawing *w, int row, double x, const char *text)
{
	static const int heights[] = { LINE - 16, LINE + 27, LINE + 42 };
	double half = (double)strlen(text) * 3.4;

	if (x - half < w->last[row] + 4)
		return;
	w->last[row] = x + half;
	sheet_put(w->p, "<text x=\"%.1f\" y=\"%d\"%s>",
	    x < LEFT + half      ? LEFT :
		x > RIGHT - half ? RIGHT :
				   x,
	    heights[row],
	    x < LEFT + half      ? " class=\"start\"" :
		x > RIGHT - half ? " class=\"end\"" :
				   "");
	sheet_text(w->p, text);
	sheet_put(w->p, "</text>\n");
}

static bool
is_look(const struct life_mark *m, const char *look)
{
	return strcmp(m->look, look) == 0;
}

static void
put_mark(struct drawing *w, const struct life_mark *m)
{
	double x = place(m->at);

	sheet_put(w->p, "<a href=\"#e-%.12s\"><g class=\"%s\"><title>",
	    m->fact->entry->id, m->look);
	sheet_owned(w->p, telling_title(w->o->order, m->fact));
	sheet_put(w->p, "</title>");
	if (is_look(m, "asked"))
		sheet_put(
		    w->p, "<path d=\"M%.1f %d l-6 11 h12 z\"/>", x, LINE - 6);
	else if (is_look(m, "against"))
		sheet_put(w->p, "<path d=\"M%.1f %d l10 10 m0 -10 l-10 10\"/>",
		    x - 5, LINE - 5);
	else
		sheet_put(
		    w->p, "<circle cx=\"%.1f\" cy=\"%d\" r=\"6\"/>", x, LINE);
	sheet_put(w->p, "</g></a>\n");
	put_label(
	    w, is_look(m, "given") || is_look(m, "late") ? 0 : 1, x, m->label);
}

static void
put_silences(struct drawing *w)
{
	const struct life_silence *s;

	vec_each (s, &w->l->silences) {
		double x = place(s->from), to = place(s->to);

		sheet_put(w->p,
		    "<rect class=\"silence\" x=\"%.1f\" y=\"%d\" "
		    "width=\"%.1f\" height=\"18\"><title>",
		    x, LINE - 9, to - x);
		sheet_text(w->p, s->text);
		sheet_put(w->p, "</title></rect>\n");
		if (to - x > (double)strlen(s->text) * 6.8)
			put_label(w, 2, (x + to) / 2, s->text);
	}
}

/* A short stroke wherever somebody spoke. */
static void
put_said(struct drawing *w)
{
	if (w->l->said.n == 0)
		return;
	sheet_put(w->p, "<path class=\"said\" d=\"");
	for (size_t i = 0; i < w->l->said.n; i++)
		sheet_put(w->p, "M%.1f %dv8", place(w->l->said.v[i]), LINE - 4);
	sheet_put(w->p, "\"/>\n");
}

static void
put_clocks(struct drawing *w)
{
	const struct life_clock *c;

	vec_each (c, &w->l->clocks) {
		double x = place(c->at);

		sheet_put(w->p,
		    "<path class=\"clock\" d=\"M%.1f 26 V%d\"/><text "
		    "x=\"%.1f\" y=\"20\"%s>%s</text>\n",
		    x, LINE + 12, x, x > RIGHT - 30 ? " class=\"end\"" : "",
		    c->word);
	}
}

static void
put_axis(struct drawing *w)
{
	sheet_put(w->p,
	    "<path class=\"axis\" d=\"M%d %d H%d\"/>\n"
	    "<text class=\"start\" x=\"%d\" y=\"%d\">",
	    LEFT, LINE, RIGHT, LEFT, LINE + 60);
	sheet_owned(w->p, telling_date(w->l->from));
	sheet_put(w->p, "</text><text class=\"end\" x=\"%d\" y=\"%d\">", RIGHT,
	    LINE + 60);
	sheet_owned(w->p, telling_date(w->l->to));
	sheet_put(w->p, "</text>\n");
}

/* What the picture shows, and nothing that it does not. */
static void
put_legend(struct drawing *w)
{
	static const struct {
		const char *look, *sign, *words;
	} looks[] = {
		{ "given", "&#9679;", "delivered" },
		{ "late", "&#9679;", "delivered late" },
		{ "taken", "&#9679;", "accepted" },
		{ "asked", "&#9650;", "revision asked for" },
		{ "against", "&#10005;", "cancellation, refund or dispute" },
	};
	const struct life_mark *m;

	sheet_put(w->p, "<figcaption>");
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		vec_each (m, &w->l->marks)
			if (is_look(m, looks[i].look)) {
				sheet_put(w->p,
				    "<span class=\"%s\">%s %s</span> ",
				    looks[i].look, looks[i].sign,
				    looks[i].words);
				break;
			}
	if (w->l->said.n > 0)
		sheet_put(w->p,
		    "<span class=\"quiet\">&#9475; somebody spoke</span> ");
	if (w->l->silences.n > 0)
		sheet_put(w->p,
		    "<span class=\"quiet\">&#9644; silence of three days or "
		    "more</span>");
	sheet_put(w->p, "</figcaption>\n");
}

void
page_life(const struct sheet *p, size_t order)
{
	struct life l;
	struct drawing w = { p, &p->d->orders.v[order], &l, { -99, -99, -99 } };
	const struct life_mark *m;

	if (!life_find(&l, p->d, order)) {
		life_release(&l);
		return;
	}
	sheet_put(p,
	    "<figure class=\"life\">\n<svg viewBox=\"0 0 %d 134\" role=\"group\" "
	    "aria-label=\"The order's life on a line; all of it is told "
	    "below\">\n",
	    WIDTH);
	put_axis(&w);
	put_silences(&w);
	put_said(&w);
	put_clocks(&w);
	vec_each (m, &l.marks)
		put_mark(&w, m);
	sheet_put(p, "</svg>\n");
	put_legend(&w);
	sheet_put(p, "</figure>\n");
	life_release(&l);
}
