/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_SOURCE_H
#define DEED_CORE_SOURCE_H

#include "core/ext/git.h"
#include "core/zip.h"

/*
 * Where the members of an archive come from: a commit, or files and folders
 * of the work tree.  Either gives its members sorted by name, as bytes, so
 * several can be merged without holding any.
 */

struct source_member {
	struct zip_member zip; /* the name as it will be in the archive */
	bool folder;           /* not a member, but may be a submodule */
	const char *path;      /* in the commit, or on disk */
	const char *target;    /* of a link */
};

struct source;

/*
 * Members of a "git archive" stream.  root is the path the stream was asked
 * for ("" for all); members are named prefix instead of root.
 */
struct err *source_of_commit(struct source **out, const struct checkout *c,
    const char *commit, const struct strs *drivers, const struct tree *tree,
    const char *root, const char *prefix) MUST_CHECK;

/*
 * A file, link, or folder with all that is in it but repositories' own
 * folders: ".git", and a ledger in ".deed".  Members are named prefix instead
 * of path.
 */
struct err *source_of_path(
    struct source **out, const char *path, const char *prefix) MUST_CHECK;

void source_free(struct source *s); /* NULL is fine */

/*
 * The next member, NULL after the last; it belongs to s and is good until the
 * next call.  ERR_INVALID for a name that no archive may have, and for what is
 * neither file, folder nor link.
 */
struct err *source_next(
    struct source *s, const struct source_member **m) MUST_CHECK;

/* All of the member's bytes, into an archive that has begun it. */
struct err *source_pour(struct source *s, struct zip *z) MUST_CHECK;
/* The same into a buffer, where they are few. */
struct err *source_text(struct source *s, struct buf *out) MUST_CHECK;

#endif
