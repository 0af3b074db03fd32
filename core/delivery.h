/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_DELIVERY_H
#define DEED_CORE_DELIVERY_H

#include "core/archive.h"
#include "core/order.h"
#include "core/store.h"

/*
 * A delivery: an archive that was packed, and its place in the ledger and with
 * the uploader.
 */

/*
 * The delivery that this is again: one with the same archive, or with the same
 * content, commit, links and modes.  NULL if it is a new one.
 */
const struct fact *delivery_twin(const struct order *o, const struct packed *p);

/*
 * Whether a run has delivered this already: the first entry of it, or one that
 * repeats it, was recorded by the same run and actor (ci_is_same_run).
 */
bool delivery_is_known(
    const struct order *o, const struct fact *first, const struct node *run);

/*
 * Put the archive and its sums into the ledger: what the entry holds as
 * "archive".  The packed ZIP is moved.  Yours.
 */
struct err *delivery_keep(struct node **out, struct store *s, const char *id,
    const char *month, const char *label, const struct packed *p,
    int64_t now) MUST_CHECK;

/* The absolute path of an entry's archive in the work tree; yours. */
char *delivery_path(const struct ledger *l, const struct fact *delivery);

/* An uploader's copy, as it will be; free with upload_release(). */
struct upload {
	char *zip, *checksums; /* absolute paths */
};

/*
 * Where the copy goes.  ERR_EXISTS if another file is there: nothing of the
 * user's is overwritten.  sha256 is the archive's; a copy of just these bytes
 * may be there.
 */
struct err *upload_plan(struct upload *out, const char *dir, const char *order,
    const char *label, const char *sha256) MUST_CHECK;
/* Write both files from the archive at path. */
struct err *upload_write(const struct upload *u, const char *path,
    const char *sha256, const char *content, const char *commit) MUST_CHECK;
void upload_release(struct upload *u);

#endif
