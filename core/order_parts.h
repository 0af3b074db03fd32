/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_ORDER_PARTS_H
#define DEED_CORE_ORDER_PARTS_H

/* What the files behind order.h tell each other. */

struct order;

/* Tell deliveries of the same apart from the first of them. */
void order_find_first(struct order *o);

/* Give each fact that introduced something its label. */
void order_label(struct order *o);

#endif
