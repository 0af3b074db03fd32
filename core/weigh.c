/* SPDX-License-Identifier: ISC */
#include "core/weigh.h"

#include <stdlib.h>
#include <string.h>

#include "core/money.h"

#define PERCENT 100 /* money_share() counts hundredths of a percent */

struct sheet {
	const struct weigh *w;
	struct node *inputs, *steps, *rules;
};

static void
add_input(struct sheet *s, const char *name, const char *value,
    const char *source, const char *as_of)
{
	struct node *n = node_push(s->inputs, node_map());

	node_put_str(n, "name", name);
	node_put_str(n, "value", value);
	node_put_str(n, "source", source);
	node_put(n, "as_of", node_str(as_of));
}

static void
add_step(struct sheet *s, const char *name, const char *formula,
    const struct money *result)
{
	struct node *n = node_push(s->steps, node_map());
	char *text = result != NULL ? money_format(result) : NULL;

	node_put_str(n, "name", name);
	node_put_str(n, "formula", formula);
	node_put(n, "result", node_str(text));
	free(text);
}

/* Who says so; that the user does is shown.  Yours. */
static char *
source_of(const struct sheet *s, const char *key, const struct node *v)
{
	const char *mine = profile_override(s->w->profile, "values", key);
	char *source =
	    profile_source(s->w->profile, node_get(v, "source"), false);
	char *both;

	if (mine == NULL)
		return source;
	both = mem_printf("%s; your own value, from %s", source, mine);
	free(source);
	return both;
}

/* What a profile says in words, with its date. */
static void
add_rule(struct sheet *s, const char *key, const char *fallback)
{
	const struct node *v = profile_value(s->w->profile, key);
	const char *text = node_text(v, "note");
	struct node *n;
	char *source;

	if (v == NULL)
		return;
	if (text == NULL)
		text = node_text(v, "value");
	source = source_of(s, key, v);
	n = node_push(s->rules, node_map());
	node_put_str(n, "text", text != NULL ? text : fallback);
	node_put_str(n, "source", source);
	node_put(n, "as_of", node_str(node_text(v, "as_of")));
	free(source);
}

/* A number of the profile, noted as an input; false if it knows none. */
static bool
take_percent(
    struct sheet *s, const char *key, const char *name, int64_t *percent)
{
	const struct node *v = profile_value(s->w->profile, key);
	char *value, *source;

	*percent = node_number(v, "value", -1);
	if (v == NULL || *percent < 0)
		return false;
	value = mem_printf("%lld %%", (long long)*percent);
	source = source_of(s, key, v);
	add_input(s, name, value, source, node_text(v, "as_of"));
	free(source);
	free(value);
	return true;
}

/* The price, or what --amount says instead. */
static struct err *
take_price(struct sheet *s, struct money *out)
{
	const char *price = node_text(s->w->order->terms, "price");
	struct err *e;

	if (price == NULL)
		return err_hint(err_new(ERR_NOT_FOUND, "order %s has no price",
				    s->w->order->id),
		    "record it: deed correct ORDER-ENTRY --set "
		    "price='250 USD' -m WHY");
	e = money_parse(out, price);
	if (e == NULL)
		add_input(s, "price", price, "the order", NULL);
	return e;
}

static struct err *
no_rule(const struct sheet *s, const char *what)
{
	return err_hint(
	    err_new(ERR_NOT_FOUND, "the profile of %s knows no %s",
		s->w->profile->title != NULL ? s->w->profile->title :
					       s->w->profile->name,
		what),
	    "if you know it, put it into your own profile: see "
	    "deed-platform(5)");
}

static void
add_kept(struct sheet *s, struct money price, struct money refund)
{
	struct money kept = money_less(price, refund), fee;
	int64_t percent;

	add_step(s, "left", "price - refund", &kept);
	if (!take_percent(s, "fee.seller", "seller's fee", &percent))
		return;
	fee = money_share(kept, percent * PERCENT);
	add_step(s, "fee", "left x seller's fee", &fee);
	kept = money_less(kept, fee);
	add_step(s, "you keep", "left - fee", &kept);
}

static struct err *
weigh_refund(struct sheet *s)
{
	struct money price, most, offer;
	int64_t percent;
	struct err *e = take_price(s, &price);

	if (e != NULL)
		return e;
	if (!take_percent(
		s, "partial_refund.max", "largest partial refund", &percent) &&
	    s->w->amount == NULL)
		return no_rule(s, "largest partial refund");
	offer = price;
	if (percent >= 0) {
		most = money_share(price, percent * PERCENT);
		add_step(s, "most that can be offered",
		    "price x largest partial refund", &most);
		offer = most;
	}
	if (s->w->amount != NULL) {
		if ((e = money_parse(&offer, s->w->amount)) != NULL ||
		    (e = money_same(&price, &offer)) != NULL)
			return err_wrap(e, "--amount");
		add_input(s, "refund", s->w->amount, "given", NULL);
		if (percent >= 0 && offer.parts > most.parts)
			add_step(s, "over the limit by", "refund - most",
			    &(struct money){ offer.parts - most.parts,
				{ offer.currency[0], offer.currency[1],
				    offer.currency[2], '\0' } });
	} else {
		add_step(s, "refund", "the most that can be offered", &offer);
	}
	add_kept(s, price, offer);
	add_rule(s, "partial_refund.min_order",
	    "the order must cost more than this");
	add_rule(s, "partial_refund.min_amount",
	    "the least that can be "
	    "refunded");
	add_rule(s, "partial_refund.initiator", "who can offer it");
	add_rule(s, "partial_refund.completion_rate_effect",
	    "what it does to rates");
	return NULL;
}

