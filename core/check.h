/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_CHECK_H
#define DEED_CORE_CHECK_H

#include "core/ledger.h"
#include "core/order.h"
#include "core/profile.h"

/*
 * What is missing before one acts.  A finding is a map
 * {rule, severity, what, why, fix}: severity "block" stops a draft of deed's
 * own unless it is overridden, "warn" and "info" only speak; why names the
 * platform's rule it rests on, if there is one, with its date; fix is a
 * command.
 */

enum check_for { CHECK_OPEN, CHECK_DELIVER, CHECK_COMPLETE, CHECK_DISPUTE };

struct check {
	const struct order *order;
	enum check_for before;
	bool has_text;    /* a text is about to be handed in */
	const char *text; /* NULL: blank */
	bool submitting;  /* it is being submitted with the platform's button */
	/* Without one of these, what rests on it is not looked for. */
	const struct profile *profile; /* of its platform */
	struct ledger *ledger;
	int64_t now; /* 0: not known */
};

/* Append what every rule finds to a list. */
void check_run(struct node *findings, const struct check *c);

/*
 * The same for files that are about to be handed over: sums are their lines of
 * sha256sum, zip is the archive.
 */
void check_packed(struct node *findings, const struct check *c,
    const struct buf *sums, const char *zip, int64_t size);

/* A draft of deed's own makes no sense on an order that is over. */
void check_over(struct node *findings, const struct order *o);

/* A finding of somebody else's, put together. */
void check_add(struct node *findings, const char *rule, const char *severity,
    const char *what, const char *why, const char *fix);

bool check_blocks(const struct node *findings);
/* The names of the blocking rules, each once; yours. */
struct node *check_blockers(const struct node *findings);

#endif
