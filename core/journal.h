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

/* What a dead one had left: remains of no meaning, or a commit to finish. */
enum journal_found { JOURNAL_NOTHING, JOURNAL_CLEARED, JOURNAL_FINISHED };

/*
 * Under the lock: finish what a killed one began, and take away what lies in
 * the way of the next: temporary files and git's lock files.  A dead one is
 * known by its journal, or by its folder .git/deed/tmp.
 */
struct err *journal_recover(
    struct ledger *l, enum journal_found *found) MUST_CHECK;

/* The same without waiting, for commands that only read. */
struct err *journal_mend(
    struct ledger *l, enum journal_found *found) MUST_CHECK;

/*
 * Remove the lock files that a git which was killed left on refs, their logs and
 * what tells of many objects at once: the next git would not start.  Each is
 * given two seconds from when it was made to vanish, in case a living git
 * holds it.
 */
void journal_make_way(const struct ledger *l);

/* The branch is about to move; old may be "". */
struct err *journal_write(
    const struct ledger *l, const char *old, const char *new) MUST_CHECK;
struct err *journal_clear(const struct ledger *l) MUST_CHECK;

/*
 * Hold git's index.lock, too, so that no git commits meanwhile; to be released
 * with repo_unlock().
 */
struct err *journal_lock_index(struct ledger *l) MUST_CHECK;

/*
 * What a commit changes in work tree and index, made ready beside them: what
 * is left to do are renames, for which no disk is too full.  Under the lock of
 * the index.  files are as they were given to repo_commit(), and borrowed.
 */
struct journal_stage {
	const struct repo_file *files;
	struct strs paths, temps; /* one each for each file */
	char *index;              /* the new one */
};
/* To be released also after an error. */
struct err *journal_prepare(struct journal_stage *out, struct ledger *l,
    const char *commit, const struct repo_file *files, size_t n) MUST_CHECK;
struct err *journal_place(
    struct ledger *l, const struct journal_stage *stage) MUST_CHECK;
/* What was not placed is removed. */
void journal_release(struct journal_stage *stage);

/*
 * Bring work tree and index from one commit to another, which no files are at
 * hand for.  Under the lock of the index.
 */
struct err *journal_follow(
    struct ledger *l, const char *old, const char *new) MUST_CHECK;

/*
 * Give archives of the last commit their bytes, as far as these have come since;
 * takes both locks.  Cut off, it is finished by journal_recover().
 */
struct err *journal_fill(struct ledger *l, const struct strs *paths) MUST_CHECK;

/*
 * Of these files, whose bytes are those that HEAD means, tell the index of
 * those that it knows with another size or time, as after a touch or a copy of
 * the whole ledger: git would read such a file each time, and without git-lfs
 * call it changed.  If it cannot be done git goes on asking, no more.
 */
void journal_refresh(struct ledger *l, const struct strs *paths);

#endif
