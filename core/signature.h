/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_SIGNATURE_H
#define DEED_CORE_SIGNATURE_H

#include "core/signers.h"

/*
 * Whose signature is it?  By the reader's own file of allowed signers, never
 * by one that came with what was signed.
 */

enum signature_verdict {
	SIGNATURE_GOOD,    /* one of the signers made it */
	SIGNATURE_UNKNOWN, /* nobody here can say, or not whose key it is */
	SIGNATURE_BAD,
};

struct signature {
	enum signature_verdict verdict;
	char *who;    /* GOOD: the signer, as his file names him */
	char *key;    /* "SHA256:...", NULL if it could not be read */
	char *detail; /* one line that says all this */
};

struct signature_ask {
	const char *namespace;
	const void *p; /* what was signed */
	size_t len;
	int64_t time; /* when */
	const char *temp_dir;
};

/*
 * Judge an armoured signature: of SSH in this process, certificates and keys in
 * hardware by ssh-keygen, of OpenPGP by gpg and the reader's keyring (time and
 * namespace are gpg's affair then).  Only what keeps the check itself from
 * running is an error.  Release it in any case.
 */
struct err *signature_judge(struct signature *out, const char *armour,
    size_t len, const struct signature_ask *ask,
    const struct signers *signers) MUST_CHECK;
void signature_release(struct signature *s);

/* "pass", "skipped" or "fail", as a check says it. */
const char *signature_result(
    const struct signature *s, const struct signers *signers);

#endif
