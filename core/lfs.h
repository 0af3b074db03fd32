/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_LFS_H
#define DEED_CORE_LFS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/ext/digest.h"
#include "core/util/buf.h"

/*
 * Large bytes in a ledger, as Git LFS keeps them: the commit holds a pointer
 * (git-lfs specification, version 1), .git/lfs/objects the bytes, and the work
 * tree a hard link to them.  git-lfs itself is only needed to push and fetch.
 */

struct lfs_pointer {
	char oid[SHA256_HEX]; /* of the bytes */
	int64_t size;
};

#define LFS_POINTER_MAX 1024 /* larger files are never pointers */

void lfs_write_pointer(struct buf *out, const struct lfs_pointer *p);
/* Is it a pointer?  Then *out is what it says. */
bool lfs_read_pointer(struct lfs_pointer *out, const char *text, size_t len);

/* Where a repository's work tree keeps these bytes; yours. */
char *lfs_object_path(const char *dir, const char *oid);

/*
 * Where the bytes lie of a file in the work tree, or NULL if they are not here:
 * a pointer stands in their place, and the object store has nothing.  Yours.
 */
char *lfs_find(const char *dir, const char *path, const char *sha256);

/*
 * Make the file temp the object: it is moved, or removed if the bytes are
 * there already.  Read-only, and dated some seconds back, so that git never
 * takes its index entry for one made in the same instant.
 */
struct err *lfs_take(
    const char *dir, const struct lfs_pointer *p, const char *temp) MUST_CHECK;

/*
 * Date a file some seconds back that looks as new as an index entry made now.
 */
struct err *lfs_backdate(const char *path) MUST_CHECK;

/*
 * Put the bytes at path in the work tree of dir: the same file under a second
 * name.  Where they are absent the pointer's text stands for them, as in a
 * clone that has not fetched them.
 */
struct err *lfs_place(
    const char *dir, const struct lfs_pointer *p, const char *path) MUST_CHECK;

#endif
