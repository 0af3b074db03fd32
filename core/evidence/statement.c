/* SPDX-License-Identifier: ISC */
#include "core/evidence/statement.h"

#include <stdlib.h>
#include <string.h>

#include "core/draft.h"
#include "core/evidence/gaps.h"
#include "core/evidence/telling.h"
#include "core/util/utf8.h"

#define QUOTE_COLUMNS 300 /* of a text that is quoted */

/* What stands in a record, on one line and fit to be pasted. */
static void
add_words(struct buf *out, const char *text)
{
	struct buf line = BUF_INIT;
	size_t len = utf8_fit(text, QUOTE_COLUMNS);

	buf_add(&line, text, len);
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] == '\n' || line.data[i] == '\t')
			line.data[i] = ' ';
	if (text[len] != '\0')
		buf_adds(&line, " ...");
	draft_add_plain(out, line.data);
	buf_release(&line);
}

/* The id that the platform prints, else ours. */
static const char *
order_name(const struct dossier_order *o)
{
	const char *native = node_text(o->order->terms, "native_id");

	return native != NULL ? native : o->id;
}

/*
 * Parts: each can be left out by itself where a venue takes no more, those of
 * the highest rank first, and of these the last.
 */

enum rank {
	RANK_HEAD, /* never left out */
	RANK_SEEN,
	RANK_AGREED,
	RANK_DELIVERED,
	RANK_GAP,
	RANK_OTHER,
	RANK_ATTACHED,
	RANK_AGAIN, /* told before, among what the judge can see */
};

struct part {
	enum rank rank;
	const char *title; /* of its section, static; NULL: it has none */
	size_t order;
	struct buf text;
	bool left_out;
};

struct statement {
	const struct dossier *d;
	VEC(struct part) parts;
};

static struct buf *
add_part(struct statement *s, enum rank rank, const char *title, size_t order)
{
	struct part *p = vec_add(&s->parts);

	p->rank = rank;
	p->title = title;
	p->order = order;
	buf_init(&p->text);
	return &p->text;
}

/* Did the buyer say anything before he turned to somebody else? */
static void
add_attempts(struct buf *out, const struct dossier *d)
{
	const struct dossier_order *o;
	int64_t n = 0;
	char *count;

	if (d->claims.n == 0)
		return;
	vec_each (o, &d->orders)
		n += (int64_t)order_count(o->order, "revision");
	count = telling_count(n, "revision");
	if (n == 0)
		buf_adds(out,
		    "No request for a revision is on record before the "
		    "dispute.\n");
	else
		buf_addf(out,
		    "Before the dispute the buyer asked for %s, told "
		    "below.\n",
		    count);
	free(count);
}

static void
add_head(struct statement *s, int64_t now)
{
	const struct dossier *d = s->d;
	struct buf *out = add_part(s, RANK_HEAD, NULL, 0);
	char *day = telling_date(now);

	for (size_t i = 0; i < d->orders.n; i++) {
		const struct node *terms = d->orders.v[i].order->terms;

		buf_addf(out, "Order %s", order_name(&d->orders.v[i]));
		if (node_text(terms, "title") != NULL) {
			buf_adds(out, ": ");
			add_words(out, node_text(terms, "title"));
		}
		buf_addc(out, '\n');
	}
	buf_addf(out, "Statement of the seller, %s\n", day);
	if (d->claims.n > 0)
		buf_adds(out, "\nThis answers the claim ");
	for (size_t i = 0; i < d->claims.n; i++)
		buf_addf(out, "%s%s", i > 0 ? " and " : "",
		    claim_words(d->claims.v[i]));
	if (d->claims.n > 0)
		buf_adds(out, ".\n");
	add_attempts(out, d);
	free(day);
}

