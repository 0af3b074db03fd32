/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_DELIVERY_H
#define DEED_CORE_DELIVERY_H

#include "core/order.h"
#include "core/packing.h"
#include "core/store.h"

/*
 * A delivery: an archive that was packed, and its place in the ledger.
 */

/*
 * The delivery that this is again: one with the same archive, or with the same
 * content, commit, links and modes.  NULL if it is a new one.
 */
const struct fact *delivery_twin(const struct order *o, const struct packed *p);

/*
 * Whether a run has delivered this already: the first entry of it, or one that
 * repeats it, was recorded by the same run and actor (ci_is_same_run).
 */
bool delivery_is_known(
    const struct order *o, const struct fact *first, const struct node *run);

/*
 * Put the archive and its sums into the ledger: what the entry holds as
 * "archive".  The packed ZIP is moved.  parts may be NULL.  Yours.
 */
struct err *delivery_keep(struct node **out, struct store *s, const char *id,
    const char *month, const char *label, const struct packed *p,
    const struct node *parts, int64_t now) MUST_CHECK;

/* The absolute path of an entry's archive in the work tree; yours. */
char *delivery_path(const struct ledger *l, const struct fact *delivery);
/* Where its bytes lie; NULL if they are not here, as in a clone.  Yours. */
char *delivery_bytes(const struct ledger *l, const struct fact *delivery);

#endif
