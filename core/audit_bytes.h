/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_AUDIT_BYTES_H
#define DEED_CORE_AUDIT_BYTES_H

#include "core/ledger.h"

/*
 * The files of a ledger: those that entries name by their digest, and what
 * the last commit has beside the work tree.
 */

/*
 * Everything an order's entries name is here, as it was recorded: "archive"
 * (archives and proofs), "pointer" (what git keeps in an archive's place),
 * "sums" (the list of a delivery's files), "transcript".  threads hash.
 */
struct err *audit_bytes(struct node *checks, struct ledger *l, const char *head,
    struct stream *s, unsigned threads) MUST_CHECK;

/* "worktree": a file is the one of the last commit. */
struct err *audit_file(struct node *checks, struct ledger *l, const char *head,
    const char *path) MUST_CHECK;
/* All files are, no more and no less; archives as far as they are there. */
struct err *audit_files(
    struct node *checks, struct ledger *l, const char *head) MUST_CHECK;

/* Where the bytes of an archive lie, in its place or in the store; yours. */
char *audit_find(const struct ledger *l, const char *path, const char *sha256);

#endif
