/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_ATTACH_H
#define DEED_CORE_ATTACH_H

#include "core/store.h"

/*
 * Files that travel with an entry: screenshots, contracts, recordings.  Their
 * bytes become a Git LFS object, named TIME-NAME-<12 hex of SHA-256>.EXT.
 */

/* "archives/MONTH/ID/TIME-NAME-DIGEST.EXT" for a file of this name; yours. */
char *attach_path(const char *month, const char *id, const char *name,
    const char *sha256, int64_t now);

/* Take a copy in; *out is {name, sha256, size, path}.  Yours. */
struct err *attach_file(struct node **out, struct store *s, const char *id,
    const char *month, const char *file, int64_t now) MUST_CHECK;

/* The same from bytes at hand, under a name. */
struct err *attach_bytes(struct node **out, struct store *s, const char *id,
    const char *month, const char *name, const void *data, size_t len,
    int64_t now) MUST_CHECK;

#endif
