/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_STATS_H
#define DEED_CORE_STATS_H

#include "core/ledger.h"
#include "core/order.h"

/*
 * What all orders together say: how many were completed and cancelled, by whom
 * and why, how often on time, how long a buyer waited for a word.  Counted
 * anew from the entries each time.
 */
struct stats;

struct stats *stats_new(int64_t now);
/* The order's state is the one at this hour; ledger as in core/waiting.h. */
void stats_add(struct stats *s, const struct order *o, const struct ledger *l);
void stats_free(struct stats *s);

/*
 * {orders, open, completed, cancelled, rate, rate_after_one_more,
 *  windows: [{days, completed, cancelled, rate, rate_after_one_more}],
 *  reasons, initiators: [{name, cancelled}],
 *  buyers: [{name, completed, cancelled}],
 *  on_time: {on_time, late, unknown},
 *  revisions: {orders, requests, formal, per_order},
 *  responses: {answered, within_24h, median_hours, waiting},
 *  silence: {order, hours, from, until}}
 *
 * A rate is completed of completed and cancelled, in percent with one decimal,
 * as text; null while there is neither.  Yours.
 */
struct node *stats_node(const struct stats *s);

#endif