/* "- 23 Nov 2026, 10:15 UTC: Handed in ..." */
static void
add_fact(struct buf *out, const struct dossier *d, const struct order *o,
    const struct fact *f)
{
	char *when = telling_happened(f), *title = telling_title(o, f);
	const struct citation *c;

	buf_addf(out, "- %s: ", when);
	add_words(out, title);
	if (telling_quote(f) != NULL) {
		buf_adds(out, ". \"");
		add_words(out, telling_quote(f));
		buf_addc(out, '"');
	}
	for (size_t at = 0; (c = dossier_citation(d, f, &at)) != NULL;) {
		char *author = telling_speaker(c->message);
		const char *text = node_text(c->message, "text");

		buf_adds(out, ". In the chat, ");
		add_words(out, author != NULL ? author : "somebody");
		buf_adds(out, ": \"");
		add_words(out, text != NULL ? text : "");
		buf_addc(out, '"');
		free(author);
	}
	buf_addc(out, '\n');
	free(title);
	free(when);
}

/* First what the judge can see with his own eyes. */
static void
add_look_ups(struct statement *s)
{
	const struct dossier_order *o;

	vec_each (o, &s->d->orders)
		for (size_t i = 0; i < o->order->n; i++) {
			const struct fact *f =
			    &o->order->v[o->order->replay[i]];
			char *where =
			    f->voided ? NULL : order_look_up(o->order, f);
			struct buf *out;

			if (where == NULL)
				continue;
			out = add_part(
			    s, RANK_SEEN, "What you can see yourself", 0);
			add_fact(out, s->d, o->order, f);
			buf_addf(out, "  (%s)\n", where);
			free(where);
		}
}

static void
add_agreed(struct statement *s, size_t order)
{
	const struct node *list = s->d->orders.v[order].requirements;

	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *r = node_at(list, i);
		const char *text = node_text(r, "text");
		const char *delivered = node_text(r, "delivered");
		struct buf *out = add_part(s, RANK_AGREED,
		    "What was agreed, and where it was delivered", order);

		buf_addf(out, "- %s: ", node_text(r, "label"));
		add_words(out, text != NULL ? text : "");
		if (delivered != NULL)
			buf_addf(out, " -> delivery %s%s", delivered + 1,
			    node_text(r, "accepted") != NULL ? ", accepted" :
							       "");
		else
			buf_adds(out, " -> not delivered");
		buf_addc(out, '\n');
	}
}

static enum rank
rank_of(const struct order *o, const struct fact *f)
{
	char *where = order_look_up(o, f);
	bool again = where != NULL;

	free(where);
	if (again)
		return RANK_AGAIN;
	if (fact_is(f, "delivery") || fact_is(f, "submission") ||
	    fact_is(f, "acceptance") || fact_is(f, "completion") ||
	    gaps_is_adverse(o, f))
		return RANK_DELIVERED;
	return RANK_OTHER;
}

static void
add_story(struct statement *s, size_t order)
{
	static const char title[] = "What happened, in order";
	const struct dossier_order *o = &s->d->orders.v[order];

	for (size_t i = 0; i < o->order->n; i++) {
		const struct fact *f = &o->order->v[o->order->replay[i]];

		if (f->content != NULL && !f->voided)
			add_fact(
			    add_part(s, rank_of(o->order, f), title, order),
			    s->d, o->order, f);
	}
	if (o->withheld > 0)
		buf_addf(add_part(s, RANK_OTHER, title, order),
		    "(%zu %s left out, and the package says so.)\n",
		    o->withheld, o->withheld == 1 ? "entry is" : "entries are");
}

static void
add_gaps(struct statement *s)
{
	for (size_t i = 0; i < s->d->gaps.n; i++) {
		struct buf *out =
		    add_part(s, RANK_GAP, "What I cannot show", 0);

		buf_adds(out, "- ");
		add_words(out, s->d->gaps.v[i]);
		buf_addc(out, '\n');
	}
}

static void
add_exhibits(struct statement *s)
{
	const struct exhibit *x;

	vec_each (x, &s->d->exhibits) {
		struct buf *out =
		    add_part(s, RANK_ATTACHED, "What is attached", 0);

		buf_addf(out, "- %s: ", x->id);
		add_words(out, x->title);
		buf_addc(out, '\n');
	}
}