static struct err *
take_fee(struct sheet *s, struct money *out)
{
	const struct node *v = profile_value(s->w->profile, "arbitration.fee");
	const char *text = node_text(v, "value");
	char *source;
	struct err *e;

	if (text == NULL)
		return no_rule(s, "arbitration fee");
	if ((e = money_parse(out, text)) != NULL)
		return e;
	source = source_of(s, "arbitration.fee", v);
	add_input(s, "arbitration fee", text, source, node_text(v, "as_of"));
	free(source);
	return NULL;
}

/* What is fought over: --amount, else the price. */
static struct err *
take_stake(struct sheet *s, struct money *out)
{
	struct err *e;

	if (s->w->amount == NULL)
		return take_price(s, out);
	if ((e = money_parse(out, s->w->amount)) != NULL)
		return err_wrap(e, "--amount");
	add_input(s, "at stake", s->w->amount, "given", NULL);
	return NULL;
}

static struct err *
weigh_arbitration(struct sheet *s)
{
	struct money stake, fee, won, lost = { 0 };
	struct err *e;

	if ((e = take_stake(s, &stake)) != NULL ||
	    (e = take_fee(s, &fee)) != NULL ||
	    (e = money_same(&stake, &fee)) != NULL)
		return e;
	won = money_less(stake, fee);
	memcpy(lost.currency, fee.currency, sizeof(lost.currency));
	lost = money_less(lost, fee);
	add_step(s, "if you arbitrate and are awarded all",
	    "at stake - arbitration fee", &won);
	add_step(s, "if you arbitrate and are awarded nothing",
	    "0 - arbitration fee", &lost);
	add_step(s,
	    won.parts < 0 ? "even an award of all leaves you short by" :
			    "a settlement of this much leaves you no worse "
			    "than an award of all",
	    won.parts < 0 ? "arbitration fee - at stake" :
			    "at stake - arbitration fee",
	    won.parts < 0 ? &(struct money){ -won.parts,
				{ won.currency[0], won.currency[1],
				    won.currency[2], '\0' } } :
			    &won);
	add_rule(s, "arbitration.none_pay", "if neither side pays");
	add_rule(s, "arbitration.one_pays", "if one side pays");
	add_rule(s, "arbitration.fee", "the fee");
	return NULL;
}

static void
add_rate(struct sheet *s, const char *name, const struct node *n)
{
	struct node *step;

	if (node_text(n, "rate") == NULL)
		return;
	step = node_push(s->steps, node_map());
	node_put_str(step, "name", name);
	node_put_str(
	    step, "formula", "completed / (completed + cancelled + 1)");
	node_put(step, "result", node_str(node_text(n, "rate_after_one_more")));
	node_put_str(step, "before", node_text(n, "rate"));
}

static struct err *
weigh_cancel(struct sheet *s)
{
	const struct node *windows = node_get(s->w->stats, "windows");
	struct money price, zero = { 0 };
	struct err *e = take_price(s, &price);

	err_drop(e); /* without a price the rates still speak */
	if (e == NULL) {
		memcpy(zero.currency, price.currency, sizeof(zero.currency));
		add_step(s, "you keep", "a cancelled order is not paid", &zero);
	}
	add_rate(s, "rate of all orders, in percent", s->w->stats);
	for (size_t i = 0; i < node_count(windows); i++) {
		const struct node *w = node_at(windows, i);
		char *name = mem_printf("rate of %lld days, in percent",
		    (long long)node_number(w, "days", 0));

		add_rate(s, name, w);
		free(name);
	}
	add_rule(s, "cancellation.notifies_support", "who is told");
	add_rule(s, "ownership", "who owns the work");
	return NULL;
}

struct err *
weigh(struct node **out, enum weigh_what what, const struct weigh *w)
{
	static const char *const names[] = { "refund", "arbitration",
		"cancel" };
	static struct err *(*const sheets[])(
	    struct sheet *) = { weigh_refund, weigh_arbitration, weigh_cancel };
	struct sheet s = { w, NULL, NULL, NULL };
	struct err *e;

	*out = node_map();
	node_put_str(*out, "what", names[what]);
	node_put_str(*out, "order", w->order->id);
	s.inputs = node_put(*out, "inputs", node_list());
	s.steps = node_put(*out, "steps", node_list());
	s.rules = node_put(*out, "rules", node_list());
	e = sheets[what](&s);
	if (e != NULL) {
		node_free(*out);
		*out = NULL;
	}
	return e;
}
