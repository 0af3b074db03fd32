/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_JOURNAL_H
#define DEED_CORE_JOURNAL_H

#include "core/ledger.h"

/*
 * What lets a commit be cut off at any point: the lock that lets one deed
 * write at a time, and a journal, .git/deed/journal, that stands from before
 * the branch moves until work tree and index have followed.  Whoever holds
 * the lock and finds a journal finds a dead one's: if HEAD is where it was to
 * go, work tree and index are brought after it; if not, nothing has happened.
 */

/* ERR_CONFLICT if another deed holds the lock and wait is not wanted. */
struct err *journal_lock(int *fd, struct ledger *l, bool wait) MUST_CHECK;

/* Under the lock: finish what a killed one began.  *mended: there was one. */
struct err *journal_recover(struct ledger *l, bool *mended) MUST_CHECK;

/* The same without waiting, for commands that only read. */
struct err *journal_mend(struct ledger *l, bool *mended) MUST_CHECK;

/* The branch is about to move; old may be "". */
struct err *journal_write(
    const struct ledger *l, const char *old, const char *new) MUST_CHECK;
struct err *journal_clear(const struct ledger *l) MUST_CHECK;

/*
 * Bring work tree and index to a commit that has been made: the files are
 * those it changed, as they were given to repo_commit().
 */
struct err *journal_place(struct ledger *l, const char *commit,
    const struct repo_file *files, size_t n) MUST_CHECK;
/* The same for any two commits: what changed is read from them. */
struct err *journal_follow(
    struct ledger *l, const char *old, const char *new) MUST_CHECK;

#endif
