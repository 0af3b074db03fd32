/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_STANDING_H
#define DEED_CORE_STANDING_H

#include "core/clock.h"

/*
 * Where an order stands at an hour: what its entries say, in the light of its
 * platform's words and of its clocks.
 */
struct standing {
	const struct profile
	    *profile;         /* of its platform; NULL: none is known */
	struct clocks clocks; /* those that run, soonest first */
	struct clocks lapsed; /* that ran out, and nothing says what became */
	const char *native;   /* the platform's word for the state, or NULL */
	const char *shown;    /* how the platform writes it, or NULL */
};

/*
 * The order's state is set anew: a state seen on the platform counts by the
 * profile's words, and an order whose exposure is over is closed.  Pointers
 * lead into order and profiles.
 */
struct err *standing_find(struct standing *out, struct order *o,
    struct profiles *ps, int64_t now) MUST_CHECK;
void standing_release(struct standing *s);

/* Set the order's state by the words of its platform (may be NULL) alone. */
void standing_understand(struct order *o, const struct profile *p);

/* The soonest thing, as a time or date; else what was agreed; yours. */
struct node *standing_due(const struct standing *s, const struct order *o);

/* The clocks, as clock_node() has them; yours. */
struct node *standing_clocks(
    const struct clocks *clocks, const struct order *o, int64_t now);

#endif
