/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_AUDIT_HISTORY_H
#define DEED_CORE_AUDIT_HISTORY_H

#include "core/ledger.h"
#include "core/signature.h"

/*
 * The history of a ledger:
 *
 *	history  no commit lost an entry of its parents, or its content, nor did
 *	         the branch lose one that it had (git's log of it says where
 *	         it was)
 *	commit   signatures of commits, by the reader's own signers and keyring
 *	remote   a remote still has what it once had, and so has this ledger
 *
 * paths NULL: all of it; else, of these order files alone, the first two.
 */
struct err *audit_history(struct node *checks, struct ledger *l,
    const struct strs *paths, const struct signers *signers,
    const char *temp_dir) MUST_CHECK;

#endif
