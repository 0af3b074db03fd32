/* SPDX-License-Identifier: ISC */
#include "core/evidence/account.h"

#include <string.h>

#include "core/evidence/gaps.h"
#include "core/evidence/telling.h"

#define SOON (10 * 60)      /* seconds within which recording is prompt */
#define LATE (2 * DATE_DAY) /* seconds after which it is late */

static void
add_owned(struct buf *out, const char *before, char *text)
{
	buf_adds(out, before);
	buf_adds(out, text);
	free(text);
}

/* before and the value of the terms, if there is one. */
static void
add_term(
    struct buf *out, const char *before, const struct node *t, const char *key)
{
	const char *text = node_text(t, key);

	if (text != NULL)
		buf_addf(
		    out, "%s%c%s%c", before, TELLING_OPEN, text, TELLING_CLOSE);
}

/*
 * The summary.
 */

static void
tell_order(struct buf *out, const struct dossier_order *o)
{
	const struct node *t = o->order->terms;
	const struct fact *f;
	size_t at = 0;

	add_term(out, "", t, "title");
	add_term(out, out->len > 0 ? ", for " : "For ", t, "buyer");
	add_term(out, " on ", t, "platform");
	add_term(out, ", ", t, "price");
	if ((f = order_next(o->order, "order", &at)) != NULL)
		add_owned(out, "; agreed ", telling_day(f));
	if (node_text(t, "due") != NULL)
		add_owned(out, ", due ", telling_due(node_text(t, "due")));
	buf_addc(out, '.');
}

static void
tell_agreed(struct buf *out, const struct dossier_order *o)
{
	size_t n = node_count(o->requirements), delivered = 0, accepted = 0;

	for (size_t i = 0; i < n; i++) {
		const struct node *r = node_at(o->requirements, i);

		delivered += node_text(r, "delivered") != NULL;
		accepted += node_text(r, "accepted") != NULL;
	}
	if (n == 0)
		buf_adds(out, "No single requirements are on record.");
	else
		buf_addf(out,
		    "%zu requirement%s agreed, %zu delivered, %zu accepted.", n,
		    n == 1 ? "" : "s", delivered, accepted);
}

static void
tell_delivered(struct buf *out, const struct dossier_order *o)
{
	const struct fact *f, *first = NULL, *last = NULL;
	size_t n = 0;

	for (size_t at = 0; (f = order_next(o->order, "delivery", &at)) != NULL;
	     n++) {
		if (first == NULL)
			first = f;
		last = f;
	}
	if (n == 0)
		buf_adds(out, "Nothing is recorded as delivered");
	else if (n == 1)
		add_owned(out, "Once, on ", telling_day(first));
	else
		buf_addf(out, "%zu times", n);
	if (n > 1) {
		add_owned(out, ", first on ", telling_day(first));
		add_owned(out, ", last on ", telling_day(last));
	}
	if (n > 0 && gaps_is_late(o->order, first))
		buf_adds(out,
		    n == 1 ? ", after the due date" :
			     ", each after the due date");
	else if (n > 0 && gaps_is_late(o->order, last))
		buf_adds(out, ", the last after the due date");
	if ((f = order_last(o->order, "submission")) != NULL)
		add_owned(out, "; handed in with the platform's own button on ",
		    telling_day(f));
	buf_addc(out, '.');
}

static void
tell_accepted(struct buf *out, const struct dossier_order *o)
{
	const struct fact *f;
	size_t n = 0;

	for (size_t at = 0;
	     (f = order_next(o->order, "acceptance", &at)) != NULL; n++) {
		add_owned(out, n == 0 ? "" : "; ", telling_told(o->order, f));
		add_owned(out, ", ", telling_day(f));
	}
	buf_addf(out, "%sThe order now stands as %s.",
	    n == 0 ? "No acceptance is recorded. " : ". ",
	    order_state_name(o->order->state));
}

static const struct {
	const char *title;
	void (*tell)(struct buf *, const struct dossier_order *);
} lines[ACCOUNT_LINES] = {
	[ACCOUNT_ORDER] = { "The order", tell_order },
	[ACCOUNT_AGREED] = { "Agreed", tell_agreed },
	[ACCOUNT_DELIVERED] = { "Delivered", tell_delivered },
	[ACCOUNT_ACCEPTED] = { "Accepted", tell_accepted },
};

const char *
account_title(enum account_line line)
{
	return lines[line].title;
}

char *
account_line(const struct dossier_order *o, enum account_line line)
{
	struct buf out = BUF_INIT;

	lines[line].tell(&out, o);
	return buf_steal(&out);
}

char *
account_anchors(const struct dossier *d)
{
	const struct dossier_order *o;
	size_t n = 0, all = 0;

	vec_each (o, &d->orders) {
		for (size_t i = 0; i < o->order->n; i++)
			n += dossier_anchor(o, &o->order->v[i]) != NULL;
		all += o->order->n;
	}
	return n == 0 ?
	    mem_dup("no outside anchor") :
	    mem_printf("an outside anchor for %zu of %zu entries", n, all);
}

