/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_PURSE_H
#define DEED_CORE_PURSE_H

#include "core/money.h"
#include "core/order.h"

/*
 * The money of an order as its entries have it: what was agreed, what is held
 * for it, what was approved, paid and given back.
 */

/*
 * {price, funded, approved, paid, refunded, milestones: [{label, name, amount,
 * state}]}, amounts as text, null where nothing is recorded.  Amounts of
 * another currency than the price are left out.  Null if no money but the
 * price is recorded.  Yours.
 */
struct node *purse_node(const struct order *o);

/*
 * What of the price was not paid, whatever was given back later: less than
 * nothing if more was paid.  False if no price is recorded.
 */
bool purse_open(struct money *out, const struct order *o);
/* What is held for the work and not approved yet; false if nothing says so. */
bool purse_held(struct money *out, const struct order *o);

/* Is this entry, of kind milestone or payment, about that of the terms? */
bool purse_is_about(
    const struct fact *f, const char *key, const struct node *milestone);
/* Held for the work, or paid already: a state of a milestone. */
bool purse_is_funding(const struct fact *milestone);

#endif
