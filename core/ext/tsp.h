/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_TSP_H
#define DEED_CORE_EXT_TSP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ext/digest.h"
#include "core/util/buf.h"
#include "core/util/vec.h"

/*
 * Time stamps of an authority (RFC 3161, OpenSSL) over SHA-256 digests.
 */

#define TSP_MAX (1u << 20) /* bytes of an answer */

/* A request with a nonce, that asks for the certificates, too. */
struct err *tsp_request(
    struct buf *out, const char sha256[static SHA256_HEX]) MUST_CHECK;

struct tsp_token {
	int64_t time; /* as the authority says */
	bool trusted; /* its root is one of the reader's */
	char *name;   /* of who signed: what the certificate says */
	/* of a trusted one: certificates from who signed to the root, in PEM,
	   and the addresses of the lists of revoked ones that they name */
	struct buf chain;
	struct strs lists;
};

struct tsp_ask {
	const char *sha256;  /* of what was stamped */
	const char *roots;   /* the reader's, a PEM file; NULL: the system's */
	const void *request; /* whose nonce it must have; NULL: unknown */
	size_t request_len;
	const void *beside; /* PEM that was kept with it; NULL: nothing */
	size_t beside_len;
};

/*
 * Judge an answer as the authority sent it.  The chain is checked as of the
 * token's own time, with what was kept beside the token and the rest of the
 * reader's file to help: certificates that the token lacks, lists of revoked
 * ones.  A root that came along makes it intact, never trusted.
 * ERR_SYNTAX if it is no answer, ERR_INVALID if it is a refusal or by a
 * certificate that may not stamp (or not then), or was revoked; ERR_MISMATCH
 * if it is of something else or was changed; ERR_NOT_FOUND without the roots.
 * Release the token in any case.
 */
struct err *tsp_judge(struct tsp_token *out, const void *p, size_t len,
    const struct tsp_ask *ask) MUST_CHECK;
void tsp_release(struct tsp_token *t);

/*
 * Add a list of revoked certificates, as it was got, to a chain.  ERR_SYNTAX if
 * it is none, ERR_MISMATCH if nobody of the chain signed it.
 */
struct err *tsp_add_list(
    struct buf *chain, const void *p, size_t len) MUST_CHECK;

#endif
