/* SPDX-License-Identifier: ISC */
#include "core/ext/digest.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/*
 * The low-level SHA256 functions load no provider, which is half of what
 * OpenSSL 3 costs at start-up; they use the same SHA-NI code as EVP.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>
#include <openssl/sha.h>

#include "core/util/mem.h"

#define FILE_CHUNK (256 * 1024)

enum algorithm {
	MD5_SUM,
	SHA1_SUM,
	SHA224_SUM,
	SHA256_SUM,
	SHA384_SUM,
	SHA512_SUM,
};

struct digest {
	enum algorithm algorithm;
	union {
		MD5_CTX md5;
		SHA_CTX sha1;
		SHA256_CTX sha256; /* of SHA-224, too */
		SHA512_CTX sha512; /* of SHA-384, too */
	} ctx;
};

static void
start(struct digest *d)
{
	switch (d->algorithm) {
	case MD5_SUM:
		MD5_Init(&d->ctx.md5);
		break;
	case SHA1_SUM:
		SHA1_Init(&d->ctx.sha1);
		break;
	case SHA224_SUM:
		SHA224_Init(&d->ctx.sha256);
		break;
	case SHA256_SUM:
		SHA256_Init(&d->ctx.sha256);
		break;
	case SHA384_SUM:
		SHA384_Init(&d->ctx.sha512);
		break;
	case SHA512_SUM:
		SHA512_Init(&d->ctx.sha512);
		break;
	}
}

static struct digest *
make(enum algorithm algorithm)
{
	struct digest *d = mem_alloc(sizeof(*d));

	d->algorithm = algorithm;
	start(d);
	return d;
}

struct digest *
digest_new(void)
{
	return make(SHA256_SUM);
}

struct digest *
digest_new_named(const char *algorithm)
{
	static const char *const names[] = {
		[MD5_SUM] = "md5",
		[SHA1_SUM] = "sha1",
		[SHA224_SUM] = "sha224",
		[SHA256_SUM] = "sha256",
		[SHA384_SUM] = "sha384",
		[SHA512_SUM] = "sha512",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], algorithm) == 0)
			return make((enum algorithm)i);
	return NULL;
}

void
digest_add(struct digest *d, const void *p, size_t len)
{
	switch (d->algorithm) {
	case MD5_SUM:
		MD5_Update(&d->ctx.md5, p, len);
		break;
	case SHA1_SUM:
		SHA1_Update(&d->ctx.sha1, p, len);
		break;
	case SHA224_SUM:
		SHA224_Update(&d->ctx.sha256, p, len);
		break;
	case SHA256_SUM:
		SHA256_Update(&d->ctx.sha256, p, len);
		break;
	case SHA384_SUM:
		SHA384_Update(&d->ctx.sha512, p, len);
		break;
	case SHA512_SUM:
		SHA512_Update(&d->ctx.sha512, p, len);
		break;
	}
}

static void
to_hex(char *out, const unsigned char *p, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	*out = '\0';
}

void
digest_hex_long(struct digest *d, char out[static DIGEST_HEX_MAX])
{
	unsigned char raw[SHA512_DIGEST_LENGTH];
	size_t len = 0;

	switch (d->algorithm) {
	case MD5_SUM:
		MD5_Final(raw, &d->ctx.md5);
		len = MD5_DIGEST_LENGTH;
		break;
	case SHA1_SUM:
		SHA1_Final(raw, &d->ctx.sha1);
		len = SHA_DIGEST_LENGTH;
		break;
	case SHA224_SUM:
		SHA224_Final(raw, &d->ctx.sha256);
		len = SHA224_DIGEST_LENGTH;
		break;
	case SHA256_SUM:
		SHA256_Final(raw, &d->ctx.sha256);
		len = SHA256_DIGEST_LENGTH;
		break;
	case SHA384_SUM:
		SHA384_Final(raw, &d->ctx.sha512);
		len = SHA384_DIGEST_LENGTH;
		break;
	case SHA512_SUM:
		SHA512_Final(raw, &d->ctx.sha512);
		len = SHA512_DIGEST_LENGTH;
		break;
	}
	start(d);
	to_hex(out, raw, len);
}

void
digest_hex(struct digest *d, char out[static SHA256_HEX])
{
	unsigned char raw[SHA256_LEN];

	assert(d->algorithm == SHA256_SUM);
	SHA256_Final(raw, &d->ctx.sha256);
	start(d);
	to_hex(out, raw, sizeof(raw));
}

void
digest_free(struct digest *d)
{
	free(d);
}

void
digest_of(const void *p, size_t len, char out[static SHA256_HEX])
{
	struct digest d = { .algorithm = SHA256_SUM };

	start(&d);
	digest_add(&d, p, len);
	digest_hex(&d, out);
}

struct err *
digest_file(const char *path, char out[static SHA256_HEX], int64_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct digest d = { .algorithm = SHA256_SUM };
	int64_t total = 0;
	struct err *e = NULL;
	char *chunk;
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ?
		    err_new(
			ERR_NOT_FOUND, "cannot read %s: no such file", path) :
		    err_errno("cannot read %s", path);
	start(&d);
	chunk = mem_alloc(FILE_CHUNK);
	while ((n = read(fd, chunk, FILE_CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			e = err_errno("cannot read %s", path);
			break;
		}
		digest_add(&d, chunk, (size_t)n);
		total += n;
	}
	digest_hex(&d, out);
	if (size != NULL)
		*size = total;
	free(chunk);
	close(fd);
	return e;
}

bool
digest_is_hex(const char *text)
{
	return strlen(text) == SHA256_HEX - 1 &&
	    strspn(text, "0123456789abcdef") == SHA256_HEX - 1;
}

struct err *
digest_random(char *hex, size_t n)
{
	unsigned char raw[256]; /* what getrandom(2) gives without a break */

	if (n > sizeof(raw) || getrandom(raw, n, 0) != (ssize_t)n)
		return err_errno("cannot get random bits");
	to_hex(hex, raw, n);
	return NULL;
}
