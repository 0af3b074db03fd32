/* SPDX-License-Identifier: ISC */
#include "core/purse.h"

#include <stdlib.h>
#include <string.h>

#include "core/money.h"

bool
purse_is_about(
    const struct fact *f, const char *key, const struct node *milestone)
{
	const char *label = node_text(milestone, "label");
	const char *name = node_text(milestone, "name");

	return (label != NULL && node_text_is(f->content, key, label)) ||
	    (name != NULL && node_text_is(f->content, key, name));
}

bool
purse_is_funding(const struct fact *m)
{
	return node_text_is(m->content, "state", "funded") ||
	    node_text_is(m->content, "state", "approved") ||
	    node_text_is(m->content, "state", "released") ||
	    node_text_is(m->content, "state", "paid");
}

/* A sum that begins with its first amount, and knows its currency. */
struct sum {
	struct money money;
	bool any;
};

static void
add(struct sum *s, const char *text)
{
	struct money m;
	struct err *e = text != NULL ? money_parse(&m, text) :
				       err_new(ERR_NOT_FOUND, "no amount");

	if (e == NULL && s->any)
		e = money_same(&s->money, &m);
	if (e == NULL && s->any)
		s->money.parts += m.parts;
	else if (e == NULL)
		s->money = m;
	s->any |= e == NULL;
	err_drop(e); /* no amount, or one of another currency */
}

static void
put(struct node *into, const char *key, const struct sum *s)
{
	char *text = s->any ? money_format(&s->money) : NULL;

	node_put(into, key, node_str(text));
	free(text);
}

/* What became last of a milestone, NULL if nothing is recorded. */
static const struct fact *
last_of(const struct order *o, const struct node *milestone)
{
	const struct fact *f, *last = NULL;

	for (size_t at = 0; (f = order_next(o, "milestone", &at)) != NULL;)
		if (node_text(f->content, "state") != NULL &&
		    purse_is_about(f, "name", milestone))
			last = f;
	return last;
}

static void
add_agreed(struct node *list, const struct order *o, struct sum *funded,
    struct sum *approved)
{
	const struct node *agreed = node_get(o->terms, "milestones");

	for (size_t i = 0; i < node_count(agreed); i++) {
		const struct node *m = agreed->kids[i];
		const struct fact *f = last_of(o, m);
		const char *amount = node_text(m, "amount");
		struct node *row = node_push(list, node_map());

		if (f != NULL && node_text(f->content, "amount") != NULL)
			amount = node_text(f->content, "amount");
		node_put(row, "label", node_str(node_text(m, "label")));
		node_put(row, "name", node_str(node_text(m, "name")));
		node_put(row, "amount", node_str(amount));
		node_put(row, "state",
		    node_str(
			f != NULL ? node_text(f->content, "state") : NULL));
		if (f != NULL && purse_is_funding(f))
			add(funded, amount);
		if (f != NULL && !node_text_is(f->content, "state", "funded") &&
		    purse_is_funding(f))
			add(approved, amount);
	}
}

/* Milestones that are recorded alone, without terms that name them. */
static void
add_others(const struct order *o, struct sum *funded, struct sum *approved)
{
	const struct node *agreed = node_get(o->terms, "milestones");
	const struct fact *f;

	for (size_t at = 0; (f = order_next(o, "milestone", &at)) != NULL;) {
		const char *amount = node_text(f->content, "amount");
		bool known = false;

		for (size_t i = 0; i < node_count(agreed); i++)
			known |= purse_is_about(f, "name", agreed->kids[i]);
		if (known || !purse_is_funding(f))
			continue;
		add(funded, amount);
		if (!node_text_is(f->content, "state", "funded"))
			add(approved, amount);
	}
}

static void
add_kind(struct sum *s, const struct order *o, const char *kind)
{
	const struct fact *f;

	for (size_t at = 0; (f = order_next(o, kind, &at)) != NULL;)
		if (!node_text_is(f->content, "state", "declined"))
			add(s, node_text(f->content, "amount"));
}

struct node *
purse_node(const struct order *o)
{
	struct sum funded = { 0 }, approved = { 0 }, paid = { 0 },
		   refunded = { 0 };
	struct node *n = node_map(), *list = node_list();

	add_agreed(list, o, &funded, &approved);
	add_others(o, &funded, &approved);
	add_kind(&paid, o, "payment");
	add_kind(&refunded, o, "refund");
	node_put(n, "price", node_str(node_text(o->terms, "price")));
	put(n, "funded", &funded);
	put(n, "approved", &approved);
	put(n, "paid", &paid);
	put(n, "refunded", &refunded);
	if (list->n == 0 && !funded.any && !paid.any && !refunded.any) {
		node_free(list);
		node_free(n);
		return node_null();
	}
	node_put(n, "milestones", list);
	return n;
}
