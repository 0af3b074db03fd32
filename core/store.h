/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_STORE_H
#define DEED_CORE_STORE_H

#include "core/journal.h"
#include "core/ledger.h"

/*
 * Writing to a ledger: one transaction, one commit.
 *
 * store_begin() takes the lock, which other deeds wait for, and first finishes
 * or drops what a killed one left behind.  Streams are read from the commit
 * HEAD names; a work tree that differs from it is refused, since it would be
 * overwritten.  A transaction that ends without store_commit() leaves nothing.
 *
 * Order of a commit: objects, journal, branch, work tree, index, journal gone.
 * It is on disk when store_commit() returns: objects and branch by a flush
 * each, and what comes after them can be made from them again: if that fails,
 * store_lag() says so.
 */
struct store;

struct err *store_begin(
    struct store **out, struct ledger *l, const struct env *env) MUST_CHECK;
/* Release the lock and what was not committed.  NULL is fine. */
void store_end(struct store *s);

/*
 * The stream of an order, to append to: the commit writes it if it grew.
 * Borrowed.  month may be NULL.  ERR_NOT_FOUND; ERR_CONFLICT if the file was
 * edited by hand.
 */
struct err *store_order(struct store *s, const char *id, struct stream **out,
    const char **month) MUST_CHECK;
/* An order that does not exist yet; ERR_EXISTS, also for another case. */
struct err *store_new_order(struct store *s, const char *id,
    struct stream **out, const char **month) MUST_CHECK;

/* A small file of the commit; data is copied, and replaces what was put. */
struct err *store_put(
    struct store *s, const char *path, const void *data, size_t len) MUST_CHECK;

/*
 * Large bytes, as a Git LFS object: temp becomes the object (it is moved) and
 * path, below archives/, its pointer.  Equal bytes are kept once.
 */
struct err *store_put_archive(struct store *s, const char *path,
    const char *temp, const char *sha256, int64_t size) MUST_CHECK;

/* A folder on the ledger's file system for temporary files; borrowed. */
const char *store_temp_dir(const struct store *s);

/* The name entries are recorded under; borrowed. */
const char *store_author(const struct store *s);
/* What to tell the user once about it, or NULL; borrowed. */
const char *store_notice(const struct store *s);

/*
 * Why the work tree could not follow a commit that was made: the next deed
 * brings it after.  NULL if it did; borrowed.
 */
const char *store_lag(const struct store *s);

/* What an interrupted deed had left when this one got the lock. */
enum journal_found store_found(const struct store *s);

/* The commit HEAD names; borrowed. */
const char *store_head(const struct store *s);
/*
 * Make the commit a merge with this one, whose files the caller has put in;
 * it is made even if nothing changed.
 */
void store_merge(struct store *s, const char *other);
/* Let a file go: an order that moved to another month. */
void store_remove(struct store *s, const char *path);
/*
 * Move the branch to a commit that already holds all of ours, and the work
 * tree after it.
 */
struct err *store_forward(struct store *s, const char *commit) MUST_CHECK;

/*
 * Move the branch to a commit with the very same files, whatever was before
 * it: work tree and index stay as they are.
 */
struct err *store_replace(
    struct store *s, const char *commit, const char *why) MUST_CHECK;

/* A line "Key: value" at the end of the commit message. */
void store_trailer(struct store *s, const char *key, const char *value);

/*
 * Commit all of it.  The subject is made one safe line.  commit gets the id;
 * if nothing changed there is no commit and it is "".  After an error too it
 * is "", unless the branch has moved and only flushing it failed.
 */
struct err *store_commit(struct store *s, const char *subject,
    char commit[static REPO_HEX]) MUST_CHECK;

#endif
