/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_SIGNER_H
#define DEED_CORE_SIGNER_H

#include "core/ext/repo.h"

/*
 * Signing with the keys people have, by the programs git itself would run and
 * as git's config says: gpg.format, user.signingkey, gpg.ssh.program and their
 * like.  Keys never come into this process; agents, tokens and passphrases are
 * the program's affair.
 */
struct signer;

/*
 * The signer of commits; *out is NULL unless commit.gpgsign asks for one.  who
 * is "Name <address>", whose key gpg takes when user.signingkey is unset.  home
 * is for "~/".  ERR_INVALID for a format nobody knows, or without a key.
 */
struct err *signer_for_commits(struct signer **out, struct repo *r,
    const char *who, const char *home) MUST_CHECK;

/*
 * The signer of packages, always with an SSH key: deed.signingkey, else
 * user.signingkey when gpg.format is ssh.  *out is NULL without one.
 */
struct err *signer_for_packages(
    struct signer **out, struct repo *r, const char *home) MUST_CHECK;
void signer_free(struct signer *s);

/*
 * Sign bytes: an armoured signature goes to out, with a line feed at its end.
 * namespace is what an SSH signature is good for ("git", "deed").  temp_dir is
 * for a key that the config holds itself.
 */
struct err *signer_sign(struct buf *out, const struct signer *s,
    const char *namespace, const void *p, size_t len,
    const char *temp_dir) MUST_CHECK;

/*
 * The public half of an SSH signer's key: "ssh-ed25519 AAAA...", without its
 * comment.
 */
struct err *signer_public(struct buf *out, const struct signer *s) MUST_CHECK;

#endif
