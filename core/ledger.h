/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_LEDGER_H
#define DEED_CORE_LEDGER_H

#include "core/env.h"
#include "core/ext/repo.h"
#include "core/project.h"
#include "core/stream.h"

/*
 * A ledger: an ordinary git repository with its work tree, one file an order.
 *
 *	orders/MONTH/ID.yaml
 *	archives/MONTH/ID/...   Git LFS
 *	proofs/MONTH/ID/...
 *	.git/deed/              lock, journal, index: all disposable
 *
 * Reading looks at the work tree alone and never starts libgit2.
 */
struct ledger {
	char *dir;         /* the work tree, absolute */
	char *own;         /* dir/.git/deed */
	bool conflicted;   /* git left a merge undone: our side is read */
	struct repo *repo; /* ledger_repo() */
	const struct env *env;
};

#define LEDGER_FORMAT 1
#define LEDGER_ID_MAX 64

/*
 * The ledger that --ledger or DEED_DIR, the project's config, a .deed folder
 * above, the user's config or the default place names, in this order.
 * ERR_NOT_FOUND says how to make one.  A ledger that belongs to somebody
 * else, that a project tracks, or of a newer format is refused.
 */
struct err *ledger_find(struct ledger **out, const struct env *env,
    struct project *project) MUST_CHECK;
struct err *ledger_open(
    struct ledger **out, const struct env *env, const char *dir) MUST_CHECK;
void ledger_close(struct ledger *l);

/* deed.yaml, of this name: ERR_UNSUPPORTED if a newer deed wrote it. */
struct err *ledger_vet_format(
    const struct buf *text, const char *name) MUST_CHECK;

/* Is there a ledger, or at least a repository, in this folder? */
bool ledger_is_there(const char *dir);
/*
 * The folder env, project or user name for the ledger, whether it is there or
 * not; yours, NULL if nobody names one.
 */
struct err *ledger_named_dir(
    char **out, const struct env *env, struct project *project) MUST_CHECK;
/* A .deed that the project in top tracks came from somebody else. */
struct err *ledger_vet_untracked(const char *top) MUST_CHECK;

/* The folder of a person's own ledger; yours, NULL without a home. */
char *ledger_default_dir(const struct env *env);

/* The repository, opened on first use. */
struct err *ledger_repo(struct repo **out, struct ledger *l) MUST_CHECK;

/* Is it a name an order can have?  ERR_INVALID says the rule. */
struct err *ledger_vet_id(const char *id) MUST_CHECK;

/* "2026-11" where the order lies, yours.  ERR_NOT_FOUND. */
struct err *ledger_month(
    char **out, const struct ledger *l, const char *id) MUST_CHECK;
/* Is there such an order?  ERR_NOT_FOUND names what is there. */
struct err *ledger_exists(const struct ledger *l, const char *id) MUST_CHECK;
/* Can an order be begun under this id?  ERR_EXISTS, whatever its case. */
struct err *ledger_vet_new(struct ledger *l, const char *id) MUST_CHECK;
/*
 * Where the last commit has an order, "orders/2026-11/ID.yaml", yours; NULL if
 * it has none.  For one whose file is gone from the work tree.
 */
char *ledger_committed(struct ledger *l, const char *id);
/* "orders/2026-11/ID.yaml" and its like, yours. */
char *ledger_order_path(const char *month, const char *id);

/*
 * "2026-11" and "ID" of orders/2026-11/ID.yaml, each yours and each may be NULL
 * for what is not wanted.  False, with nothing made, for any other path.
 */
bool ledger_split_path(char **month, char **id, const char *path);
/* Did git leave the marks of a conflict in this file? */
bool ledger_has_marks(const struct buf *file);

/*
 * Read an order from the work tree, or from the last commit if the file there
 * was cut off.  ERR_NOT_FOUND names what is there.
 */
struct err *ledger_load(
    struct stream **out, struct ledger *l, const char *id) MUST_CHECK;

/* Is it the beginning of whole, perhaps of no bytes, or zeros behind it? */
bool ledger_is_cut(const struct buf *part, const struct buf *whole);

/* All orders, newest month first, ids sorted within; "MONTH/ID". */
struct err *ledger_orders(struct strs *out, const struct ledger *l) MUST_CHECK;

#endif
