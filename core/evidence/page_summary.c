/* SPDX-License-Identifier: ISC */
#include "core/evidence/page_summary.h"

#include <string.h>

#include "core/evidence/gaps.h"
#include "core/evidence/html.h"

/*
 * Summary: five lines, each of all orders.
 */

static void
sum_order(const struct sheet *p, const struct dossier_order *o)
{
	const struct node *t = o->order->terms;
	const struct fact *f;
	size_t at = 0;

	sheet_value(p, "", node_text(t, "title"));
	sheet_value(p, node_text(t, "title") != NULL ? ", for " : "For ",
	    node_text(t, "buyer"));
	sheet_value(p, " on ", node_text(t, "platform"));
	sheet_value(p, ", ", node_text(t, "price"));
	if ((f = order_next(o->order, "order", &at)) != NULL) {
		sheet_put(p, "; agreed ");
		sheet_time(p, f->happened, telling_day(f));
	}
	if (node_text(t, "due") != NULL) {
		sheet_put(p, ", due ");
		sheet_owned(p, telling_due(node_text(t, "due")));
	}
	sheet_put(p, ".");
}

static void
sum_agreed(const struct sheet *p, const struct dossier_order *o)
{
	size_t n = node_count(o->requirements), delivered = 0, accepted = 0;

	for (size_t i = 0; i < n; i++) {
		const struct node *r = node_at(o->requirements, i);

		delivered += node_text(r, "delivered") != NULL;
		accepted += node_text(r, "accepted") != NULL;
	}
	if (n == 0) {
		sheet_put(p, "No single requirements are on record.");
		return;
	}
	sheet_owned(p, telling_count((int64_t)n, "requirement"));
	sheet_put(
	    p, " agreed, %zu delivered, %zu accepted.", delivered, accepted);
}

static void
sum_delivered(const struct sheet *p, const struct dossier_order *o)
{
	const struct fact *f, *first = NULL, *last = NULL;
	size_t n = 0;

	for (size_t at = 0;
	     (f = order_next(o->order, "delivery", &at)) != NULL;) {
		if (first == NULL)
			first = f;
		last = f;
		n++;
	}
	if (n == 0) {
		sheet_put(p, "Nothing is recorded as delivered.");
		return;
	}
	if (n == 1)
		sheet_put(p, "Once, on ");
	else
		sheet_put(p, "%zu times, first on ", n);
	sheet_time(p, first->happened, telling_day(first));
	if (n > 1) {
		sheet_put(p, ", last on ");
		sheet_time(p, last->happened, telling_day(last));
	}
	if (gaps_is_late(o->order, first))
		sheet_put(p, ", after the due date");
	else if (gaps_is_late(o->order, last))
		sheet_put(p, ", the last after the due date");
	f = order_last(o->order, "submission");
	if (f != NULL) {
		sheet_put(p, "; handed in with the platform's own button on ");
		sheet_time(p, f->happened, telling_day(f));
	}
	sheet_put(p, ".");
}

static void
sum_accepted(const struct sheet *p, const struct dossier_order *o)
{
	const struct fact *f;
	size_t n = 0;

	for (size_t at = 0;
	     (f = order_next(o->order, "acceptance", &at)) != NULL; n++) {
		sheet_put(p, "%s", n == 0 ? "" : "; ");
		sheet_owned(p, telling_title(o->order, f));
		sheet_put(p, ", ");
		sheet_time(p, f->happened, telling_day(f));
	}
	sheet_put(p, n == 0 ? "No acceptance is recorded. " : ". ");
	sheet_put(p, "The order now stands as %s.",
	    order_state_name(o->order->state));
}

/* How many entries something from outside covers. */
static void
put_anchored(const struct sheet *p, bool any)
{
	const struct dossier_order *o;
	size_t n = 0, all = 0;

	vec_each (o, &p->d->orders) {
		for (size_t i = 0; i < o->order->n; i++)
			n += dossier_anchor(o, &o->order->v[i]) != NULL;
		all += o->order->n;
	}
	sheet_put(p, "%s", any ? ";" : "Nothing;");
	if (n == 0)
		sheet_put(p, " no outside anchor. ");
	else
		sheet_put(
		    p, " an outside anchor for %zu of %zu entries. ", n, all);
}

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
	put_anchored(p, any);
	if (p->d->gaps.n == 0) {
		sheet_put(p, "No gap was found.");
		return;
	}
	sheet_owned(p, telling_count((int64_t)p->d->gaps.n, "gap"));
	sheet_put(p, " named below.");
}

static void
put_line(const struct sheet *p, const char *title,
    void (*sum)(const struct sheet *, const struct dossier_order *))
{
	const struct dossier *d = p->d;

	sheet_put(p, "<div><dt>%s</dt>", title);
	for (size_t i = 0; i < d->orders.n; i++) {
		sheet_put(p, "<dd>");
		if (d->orders.n > 1) {
			sheet_put(p, "<b>");
			html_bdi(p->out, d->orders.v[i].id);
			sheet_put(p, ":</b> ");
		}
		sum(p, &d->orders.v[i]);
		sheet_put(p, "</dd>");
	}
	sheet_put(p, "</div>\n");
}

void
page_summary(const struct sheet *p)
{
	sheet_open(p, "summary", "In five lines");
	sheet_put(p, "<dl class=\"lines\">\n");
	put_line(p, "The order", sum_order);
	put_line(p, "Agreed", sum_agreed);
	put_line(p, "Delivered", sum_delivered);
	put_line(p, "Accepted", sum_accepted);
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

/* A link to an entry in the timeline: its label and its day. */ static void
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
	put_cell(p, "Accepted", find_label(o, node_text(r, "accepted")),
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
