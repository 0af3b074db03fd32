/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_FEE_H
#define DEED_CORE_FEE_H

#include "core/money.h"
#include "core/profile.h"

/* What an arbitration costs on a platform, as its profile has it. */

enum fee_borne {
	FEE_EACH,  /* each side pays its own */
	FEE_LOSER, /* who loses pays it */
	FEE_STAKE, /* it is taken from what is at stake */
};

struct fee {
	struct money amount;
	bool is_share; /* of what is at stake, with a least amount */
	enum fee_borne borne;
};

/*
 * The fee for this much at stake.  ERR_NOT_FOUND if none is known, ERR_INVALID
 * if it is in another currency or is no amount.
 */
struct err *fee_find(struct fee *out, const struct profile *p,
    const struct money *stake) MUST_CHECK;

#endif
