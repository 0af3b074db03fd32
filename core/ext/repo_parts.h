/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_REPO_PARTS_H
#define DEED_CORE_EXT_REPO_PARTS_H

#include <git2.h>

#include "core/util/err.h"
#include "core/util/file.h"

/* What repo.c and repo_tree.c share; for no other file. */

#define LOCK_TRIES 2000 /* of a millisecond each: repo_nap() */

struct repo {
	git_repository *git;
	char *dir;
	enum file_order order;
};

/* What libgit2 said about the call that just failed. */
struct err *repo_failed(const char *what) MUST_CHECK;

/* The tree of a commit; NULL for "". */
struct err *repo_tree(
    struct repo *r, const char *commit, git_tree **out) MUST_CHECK;
/* The entry at path in a commit; *out is NULL if there is none. */
struct err *repo_entry(struct repo *r, const char *commit, const char *path,
    git_tree_entry **out) MUST_CHECK;

void repo_nap(void);

#endif
