/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_RESTORE_H
#define DEED_CORE_RESTORE_H

#include "core/store.h"

/*
 * Entries that a commit of plain git lost or changed: a revert, a merge or a
 * rebase resolved by hand, a file edited or removed.  A commit must hold every
 * entry of its parents, so they are put back, in one commit.  History stays as
 * it is.
 *
 * Looked at is what came since the last time.  *n counts the entries.
 */
struct err *restore_lost(
    size_t *n, struct store *s, struct ledger *l) MUST_CHECK;

#endif
