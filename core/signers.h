/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_SIGNERS_H
#define DEED_CORE_SIGNERS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/util/buf.h"

/*
 * Allowed signers, as ssh-keygen(1) has them: whose key is it?  The file is
 * always the reader's own, never one that came with what was signed.
 */

#define SIGNERS_MAX (4u << 20) /* bytes of the file */

struct signers {
	char *path; /* NULL: the reader has none */
	struct buf text;
	bool demanded; /* asked for by name: any other signer is wrong */
	char *revoked; /* keys that count no more, as ssh-keygen -r has them */
};

#define SIGNERS_INIT \
	{ \
		NULL, BUF_INIT, false, NULL \
	}

/*
 * ERR_NOT_FOUND, ERR_LIMIT; of a file that is demanded, ERR_SYNTAX with the
 * line that cannot be read.  path is copied.
 */
struct err *signers_read(
    struct signers *out, const char *path, bool demanded) MUST_CHECK;
void signers_release(struct signers *s);

struct signers_ask {
	const char *key; /* "ssh-ed25519 AAAA..." */
	const char *namespace;
	const char *principal; /* NULL: whoever it is */
	int64_t time;          /* when it was signed */
};

/*
 * The field of principals of the first line that allows it, yours.
 * ERR_NOT_FOUND if none names the key, ERR_INVALID if those that do are not
 * for this namespace or time.  A line that cannot be read counts as little as
 * one with an authority.
 */
struct err *signers_whose(char **principals, const struct signers *s,
    const struct signers_ask *ask) MUST_CHECK;

/* Is the name one of those a field of principals stands for? */
bool signers_name(const char *principals, const char *name);

#endif
