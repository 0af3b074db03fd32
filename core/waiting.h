/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_WAITING_H
#define DEED_CORE_WAITING_H

#include "core/ledger.h"
#include "core/order.h"

/*
 * When the buyer waited for a word: from the first message or request of his
 * that nobody had answered, to the seller's next message, call or delivery, or
 * to his own acceptance.  Messages are entries, and those of imported
 * conversations in which it is known who is who: the buyer, or the one beside
 * the seller where two talk, is the buyer; everybody else speaks for the
 * seller.
 */

struct wait {
	const struct fact *asked;
	unsigned line; /* of a transcript; 0: the entry itself */
	int64_t from;
	int64_t until; /* of the answer; WAIT_OPEN: there is none yet */
};

#define WAIT_OPEN INT64_MAX

struct waits {
	struct wait *v;
	size_t n, cap;
};

/*
 * Oldest first; pointers into the order.  Without a ledger (NULL), and where
 * an archive is not at hand, entries alone count.  Free with vec_release().
 */
void waits_find(
    struct waits *out, const struct order *o, const struct ledger *l);

/*
 * Does he wait for a word now?  Once the order is over he does not.  Of a long
 * talk only the end is read.
 */
bool waits_open(
    struct wait *out, const struct order *o, const struct ledger *l);

#endif
