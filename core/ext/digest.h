/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_DIGEST_H
#define DEED_CORE_EXT_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "core/util/err.h"

/* SHA-256 and random bits (OpenSSL). */

#define SHA256_LEN 32
#define SHA256_HEX 65 /* 64 digits and NUL */

struct digest;

struct digest *digest_new(void);
void digest_add(struct digest *d, const void *p, size_t len);
/* The digest so far as lower-case hex; d starts anew. */
void digest_hex(struct digest *d, char out[static SHA256_HEX]);
void digest_free(struct digest *d);

/*
 * Another algorithm: "md5", "sha1", "sha224", "sha256", "sha384" or "sha512",
 * NULL if it is none of these.  What is here called digest_hex() is then
 * digest_hex_long().
 */
#define DIGEST_HEX_MAX 129 /* 128 digits and NUL */
struct digest *digest_new_named(const char *algorithm);
void digest_hex_long(struct digest *d, char out[static DIGEST_HEX_MAX]);

void digest_of(const void *p, size_t len, char out[static SHA256_HEX]);
/* Of a whole file; size may be NULL. */
struct err *digest_file(
    const char *path, char out[static SHA256_HEX], int64_t *size) MUST_CHECK;

/* Is it 64 lower-case hex digits? */
bool digest_is_hex(const char *text);

/* n random bytes as 2n hex digits and NUL. */
struct err *digest_random(char *hex, size_t n) MUST_CHECK;

#endif
