/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_AUDIT_H
#define DEED_CORE_AUDIT_H

#include "core/ledger.h"

/*
 * Does a ledger hold what it says?  Every check is made and every failure
 * named; nothing is repaired, and no key, clock or network is asked.
 *
 * A check is a map {name, subject, result, detail}, its result "pass", "fail"
 * or "skipped" (what it needs is not here, which is no mismatch).
 *
 *	stream    an order file is well formed, and parses
 *	chain     its entries are those their ids say, in stream order, with
 *	          every parent
 *	worktree  it is what the last commit holds
 *	archive   bytes that an entry names are here, with its SHA-256 and size
 *	sums      the list of files a delivery holds is the one it recorded
 *	history   no commit lost an entry of its parents
 */

void audit_note(struct node *checks, const char *name, const char *subject,
    const char *result, const char *detail);
/* Is there no "fail"? */
bool audit_passed(const struct node *checks);

/*
 * ids NULL: all orders, and the history.  threads hash archives.  Only what
 * keeps the audit itself from running is an error.
 */
struct err *audit_ledger(struct node *checks, struct ledger *l,
    const struct strs *ids, unsigned threads) MUST_CHECK;

/* The chain of one stream, under this subject. */
void audit_chain(struct node *checks, struct stream *s, const char *subject);

#endif
