/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_ENCLOSE_H
#define DEED_CORE_EVIDENCE_ENCLOSE_H

#include "core/evidence/dossier.h"

/*
 * The exhibits of an order, the i-th of the dossier: first its record, then
 * the files that its entries name: what answers the claims first, and then in
 * the order of events.  What is not on this machine becomes a gap.
 */
#define ENCLOSE_DIGESTS "data/deliveries.sha256sums"

struct err *enclose_order(
    struct dossier *d, const struct ledger *l, size_t i) MUST_CHECK;

#endif
