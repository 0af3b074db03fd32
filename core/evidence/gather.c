/* SPDX-License-Identifier: ISC */
#include "core/evidence/gather.h"

#include <stdlib.h>
#include <string.h>

#include "core/evidence/enclose.h"
#include "core/evidence/gaps.h"
#include "core/transcript.h"

/*
 * Withholding.
 */

struct hidden {
	struct strs ids;
};

static bool
stays_in(const struct entry *entry, void *arg)
{
	const struct hidden *h = arg;

	return entry->kind->travels && strs_find(&h->ids, entry->id) < 0;
}

/*
 * A correction tells what it corrects: it cannot travel without its target.
 * It stands behind that in the stream, so one pass finds those of corrections
 * too.
 */
static void
hide_corrections(struct hidden *h, const struct order *full)
{
	for (size_t i = 0; i < full->n; i++) {
		const struct fact *f = &full->v[i], *of;
		const char *target = node_text(f->content, "target");

		if (target == NULL || !fact_is(f, "correction") ||
		    (of = order_fact(full, target)) == NULL)
			continue;
		if (!stays_in(of->entry, h))
			strs_add(&h->ids, f->entry->id);
	}
}

/* The stream as it leaves, and what it tells. */
static struct err *
reduce(struct dossier_order *d, const struct stream *full, struct hidden *h)
{
	struct buf bytes = BUF_INIT;
	struct err *e;

	stream_withhold(&bytes, full, stays_in, h);
	if ((e = stream_parse(&d->stream, &bytes, full->name)) != NULL ||
	    (e = order_replay(&d->order, d->stream, d->id)) != NULL)
		return e;
	for (size_t i = 0; i < d->order->n; i++) {
		const struct fact *f = &d->order->v[i];

		d->withheld += f->content == NULL;
		d->adverse += gaps_is_adverse(d->order, f);
	}
	d->requirements = order_requirements(d->order);
	return NULL;
}

/*
 * Which entries --withhold names, over all orders: found[i] counts the orders
 * that have entry i.
 */
static struct err *
find_hidden(struct hidden *h, const struct order *full,
    const struct strs *withhold, size_t *found)
{
	for (size_t i = 0; i < withhold->n; i++) {
		const struct fact *f;
		unsigned line;
		struct err *e = order_resolve(&f, &line, full, withhold->v[i]);

		if (err_is(e, ERR_NOT_FOUND)) {
			err_drop(e); /* perhaps it is in another order */
			continue;
		}
		if (e != NULL)
			return e;
		if (line != 0)
			return err_new(ERR_UNSUPPORTED,
			    "\"%.80s\" is one line: only whole entries can "
			    "be withheld",
			    withhold->v[i]);
		if (strs_find(&h->ids, f->entry->id) < 0)
			strs_add(&h->ids, f->entry->id);
		found[i]++;
	}
	return NULL;
}

static struct err *
add_order(struct dossier *d, struct ledger *l, const char *id,
    const struct gather_spec *spec, size_t *found)
{
	struct dossier_order *order = vec_add(&d->orders);
	struct stream *stream = NULL;
	struct order *full = NULL;
	struct hidden h = { VEC_INIT };
	struct err *e;

	order->id = mem_dup(id);
	if ((e = ledger_month(&order->month, l, id)) != NULL ||
	    (e = ledger_load(&stream, l, id)) != NULL ||
	    (e = stream_load(stream)) != NULL || /* nothing forged leaves */
	    (e = order_replay(&full, stream, id)) != NULL ||
	    (e = find_hidden(&h, full, spec->withhold, found)) != NULL)
		goto done;
	order->by_hand = h.ids.n;
	hide_corrections(&h, full);
	if ((e = reduce(order, stream, &h)) != NULL)
		goto done;
	gaps_find(&order->gaps, order->order, spec->claims);
done:
	strs_release(&h.ids);
	order_free(full);
	stream_free(stream);
	return e;
}

