/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UPLOAD_H
#define DEED_CORE_UPLOAD_H

#include "core/ext/digest.h"
#include "core/profile.h"

/*
 * What an uploader gets of a delivery: the archive, or parts that its venue
 * takes, and a list of their digests to be uploaded with them.
 */

/* What the box of a venue takes, in bytes; 0 if that is not known. */
int64_t upload_limit(const struct profile *p);

/*
 * The parts to upload of an archive that is larger than limit (0: none is), as
 * the entry holds them: a list of {name, sha256, size, members}.  Each is a
 * ZIP that opens by itself, and within the limit unless one file alone is not.
 * NULL if it goes in one piece.  Yours.
 */
struct err *upload_cut(struct node **out, const char *path, const char *order,
    const char *label, int64_t limit) MUST_CHECK;

/* The files an uploader gets, as they will be; free with upload_release(). */
struct upload {
	struct strs zips; /* absolute paths; several if it goes in parts */
	char *checksums;
};

/*
 * Where they go.  ERR_EXISTS if another file is there: nothing of the user's
 * is overwritten.  sha256 is the archive's, parts are as upload_cut() has
 * them; copies of just these bytes may be there.
 */
struct err *upload_plan(struct upload *out, const char *dir, const char *order,
    const char *label, const char *sha256, const struct node *parts) MUST_CHECK;
/*
 * Write them from the archive at path, which the entry describes so.  commit
 * may be NULL.
 */
struct err *upload_write(const struct upload *u, const char *path,
    const struct node *archive, const char *commit) MUST_CHECK;
void upload_release(struct upload *u);

/*
 * Does the archive at path become the parts that were recorded of it?
 * ERR_MISMATCH if not.
 */
struct err *upload_check(
    const char *path, const struct node *archive) MUST_CHECK;

#endif
