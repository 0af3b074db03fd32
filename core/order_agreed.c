/* SPDX-License-Identifier: ISC */
#include "core/order.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/mem.h"

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

/* Was the one written by somebody who had the other before him? */
static bool
comes_after(
    const struct order *o, const struct fact *later, const struct fact *earlier)
{
	size_t from = (size_t)(earlier - o->v), to = (size_t)(later - o->v);
	bool *known = mem_zero(o->n, sizeof(*known)), after;

	known[to] = true;
	for (size_t i = to; i > from; i--) {
		const struct strs *parents = &o->v[i].entry->after;

		for (size_t j = 0; known[i] && j < parents->n; j++) {
			const struct fact *f = order_fact(o, parents->v[j]);

			if (f != NULL)
				known[f - o->v] = true;
		}
	}
	after = known[from];
	free(known);
	return after;
}

/* Had the delivery, or who corrected it, this requirement before him? */
static bool
knew(const struct order *o, const struct fact *delivery,
    const struct fact *requirement)
{
	const struct fact *c;

	if (comes_after(o, delivery, requirement))
		return true;
	for (size_t at = 0; (c = order_next(o, "correction", &at)) != NULL;)
		if (node_text_is(c->content, "target", delivery->entry->id) &&
		    comes_after(o, c, requirement))
			return true;
	return false;
}

bool
order_covers(const struct order *o, const struct fact *delivery,
    const struct node *requirement)
{
	const struct node *covers = node_get(delivery->content, "covers");
	const char *label = node_text(requirement, "label");
	const char *entry = node_text(requirement, "entry");
	char *bare = mem_ndup(label, strcspn(label, "~"));
	const struct fact *f;
	bool covered = node_has(covers, label);

	/* written when there was only one of that label */
	if (!covered && node_has(covers, bare) && entry != NULL &&
	    (f = order_fact(o, entry)) != NULL)
		covered = knew(o, delivery, f);
	free(bare);
	return covered;
}

struct err *
order_requirement(
    const struct node **out, const struct node *all, const char *label)
{
	struct buf both = BUF_INIT;
	size_t len = strlen(label), n = 0;
	struct err *e = NULL;

	*out = NULL;
	for (size_t i = 0; i < node_count(all); i++) {
		const char *other = node_text(all->kids[i], "label");

		if (strcmp(other, label) != 0 &&
		    (strncmp(other, label, len) != 0 || other[len] != '~'))
			continue;
		*out = all->kids[i];
		buf_addf(&both, "%s%s", n++ > 0 ? ", " : "", other);
	}
	if (n == 0)
		e = err_new(
		    ERR_NOT_FOUND, "there is no requirement \"%.80s\"", label);
	else if (n > 1)
		e = err_new(ERR_INVALID, "\"%.80s\" is ambiguous: it is %s",
		    label, both.data);
	buf_release(&both);
	return e;
}

static void
add_requirement(struct node *list, const struct order *o, const char *label,
    const char *text, const char *entry)
{
	struct node *item = node_push(list, node_map());
	const struct fact *d, *delivered = NULL, *accepted = NULL;

	node_put(item, "label", node_str(label));
	node_put(item, "text", node_str(text));
	node_put(item, "entry", node_str(entry));
	for (size_t i = 0; i < o->n; i++) {
		d = &o->v[o->replay[i]];
		if (d->voided || !fact_is(d, "delivery") ||
		    !order_covers(o, d, item))
			continue;
		d = d->first != NULL ? d->first : d;
		delivered = d;
		if (is_accepted(o, d))
			accepted = d;
	}
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
			add_requirement(list, o, f->label,
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
	return strcmp(order_platform(channel), platform) != 0;
}

/* All at once: thousands of talks may be asked about. */
static void
find_recaps(struct order *o)
{
	const struct fact *r;

	for (size_t at = 0; (r = order_next(o, "recap", &at)) != NULL;) {
		const char *id = node_text(r->content, "target");
		const struct fact *of = id != NULL ? order_fact(o, id) : NULL;

		if (of != NULL && node_flag(r->content, "posted"))
			o->v[of - o->v].recapped = true;
	}
	o->recaps_found = true;
}

bool
order_is_recapped(const struct order *o, const struct fact *f)
{
	if (!o->recaps_found)
		find_recaps((struct order *)o); /* what is kept, not said */
	return f->recapped;
}
