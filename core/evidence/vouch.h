/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_VOUCH_H
#define DEED_CORE_EVIDENCE_VOUCH_H

#include "core/evidence/bagcheck.h"
#include "core/judge.h"
#include "core/stream.h"

/*
 * What others vouch for in a package, by the reader's own anchors:
 *
 *	token       a time stamp is about its list, and by an authority he trusts
 *	anchor      how many entries of an order such stamps cover
 *	acceptance  the buyer's signature
 *	transcript  the messages of an import, line by line
 *	dkim        the signatures of its mails
 */

struct vouch_order {
	char *id, *name; /* "FO1", "data/orders/FO1.yaml" */
	struct stream *stream;
};

/*
 * own is the key that signed the package, "SHA256:...", or NULL.
 * Append what is found.  What the package does not have is skipped, with one
 * that says so.
 */
struct err *vouch_check(struct node *checks, struct parcel *p,
    const struct bagcheck *bag, const struct vouch_order *orders, size_t n,
    const char *own, const struct judge *judge) MUST_CHECK;

#endif
