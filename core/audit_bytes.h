/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_AUDIT_BYTES_H
#define DEED_CORE_AUDIT_BYTES_H

#include "core/ledger.h"

/* The files of a ledger that entries name by their digest. */

struct audit_bytes;

/*
 * Is everything that entries name here, as it was recorded?  Orders are added
 * one by one; then threads, the caller's among them, hash what all of them
 * name, while other things are asked of the ledger.
 *
 *	b = audit_bytes_new(l, threads);
 *	audit_bytes_add(checks, b, stream) ...
 *	audit_bytes_start(b);
 *	audit_bytes_finish(checks, b, head);
 *	audit_bytes_free(b);
 */
struct audit_bytes *audit_bytes_new(struct ledger *l, unsigned threads);
/* Notes "sums" (the list of a delivery's files), "parts", "transcript". */
struct err *audit_bytes_add(
    struct node *checks, struct audit_bytes *b, struct stream *s) MUST_CHECK;
void audit_bytes_start(struct audit_bytes *b);
/*
 * Notes "archive" (archives and proofs) and "pointer" (what git keeps in an
 * archive's place), in the order of adding.
 */
void audit_bytes_finish(
    struct node *checks, struct audit_bytes *b, const char *head);
void audit_bytes_free(struct audit_bytes *b);

/* Where the bytes of an archive lie, in its place or in the store; yours. */
char *audit_find(const struct ledger *l, const char *path, const char *sha256);

#endif