static struct err *
check_found(const struct strs *withhold, const size_t *found)
{
	for (size_t i = 0; i < withhold->n; i++) {
		if (found[i] == 0)
			return err_new(ERR_NOT_FOUND,
			    "there is no entry \"%.80s\" to withhold",
			    withhold->v[i]);
		if (found[i] > 1)
			return err_hint(
			    err_new(ERR_INVALID,
				"several orders have an entry \"%.80s\"",
				withhold->v[i]),
			    "name it by its id, as deed log prints it");
	}
	return NULL;
}

/*
 * Citations: what was cited is quoted, so far as its transcript travels.
 */

static struct err *
add_citation(struct dossier *d, const struct ledger *l, const struct order *o,
    const struct fact *f, const char *cited, struct strs *gaps)
{
	const char *colon = strchr(cited, ':');
	char *id = mem_ndup(
	    cited, colon == NULL ? strlen(cited) : (size_t)(colon - cited));
	const struct fact *of = order_fact(o, id);
	struct citation c = { .fact = f, .transcript = of };
	struct err *e;

	free(id);
	if (colon == NULL || of == NULL || of->content == NULL ||
	    (!fact_is(of, "transcript") && !fact_is(of, "mail")))
		return NULL;
	c.line = (unsigned)strtoul(colon + 1, NULL, 10);
	e = transcript_message(&c.message, l, of->content, c.line);
	if (e == NULL)
		vec_push(&d->citations, c);
	if (!err_is(e, ERR_NOT_FOUND))
		return e;
	err_drop(e); /* the entry stands without it */
	strs_take(gaps,
	    mem_printf("line %u of a chat is cited, and its bytes are not on "
		       "this machine",
		c.line));
	return NULL;
}

static struct err *
add_citations(struct dossier *d, const struct ledger *l, size_t i)
{
	const struct order *o = d->orders.v[i].order;
	struct err *e = NULL;

	for (size_t j = 0; j < o->n && e == NULL; j++) {
		const struct fact *f = &o->v[o->replay[j]];
		const struct node *cites = node_get(f->content, "cites");

		for (size_t k = 0; k < node_count(cites) && e == NULL; k++) {
			const char *cited = node_as_text(node_at(cites, k));

			if (cited != NULL && !f->voided)
				e = add_citation(
				    d, l, o, f, cited, &d->orders.v[i].gaps);
		}
	}
	return e;
}

/*
 * All of it.
 */

static void
sum_up(struct dossier *d)
{
	for (size_t i = 0; i < d->orders.n; i++) {
		struct dossier_order *o = &d->orders.v[i];

		d->withheld += o->withheld;
		d->by_hand += o->by_hand;
		d->adverse += o->adverse;
		for (size_t j = 0; j < o->gaps.n; j++)
			strs_take(&d->gaps,
			    d->orders.n == 1 ?
				mem_dup(o->gaps.v[j]) :
				mem_printf("%s: %s", o->id, o->gaps.v[j]));
	}
}

struct err *
gather(struct dossier **out, struct ledger *l, const struct gather_spec *spec)
{
	struct dossier *d = mem_zero(1, sizeof(*d));
	size_t *found = mem_zero(spec->withhold->n, sizeof(*found));
	struct err *e = NULL;

	*out = NULL;
	buf_init(&d->digests);
	d->deliveries = spec->deliveries;
	for (size_t i = 0; i < spec->claims->n && e == NULL; i++)
		if ((e = claim_vet(spec->claims->v[i])) == NULL)
			strs_add(&d->claims, spec->claims->v[i]);
	for (size_t i = 0; i < spec->orders->n && e == NULL; i++)
		e = add_order(d, l, spec->orders->v[i], spec, found);
	if (e == NULL)
		e = check_found(spec->withhold, found);
	if (e != NULL)
		goto done;
	for (size_t i = 0; i < d->orders.n && e == NULL; i++) {
		enclose_order(d, l, i);
		e = add_citations(d, l, i);
	}
	if (e != NULL)
		goto done;
	sum_up(d);
	*out = d;
	d = NULL;
done:
	free(found);
	dossier_free(d);
	return e;
}
