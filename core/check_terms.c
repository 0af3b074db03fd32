/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/check_rules.h"
#include "core/money.h"
#include "core/purse.h"

#define PERCENT 100 /* money_share() counts hundredths of a percent */

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
		finder_add(f,
		    "deed log -k milestone --set name=all --set state=funded "
		    "-m 'seen as funded'",
		    "nothing of the price is recorded as funded");
}

/*
 * The fee of arbitration.
 */

/* A fee that is an amount, or a share of the price with a least amount. */
static bool
fee_of(struct money *fee, const struct check *c, const struct money *price)
{
	const char *text =
	    node_text(profile_value(c->profile, "arbitration.fee"), "value");
	int64_t percent =
	    profile_number(c->profile, "arbitration.fee.percent", -1);
	struct err *e;

	if (text == NULL && percent >= 0) {
		*fee = money_share(*price, percent * PERCENT);
		text = node_text(
		    profile_value(c->profile, "arbitration.fee.min"), "value");
		if (text == NULL)
			return true;
	}
	if (text == NULL)
		return false;
	e = money_parse(fee, text);
	if (e == NULL)
		e = money_same(fee, price);
	err_drop(e); /* no amount, or none that compares: nothing to say */
	return e == NULL;
}

void
find_under_fee(const struct finder *f)
{
	const char *text = node_text(f->c->order->terms, "price");
	struct money price, fee;
	struct err *e;
	char *cost;

	if (text == NULL || f->c->profile == NULL)
		return;
	e = money_parse(&price, text);
	if (e != NULL) {
		err_drop(e); /* no price that compares */
		return;
	}
	if (!fee_of(&fee, f->c, &price) || price.parts >= fee.parts)
		return;
	cost = money_format(&fee);
	finder_add(f, "deed weigh arbitration",
	    "the price of %s is below the arbitration fee of %s", text, cost);
	free(cost);
}
