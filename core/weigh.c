/* SPDX-License-Identifier: ISC */
#include "core/weigh.h"

#include <stdlib.h>
#include <string.h>

#include "core/fee.h"
#include "core/money.h"
#include "core/purse.h"

#define PERCENT 100 /* money_share() counts hundredths of a percent */

struct sheet {
	const struct weigh *w;
	struct node *inputs, *steps, *rules;
};

static struct node *
add_input(struct sheet *s, const char *name, const char *value,
    const char *source, const char *as_of)
{
	struct node *n = node_push(s->inputs, node_map());

	node_put_str(n, "name", name);
	node_put_str(n, "value", value);
	node_put_str(n, "source", source);
	node_put(n, "as_of", node_str(as_of));
	return n;
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

static struct money
nothing(const struct money *like)
{
	struct money none = *like;

	none.parts = 0;
	return none;
}

/*
 * What the profile says.
 */

static bool
is_word_of_deed(const char *unit)
{
	return unit != NULL &&
	    (strcmp(unit, "truth") == 0 || strcmp(unit, "party") == 0);
}

/* "50 USD", "180 days", "337.50 USD"; of a list its items. */
static void
add_value(struct buf *b, const struct node *v)
{
	const struct node *value = node_get(v, "value");
	const char *item;

	for (size_t i = 0; (item = node_text_at(value, i)) != NULL; i++)
		buf_addf(b, "%s%s", i > 0 ? ", " : "", item);
	if (value != NULL && value->type == NODE_INT)
		buf_addf(b, "%lld %s", (long long)value->number,
		    node_text(v, "unit"));
}

/* A rule with its date, told by its note where the value is a word of deed's. */
static struct node *
add_rule(struct sheet *s, const char *key, const char *name)
{
	const struct node *v = profile_value(s->w->profile, key);
	const char *note = node_text(v, "note");
	struct buf text = BUF_INIT;
	struct node *n;
	char *source;

	if (v == NULL ||
	    (note == NULL && is_word_of_deed(node_text(v, "unit"))))
		return NULL;
	if (!is_word_of_deed(node_text(v, "unit")))
		add_value(&text, v);
	if (note != NULL)
		buf_addf(&text, "%s%s", text.len > 0 ? "; " : "", note);
	source = profile_value_source(s->w->profile, key);
	n = node_push(s->rules, node_map());
	node_put_str(n, "name", name);
	node_put_str(n, "text", text.data);
	node_put_str(n, "source", source);
	node_put(n, "as_of", node_str(node_text(v, "as_of")));
	free(source);
	buf_release(&text);
	return n;
}

/* One that can be held against what there is here. */
static void
add_least(struct sheet *s, const char *key, const char *name,
    const struct money *is, bool or_equal)
{
	const struct node *v = profile_value(s->w->profile, key);
	const char *unit = node_text(v, "unit");
	int64_t least = node_number(v, "value", -1) * MONEY_PARTS;
	struct node *n = add_rule(s, key, name);

	if (n == NULL || unit == NULL || strcmp(unit, is->currency) != 0)
		return;
	if (or_equal ? is->parts < least : is->parts <= least)
		node_put_bool(n, "met", false);
}

/* A number of the profile, noted as an input; false if it knows none. */
static bool
take_percent(
    struct sheet *s, const char *key, const char *name, int64_t *percent)
{
	const struct node *v = profile_value(s->w->profile, key);
	struct node *n;
	char *value, *source;

	*percent = node_number(v, "value", -1);
	if (v == NULL || *percent < 0)
		return false;
	value = mem_printf("%lld %%", (long long)*percent);
	source = profile_value_source(s->w->profile, key);
	n = add_input(s, name, value, source, node_text(v, "as_of"));
	node_put_str(n, "note", node_text(v, "note"));
	free(source);
	free(value);
	return true;
}

/* The price of the order, noted under a name. */
static struct err *
take_price(struct sheet *s, struct money *out, const char *name)
{
	const char *price = node_text(s->w->order->terms, "price");
	struct err *e;

	if (price == NULL)
		return err_hint(err_new(ERR_NOT_FOUND, "order %s has no price",
				    s->w->order->id),
		    "record it: deed log -k terms --set price='250 USD' -m "
		    "WHY");
	e = money_parse(out, price);
	if (e == NULL)
		add_input(s, name, price, "the order", NULL);
	return e;
}

/*
 * A partial refund.
 */

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

/* What is given back: as given, else the most that is allowed, else all. */
static struct err *
take_refund(struct sheet *s, struct money price, struct money *out)
{
	struct money most = price;
	int64_t percent;
	bool limited = take_percent(
	    s, "partial_refund.max", "largest partial refund", &percent);
	struct err *e;

	if (limited) {
		most = money_share(price, percent * PERCENT);
		add_step(s, "most that can be offered",
		    "price x largest partial refund", &most);
	}
	*out = most;
	if (s->w->amount == NULL) {
		add_step(s, "refund",
		    limited ? "the most that can be offered" :
			      "all of it: no limit is known",
		    out);
		return NULL;
	}
	if ((e = money_parse(out, s->w->amount)) != NULL ||
	    (e = money_same(&price, out)) != NULL)
		return err_wrap(e, "--amount");
	add_input(s, "refund", s->w->amount, "given", NULL);
	if (out->parts > most.parts) {
		struct money over = money_less(*out, most);

		add_step(s, "over the limit by",
		    limited ? "refund - most" : "refund - price", &over);
	}
	return NULL;
}

static struct err *
weigh_refund(struct sheet *s)
{
	struct money price, refund;
	struct err *e;

	if ((e = take_price(s, &price, "price")) != NULL ||
	    (e = take_refund(s, price, &refund)) != NULL)
		return e;
	add_kept(s, price, refund);
	add_least(s, "partial_refund.min_order",
	    "the order must cost more than", &price, false);
	add_least(s, "partial_refund.min_amount",
	    "the least that can be given back", &refund, true);
	add_rule(s, "partial_refund.initiator", "who can offer it");
	add_rule(s, "partial_refund.completion_rate_effect", "effect on rates");
	add_rule(s, "refund.max_age", "how long it can be given");
	add_rule(s, "ownership", "ownership");
	return NULL;
}

/*
 * Arbitration.
 */

static struct err *
no_fee(const struct sheet *s)
{
	const struct profile *p = s->w->profile;

	return err_hint(
	    err_new(ERR_NOT_FOUND, "the profile of %s knows no arbitration fee",
		p == NULL ? "the platform" : p->title),
	    "if you know it, put it into your own profile: see "
	    "deed-platform(5)");
}

/* What is fought over: --amount, else what is held, else the price. */
static struct err *
take_stake(struct sheet *s, struct money *out)
{
	struct money held;
	struct err *e;
	char *text;

	if (s->w->amount == NULL && purse_held(&held, s->w->order) &&
	    held.parts > 0) {
		*out = held;
		text = money_format(&held);
		add_input(s, "at stake", text,
		    "your record: funded and not approved", NULL);
		free(text);
		return NULL;
	}
	if (s->w->amount == NULL)
		return take_price(s, out, "at stake");
	if ((e = money_parse(out, s->w->amount)) != NULL)
		return err_wrap(e, "--amount");
	add_input(s, "at stake", s->w->amount, "given", NULL);
	return NULL;
}

static void
take_flat_fee(struct sheet *s)
{
	static const char key[] = "arbitration.fee";
	const struct node *v = profile_value(s->w->profile, key);
	char *source = profile_value_source(s->w->profile, key);

	node_put_str(add_input(s, "arbitration fee", node_text(v, "value"),
			 source, node_text(v, "as_of")),
	    "note", node_text(v, "note"));
	free(source);
}

static void
take_share(struct sheet *s, const struct money *fee)
{
	static const char key[] = "arbitration.fee.min";
	const struct node *v = profile_value(s->w->profile, key);
	int64_t percent;
	char *source;

	take_percent(s, "arbitration.fee.percent", "arbitration fee", &percent);
	if (v != NULL) {
		source = profile_value_source(s->w->profile, key);
		add_input(s, "least arbitration fee", node_text(v, "value"),
		    source, node_text(v, "as_of"));
		free(source);
	}
	add_step(s, "fee",
	    v != NULL ? "at stake x arbitration fee, or the least" :
			"at stake x arbitration fee",
	    fee);
}

static struct err *
take_fee(struct sheet *s, const struct money *stake, struct fee *out)
{
	struct err *e = fee_find(out, s->w->profile, stake);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e);
		return no_fee(s);
	}
	if (e != NULL)
		return e;
	if (out->is_share)
		take_share(s, &out->amount);
	else
		take_flat_fee(s);
	return NULL;
}

