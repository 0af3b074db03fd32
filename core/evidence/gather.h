/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_GATHER_H
#define DEED_CORE_EVIDENCE_GATHER_H

#include "core/evidence/dossier.h"

/*
 * Making a dossier out of a ledger: what is withheld, what is enclosed, what
 * is cited, and what is missing.
 */

struct gather_spec {
	const struct strs *orders;   /* ids, one or more */
	const struct strs *withhold; /* as core/evidence/withhold.h has them */
	const struct strs *masks;    /* names; outlives the dossier */
	const struct strs *claims;   /* of the buyer; may be empty */
	enum venue_deliveries deliveries;
};

/*
 * ERR_NOT_FOUND for an order or an entry to withhold that does not exist,
 * ERR_INVALID for one that several orders have, ERR_MISMATCH if the ledger is
 * not what it was.
 */
struct err *gather(struct dossier **out, struct ledger *l,
    const struct gather_spec *spec) MUST_CHECK;

#endif
