/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_CLOCK_H
#define DEED_CORE_CLOCK_H

#include "core/order.h"
#include "core/profile.h"

/*
 * The clocks of an order: until when somebody must act, and what silence will
 * cause.  Nothing of it is stored; the rules come from the profile of the
 * order's platform, the times from its entries.
 *
 * Where sources disagree a clock has an earliest and a latest end.  A date
 * without a time counts from its start for one's own duties, and for what
 * others must do from its start at the earliest and its end at the latest.
 */

struct clock {
	const struct profile *profile;
	const struct rule *rule;
	const struct fact *trigger; /* the entry that started it */
	const struct fact *setter;  /* the entry that says the date, or NULL */
	const char *milestone;      /* the one it is about, or NULL */
	int64_t earliest, latest;
	bool contract_unknown; /* it runs for some kinds of contract only */
};

#define CLOCK_ENDLESS INT64_MAX /* latest, where nothing ends it */

/* Pointers into order and profiles, good as long as they are. */
struct clocks {
	struct clock *v;
	size_t n, cap;
};

/* All that were started and not ended by an entry, soonest first. */
struct err *clocks_find(
    struct clocks *out, const struct order *o, struct profiles *ps) MUST_CHECK;
void clocks_release(struct clocks *c);

/* Has it not run out yet?  The last second still counts. */
bool clock_runs(const struct clock *c, int64_t now);

/*
 * {order, name, who, earliest, latest, if_missed, as_of, source}, and what
 * else is known; latest is null if nothing ends it.  Yours.
 */
struct node *clock_node(
    const struct clock *c, const struct order *o, int64_t now);

/* Who says so: pages of the platform, or an entry; yours. */
char *clock_source(const struct clock *c, const struct order *o, bool urls);
/* As of when; borrowed until the next call with the same buffer. */
const char *clock_as_of(char out[static DATE_TEXT], const struct clock *c);

/* The profile of the order's platform; without one, that of direct clients. */
struct err *clock_profile(const struct profile **out, const struct order *o,
    struct profiles *ps) MUST_CHECK;

#endif
