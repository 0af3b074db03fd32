/* SPDX-License-Identifier: ISC */
#include "core/evidence/gaps.h"

#include <string.h>

#include "core/evidence/telling.h"
#include "core/util/near.h"

/* What each of kind_claims[] says, in its order. */
static const char *const claims_say[] = {
	"that nothing was delivered",
	"that the work is not as described",
	"that the work came late",
	"that the work is of poor quality",
	"that agreed work is missing",
	"that the buyer did not authorise the payment",
	"a refund after the work was put to use",
};

const char *
claim_words(const char *claim)
{
	for (size_t i = 0; kind_claims[i] != NULL; i++)
		if (strcmp(kind_claims[i], claim) == 0)
			return claims_say[i];
	return NULL;
}

struct err *
claim_vet(const char *claim)
{
	struct buf names = BUF_INIT;
	struct near near;
	struct err *e;

	if (claim_words(claim) != NULL)
		return NULL;
	near_init(&near, claim);
	for (size_t i = 0; kind_claims[i] != NULL; i++) {
		near_try(&near, kind_claims[i]);
		buf_addf(&names, "%s%s", i > 0 ? ", " : "", kind_claims[i]);
	}
	e = err_new(ERR_INVALID, "\"%.64s\" is not a claim", claim);
	if (near.best != NULL)
		e = err_hint(e, "did you mean \"%s\"?", near.best);
	else
		e = err_hint(e, "claims are: %s", names.data);
	buf_release(&names);
	return e;
}

/*
 * What speaks for the other side.
 */

bool
gaps_is_late(const struct order *o, const struct fact *f)
{
	const char *due = node_text(o->terms, "due");
	struct when when;
	struct err *e;

	if (due == NULL || !fact_is(f, "delivery"))
		return false;
	e = date_parse(&when, due);
	if (e != NULL) {
		err_drop(e); /* no date that could be missed */
		return false;
	}
	return f->happened >= when.time + (when.date_only ? DATE_DAY : 1);
}

bool
gaps_is_adverse(const struct order *o, const struct fact *f)
{
	if (f->content == NULL || f->voided)
		return false;
	if (fact_is(f, "revision") || fact_is(f, "refund") ||
	    fact_is(f, "dispute"))
		return true;
	if (fact_is(f, "cancellation"))
		return !node_text_is(f->content, "state", "declined");
	if (fact_is(f, "platform"))
		return node_text_is(f->content, "state", "cancelled") ||
		    node_text_is(f->content, "state", "in_revision");
	return gaps_is_late(o, f);
}

/*
 * Gaps.
 */

static void
add_gap(
    struct strs *out, const char *before, const char *what, const char *after)
{
	strs_take(out, mem_printf("%s%s%s", before, what, after));
}

/* An entry of this kind that names the delivery. */
static bool
has_one(const struct order *o, const char *kind, const struct fact *delivery)
{
	const struct fact *f;

	for (size_t at = 0; (f = order_next(o, kind, &at)) != NULL;)
		if (node_text_is(f->content, "delivery", delivery->entry->id))
			return true;
	return false;
}

/* A request for revisions after it, before the next one, admits receipt. */
static bool
was_revised(const struct order *o, const struct fact *delivery)
{
	const struct fact *f;
	bool after = false;

	for (size_t i = 0; i < o->n; i++) {
		f = &o->v[o->replay[i]];
		if (f == delivery)
			after = true;
		else if (after && !f->voided && fact_is(f, "delivery") &&
		    f->first == NULL)
			return false;
		else if (after && !f->voided && fact_is(f, "revision"))
			return true;
	}
	return false;
}

static void
find_deliveries(struct strs *out, const struct order *o)
{
	const char *platform = node_text(o->terms, "platform");
	const struct fact *f;
	size_t n = 0;

	for (size_t at = 0; (f = order_next(o, "delivery", &at)) != NULL;) {
		if (f->label == NULL)
			continue;
		n++;
		if (order_knows_platform(platform) &&
		    !has_one(o, "submission", f))
			add_gap(out, "no submission is recorded for ", f->label,
			    "");
		if (!has_one(o, "acceptance", f) && !was_revised(o, f))
			add_gap(out, "no acknowledgement of delivery ",
			    f->label, " exists");
	}
	if (n == 0)
		strs_add(out, "no delivery is recorded");
}

