/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_FINDING_H
#define DEED_CORE_FINDING_H

#include "core/ledger.h"
#include "core/order.h"
#include "core/profile.h"

/*
 * What was found to be missing: a map {rule, severity, what, why, fix}.
 * Severity "block" stops a draft of deed's own unless it is overridden, "warn"
 * and "info" only speak; why names the platform's rule it rests on, if there
 * is one, with its date; fix is a command.
 */

enum check_for { CHECK_OPEN, CHECK_DELIVER, CHECK_COMPLETE, CHECK_DISPUTE };

/* What is looked at, and before which step. */
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

/* A finding of somebody else's, put together. */
void check_add(struct node *findings, const char *rule, const char *severity,
    const char *what, const char *why, const char *fix);

bool check_blocks(const struct node *findings);
/* The names of the blocking rules, each once; yours. */
struct node *check_blockers(const struct node *findings);

/*
 * For rules.
 */

struct finder;

struct check_rule {
	const char *name, *severity;
	unsigned acts;     /* bits of enum check_for */
	const char *value; /* of the profile, which bears it out; or NULL */
	const char *why;
	void (*find)(const struct finder *f);
};

/* A rule at work. */
struct finder {
	struct node *out;
	const struct check *c;
	const struct check_rule *rule;
};

/* What was found, and the command that mends it. */
void finder_add(const struct finder *f, const char *fix, const char *what, ...)
    PRINTF(3, 4);

#endif