/* What an award of all, and of nothing, leaves: it depends on who pays. */
static void
add_awards(struct sheet *s, struct money stake, const struct fee *fee)
{
	bool kept = fee->borne == FEE_LOSER;
	struct money all = kept ? stake : money_less(stake, fee->amount);
	struct money none = nothing(&stake), short_by;

	if (fee->borne != FEE_STAKE)
		none = money_less(none, fee->amount);
	add_step(s, "if you arbitrate and are awarded all",
	    kept ? "at stake, the loser pays the fee" :
		   "at stake - arbitration fee",
	    &all);
	add_step(s, "if you arbitrate and are awarded nothing",
	    fee->borne == FEE_STAKE ? "0, the fee is taken from the money" :
				      "0 - arbitration fee",
	    &none);
	if (all.parts >= 0) {
		add_step(s,
		    "a settlement of this much leaves you no worse than an "
		    "award of all",
		    "the award of all", &all);
		return;
	}
	short_by = money_less(nothing(&stake), all);
	add_step(s, "even an award of all leaves you short by",
	    "arbitration fee - at stake", &short_by);
}

static const char *
says(const struct sheet *s, const char *key)
{
	return node_as_text(
	    node_get(profile_value(s->w->profile, key), "value"));
}

/* Where the fee is not paid somebody gets the money all the same. */
static void
add_defaults(struct sheet *s, struct money stake, const struct money *fee)
{
	const char *none_pay = says(s, "arbitration.none_pay");
	const char *one_pays = says(s, "arbitration.one_pays");
	struct money zero = nothing(&stake);
	struct money mine = money_less(stake, *fee);
	struct money both = money_less(mine, *fee);
	bool seller = none_pay != NULL && strcmp(none_pay, "seller") == 0;

	if (none_pay != NULL)
		add_step(s, "if neither side pays",
		    seller ? "the money goes to you" :
			     "the money goes to the buyer",
		    seller ? &stake : &zero);
	if (one_pays == NULL || strcmp(one_pays, "payer") != 0)
		return;
	add_step(
	    s, "if the buyer alone pays", "the money goes to who pays", &zero);
	add_step(s, "if you alone pay", "at stake - arbitration fee", &mine);
	if (node_flag(
		profile_value(s->w->profile, "arbitration.one_may_pay_all"),
		"value"))
		add_step(s, "if you pay both fees and are awarded all",
		    "at stake - 2 x arbitration fee", &both);
}

