/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_HOURS_H
#define DEED_CORE_HOURS_H

#include "core/ledger.h"
#include "core/order.h"

/*
 * Hours of an hourly contract, from imported work diaries and time logs, and
 * those a platform's protection leaves out.  Nothing here says what it would
 * decide: it publishes no number for how much activity is enough.
 */

enum hours_flaw {
	HOURS_MANUAL,  /* typed in, not tracked */
	HOURS_NO_MEMO, /* nothing says what was done */
	HOURS_IDLE,    /* tracked without any activity */
	HOURS_LOW,     /* in the lowest fifth of activity */
	HOURS_LIMIT,   /* beyond the hours a week that were agreed */
	HOURS_OUTSIDE, /* before the contract began, or after it ended */
	HOURS_FLAWS,
};

/* A piece of work. */
struct stint {
	int64_t start, seconds;
	int64_t over;           /* of them, beyond the hours of the week */
	unsigned flaws;         /* bits of enum hours_flaw */
	const struct fact *log; /* the entry it is from ... */
	unsigned line;          /* ... and its line there */
};

struct hours {
	VEC(struct stint) v; /* oldest first */
	int64_t seconds;
	int64_t flawed;          /* of them, with any flaw */
	int64_t by[HOURS_FLAWS]; /* one stint may have several */
	size_t logs;
};

/* "manual", "no memo", ...; static. */
const char *hours_flaw_name(enum hours_flaw flaw);

/* Logs whose archives are not at hand are left out. */
void hours_read(
    struct hours *out, const struct ledger *l, const struct order *o);
void hours_release(struct hours *h);

/* "12.5": of seconds, rounded down; yours. */
char *hours_text(int64_t seconds);

/*
 * {logs, hours, unflawed, flaws: {manual, ...}}, the hours as text; null if
 * no log was imported.  Yours.
 */
struct node *hours_node(const struct hours *h);

#endif