static void
find_requirements(struct strs *out, const struct order *o)
{
	struct node *list = order_requirements(o);

	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *r = node_at(list, i);

		if (node_text(r, "delivered") == NULL)
			add_gap(out, "requirement ", node_text(r, "label"),
			    " is in no delivery");
	}
	if (node_count(list) == 0)
		strs_add(out,
		    "no requirement is recorded: what was agreed "
		    "stands in the terms alone");
	node_free(list);
}

static void
find_talks(struct strs *out, const struct order *o)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[o->replay[i]];
		char *when;

		if (f->voided || !order_is_off_platform(o, f) ||
		    order_is_recapped(o, f))
			continue;
		when = telling_day(f);
		strs_take(out,
		    mem_printf("the %s of %s has no recap",
			f->entry->kind->name, when));
		free(when);
	}
}

/* Messages somebody typed in, with no export that would bear them out. */
static void
find_sources(struct strs *out, const struct order *o)
{
	const struct fact *f;
	size_t n = 0;
	char *count;

	if (order_count(o, "transcript") + order_count(o, "mail") > 0)
		return;
	for (size_t at = 0; (f = order_next(o, "message", &at)) != NULL;)
		n += strcmp(order_grade(o, f), "self") == 0;
	if (n == 0)
		return;
	count = telling_count((int64_t)n, "message");
	strs_take(out,
	    mem_printf("%s typed in by hand, and no exported chat or mail "
		       "bears %s out",
		count, n == 1 ? "it" : "them"));
	free(count);
}

static bool
has_acceptance(const struct order *o, const char *how)
{
	const struct fact *f;

	for (size_t at = 0; (f = order_next(o, "acceptance", &at)) != NULL;)
		if (node_text_is(f->content, "how", how))
			return true;
	return false;
}

static void
find_for_claims(
    struct strs *out, const struct order *o, const struct strs *claims)
{
	if (strs_find(claims, "late") >= 0 &&
	    node_text(o->terms, "due") == NULL)
		strs_add(out, "no due date is recorded");
	if (strs_find(claims, "refund-after-use") >= 0 &&
	    !has_acceptance(o, "use") && order_count(o, "handover") == 0)
		strs_add(out, "nothing shows that the work was put to use");
	if (strs_find(claims, "unauthorised") >= 0 &&
	    order_count(o, "message") + order_count(o, "transcript") +
		    order_count(o, "mail") + order_count(o, "acceptance") ==
		0)
		strs_add(out, "nothing shows the buyer taking part");
	if (strs_find(claims, "quality") >= 0 &&
	    !has_acceptance(o, "explicit") && !has_acceptance(o, "button") &&
	    !has_acceptance(o, "review"))
		strs_add(out, "the buyer nowhere says that the work is good");
}

void
gaps_find(struct strs *out, const struct order *o, const struct strs *claims)
{
	if (order_count(o, "order") == 0)
		strs_add(out, "no terms of the order are recorded");
	find_requirements(out, o);
	find_deliveries(out, o);
	find_talks(out, o);
	find_sources(out, o);
	find_for_claims(out, o, claims);
}

/*
 * Disputes.
 */

const struct fact *
dispute_find(const struct order *o, const char **state)
{
	const struct fact *f, *opened = NULL;

	*state = NULL;
	for (size_t at = 0; (f = order_next(o, "dispute", &at)) != NULL;) {
		const char *now = node_text(f->content, "state");

		*state = now != NULL ? now : "open";
		if (opened == NULL || strcmp(*state, "open") == 0)
			opened = f;
	}
	return opened;
}

void
dispute_claims(struct strs *out, const struct order *o)
{
	const char *state, *claim;
	const struct fact *f = dispute_find(o, &state);

	if (f == NULL || strcmp(state, "closed") == 0)
		return;
	claim = node_text(f->content, "claim");
	if (claim != NULL && claim_words(claim) != NULL &&
	    strs_find(out, claim) < 0)
		strs_add(out, claim);
}