/* A small sum may be halved without anybody deciding. */
static void
add_split(struct sheet *s, struct money stake)
{
	const char *text = says(s, "arbitration.split_below");
	struct money below, half;
	struct err *e = text != NULL ? money_parse(&below, text) :
				       err_new(ERR_NOT_FOUND, "none");

	if (e == NULL)
		e = money_same(&below, &stake);
	if (e == NULL && stake.parts <= below.parts) {
		half = money_share(stake, 50 * PERCENT);
		add_step(s, "if it is split without a ruling", "at stake / 2",
		    &half);
	}
	err_drop(e); /* none is known, or none that compares */
}

static struct err *
weigh_arbitration(struct sheet *s)
{
	struct money stake;
	struct fee fee;
	struct err *e;

	if ((e = take_stake(s, &stake)) != NULL ||
	    (e = take_fee(s, &stake, &fee)) != NULL)
		return e;
	add_awards(s, stake, &fee);
	add_defaults(s, stake, &fee.amount);
	add_split(s, stake);
	add_rule(s, "arbitration.none_pay", "if neither side pays");
	add_rule(s, "arbitration.one_pays", "if one side pays");
	add_rule(s, "arbitration.one_may_pay_all", "who may pay");
	add_rule(s, "arbitration.fee.borne", "who pays the fee");
	add_rule(s, "arbitration.split_below", "split without a ruling, up to");
	add_rule(s, "arbitration.silent_loses", "who does not answer");
	add_rule(s, "protected", "what is protected");
	add_rule(s, "dispute.scope", "what can be disputed");
	add_rule(s, "dispute.feedback_first", "before it");
	add_rule(s, "dispute.editable_after_submit", "what is handed in");
	add_rule(s, "dispute.final", "the decision");
	add_rule(s, "score.disputes_negative", "effect on the score");
	return NULL;
}

/*
 * A cancellation.
 */

static void
add_rate(struct sheet *s, const char *name, const struct node *now,
    const struct node *others)
{
	struct node *step = node_push(s->steps, node_map());
	const char *before = node_text(now, "rate");

	node_put_str(step, "name", name);
	node_put_str(step, "formula",
	    "completed / (completed + cancelled), this one cancelled");
	node_put(
	    step, "result", node_str(node_text(others, "rate_after_one_more")));
	node_put(step, "before", node_str(before));
}

static void
add_rates(struct sheet *s)
{
	const struct node *now = node_get(s->w->now, "windows");
	const struct node *others = node_get(s->w->others, "windows");

	add_rate(s, "rate of all orders, in percent", s->w->now, s->w->others);
	for (size_t i = 0; i < node_count(now); i++) {
		char *name = mem_printf("rate of %lld days, in percent",
		    (long long)node_number(node_at(now, i), "days", 0));

		add_rate(s, name, node_at(now, i), node_at(others, i));
		free(name);
	}
}

static struct err *
weigh_cancel(struct sheet *s)
{
	struct money price, zero;
	struct err *e = take_price(s, &price, "price");

	if (e == NULL) {
		zero = nothing(&price);
		add_step(s, "you keep", "a cancelled order is not paid", &zero);
	}
	err_drop(e); /* without a price the rates still speak */
	add_rates(s);
	add_rule(s, "completion_rate.formula", "how it was counted");
	add_rule(s, "levels.metrics", "what levels rest on");
	add_rule(s, "score.full_refund", "a full refund");
	add_rule(s, "cancellation.notifies_support", "who is told");
	add_rule(s, "cancellation.after_completion", "after completion");
	add_rule(s, "ownership", "ownership");
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
