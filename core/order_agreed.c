/* SPDX-License-Identifier: ISC */
#include "core/order.h"

#include <string.h>

/* What is agreed, delivered, accepted. */

/* Is this delivery accepted by an entry that counts? */
static bool
is_accepted(const struct order *o, const struct fact *delivery)
{
	const struct fact *a;

	for (size_t at = 0; (a = order_next(o, "acceptance", &at)) != NULL;) {
		const char *id = node_text(a->content, "delivery");
		const struct fact *of = id != NULL ? order_fact(o, id) : NULL;

		if (of != NULL && (of == delivery || of->first == delivery))
			return true;
	}
	return false;
}

static void
add_requirement(struct node *list, const struct order *o, const char *label,
    const char *text, const char *entry)
{
	struct node *item = node_push(list, node_map());
	const struct fact *d, *delivered = NULL, *accepted = NULL;

	for (size_t i = 0; i < o->n; i++) {
		d = &o->v[o->replay[i]];
		if (d->voided || !fact_is(d, "delivery") ||
		    !node_has(node_get(d->content, "covers"), label))
			continue;
		d = d->first != NULL ? d->first : d;
		delivered = d;
		if (is_accepted(o, d))
			accepted = d;
	}
	node_put(item, "label", node_str(label));
	node_put(item, "text", node_str(text));
	node_put(item, "entry", node_str(entry));
	node_put(item, "delivered",
	    node_str(delivered != NULL ? delivered->label : NULL));
	node_put(item, "accepted",
	    node_str(accepted != NULL ? accepted->label : NULL));
}

struct node *
order_requirements(const struct order *o)
{
	struct node *list = node_list();
	const struct node *first = node_get(o->terms, "requirements");
	size_t start = 0;
	const struct fact *f = order_next(o, "order", &start);

	for (size_t i = 0; i < node_count(first); i++) {
		const struct node *r = node_at(first, i);

		if (node_text(r, "label") != NULL)
			add_requirement(list, o, node_text(r, "label"),
			    node_text(r, "text"),
			    f != NULL ? f->entry->id : NULL);
	}
	for (size_t at = 0; (f = order_next(o, "requirement", &at)) != NULL;)
		if (f->label != NULL)
			add_requirement(list, o, node_text(f->content, "label"),
			    node_text(f->content, "text"), f->entry->id);
	return list;
}

int64_t
order_revisions_used(const struct order *o)
{
	const struct fact *f;
	int64_t n = 0;

	for (size_t at = 0; (f = order_next(o, "revision", &at)) != NULL;)
		n += node_flag(f->content, "formal");
	return n;
}

bool
order_is_off_platform(const struct order *o, const struct fact *f)
{
	const char *platform = node_text(o->terms, "platform");
	const char *channel = node_text(f->content, "channel");
	bool talk = fact_is(f, "call") || fact_is(f, "message");

	if (!talk)
		return false;
	if (node_get(f->content, "off_platform") != NULL)
		return node_flag(f->content, "off_platform");
	if (!order_knows_platform(platform))
		return false;
	if (channel == NULL)
		return fact_is(f, "call");
	return strcmp(channel, platform) != 0;
}

bool
order_is_recapped(const struct order *o, const struct fact *f)
{
	const struct fact *r;

	for (size_t at = 0; (r = order_next(o, "recap", &at)) != NULL;)
		if (node_text_is(r->content, "target", f->entry->id) &&
		    node_flag(r->content, "posted"))
			return true;
	return false;
}
