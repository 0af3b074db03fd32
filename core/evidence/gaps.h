/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_GAPS_H
#define DEED_CORE_EVIDENCE_GAPS_H

#include "core/order.h"

/*
 * What a record does not show.  A judge finds the gaps in any case; a seller
 * who names them first is the one who is believed.
 */

/*
 * One sentence each, without a full stop, behind what out holds: "no
 * submission is recorded for d1".  claims (may be empty) are the buyer's, as
 * claim_vet() has them: each asks for something of its own.
 */
void gaps_find(
    struct strs *out, const struct order *o, const struct strs *claims);

/* Is it a delivery that came after the due date? */
bool gaps_is_late(const struct order *o, const struct fact *f);
/* Does this fact speak for the other side?  Such entries are never left out. */
bool gaps_is_adverse(const struct order *o, const struct fact *f);

/* Is it one of the claims a buyer can make?  ERR_INVALID names them. */
struct err *claim_vet(const char *claim) MUST_CHECK;
/* "that nothing was delivered"; static, NULL if it is no claim. */
const char *claim_words(const char *claim);

/* The dispute that was opened last, and the word for what became of it. */
const struct fact *dispute_find(const struct order *o, const char **state);
/* The claim of the dispute that is open, if it is not in out yet. */
void dispute_claims(struct strs *out, const struct order *o);

#endif
