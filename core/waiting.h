/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_WAITING_H
#define DEED_CORE_WAITING_H

#include "core/order.h"

/*
 * When the buyer waited for a word: from the first message or request of his
 * that nobody had answered, to the seller's next message, call or delivery, or
 * to his own acceptance.
 */

struct wait {
	const struct fact *asked;
	const struct fact *answered; /* NULL: he still waits */
};

struct waits {
	struct wait *v;
	size_t n, cap;
};

/* Oldest first; pointers into the order.  Free with vec_release(). */
void waits_find(struct waits *out, const struct order *o);

#endif
