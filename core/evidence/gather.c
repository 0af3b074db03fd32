/* SPDX-License-Identifier: ISC */
#include "core/evidence/gather.h"

#include <stdlib.h>
#include <string.h>

#include "core/evidence/enclose.h"
#include "core/evidence/gaps.h"
#include "core/evidence/withhold.h"
#include "core/transcript.h"

/*
 * Withholding.
 */

struct hidden {
	struct strs ids; /* all of them */
	struct strs masked;
	bool told; /* masked ones are wanted */
};

static bool
is_hidden(const struct hidden *h, const char *id)
{
	return strs_find(&h->ids, id) >= 0;
}

static bool
stays_in(const struct entry *entry, void *arg)
{
	const struct hidden *h = arg;

	return entry->kind->travels &&
	    (!is_hidden(h, entry->id) ||
		(h->told && strs_find(&h->masked, entry->id) >= 0));
}

static void
hide_held(struct hidden *h, const struct dossier *d, size_t order)
{
	const struct held *held;

	vec_each (held, &d->held)
		if (held->order == order && held->line == 0 &&
		    held->file == NULL && !is_hidden(h, held->id)) {
			strs_add(&h->ids, held->id);
			if (held->masked)
				strs_add(&h->masked, held->id);
		}
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
		    is_hidden(h, f->entry->id) ||
		    (of = order_fact(full, target)) == NULL ||
		    stays_in(of->entry, h))
			continue;
		strs_add(&h->ids, f->entry->id);
		if (strs_find(&h->masked, of->entry->id) >= 0)
			strs_add(&h->masked, f->entry->id);
	}
}

static struct err *
reduce(struct stream **out, const struct stream *full, struct hidden *h)
{
	struct buf bytes = BUF_INIT;

	stream_withhold(&bytes, full, stays_in, h);
	return stream_parse(out, &bytes, full->name);
}

/* The stream as it leaves, and what it tells. */
static struct err *
tell(struct dossier_order *o, const struct strs *masks)
{
	struct err *e;

	if ((e = stream_load(o->told)) != NULL)
		return e;
	for (size_t i = 0; i < o->told->n && masks->n > 0; i++)
		if (o->told->v[i].content != NULL)
			mask_node(masks, o->told->v[i].content);
	if ((e = order_replay(&o->order, o->told, o->id)) != NULL)
		return e;
	for (size_t i = 0; i < o->order->n; i++) {
		o->withheld += o->stream->v[i].content_len == 0;
		o->adverse += gaps_is_adverse(o->order, &o->order->v[i]);
	}
	o->requirements = order_requirements(o->order);
	return NULL;
}

static struct err *
add_order(struct dossier *d, struct ledger *l, const char *id,
    const struct gather_spec *spec, struct withholding *w)
{
	size_t at = d->orders.n;
	struct dossier_order *order = vec_add(&d->orders);
	struct stream *stream = NULL;
	struct order *full = NULL;
	struct hidden h = { VEC_INIT, VEC_INIT, false };
	struct err *e;

	order->id = mem_dup(id);
	if ((e = ledger_month(&order->month, l, id)) != NULL ||
	    (e = ledger_load(&stream, l, id)) != NULL ||
	    (e = stream_load(stream)) != NULL || /* nothing forged leaves */
	    (e = order_replay(&full, stream, id)) != NULL ||
	    (e = withhold_order(d, at, w, full)) != NULL)
		goto done;
	hide_held(&h, d, at);
	order->by_hand = h.ids.n - h.masked.n;
	hide_corrections(&h, full);
	if ((e = reduce(&order->stream, stream, &h)) != NULL)
		goto done;
	h.told = true;
	if ((e = reduce(&order->told, stream, &h)) != NULL ||
	    (e = tell(order, spec->masks)) != NULL)
		goto done;
	gaps_find(&order->gaps, order->order, spec->claims);
done:
	strs_release(&h.ids);
	strs_release(&h.masked);
	order_free(full);
	stream_free(stream);
	return e;
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
	if (dossier_held(d, of->entry->id, c.line, NULL) != NULL ||
	    dossier_held(d, of->entry->id, 0, NULL) != NULL)
		return NULL;
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

/* Which stamps there are, and which entries each covers. */
static struct err *
add_anchors(struct dossier *d, const struct ledger *l)
{
	struct dossier_order *o;
	struct err *e = stamps_read(&d->stamps, l, NULL, NULL);

	vec_each (o, &d->orders) {
		if (e != NULL || d->stamps.v.n == 0)
			break;
		o->anchors = mem_zero(o->stream->n, sizeof(*o->anchors));
		stamps_cover(&d->stamps, o->stream, o->anchors);
	}
	return e;
}

struct err *
gather(struct dossier **out, struct ledger *l, const struct gather_spec *spec)
{
	struct dossier *d = mem_zero(1, sizeof(*d));
	struct withholding w;
	struct err *e = NULL;

	*out = NULL;
	buf_init(&d->digests);
	d->deliveries = spec->deliveries;
	d->masks = spec->masks;
	withhold_read(&w, spec->withhold, spec->masks);
	for (size_t i = 0; i < spec->claims->n && e == NULL; i++)
		if ((e = claim_vet(spec->claims->v[i])) == NULL)
			strs_add(&d->claims, spec->claims->v[i]);
	for (size_t i = 0; i < spec->orders->n && e == NULL; i++)
		e = add_order(d, l, spec->orders->v[i], spec, &w);
	if (e == NULL)
		e = withhold_check(&w);
	if (e == NULL)
		e = add_anchors(d, l);
	if (e != NULL)
		goto done;
	for (size_t i = 0; i < d->orders.n && e == NULL; i++) {
		if ((e = enclose_order(d, l, i)) == NULL)
			e = add_citations(d, l, i);
	}
	if (e != NULL)
		goto done;
	sum_up(d);
	*out = d;
	d = NULL;
done:
	withhold_release(&w);
	dossier_free(d);
	return e;
}
