/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_TRUST_H
#define DEED_CMD_CLI_TRUST_H

#include "cmd/cli/command.h"
#include "core/signature.h"

/*
 * Whom the reader trusts: files he names, else those of his own git config.
 * What lies in a folder is never asked: it may have come along with what is
 * to be verified.
 */

/*
 * --signers, else gpg.ssh.allowedSignersFile; and gpg.ssh.revocationFile.
 * Release it in any case.
 */
struct err *trust_signers(
    struct signers *out, struct ctx *ctx, const char *named) MUST_CHECK;

/*
 * --roots, which must be there, else deed.roots; NULL: the system's.  Yours,
 * after an error too.
 */
struct err *trust_roots(
    char **out, struct ctx *ctx, const char *named) MUST_CHECK;

/*
 * All values of a key that has several, each once: those of the project and
 * the user, then the ledger's own.
 */
struct err *trust_values(
    struct strs *out, struct ctx *ctx, const char *key) MUST_CHECK;

#endif
