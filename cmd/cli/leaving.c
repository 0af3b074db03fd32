/* SPDX-License-Identifier: ISC */
#include "cmd/cli/leaving.h"

#include <string.h>

#include "cmd/cli/say.h"
#include "core/evidence/telling.h"
#include "core/util/utf8.h"

#define ENTRIES_MAX 40   /* of one order, each on a line of its own */
#define QUOTE_COLUMNS 60 /* of what it says */

/* "  4b1c9e2a  3 Nov 2026  Message from anna (fiverr)" */
static void
add_entry(struct buf *b, const struct order *o, const struct fact *f)
{
	char *id = order_short(o, f), *day = telling_day(f);
	char *title = telling_title(o, f);
	const char *quote = telling_quote(f);

	buf_addf(b, "  %s  %s  %s", id, day, title);
	if (quote != NULL) {
		size_t line = strcspn(quote, "\n");
		size_t len = utf8_fit(quote, QUOTE_COLUMNS);

		len = len < line ? len : line;
		buf_addf(b, ": %.*s%s", (int)len, quote,
		    quote[len] != '\0' ? " ..." : "");
	}
	buf_addc(b, '\n');
	free(title);
	free(day);
	free(id);
}

/* The words of entries leave, too, not only files. */
static void
add_entries(struct buf *b, const struct dossier *d)
{
	const struct dossier_order *o;

	vec_each (o, &d->orders) {
		size_t n = 0, all = o->order->n - o->withheld;

		buf_addf(b, "Entries of %s, in full: %zu.\n", o->id, all);
		for (size_t i = 0; i < o->order->n; i++) {
			const struct fact *f =
			    &o->order->v[o->order->replay[i]];

			if (dossier_is_envelope(
				d, (size_t)(o - d->orders.v), f))
				continue;
			if (n++ < ENTRIES_MAX)
				add_entry(b, o->order, f);
		}
		if (n > ENTRIES_MAX)
			buf_addf(b, "  and %zu more; see: deed -o %s log\n",
			    n - ENTRIES_MAX, o->id);
	}
}

/* "  4b1c9e2a:12  message of a chat, because ..." */
static void
add_held(struct buf *b, const struct dossier *d)
{
	const struct held *h;

	buf_addf(b, "Withheld, as envelopes: %zu.\n", d->withheld);
	vec_each (h, &d->held) {
		buf_addf(b, "  %.12s", h->id);
		if (h->line > 0)
			buf_addf(b, ":%u", h->line);
		if (h->file != NULL)
			buf_addf(b, "/%s", h->file);
		buf_addf(b, "  %s: %s\n", h->kind->name,
		    h->why != NULL ? h->why : "no reason is given");
	}
}

/* "  - an e-mail address in message of 1 Nov 2026: --withhold 4b1c9e2a" */
static void
add_proposed(struct buf *b, const struct node *list)
{
	if (node_count(list) > 0)
		buf_adds(b, "Perhaps it had better stay at home:\n");
	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *n = node_at(list, i);

		buf_addf(b, "  - %s in %s: --withhold %s\n",
		    node_text(n, "what"), node_text(n, "where"),
		    node_text(n, "withhold"));
	}
}

static void
add_files(struct buf *b, const struct leaving *l)
{
	const struct exhibit *x;

	buf_addf(b, "These leave, packed for %s into %s:\n", l->venue->title,
	    l->dir);
	vec_each (x, &l->d->exhibits)
		buf_addf(b, "  %s  %s\n       %s\n", x->id, x->title, x->path);
	buf_adds(
	    b, "  and pages that retell them: index.html, statement.txt, ");
	buf_adds(b, l->venue->has_fields ? "fields\n" : "report.pdf\n");
	if (l->d->deliveries == VENUE_FILES)
		buf_adds(b, "Of deliveries, only the lists of their files.\n");
	if (l->d->deliveries == VENUE_DIGESTS)
		buf_adds(b, "Of deliveries, only their digests.\n");
}

void
leaving_say(const struct leaving *l)
{
	const struct dossier *d = l->d;
	struct buf b = BUF_INIT;

	add_files(&b, l);
	add_entries(&b, d);
	add_held(&b, d);
	add_proposed(&b, l->proposed);
	buf_addf(
	    &b, "For the other side: %zu, all of them left in.\n", d->adverse);
	if (d->gaps.n > 0)
		buf_adds(&b, "Missing, and named in the package:\n");
	for (size_t i = 0; i < d->gaps.n; i++)
		buf_addf(&b, "  - %s\n", d->gaps.v[i]);
	if (l->agreed)
		say_text(b.data);
	else
		say_always(b.data);
	buf_release(&b);
}
