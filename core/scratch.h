/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_SCRATCH_H
#define DEED_CORE_SCRATCH_H

#include "core/ledger.h"

/*
 * A private folder on the ledger's file system for work that takes longer than
 * the lock should be held: packing, unpacking.  It bears the process number,
 * so that what a killed process left can be told and swept.
 */
struct err *scratch_new(char **out, const struct ledger *l) MUST_CHECK;
void scratch_free(char *dir); /* with everything in it; NULL is fine */

/* Remove folders of processes that are gone; were there any? */
bool scratch_sweep(const struct ledger *l);

#endif
