/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_REPO_PARTS_H
#define DEED_CORE_EXT_REPO_PARTS_H

#include <git2.h>

#include "core/util/err.h"
#include "core/util/file.h"
#include "core/util/vec.h"

/* What the files repo*.c share; for no other file. */

#define LOCK_TRIES 2000 /* of a millisecond each: repo_nap() */

/* A file of the commit written last whose blob was not there before. */
struct fresh {
	char *path;
	git_oid id;
};

struct repo {
	git_repository *git;
	char *dir;
	enum file_order order;
	char *lock;              /* the index.lock we hold, or NULL */
	VEC(struct fresh) fresh; /* see repo_undo() */
};

/* Start libgit2, within bounds; git_libgit2_shutdown() when done. */
struct err *repo_begin(void) MUST_CHECK;

/* What libgit2 said about the call that just failed. */
struct err *repo_failed(const char *what) MUST_CHECK;

/* The tree of a commit; NULL for "". */
struct err *repo_tree(
    struct repo *r, const char *commit, git_tree **out) MUST_CHECK;
/* The entry at path in a commit; *out is NULL if there is none. */
struct err *repo_entry(struct repo *r, const char *commit, const char *path,
    git_tree_entry **out) MUST_CHECK;

void repo_nap(void);

/* The file of an object, if it is one of its own; yours. */
char *repo_loose_path(const struct repo *r, const git_oid *id);

/* Remove what a killed writer left among objects and refs. */
void repo_sweep(struct repo *r);

/*
 * Remove the new blobs of the tree being written, and with top (or NULL) the
 * trees above them; or keep them.
 */
void repo_undo(struct repo *r, git_tree *top);
void repo_keep(struct repo *r);

#endif
