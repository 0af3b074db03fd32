/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_AUDIT_BYTES_H
#define DEED_CORE_AUDIT_BYTES_H

#include "core/ledger.h"

/* The files of a ledger that entries name by their digest. */

/*
 * Everything an order's entries name is here, as it was recorded: "archive"
 * (archives and proofs), "pointer" (what git keeps in an archive's place),
 * "sums" (the list of a delivery's files), "transcript".  threads hash.
 */
struct err *audit_bytes(struct node *checks, struct ledger *l, const char *head,
    struct stream *s, unsigned threads) MUST_CHECK;

/* Where the bytes of an archive lie, in its place or in the store; yours. */
char *audit_find(const struct ledger *l, const char *path, const char *sha256);

#endif
