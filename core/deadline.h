/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_DEADLINE_H
#define DEED_CORE_DEADLINE_H

#include "core/order.h"

/*
 * When the work is due, as a whole or by its milestones, and which entry says
 * so: the order, newer terms, or days that the buyer granted.
 */

/* A time that may be known to the day only: its first and last second. */
struct point {
	int64_t first, last;
};

struct point point_of(const struct when *when);
struct point point_happened(const struct fact *f);

/*
 * The entry that says when this milestone is due, or with NULL the whole; NULL
 * if none does.  Of several the last one counts.
 */
const struct fact *deadline_find(
    struct point *out, const struct order *o, const char *milestone);
/* When the whole is due, counted from the start of a day. */
bool deadline_time(int64_t *out, const struct order *o);

/* The label of the milestone an entry is about, or NULL. */
const char *deadline_milestone(const struct order *o, const struct fact *f);
/* Is it the same one?  NULL is the whole. */
bool deadline_is_same(const char *a, const char *b);

#endif
