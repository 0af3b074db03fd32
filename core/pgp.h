/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_PGP_H
#define DEED_CORE_PGP_H

#include <stdbool.h>

#include "core/util/buf.h"

/*
 * OpenPGP signatures, as git makes them by default, judged by the reader's own
 * gpg and keyring.  gpg is told to ask no server.
 */

enum pgp_verdict {
	PGP_GOOD,    /* by a key whose owner the keyring confirms */
	PGP_UNKNOWN, /* nobody here can say, or not whose key it is */
	PGP_BAD,
};

struct pgp {
	enum pgp_verdict verdict;
	char *key; /* its fingerprint or id; NULL: gpg does not say */
	char *who; /* as the key names its owner; NULL */
	const char *why;
};

/* Is this armour one of OpenPGP? */
bool pgp_is_armour(const char *armour);

/*
 * Did somebody sign these bytes?  Only what keeps the check itself from
 * running is an error; without gpg the verdict is PGP_UNKNOWN.  Release it in
 * any case.
 */
struct err *pgp_judge(struct pgp *out, const char *armour, size_t armour_len,
    const void *p, size_t len, const char *temp_dir) MUST_CHECK;
void pgp_release(struct pgp *s);

#endif
