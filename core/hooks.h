/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_HOOKS_H
#define DEED_CORE_HOOKS_H

#include "core/util/err.h"

/*
 * The guards of a ledger for people who type git in it: no commit of an
 * archive's bytes where its Git LFS pointer belongs, no push that would leave
 * the bytes behind.
 */
struct err *hooks_install(const char *ledger) MUST_CHECK;

#endif
