/* SPDX-License-Identifier: ISC */
#include "core/evidence/dossier.h"

#include <string.h>

#define AROUND 2 /* messages before and after one that is cited */

static void
free_order(struct dossier_order *o)
{
	free(o->id);
	free(o->month);
	free(o->anchors);
	node_free(o->requirements);
	order_free(o->order);
	stream_free(o->told);
	stream_free(o->stream);
	strs_release(&o->gaps);
}

void
dossier_free(struct dossier *d)
{
	struct dossier_order *o;
	struct exhibit *x;
	struct citation *c;
	struct piece *p;
	struct held *h;
	struct talk *t;

	if (d == NULL)
		return;
	vec_each (c, &d->citations)
		node_free(c->message);
	vec_release(&d->citations);
	vec_each (o, &d->orders)
		free_order(o);
	vec_each (x, &d->exhibits) {
		free(x->told);
		free(x->title);
		free(x->path);
	}
	vec_each (p, &d->pieces) {
		free(p->name);
		free(p->from);
		buf_release(&p->text);
	}
	vec_each (h, &d->held) {
		free(h->file);
		free(h->why);
	}
	vec_release(&d->held);
	vec_each (t, &d->talks) {
		excerpt_release(&t->excerpt);
		free(t->left_out);
	}
	vec_release(&d->talks);
	stamps_release(&d->stamps);
	vec_release(&d->orders);
	vec_release(&d->exhibits);
	vec_release(&d->pieces);
	strs_release(&d->gaps);
	strs_release(&d->claims);
	buf_release(&d->digests);
	free(d);
}

const struct held *
dossier_held(
    const struct dossier *d, const char *id, unsigned line, const char *file)
{
	const struct held *h;

	vec_each (h, &d->held)
		if (strcmp(h->id, id) == 0 && h->line == line &&
		    (file == NULL) == (h->file == NULL) &&
		    (file == NULL || strcmp(file, h->file) == 0))
			return h;
	return NULL;
}

bool
dossier_is_envelope(const struct dossier *d, size_t order, const struct fact *f)
{
	const struct dossier_order *o = &d->orders.v[order];
	size_t at = (size_t)(f - o->order->v);

	/* both streams have the same entries in the same order */
	return o->stream->v[at].content_len == 0;
}

const struct timestamp *
dossier_anchor(const struct dossier_order *o, const struct fact *f)
{
	return o->anchors == NULL ? NULL : o->anchors[f - o->order->v];
}

const struct exhibit *
dossier_exhibit(const struct dossier *d, const struct fact *f, size_t *at)
{
	while (*at < d->exhibits.n) {
		const struct exhibit *x = &d->exhibits.v[(*at)++];

		if (x->fact == f)
			return x;
	}
	return NULL;
}

const struct citation *
dossier_citation(const struct dossier *d, const struct fact *f, size_t *at)
{
	while (*at < d->citations.n) {
		const struct citation *c = &d->citations.v[(*at)++];

		if (c->fact == f)
			return c;
	}
	return NULL;
}

const struct fact *
dossier_cited_by(const struct dossier *d, const struct talk *t, size_t line)
{
	const struct citation *c;

	vec_each (c, &d->citations)
		if (c->transcript == t->fact && c->line == line)
			return c->fact;
	return NULL;
}

bool
dossier_is_cited_near(
    const struct dossier *d, const struct talk *t, size_t line)
{
	const struct citation *c;

	vec_each (c, &d->citations)
		if (c->transcript == t->fact && c->line + AROUND >= line &&
		    c->line <= line + AROUND)
			return true;
	return false;
}

size_t
dossier_count(const struct dossier *d, const char *grade)
{
	const struct dossier_order *o;
	size_t n = 0;

	vec_each (o, &d->orders)
		for (size_t i = 0; i < o->order->n; i++) {
			const struct fact *f = &o->order->v[i];

			n += f->content != NULL && !f->voided &&
			    strcmp(order_grade(o->order, f), grade) == 0;
		}
	return n;
}
