/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_ALONE_H
#define DEED_CORE_ALONE_H

#include "core/ledger.h"

/*
 * Is this the only copy of the ledger?  A lost disk would take the record
 * along.  Nobody is asked: a remote has a copy if git or deed once saw it with
 * one.
 */
enum alone {
	ALONE_NOT,
	ALONE_UNPUSHED, /* a remote is named, but nothing was pushed to it */
	ALONE_QUITE,    /* there is no remote */
};

enum alone alone_is(const struct ledger *l);

/* The command that makes another copy; yours. */
char *alone_fix(const struct ledger *l, enum alone how);

/*
 * Is it time to speak of it?  Once in a week, and not in the first one.  That
 * it was spoken of is noted in .git/deed.
 */
bool alone_nags(const struct ledger *l, const struct env *env);

#endif
