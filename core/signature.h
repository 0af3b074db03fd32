/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_SIGNATURE_H
#define DEED_CORE_SIGNATURE_H

#include "core/util/buf.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Whose signature is it?  By the reader's own file of allowed signers, never
 * by one that came with what was signed.
 */

/* The reader's allowed signers, as ssh-keygen(1) has them. */
struct signers {
	char *path; /* NULL: the reader has none */
	struct buf text;
	bool demanded; /* asked for by name: any other signer is wrong */
};

#define SIGNERS_INIT \
	{ \
		NULL, BUF_INIT, false \
	}

/* ERR_NOT_FOUND, ERR_LIMIT.  path is copied. */
struct err *signers_read(
    struct signers *out, const char *path, bool demanded) MUST_CHECK;
void signers_release(struct signers *s);

enum signature_verdict {
	SIGNATURE_GOOD,    /* one of the signers made it */
	SIGNATURE_UNKNOWN, /* it is good, but whose key is it? */
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