char *
account_adverse(const struct dossier *d)
{
	return mem_printf("%zu %s for the buyer", d->adverse,
	    d->adverse == 1 ? "entry speaks" : "entries speak");
}

/*
 * What is not here.
 */

char *
account_absence(const struct dossier *d, size_t order, const struct fact *f)
{
	const struct held *h = dossier_held(d, f->entry->id, 0, NULL);

	if (!dossier_is_envelope(d, order, f))
		return NULL;
	if (h != NULL && h->masked)
		return mem_dup("masked: withheld in the record");
	if (h != NULL)
		return h->why == NULL ?
		    mem_dup("withheld by hand, without a reason") :
		    mem_printf("withheld: %c%s%c", TELLING_OPEN, h->why,
			TELLING_CLOSE);
	if (f->erased)
		return mem_dup("nobody has it any more");
	if (fact_is(f, "note"))
		return mem_dup("private notes stay with the seller");
	if (fact_is(f, "package"))
		return mem_dup("an earlier package of evidence");
	return mem_dup("it corrects an entry that is withheld");
}

/*
 * Marks.
 */

static struct account_mark *
add(struct account_marks *m, enum account_look look, char *text)
{
	struct account_mark *mark = vec_add(&m->v);

	mark->look = look;
	mark->text = text;
	return mark;
}

static void
add_grade(struct account_marks *m, const char *grade)
{
	const struct telling_grade *g;

	for (size_t i = 0; (g = telling_grade_at(i)) != NULL; i++)
		if (strcmp(g->name, grade) == 0)
			add(m, ACCOUNT_GRADE, mem_dup(g->title))->of = g->name;
}

static void
add_exhibits(
    struct account_marks *m, const struct dossier *d, const struct fact *f)
{
	const struct exhibit *x;

	for (size_t at = 0; (x = dossier_exhibit(d, f, &at)) != NULL;)
		add(m, ACCOUNT_EXHIBIT, mem_printf("Exhibit %s", x->id))->of =
		    x->id;
}

static void
add_recorded(struct account_marks *m, const struct fact *f)
{
	int64_t delay = telling_delay(f);
	char *span, *when;

	if (delay < SOON) {
		add(m, ACCOUNT_PLAIN, mem_dup("recorded at once"));
		return;
	}
	span = telling_span(delay);
	when = telling_time(telling_recorded(f));
	add(m, delay >= LATE ? ACCOUNT_WARN : ACCOUNT_PLAIN,
	    mem_printf("recorded %s later, %s", span, when));
	free(when);
	free(span);
}

/* The earliest proof from outside that it existed. */
static void
add_anchor(struct account_marks *m, const struct timestamp *s)
{
	struct buf words = BUF_INIT;

	stamp_words(&words, s);
	add(m, s != NULL ? ACCOUNT_ANCHOR : ACCOUNT_PLAIN, buf_steal(&words));
}

static void
add_warnings(
    struct account_marks *m, const struct order *o, const struct fact *f)
{
	const char *anyway = node_text(f->content, "anyway");

	if (gaps_is_late(o, f))
		add(m, ACCOUNT_WARN, mem_dup("after the due date"));
	if (f->voided)
		add(m, ACCOUNT_WARN, mem_dup("taken back later"));
	if (f->corrected)
		add(m, ACCOUNT_WARN, mem_dup("shown as corrected later"));
	if (node_text(f->content, "clock") != NULL)
		add(m, ACCOUNT_WARN, mem_dup("clock given by hand"));
	if (anyway != NULL)
		add(m, ACCOUNT_WARN,
		    mem_printf("recorded past a refusal: %c%s%c", TELLING_OPEN,
			anyway, TELLING_CLOSE));
}

void
account_mark(struct account_marks *out, const struct dossier *d, size_t order,
    const struct fact *f)
{
	const struct dossier_order *o = &d->orders.v[order];
	char *where = order_look_up(o->order, f);
	char *absence = account_absence(d, order, f);

	if (f->content != NULL)
		add_grade(out, order_grade(o->order, f));
	if (where != NULL)
		add(out, ACCOUNT_PLAIN, where);
	if (absence != NULL)
		add(out, f->content == NULL ? ACCOUNT_PLAIN : ACCOUNT_WARN,
		    absence);
	add_exhibits(out, d, f);
	if (f->content != NULL)
		add_recorded(out, f);
	add_anchor(out, dossier_anchor(o, f));
	if (f->content != NULL)
		add_warnings(out, o->order, f);
	add(out, ACCOUNT_ID, mem_printf("entry %.12s", f->entry->id));
}

void
account_release(struct account_marks *m)
{
	struct account_mark *mark;

	vec_each (mark, &m->v)
		free(mark->text);
	vec_release(&m->v);
}
