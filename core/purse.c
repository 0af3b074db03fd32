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

/* A sum in the currency of the price, else in that of its first amount. */
struct sum {
	struct money money;
	bool any;
};

struct sums {
	struct sum funded, approved, paid, refunded;
};

static bool
price_of(struct money *out, const struct order *o)
{
	const char *text = node_text(o->terms, "price");
	struct err *e = text != NULL ? money_parse(out, text) :
				       err_new(ERR_NOT_FOUND, "no price");

	err_drop(e); /* no price, or none that can be reckoned with */
	return e == NULL;
}

static void
add(struct sum *s, const char *text)
{
	struct money m = { 0 };
	struct err *e = text != NULL ? money_parse(&m, text) :
				       err_new(ERR_NOT_FOUND, "no amount");

	if (e == NULL && s->money.currency[0] != '\0')
		e = money_same(&s->money, &m);
	if (e == NULL) {
		m.parts += s->money.parts;
		s->money = m;
		s->any = true;
	}
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
add_held(struct sums *s, const struct fact *f, const char *amount)
{
	if (f == NULL || !purse_is_funding(f))
		return;
	add(&s->funded, amount);
	if (!node_text_is(f->content, "state", "funded"))
		add(&s->approved, amount);
}

static void
add_agreed(struct node *list, struct sums *s, const struct order *o)
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
		add_held(s, f, amount);
	}
}

static bool
same_name(const struct fact *a, const struct fact *b)
{
	const char *x = node_text(a->content, "name");
	const char *y = node_text(b->content, "name");

	return x == NULL || y == NULL ? x == y : strcmp(x, y) == 0;
}

/* Milestones that are recorded alone, without terms that name them. */
static void
add_others(struct sums *s, const struct order *o)
{
	const struct node *agreed = node_get(o->terms, "milestones");
	const struct fact *f, *later;

	for (size_t at = 0; (f = order_next(o, "milestone", &at)) != NULL;) {
		bool counts = true;

		for (size_t i = 0; i < node_count(agreed); i++)
			counts &= !purse_is_about(f, "name", agreed->kids[i]);
		/* what became of it last is what it is */
		for (size_t next = at;
		     (later = order_next(o, "milestone", &next)) != NULL;)
			counts &= !same_name(f, later);
		if (counts)
			add_held(s, f, node_text(f->content, "amount"));
	}
}

/* Money that moved: what was only asked back has not. */
static void
add_kind(struct sum *s, const struct order *o, const char *kind)
{
	const struct fact *f;

	for (size_t at = 0; (f = order_next(o, kind, &at)) != NULL;)
		if (!node_text_is(f->content, "state", "declined") &&
		    !node_text_is(f->content, "state", "requested") &&
		    !node_text_is(f->content, "state", "withdrawn"))
			add(s, node_text(f->content, "amount"));
}

static void
sum_up(struct sums *s, struct node *list, const struct order *o)
{
	struct sum none = { { 0, "" }, false };
	struct money price;

	if (price_of(&price, o))
		memcpy(none.money.currency, price.currency,
		    sizeof(price.currency));
	*s = (struct sums){ none, none, none, none };
	add_agreed(list, s, o);
	add_others(s, o);
	add_kind(&s->paid, o, "payment");
	add_kind(&s->refunded, o, "refund");
}

bool
purse_open(struct money *out, const struct order *o)
{
	struct node *list = node_list();
	struct sums s;

	sum_up(&s, list, o);
	node_free(list);
	if (!price_of(out, o))
		return false;
	*out = money_less(*out, s.paid.money);
	return true;
}

bool
purse_held(struct money *out, const struct order *o)
{
	struct node *list = node_list();
	struct sums s;

	sum_up(&s, list, o);
	node_free(list);
	*out = money_less(s.funded.money, s.approved.money);
	return s.funded.any;
}

struct node *
purse_node(const struct order *o)
{
	struct node *n = node_map(), *list = node_list();
	struct sums s;

	sum_up(&s, list, o);
	node_put(n, "price", node_str(node_text(o->terms, "price")));
	put(n, "funded", &s.funded);
	put(n, "approved", &s.approved);
	put(n, "paid", &s.paid);
	put(n, "refunded", &s.refunded);
	if (list->n == 0 && !s.funded.any && !s.paid.any && !s.refunded.any) {
		node_free(list);
		node_free(n);
		return node_null();
	}
	node_put(n, "milestones", list);
	return n;
}
