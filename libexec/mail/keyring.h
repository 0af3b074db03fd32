/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_KEYRING_H
#define DEED_LIBEXEC_MAIL_KEYRING_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/ext/digest.h"
#include "core/util/err.h"
#include "core/util/vec.h"

/*
 * The key records signatures are checked with: those of a file, and those
 * fetched from the DNS when that was asked for.  Nothing else is ever used.
 *
 * A file has a record a line, shortest as name and text, or as zone files,
 * "dig" and "host" print them; in parentheses one may take several lines:
 *
 *	s1._domainkey.example.com v=DKIM1; k=rsa; p=MIIB...
 *	s1._domainkey.example.com. 300 IN TXT "v=DKIM1; k=rsa; p=MI" "IB..."
 *	$ORIGIN example.com.
 *	s1._domainkey IN TXT ( "v=DKIM1; k=rsa; "
 *		"p=MIIB..." )  ; a remark
 *
 * Empty lines and those that begin with # or ; are passed over, and so are
 * records of other kinds; but an alias (CNAME) leads to the record it names, if
 * that is in the same file.
 */

#define KEYRING_FILE_MAX (64u << 20)
#define KEYRING_RECORD_MAX (64u << 10)

enum key_type { KEY_RSA, KEY_ED25519 };

struct key_record {
	char *name;    /* lower case, no final dot */
	char *text;    /* the record, its strings put together */
	bool fetched;  /* from the DNS, now; else from a file */
	size_t number; /* in the order they were read */
	/* What it says, once key_read() was called. */
	bool read;
	const char *problem; /* why it cannot be used (static), or NULL */
	bool revoked;
	enum key_type type;
	EVP_PKEY *key;
	int bits;
	bool sha256, sha1;            /* hashes it may be used with */
	bool testing;                 /* t=y */
	bool strict;                  /* t=s: no subdomains in i= */
	bool has_g;                   /* g=, which RFC 6376 gave up */
	char fingerprint[SHA256_HEX]; /* of the bytes of p= */
};

struct keyring {
	VEC(struct key_record *) v; /* once sorted: by name, then number */
	bool sorted, fetch;
	char *resolver; /* "address" or "address:port"; NULL: the system's */
	VEC(char *) asked;
};

void keyring_init(struct keyring *ring);
void keyring_release(struct keyring *ring);

/* A record by its full name, without the final dot. */
void keyring_add(struct keyring *ring, const char *name, const char *text,
    size_t len, bool fetched);

/* ERR_SYNTAX names file and line. */
struct err *keyring_load(struct keyring *ring, const char *path) MUST_CHECK;
struct err *keyring_parse(struct keyring *ring, const char *p, size_t len,
    const char *name) MUST_CHECK;

/*
 * The records of a name, *n of them; NULL if there are none.  With fetch, a
 * name not asked for before is looked up; *why then says what came of it if
 * nothing was found (static).  Good until the next call.
 */
struct key_record *const *keyring_find(
    struct keyring *ring, const char *name, size_t *n, const char **why);

/* The same without ever asking the DNS; name as keyring_find() takes it. */
struct key_record *const *keyring_held(
    struct keyring *ring, const char *name, size_t *n);

/* Understand a record; its result stays with it. */
void key_read(struct key_record *record);

#endif
