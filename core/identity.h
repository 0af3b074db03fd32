/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_IDENTITY_H
#define DEED_CORE_IDENTITY_H

#include "core/ledger.h"

/*
 * Under which name entries and commits are recorded: git's user.name and
 * user.email as the ledger sees them; else deed.name or the login name, and
 * NAME@localhost.  Such a name is told once in each ledger.
 */
struct identity {
	char *name, *email;
	char *notice; /* what to tell the user this time, or NULL */
};

/* Release it in any case. */
struct err *identity_find(struct identity *out, struct ledger *l) MUST_CHECK;
void identity_release(struct identity *who);

#endif
