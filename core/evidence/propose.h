/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_PROPOSE_H
#define DEED_CORE_EVIDENCE_PROPOSE_H

#include "core/evidence/dossier.h"

/*
 * What had better stay at home: keys and tokens, addresses, numbers of cards,
 * accounts and telephones, found by their shape in the texts that would leave.
 * What was hidden on purpose is not found.
 */

#define PROPOSE_MAX 100 /* so many are told */

/*
 * Append {what, where, withhold}: "an e-mail address", "message of 1 Nov
 * 2026", and what --withhold takes.
 */
struct err *propose_withholding(struct node *out, const struct dossier *d,
    const struct ledger *l) MUST_CHECK;

/* "an e-mail address" that stands in a text (static), or NULL. */
const char *propose_personal(const char *p, size_t len);

#endif
