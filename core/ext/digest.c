/* SPDX-License-Identifier: ISC */
#include "core/ext/digest.h"

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
#include <openssl/sha.h>

#include "core/util/mem.h"

#define FILE_CHUNK (256 * 1024)

struct digest {
	SHA256_CTX ctx;
};

struct digest *
digest_new(void)
{
	struct digest *d = mem_alloc(sizeof(*d));

	SHA256_Init(&d->ctx);
	return d;
}

void
digest_add(struct digest *d, const void *p, size_t len)
{
	SHA256_Update(&d->ctx, p, len);
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
digest_hex(struct digest *d, char out[static SHA256_HEX])
{
	unsigned char raw[SHA256_LEN];

	SHA256_Final(raw, &d->ctx);
	SHA256_Init(&d->ctx);
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
	struct digest d;

	SHA256_Init(&d.ctx);
	SHA256_Update(&d.ctx, p, len);
	digest_hex(&d, out);
}

struct err *
digest_file(const char *path, char out[static SHA256_HEX], int64_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct digest d;
	int64_t total = 0;
	struct err *e = NULL;
	char *chunk;
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ?
		    err_new(
			ERR_NOT_FOUND, "cannot read %s: no such file", path) :
		    err_errno("cannot read %s", path);
	SHA256_Init(&d.ctx);
	chunk = mem_alloc(FILE_CHUNK);
	while ((n = read(fd, chunk, FILE_CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			e = err_errno("cannot read %s", path);
			break;
		}
		SHA256_Update(&d.ctx, chunk, (size_t)n);
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
	unsigned char raw[64];

	if (n > sizeof(raw) || getrandom(raw, n, 0) != (ssize_t)n)
		return err_errno("cannot get random bits");
	to_hex(hex, raw, n);
	return NULL;
}