static void
add_end(struct statement *s, const struct venue *v)
{
	buf_adds(add_part(s, RANK_HEAD, NULL, 0),
	    v->has_fields ?
		"\nAll of it is in the files of this form.\n" :
		"\n"
		"All of it is in the evidence package. Open index.html in it; "
		"HOW-TO-VERIFY.txt\n"
		"tells how to check it without trusting me.\n");
}

/*
 * Within the limit.
 */

static size_t
count_left_out(const struct statement *s)
{
	const struct part *p;
	size_t n = 0;

	vec_each (p, &s->parts)
		n += p->left_out;
	return n;
}

static void
put_together(struct buf *out, const struct statement *s)
{
	const struct part *p, *last = NULL;
	size_t left_out = count_left_out(s);

	vec_each (p, &s->parts) {
		if (p->left_out)
			continue;
		if (p + 1 == s->parts.v + s->parts.n && left_out > 0)
			buf_addf(out, "\n(%zu more %s in the package.)\n",
			    left_out,
			    left_out == 1 ? "point is" : "points are");
		if (p->title != NULL &&
		    (last == NULL || last->title != p->title ||
			last->order != p->order)) {
			buf_addf(out, "\n%s", p->title);
			if (s->d->orders.n > 1 &&
			    (p->rank == RANK_AGREED ||
				strcmp(p->title, "What happened, in order") ==
				    0))
				buf_addf(out, " (order %s)",
				    order_name(&s->d->orders.v[p->order]));
			buf_adds(out, "\n\n");
		}
		buf_add(out, p->text.data, p->text.len);
		last = p;
	}
}

/* The part that can best be done without, or NULL. */
static struct part *
find_least(struct statement *s)
{
	struct part *p, *least = NULL;

	vec_each (p, &s->parts)
		if (!p->left_out && p->rank != RANK_HEAD &&
		    (least == NULL || p->rank >= least->rank))
			least = p;
	return least;
}

/*
 * Leave out what is too much by the sum of the parts, and look at the whole
 * only then: there may be thousands.
 */
static void
fit(struct buf *out, struct statement *s, const struct venue *v)
{
	int64_t over = venue_measure(v, out->data) - v->text_max;
	struct part *p;

	while (over > 0 && (p = find_least(s)) != NULL) {
		p->left_out = true;
		over -= venue_measure(v, p->text.data);
		if (over > 0)
			continue;
		buf_clear(out);
		put_together(out, s);
		over = venue_measure(v, out->data) - v->text_max;
	}
}

/* Cut what is left at a character, or behind a word. */
static void
cut(struct buf *out, const struct venue *v)
{
	while (out->len > 0 && venue_measure(v, out->data) > v->text_max) {
		size_t len = out->len - 1;

		while (len > 0 && (out->data[len] & 0xc0) == 0x80)
			len--;
		buf_cut(out, len);
	}
}

/* "statement.txt: 3 of 12 entries (What happened, in order)" */
static void
tell_left_out(struct strs *out, const struct statement *s)
{
	const struct part *p, *q;

	vec_each (p, &s->parts) {
		size_t n = 0, all = 0;
		bool first = true;

		vec_each (q, &s->parts)
			if (q->title != NULL && q->title == p->title) {
				first &= q >= p;
				n += q->left_out;
				all++;
			}
		if (first && n > 0)
			strs_take(out,
			    mem_printf("statement.txt: %zu of %zu points "
				       "under \"%s\"",
				n, all, p->title));
	}
}

void
statement_write(struct buf *out, const struct dossier *d, const struct venue *v,
    int64_t now, struct strs *left_out)
{
	struct statement s = { .d = d };
	struct part *p;

	add_head(&s, now);
	add_look_ups(&s);
	for (size_t i = 0; i < d->orders.n; i++) {
		add_agreed(&s, i);
		add_story(&s, i);
	}
	add_gaps(&s);
	add_exhibits(&s);
	add_end(&s, v);
	put_together(out, &s);
	fit(out, &s, v);
	cut(out, v);
	tell_left_out(left_out, &s);
	vec_each (p, &s.parts)
		buf_release(&p->text);
	vec_release(&s.parts);
}
