/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_AUDIT_REFS_H
#define DEED_CORE_AUDIT_REFS_H

#include "core/ext/repo.h"
#include "core/util/node.h"

/*
 * Where the branch and its remotes were, beside the history as it is: head, and
 * all the commits it reaches, sorted.
 */

/* "history": the branch, and HEAD, lost no entry, by git's own logs of them. */
struct err *audit_branch(struct node *checks, struct repo *r,
    const struct strs *commits, const char *head) MUST_CHECK;

/* "history": nothing makes git show other objects than are there. */
struct err *audit_stand_ins(
    struct node *checks, struct repo *r, const char *dir) MUST_CHECK;

/* "remote": what deed sync saw there is still there, and here. */
struct err *audit_remotes(struct node *checks, struct repo *r,
    const struct strs *commits, const char *head) MUST_CHECK;

#endif
