/* SPDX-License-Identifier: ISC */
#include "core/evidence/statement.h"

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

static void
add_title(struct buf *out, const char *title)
{
	buf_addf(out, "\n%s\n\n", title);
}

static void
add_head(struct buf *out, const struct dossier *d, int64_t now)
{
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
		const char *author = node_text(c->message, "author");
		const char *text = node_text(c->message, "text");

		buf_adds(out, ". In the chat, ");
		add_words(out, author != NULL ? author : "somebody");
		buf_adds(out, ": \"");
		add_words(out, text != NULL ? text : "");
		buf_addc(out, '"');
	}
	buf_addc(out, '\n');
	free(title);
	free(when);
}

/* First what the judge can see with his own eyes. */
static void
add_look_ups(struct buf *out, const struct dossier *d)
{
	const struct dossier_order *o;
	bool any = false;

	vec_each (o, &d->orders)
		for (size_t i = 0; i < o->order->n; i++) {
			const struct fact *f =
			    &o->order->v[o->order->replay[i]];
			char *where =
			    f->voided ? NULL : order_look_up(o->order, f);

			if (where == NULL)
				continue;
			if (!any)
				add_title(out, "What you can see yourself");
			any = true;
			add_fact(out, d, o->order, f);
			buf_addf(out, "  (%s)\n", where);
			free(where);
		}
}

static void
add_agreed(struct buf *out, const struct dossier_order *o)
{
	size_t n = node_count(o->requirements);

	if (n > 0)
		add_title(out, "What was agreed, and where it was delivered");
	for (size_t i = 0; i < n; i++) {
		const struct node *r = node_at(o->requirements, i);
		const char *text = node_text(r, "text");
		const char *delivered = node_text(r, "delivered");

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

static void
add_story(
    struct buf *out, const struct dossier *d, const struct dossier_order *o)
{
	add_title(out, "What happened, in order");
	for (size_t i = 0; i < o->order->n; i++) {
		const struct fact *f = &o->order->v[o->order->replay[i]];

		if (f->content != NULL && !f->voided)
			add_fact(out, d, o->order, f);
	}
	if (o->withheld > 0)
		buf_addf(out, "(%zu %s left out, and the package says so.)\n",
		    o->withheld, o->withheld == 1 ? "entry is" : "entries are");
}

static void
add_gaps(struct buf *out, const struct dossier *d)
{
	if (d->gaps.n > 0)
		add_title(out, "What I cannot show");
	for (size_t i = 0; i < d->gaps.n; i++) {
		buf_adds(out, "- ");
		add_words(out, d->gaps.v[i]);
		buf_addc(out, '\n');
	}
}

static void
add_exhibits(struct buf *out, const struct dossier *d)
{
	const struct exhibit *x;

	add_title(out, "What is attached");
	vec_each (x, &d->exhibits) {
		buf_addf(out, "- %s: ", x->id);
		add_words(out, x->title);
		buf_addc(out, '\n');
	}
	buf_adds(out,
	    "\n"
	    "All of it is in the evidence package. Open index.html in it; "
	    "HOW-TO-VERIFY.txt\n"
	    "tells how to check it without trusting me.\n");
}

void
statement_write(struct buf *out, const struct dossier *d, int64_t now)
{
	const struct dossier_order *o;

	add_head(out, d, now);
	add_look_ups(out, d);
	vec_each (o, &d->orders) {
		if (d->orders.n > 1)
			buf_addf(out, "\nOrder %s\n", order_name(o));
		add_agreed(out, o);
		add_story(out, d, o);
	}
	add_gaps(out, d);
	add_exhibits(out, d);
}
