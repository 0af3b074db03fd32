/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_MERGE_H
#define DEED_CORE_MERGE_H

#include "core/store.h"

/*
 * Bringing two histories of a ledger together.  Equal paths hold equal bytes,
 * so trees merge by union; order streams by the union of their entries.  An
 * order that both opened in different months moves to the earlier.  Of other
 * files, which people keep there, the side that changed one since the two
 * parted has it, and removes it; where both changed one, the greater in bytes
 * stays, whichever side that is.
 *
 * It is done from the commits, in memory: git's own merge is never needed, and
 * a work tree that git left in conflict does not matter.
 */

struct merged {
	bool any;          /* something came, or was finished */
	struct strs twice; /* other files that both sides had changed */
};

void merged_release(struct merged *m);

/*
 * Take the commit theirs into the transaction: nothing if ours holds it, the
 * branch moved if it holds ours, else a merge commit.  *out is added to.
 * ERR_INVALID, with nothing done, for a commit that is none of a ledger, or
 * would put files elsewhere.
 */
struct err *merge_take(struct merged *out, struct store *s, struct ledger *l,
    const char *theirs) MUST_CHECK;

/*
 * store_begin(), and what plain git left undone in this ledger: a clone gets
 * its config and hooks, a merge left in conflict is finished by union.
 * *mended says whether there was one.
 */
struct err *merge_begin(struct store **out, struct ledger *l,
    const struct env *env, bool *mended) MUST_CHECK;

/* The union of two files' streams, for git's merge driver. */
struct err *merge_files(
    struct buf *out, const char *ours, const char *theirs) MUST_CHECK;

#endif
