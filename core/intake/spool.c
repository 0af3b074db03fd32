/* SPDX-License-Identifier: ISC */
#include "core/intake/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/util/file.h"

#define SPOOL_CHUNK (1u << 20)

struct err *
spool_begin(struct spool *spool, const char *dir)
{
	char *path;
	struct err *e = file_temp(&path, &spool->fd, dir);

	if (e != NULL) {
		spool->fd = -1;
		return e;
	}
	unlink(path); /* it goes with the descriptor */
	free(path);
	return NULL;
}

struct err *
spool_flush(struct spool *spool)
{
	struct err *e = file_write_fd(
	    spool->fd, spool->buf.data, spool->buf.len, "a temporary file");

	buf_clear(&spool->buf);
	return e;
}

struct err *
spool_add(struct spool *spool, const void *p, size_t len)
{
	buf_add(&spool->buf, p, len);
	spool->size += len;
	return spool->buf.len < SPOOL_CHUNK ? NULL : spool_flush(spool);
}

struct err *
spool_read(const struct spool *spool, void *p, size_t len, uint64_t at)
{
	char *to = p;

	while (len > 0) {
		ssize_t n = pread(spool->fd, to, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno("cannot read a temporary file");
		to += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return NULL;
}

void
spool_end(struct spool *spool)
{
	if (spool->fd >= 0)
		close(spool->fd);
	buf_release(&spool->buf);
}
