/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_SETTLE_H
#define DEED_CORE_SETTLE_H

#include "core/store.h"

/*
 * Before a fetched history is merged: what was erased here goes out of it,
 * and ref, which names it, moves to what is left.  was gets the commit that
 * the remote still has, "" if there was nothing to do: the push must replace
 * it.  ERR_CONFLICT if it tells of something erased there that is not erased
 * here: nothing is destroyed without a word from here.
 */
struct err *settle_erased(char was[static REPO_HEX], struct store *s,
    struct ledger *l, const char *ref) MUST_CHECK;

#endif
