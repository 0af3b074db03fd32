/* SPDX-License-Identifier: ISC */
#include "core/order.h"

#include <string.h>

#include "core/order_parts.h"

/*
 * The same delivered once more, by another run or on another machine, is one
 * delivery: the first in stream order counts.
 */

static bool
are_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool
order_is_delivery_of(const struct node *delivery, const char *sha256,
    const char *content, const char *links, const char *commit)
{
	const struct node *archive = node_get(delivery, "archive");
	const struct node *source = node_get(delivery, "source");

	if (node_text(archive, "sha256") == NULL)
		return false;
	if (are_same(node_text(archive, "sha256"), sha256))
		return true;
	return node_text(archive, "content") != NULL &&
	    are_same(node_text(archive, "content"), content) &&
	    are_same(node_text(archive, "links"), links) &&
	    are_same(node_text(source, "commit"), commit);
}

static const struct fact *
first_of(const struct order *o, size_t n)
{
	const struct node *c = o->v[n].content;
	const struct node *archive = node_get(c, "archive");
	const char *id = node_text(c, "also");
	const struct fact *also = id != NULL ? order_fact(o, id) : NULL;

	if (also != NULL && also != &o->v[n] && !also->voided &&
	    fact_is(also, "delivery"))
		return also->first != NULL ? also->first : also;
	for (size_t i = 0; i < n; i++) {
		const struct fact *f = &o->v[i];

		if (fact_is(f, "delivery") && !f->voided && f->first == NULL &&
		    order_is_delivery_of(f->content,
			node_text(archive, "sha256"),
			node_text(archive, "content"),
			node_text(archive, "links"),
			node_text(node_get(c, "source"), "commit")))
			return f;
	}
	return NULL;
}

void
order_find_first(struct order *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (fact_is(&o->v[i], "delivery") && !o->v[i].voided)
			o->v[i].first = first_of(o, i);
}
