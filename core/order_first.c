/* SPDX-License-Identifier: ISC */
#include "core/order.h"

#include <stdlib.h>
#include <string.h>

#include "core/order_parts.h"
#include "core/util/firsts.h"

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

/* As order_is_delivery_of() compares them; yours, NULL if it cannot be met. */
static char *
key_of_content(const struct node *c)
{
	const struct node *archive = node_get(c, "archive");
	const char *parts[] = { node_text(archive, "content"),
		node_text(archive, "links"),
		node_text(node_get(c, "source"), "commit") };
	struct buf b = BUF_INIT;

	if (parts[0] == NULL)
		return NULL;
	for (size_t i = 0; i < 3; i++)
		if (parts[i] != NULL)
			buf_addf(&b, "%zu %s\n", strlen(parts[i]), parts[i]);
		else
			buf_addc(&b, '\n');
	return buf_steal(&b);
}

static const struct fact *
named(const struct order *o, const struct fact *f)
{
	const char *id = node_text(f->content, "also");
	const struct fact *also = id != NULL ? order_fact(o, id) : NULL;

	if (also == NULL || also == f || also->voided ||
	    !fact_is(also, "delivery"))
		return NULL;
	return also->first != NULL ? also->first : also;
}

/* The earlier of two, either of which may be none. */
static const struct fact *
earlier(const struct fact *a, const struct fact *b)
{
	return a == NULL || (b != NULL && b < a) ? b : a;
}

void
order_find_first(struct order *o)
{
	struct firsts bytes = { NULL }, contents = { NULL };

	for (size_t i = 0; i < o->n; i++) {
		struct fact *f = &o->v[i];
		const char *sha256;
		char *content;

		if (!fact_is(f, "delivery") || f->voided)
			continue;
		sha256 = node_text(node_get(f->content, "archive"), "sha256");
		content = key_of_content(f->content);
		f->first = named(o, f);
		if (f->first == NULL)
			f->first = earlier(firsts_find(&bytes, sha256),
			    firsts_find(&contents, content));
		if (f->first == NULL && sha256 != NULL) {
			firsts_add(&bytes, sha256, f);
			firsts_add(&contents, content, f);
		}
		free(content);
	}
	firsts_release(&bytes);
	firsts_release(&contents);
}
