/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_REMOTE_H
#define DEED_CORE_REMOTE_H

#include "core/ledger.h"

/*
 * A ledger elsewhere: the user's own git talks to it, with his credentials,
 * hooks and any address git can use.  Bytes of archives stay where they are
 * until somebody asks.
 */

struct remote {
	struct ledger *ledger; /* borrowed */
	char *name;            /* as git is told: "origin", or an address */
	char *track;           /* refs/remotes/TRACK/ is where it was seen */
	char *branch;          /* of the remote, that ours goes with */
};

/*
 * name NULL: the branch's remote, else the only one, else "origin".
 * ERR_NOT_FOUND if there is none, ERR_CONFLICT if HEAD names no branch.
 */
struct err *remote_open(
    struct remote **out, struct ledger *l, const char *name) MUST_CHECK;
void remote_close(struct remote *r);

/*
 * Bring refs/remotes/TRACK/ up to date.  A clone made with --depth or --filter
 * lacks what a merge reads: it gets it, and is then like any other.
 */
struct err *remote_fetch(struct remote *r) MUST_CHECK;

/* Where its branch was when it was fetched last; "" if it had none. */
struct err *remote_head(char out[static REPO_HEX], struct remote *r) MUST_CHECK;

/*
 * It has no branch of ours: is there none at all?  Else ERR_CONFLICT, with the
 * name of the branch that its ledger is on, or ERR_INVALID, since there is none
 * on any: what is meant for the ledger alone must not end up among other work.
 */
struct err *remote_vet_empty(struct remote *r) MUST_CHECK;

/*
 * Push a commit; instead of one that the remote has, unless that is "".
 * *overtaken: it was refused only because somebody else was faster; why then
 * gets what git said.
 */
struct err *remote_push(struct remote *r, const char *commit,
    const char *instead, bool *overtaken, struct buf *why) MUST_CHECK;

/* Push these bytes, by their digests, as far as the remote lacks them. */
struct err *remote_push_bytes(
    struct remote *r, const struct strs *oids) MUST_CHECK;

/* Fetch the bytes of these archives (paths); all of them if there is none. */
struct err *remote_fetch_bytes(
    struct remote *r, const struct strs *paths) MUST_CHECK;

/* git clone, with nothing in the work tree, and without hooks of anybody. */
struct err *remote_clone(
    const struct env *env, const char *url, const char *dir) MUST_CHECK;

/* Put the last commit into the work tree, of pointers, without any filter. */
struct err *remote_check_out(const struct env *env, const char *dir) MUST_CHECK;

#endif
