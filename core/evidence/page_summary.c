/* SPDX-License-Identifier: ISC */
#include "core/evidence/page_summary.h"

#include <string.h>

#include "core/evidence/account.h"
#include "core/evidence/gaps.h"
#include "core/evidence/html.h"

/*
 * Summary: five lines, four of them of each order.
 */

static void
sum_borne(const struct sheet *p)
{
	const struct telling_grade *g;
	bool any = false;

	for (size_t i = 0; (g = telling_grade_at(i)) != NULL; i++) {
		size_t n = dossier_count(p->d, g->name);

		if (n == 0)
			continue;
		sheet_put(
		    p, "%s<span class=\"nw\">%zu &times; ", any ? ", " : "", n);
		sheet_grade(p, g->name);
		sheet_put(p, "</span>");
		any = true;
	}
	sheet_put(p, "%s; ", any ? "" : "Nothing");
	sheet_owned(p, account_anchors(p->d));
	sheet_put(p, ". ");
	if (p->d->gaps.n == 0) {
		sheet_put(p, "No gap was found.");
		return;
	}
	sheet_owned(p, telling_count((int64_t)p->d->gaps.n, "gap"));
	sheet_put(p, " named below.");
}

static void
put_line(const struct sheet *p, enum account_line line)
{
	const struct dossier *d = p->d;

	sheet_put(p, "<div><dt>%s</dt>", account_title(line));
	for (size_t i = 0; i < d->orders.n; i++) {
		sheet_put(p, "<dd>");
		if (d->orders.n > 1) {
			sheet_put(p, "<b>");
			html_bdi(p->out, d->orders.v[i].id);
			sheet_put(p, ":</b> ");
		}
		sheet_told(p, account_line(&d->orders.v[i], line));
		sheet_put(p, "</dd>");
	}
	sheet_put(p, "</div>\n");
}

void
page_summary(const struct sheet *p)
{
	sheet_open(p, "summary", "In five lines");
	sheet_put(p, "<dl class=\"lines\">\n");
	for (int line = 0; line < ACCOUNT_LINES; line++)
		put_line(p, (enum account_line)line);
	sheet_put(p, "<div><dt>Borne out by</dt><dd>");
	sum_borne(p);
	sheet_put(p, "</dd></div>\n</dl>\n");
	sheet_close(p);
}

/*
 * Agreed, delivered, accepted.
 */

static const struct fact *
find_label(const struct order *o, const char *label)
{
	for (size_t i = 0; label != NULL && i < o->n; i++)
		if (o->v[i].label != NULL && strcmp(o->v[i].label, label) == 0)
			return &o->v[i];
	return NULL;
}

/* The acceptance of the delivery of this label, or NULL. */
static const struct fact *
find_acceptance(const struct order *o, const char *label)
{
	const struct fact *d = find_label(o, label), *a;

	for (size_t at = 0;
	     d != NULL && (a = order_next(o, "acceptance", &at)) != NULL;) {
		const char *id = node_text(a->content, "delivery");
		const struct fact *of = id == NULL ? NULL : order_fact(o, id);

		if (of != NULL && (of == d || of->first == d))
			return a;
	}
	return NULL;
}

/* What it is linked to, or the gap that is there instead. */
static void
put_cell(const struct sheet *p, const char *title, const struct fact *f,
    const char *otherwise)
{
	sheet_put(p, "<td role=\"cell\" data-title=\"%s\"%s>", title,
	    f == NULL ? " class=\"gap\"" : "");
	if (f != NULL)
		sheet_link(p, f);
	else
		sheet_put(p, "%s", otherwise);
	sheet_put(p, "</td>");
}

static void
put_requirement(
    const struct sheet *p, const struct order *o, const struct node *r)
{
	const char *entry = node_text(r, "entry");
	const char *text = node_text(r, "text");

	sheet_put(p,
	    "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\" dir=\"auto\"><b>");
	sheet_text(p, node_text(r, "label"));
	sheet_put(p, "</b> ");
	sheet_text(p, text != NULL ? text : "");
	sheet_put(p, "</th>");
	put_cell(p, "Agreed", entry == NULL ? NULL : order_fact(o, entry),
	    "not known");
	put_cell(p, "Delivered", find_label(o, node_text(r, "delivered")),
	    "in no delivery");
	put_cell(p, "Accepted", find_acceptance(o, node_text(r, "accepted")),
	    "not on record");
	sheet_put(p, "</tr>\n");
}

/* 0: in no delivery, 1: not accepted, 2: complete. */
static int
standing(const struct node *r)
{
	if (node_text(r, "delivered") == NULL)
		return 0;
	return node_text(r, "accepted") == NULL ? 1 : 2;
}

static void
put_matrix(const struct sheet *p, const struct dossier_order *o)
{
	sheet_order(p, o);
	if (node_count(o->requirements) == 0) {
		sheet_put(p,
		    "<p>No single requirements are on record: what was "
		    "agreed stands in the terms.</p>\n");
		return;
	}
	sheet_put(p,
	    "<table role=\"table\" class=\"matrix\">\n<caption>Each requirement, where it "
	    "was delivered and whether that was accepted; gaps first."
	    "</caption>\n<thead><tr role=\"row\"><th scope=\"col\">Requirement</th>"
	    "<th scope=\"col\">Agreed</th><th scope=\"col\">Delivered</th>"
	    "<th scope=\"col\">Accepted</th></tr></thead>\n<tbody>\n");
	for (int rank = 0; rank <= 2; rank++)
		for (size_t i = 0; i < node_count(o->requirements); i++) {
			const struct node *r = node_at(o->requirements, i);

			if (standing(r) == rank)
				put_requirement(p, o->order, r);
		}
	sheet_put(p, "</tbody>\n</table>\n");
}

void
page_agreed(const struct sheet *p)
{
	sheet_open(p, "agreed", "Agreed and delivered");
	for (size_t i = 0; i < p->d->orders.n; i++)
		put_matrix(p, &p->d->orders.v[i]);
	sheet_close(p);
}

void
page_gaps(const struct sheet *p)
{
	sheet_open(p, "gaps", "What is missing");
	if (p->d->gaps.n == 0)
		sheet_put(p,
		    "<p>deed looked for the usual gaps (undelivered "
		    "requirements, deliveries nobody acknowledged, talks "
		    "without a recap) and found none.</p>\n");
	else
		sheet_put(p, "<ul class=\"gaps\">\n");
	for (size_t i = 0; i < p->d->gaps.n; i++) {
		sheet_put(p, "<li dir=\"auto\">");
		sheet_text(p, p->d->gaps.v[i]);
		sheet_put(p, "</li>\n");
	}
	if (p->d->gaps.n > 0)
		sheet_put(p, "</ul>\n");
	sheet_close(p);
}
