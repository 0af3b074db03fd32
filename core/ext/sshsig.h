/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_SSHSIG_H
#define DEED_CORE_EXT_SSHSIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/buf.h"

/*
 * Signatures as "ssh-keygen -Y sign" makes them, checked in this process
 * (OpenSSL) for ed25519, rsa (SHA-2, 2048 bits and more) and ecdsa keys.  What
 * such a signature says by itself is only that some key made it; whose key it
 * is, a file of allowed signers says, which must be the reader's own.
 */
struct sshsig;

#define SSHSIG_MAX (64u << 10)        /* bytes of an armoured signature */
#define SSHSIG_SIGNERS_MAX (4u << 20) /* bytes of a file of signers */

/* ERR_SYNTAX if it is no such signature. */
struct err *sshsig_read(
    struct sshsig **out, const char *armour, size_t len) MUST_CHECK;
void sshsig_free(struct sshsig *s);

/* The key as a line of .ssh/authorized_keys has it: "ssh-ed25519 AAAA..." */
void sshsig_key(struct buf *out, const struct sshsig *s);
/* "SHA256:...", as ssh-keygen -l shows it. */
void sshsig_fingerprint(struct buf *out, const struct sshsig *s);

/*
 * Did the key sign these bytes, for this namespace?  ERR_MISMATCH if not;
 * ERR_UNSUPPORTED for a certificate or a key in hardware, which ssh-keygen
 * can check.
 */
struct err *sshsig_check(const struct sshsig *s, const char *namespace,
    const void *p, size_t len) MUST_CHECK;

struct sshsig_ask {
	const char *namespace;
	const char *principal; /* NULL: whoever it is */
	int64_t time;          /* when it was signed */
};

/*
 * Whom the text of an allowed-signers file names for this key; *principals is
 * the field as it stands there, yours.  ERR_NOT_FOUND if it names nobody,
 * ERR_INVALID if the line that does is not for this namespace or time,
 * ERR_UNSUPPORTED if only an authority in it could decide; ERR_SYNTAX names
 * the line that cannot be read.
 */
struct err *sshsig_whose(char **principals, const struct sshsig *s,
    const char *signers, const struct sshsig_ask *ask) MUST_CHECK;

#endif
