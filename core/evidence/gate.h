/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_GATE_H
#define DEED_CORE_EVIDENCE_GATE_H

#include "core/evidence/dossier.h"
#include "core/evidence/venue.h"

/*
 * Before a venue that takes one submission and no second: what is not in the
 * package now never will be.  Findings are those of core/check.h; what blocks
 * can still be mended, what cannot be mended only warns.
 */
void gate_check(
    struct node *findings, const struct dossier *d, const struct venue *v);

#endif
