/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_GITINDEX_H
#define DEED_CORE_EXT_GITINDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "core/util/err.h"

/*
 * git's index, patched in place.  To read it into a tree of objects and write
 * it again is most of what a commit costs in a ledger of many orders, while
 * only the few bytes of one entry change.
 */

#define GITINDEX_ID 20 /* bytes of an object id */

/* A file that the index has already, as it is now. */
struct gitindex_file {
	const char *path;
	unsigned char id[GITINDEX_ID];
	struct stat st;
};

/* A folder above one of them ("" is the top) and its tree. */
struct gitindex_tree {
	char *path;
	unsigned char id[GITINDEX_ID];
};

/*
 * *done is false, and the index as it was, if this is more than a patch: a new
 * path, a conflict, a format or an extension not known here, an index that
 * somebody holds the lock of.  With temp, the caller holds that lock: the new
 * index goes to this file, and the old one stays.
 */
struct err *gitindex_patch(bool *done, const char *git_dir, const char *temp,
    const struct gitindex_file *files, size_t n,
    const struct gitindex_tree *trees, size_t n_trees) MUST_CHECK;

#endif
