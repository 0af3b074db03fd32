/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/check_rules.h"
#include "core/fee.h"
#include "core/purse.h"

void
find_no_requirement(const struct finder *f)
{
	struct node *all = order_requirements(f->c->order);

	if (all->n == 0)
		finder_add(f, "deed scope add -m 'what must be delivered'",
		    "no requirement is recorded");
	node_free(all);
}

/* Is a file with the terms as they stood kept anywhere? */
void
find_not_frozen(const struct finder *f)
{
	const struct order *o = f->c->order;
	const struct fact *t;

	for (size_t at = 0; (t = order_next(o, "order", &at)) != NULL;)
		if (node_count(node_get(t->content, "terms")) +
			node_count(node_get(t->content, "files")) >
		    0)
			return;
	for (size_t at = 0; (t = order_next(o, "terms", &at)) != NULL;)
		if (node_count(node_get(t->content, "terms")) +
			node_count(node_get(t->content, "files")) >
		    0)
			return;
	finder_add(f,
	    "deed log -k terms --attach FILE -m 'the terms as they stood'",
	    "no file holds the terms as they stood");
}

static bool
text_is(const struct node *map, const char *key, const char *value)
{
	const char *text = node_text(map, key);

	return text != NULL && strcmp(text, value) == 0;
}

void
find_no_legal_name(const struct finder *f)
{
	const struct node *terms = f->c->order->terms;
	const struct node *party = node_get(terms, "party");
	bool named = node_text(party, "name") != NULL;

	if (!text_is(terms, "platform", "direct") &&
	    !text_is(terms, "contract", "direct"))
		return;
	if (!named || node_text(party, "address") == NULL)
		finder_add(f,
		    "deed log -k terms --set party.name='Byron Ltd' --set "
		    "party.address='1 High Street, London' -m 'who buys'",
		    "the buyer's %s is not recorded",
		    named ? "postal address" : "legal name");
}

/*
 * Milestones.
 */

/* milestone NULL: anything of the order. */
static bool
is_funded(const struct order *o, const struct node *milestone)
{
	const struct fact *m;

	for (size_t at = 0; (m = order_next(o, "milestone", &at)) != NULL;)
		if (purse_is_funding(m) &&
		    (milestone == NULL || purse_is_about(m, "name", milestone)))
			return true;
	for (size_t at = 0; (m = order_next(o, "payment", &at)) != NULL;)
		if (milestone == NULL ||
		    purse_is_about(m, "milestone", milestone))
			return true;
	return false;
}

/* Where only what is held is protected, and nothing says that it is. */
static bool
needs_funding(const struct check *c)
{
	return c->profile != NULL &&
	    profile_value(c->profile, "protected") != NULL &&
	    !text_is(c->order->terms, "contract", "hourly") &&
	    !text_is(c->order->terms, "contract", "direct");
}

static void
add_unfunded(const struct finder *f, const char *price)
{
	char *fix = mem_printf("deed log -k milestone --set name=all --set "
			       "amount='%s' --set state=funded -m 'seen as "
			       "funded'",
	    price != NULL ? price : "250 USD");

	finder_add(f, fix, "nothing of the price is recorded as funded");
	free(fix);
}

void
find_unfunded(const struct finder *f)
{
	const struct order *o = f->c->order;
	const struct node *list = node_get(o->terms, "milestones");

	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *m = list->kids[i];
		const char *label = node_text(m, "label");
		const char *name = node_text(m, "name");
		char *fix;

		if (is_funded(o, m))
			continue;
		fix = mem_printf("deed log -k milestone --set name=%s --set "
				 "state=funded -m 'seen as funded'",
		    label);
		finder_add(f, fix,
		    "milestone %s, %s, is not recorded as funded", label, name);
		free(fix);
	}
	if (node_count(list) == 0 && needs_funding(f->c) && !is_funded(o, NULL))
		add_unfunded(f, node_text(o->terms, "price"));
}

/*
 * The fee of arbitration.
 */

void
find_under_fee(const struct finder *f)
{
	const char *text = node_text(f->c->order->terms, "price");
	struct money price;
	struct fee fee;
	struct err *e;
	char *cost;

	if (text == NULL || f->c->profile == NULL)
		return;
	e = money_parse(&price, text);
	if (e == NULL)
		e = fee_find(&fee, f->c->profile, &price);
	if (e != NULL || price.parts >= fee.amount.parts) {
		err_drop(e); /* nothing that compares */
		return;
	}
	cost = money_format(&fee.amount);
	finder_add(f, "deed weigh arbitration",
	    "the price of %s is below the arbitration fee of %s", text, cost);
	free(cost);
}

/*
 * The dispute.
 */

void
find_one_submission(const struct finder *f)
{
	const struct profile *p = f->c->profile;
	char *fix;

	if (p == NULL || !node_flag(profile_value(p, "evidence.once"), "value"))
		return;
	fix = mem_printf("deed dispute pack --for %s", p->name);
	finder_add(f, fix, "%s takes evidence once", p->title);
	free(fix);
}
