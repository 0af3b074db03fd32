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
 * is, core/signers.h says.
 */
struct sshsig;

#define SSHSIG_MAX (64u << 10) /* bytes of an armoured signature */

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

#endif
