/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_ATTESTATION_H
#define DEED_CORE_ATTESTATION_H

#include "core/packing.h"

/*
 * A provenance attestation that a build machine gave beside the files: an
 * in-toto statement, in a DSSE envelope or Sigstore bundle or bare, one or
 * (JSON Lines) several.  It is kept byte for byte and read only to tell which
 * of the delivered files it speaks of; whoever wants to check its signature
 * takes cosign or gh.
 */

#define ATTESTATION_MAX (4u << 20) /* bytes */

/*
 * {form, predicate, subjects, matches}: what it is ("sigstore", "dsse",
 * "in-toto"), the type of the first predicate, of how many files it speaks,
 * and how many of those are the archive or in it.  ERR_SYNTAX, ERR_INVALID and
 * ERR_LIMIT for what is no attestation.  Yours.
 */
struct err *attestation_read(struct node **out, const char *path,
    const char *archive_sha256, const struct buf *sums) MUST_CHECK;

#endif
