/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_AUDIT_TREE_H
#define DEED_CORE_AUDIT_TREE_H

#include "core/ledger.h"

/* The work tree of a ledger beside its last commit. */

/*
 * "worktree": nothing in it is a link, a pipe or a device, which would lead
 * elsewhere or nowhere.  *odd: then nothing of it is to be read.
 */
struct err *audit_plain(
    bool *odd, struct node *checks, const struct ledger *l) MUST_CHECK;

/* "worktree": a file is the one of the last commit. */
struct err *audit_file(struct node *checks, struct ledger *l, const char *head,
    const char *path) MUST_CHECK;
/* All files are, no more and no less; archives as far as they are there. */
struct err *audit_files(
    struct node *checks, struct ledger *l, const char *head) MUST_CHECK;

/* "index": git is not about to commit anything else. */
struct err *audit_index(
    struct node *checks, struct ledger *l, const char *head) MUST_CHECK;

#endif
