/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_AUDIT_H
#define DEED_CORE_AUDIT_H

#include "core/judge.h"
#include "core/ledger.h"
#include "core/order.h"

/*
 * Does a ledger hold what it says?  Every check is made and every failure
 * named (core/verdict.h); nothing is repaired, and no clock or network is
 * asked.  Whom to trust says the reader alone.
 *
 *	stream      an order file is well formed, and parses
 *	chain       its entries are those their ids say, in stream order, with
 *	            every parent
 *	fork        it has several beginnings, branches or ends
 *	archive     bytes that an entry names are here, with its SHA-256 and size
 *	pointer     the last commit has a Git LFS pointer to them
 *	sums        the list of files a delivery holds is the one it recorded
 *	transcript  an import's messages are those it recorded, line by line
 *	dkim        the signatures of mails come to what they came to at import
 *	object      a loose object of git was damaged; no more is asked of git
 *	place       an order has one file, of its name and in its month
 *	worktree    files are those of the last commit, and plain files
 *	index       git is not about to commit anything else
 *	history, commit, remote    as core/audit_history.h has them
 *	token, anchor    time stamps, as core/stamp.h has them
 */

/*
 * ids NULL: all orders, all files, all of the history.  Only what keeps the
 * audit itself from running is an error.
 */
struct err *audit_ledger(struct node *checks, struct ledger *l,
    const struct strs *ids, const struct judge *judge) MUST_CHECK;

/* The chain of one stream, and its forks, under this subject. */
void audit_chain(struct node *checks, struct stream *s, const char *subject);

/*
 * "place": the order entries are those of the order id, kept in the month that
 * the first was recorded in; month NULL: wherever.
 */
void audit_place(struct node *checks, struct stream *s, const char *subject,
    const char *id, const char *month);

/* The domains that mail for an order's platform, behind what out holds. */
void audit_platform_mail(
    struct strs *out, struct profiles *profiles, const struct order *o);

#endif
