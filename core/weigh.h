/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_WEIGH_H
#define DEED_CORE_WEIGH_H

#include "core/order.h"
#include "core/profile.h"

/*
 * The arithmetic of a decision: every number with where it comes from, every
 * step with its formula, and what happens if nobody does anything.  Facts to
 * check, never advice, and never how likely anything is.
 */

enum weigh_what { WEIGH_REFUND, WEIGH_ARBITRATION, WEIGH_CANCEL };

struct weigh {
	const struct order *order;
	const struct profile *profile; /* NULL: none is known */
	const char *amount; /* what is offered, or at stake; or NULL */
	/* For WEIGH_CANCEL, both stats_node(): */
	const struct node *now;    /* of all orders */
	const struct node *others; /* of all but this one */
};

/*
 * {what, order, inputs: [{name, value, note, source, as_of}],
 *  steps: [{name, formula, result, before}],
 *  rules: [{name, text, met, source, as_of}]}; note, before and met (false:
 * the rule does not hold here) only where there is one.  ERR_NOT_FOUND names
 * the number that is missing.  Yours.
 */
struct err *weigh(
    struct node **out, enum weigh_what what, const struct weigh *w) MUST_CHECK;

#endif
