/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_SETUP_H
#define DEED_CORE_SETUP_H

#include "core/ledger.h"

/*
 * Making a ledger, and making a clone of one fit for use: its config, hooks
 * and first commit.
 */

enum ledger_place {
	LEDGER_JOIN, /* env->ledger, or what deed.ledger names, or the default */
	LEDGER_HERE, /* .deed in the project, or in the working directory */
};

/* The lines of .gitattributes that keep bytes as they are; NULL at the end. */
extern const char *const setup_attributes[];

/*
 * Make the ledger unless it is there, and let the project know it.  *made says
 * whether it is new.
 */
struct err *setup_init(struct ledger **out, const struct env *env,
    struct project *project, enum ledger_place place, bool *made) MUST_CHECK;

/* A clone becomes a ledger of this machine: config and hooks as init's are. */
struct err *setup_furnish(const char *dir) MUST_CHECK;
/* Open it, and let the project know it. */
struct err *setup_join(struct ledger **out, const struct env *env,
    struct project *project, const char *dir) MUST_CHECK;
/* Set what a clone made with plain git lacks; cheap when it is there. */
struct err *setup_equip(struct ledger *l) MUST_CHECK;

#endif
