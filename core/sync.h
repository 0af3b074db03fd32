/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_SYNC_H
#define DEED_CORE_SYNC_H

#include "core/journal.h"
#include "core/merge.h"

/*
 * Ledgers on several machines: the user's own git fetches and pushes, deed
 * merges in between.
 */

struct sync_result {
	struct merged merged; /* what came */
	bool pushed;          /* something went */
	bool mended;          /* a merge that git left in conflict is done */
	enum journal_found found; /* an interrupted deed had left something */
	size_t restored;          /* entries that plain git had lost */
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
 * remote as for remote_open().  ERR_CONFLICT if others kept pushing,
 * ERR_INVALID if what is there is no ledger.  Release *out in any case.
 */
struct err *sync_run(
    struct sync_result *out, struct ledger *l, const char *remote) MUST_CHECK;
void sync_release(struct sync_result *r);

/*
 * Download the bytes of archives that are here as pointers only: of these
 * paths, or if there is none, of all.  *n counts them.
 */
struct err *sync_fetch(
    size_t *n, struct ledger *l, const struct strs *paths) MUST_CHECK;

/* Clone a ledger, and set it up as init does.  ERR_EXISTS. */
struct err *sync_clone(struct ledger **out, const struct env *env,
    struct project *project, const char *url, const char *dir) MUST_CHECK;

#endif
