/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_ROSTER_H
#define DEED_CORE_ROSTER_H

#include "core/ledger.h"
#include "core/profile.h"

/*
 * Every order of a ledger in one line.  In a ledger of many the lines are kept
 * in .git/deed/roster, which may be lost at any time: a line counts only while
 * size, times and inode of the order's file are those it was made from, until
 * the next of its clocks ends, and under the same rules; it is made anew
 * otherwise, and all are if the file is damaged.
 */

struct roster_row {
	const char *name; /* "MONTH/ID" */
	const char *id;
	const char *state; /* order_state_name(), at this hour */
	/* NULL where nothing is said */
	const char *platform, *buyer, *title;
	const char *due; /* as standing_due() has it */
	bool idle;       /* no clock runs, and its platform's rules are known */
};

struct roster;

/*
 * The rows are those of ledger_orders(), in its order, and live as long as the
 * roster.  Without profiles (NULL) state and due are what was recorded.  With
 * like, only orders in whose ids that stands, in any case of letters.
 */
struct err *roster_load(struct roster **out, struct ledger *l,
    struct profiles *profiles, int64_t now, const char *like) MUST_CHECK;
void roster_free(struct roster *r); /* NULL is fine */

size_t roster_count(const struct roster *r);
const struct roster_row *roster_at(const struct roster *r, size_t i);

#endif
