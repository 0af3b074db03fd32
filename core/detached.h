/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_DETACHED_H
#define DEED_CORE_DETACHED_H

#include "core/intake/input.h"
#include "core/packing.h"

/*
 * A delivery in one file, made where there is no ledger: a ZIP that holds
 *
 *	archive.sha256sums      what sha256sum prints for each file delivered
 *	archive.zip             the very bytes to upload
 *	attestation-N-NAME      what was given beside them, from 0
 *	deed-delivery.json      what is to be recorded
 *
 * The last is an object {detached, order, packed, clock, text, covers,
 * milestone, archive, source, run, attestations}; archive is as in an entry,
 * without paths; attestations is a list of {name, sha256, size}.
 */

#define DETACHED_FORMAT 1

/*
 * Write it, in place of a file that was there.  facts are the keys of the
 * object that packed does not know; attestations are paths.
 */
struct err *detached_write(const char *path, const char *temp_dir,
    const struct packed *packed, const struct node *facts,
    const struct strs *attestations) MUST_CHECK;

/* Does it look like one? */
bool detached_is(const struct input *in);

struct detached {
	char sha256[SHA256_HEX];  /* of the file */
	struct packed *packed;    /* its findings are empty; may be moved */
	struct node *facts;       /* the object, held to its types */
	struct strs attestations; /* paths, to be read while in is open */
	struct strs attested;     /* their names */
};

/*
 * Read one that anybody may have made: every digest is computed anew.
 * ERR_MISMATCH, ERR_INVALID, ERR_SYNTAX, ERR_UNSUPPORTED.  Release it in any
 * case.
 */
struct err *detached_read(
    struct detached *out, const struct input *in) MUST_CHECK;
void detached_release(struct detached *d);

#endif
