/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_TSP_PARTS_H
#define DEED_CORE_EXT_TSP_PARTS_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/util/buf.h"
#include "core/util/err.h"
#include "core/util/vec.h"

/* Certificates and lists of revoked ones, for core/ext/tsp.c alone. */
struct papers {
	STACK_OF(X509) * certs;
	STACK_OF(X509_CRL) * lists;
};

void papers_begin(struct papers *p);
void papers_end(struct papers *p);

/* Add what a PEM text holds.  Private keys and the like are passed over. */
void papers_add(struct papers *p, const void *pem, size_t len);

/* From who signed to the root, and a list, as PEM. */
void papers_write(struct buf *out, STACK_OF(X509) * chain);
void papers_write_list(struct buf *out, X509_CRL *list);
/* Where the certificates say that their lists are: http and https alone. */
void papers_addresses(struct strs *out, STACK_OF(X509) * chain);

/*
 * Was one of the chain revoked, so that what it signed at that time holds no
 * more (RFC 3161, 4)?  Lists count if who issued the certificate signed them.
 */
struct err *papers_revoked(
    const struct papers *p, STACK_OF(X509) * chain, int64_t time) MUST_CHECK;

bool papers_time(int64_t *out, const ASN1_TIME *time);

/* Did one of the certificates sign the list? */
bool papers_know(const struct papers *p, X509_CRL *list);

#endif
