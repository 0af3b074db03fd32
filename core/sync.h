/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_SYNC_H
#define DEED_CORE_SYNC_H

#include "core/ledger.h"

/*
 * Ledgers on several machines: the user's own git fetches and pushes, with his
 * credentials, hooks and any remote; deed merges in between.
 */

struct sync_result {
	bool merged;     /* something came */
	bool pushed;     /* something went */
	size_t restored; /* entries that plain git had lost */
	unsigned tries;
	char commit[REPO_HEX]; /* what both have now */
	/*
	 * The commit that the remote had and did not hold any more, because
	 * somebody rewrote its history; "" if all is well.  What it held came
	 * back with this.
	 */
	char rewound[REPO_HEX];
	/* What was erased here is gone from the remote's history too. */
	bool erased;
};

/*
 * Fetch, merge by union, push; again if somebody else pushed meanwhile.
 * remote NULL: the branch's, else the only one, else "origin".  ERR_NOT_FOUND
 * if there is none; ERR_CONFLICT if others kept pushing.
 */
struct err *sync_run(struct sync_result *out, struct ledger *l,
    const struct env *env, const char *remote) MUST_CHECK;

/*
 * Download the bytes of archives that are here as pointers only; path NULL:
 * of all.  *n counts them.
 */
struct err *sync_fetch(size_t *n, struct ledger *l, const char *remote,
    const char *path) MUST_CHECK;

/* Clone a ledger, and set it up as init does.  ERR_EXISTS. */
struct err *sync_clone(struct ledger **out, const struct env *env,
    struct project *project, const char *url, const char *dir) MUST_CHECK;

#endif
