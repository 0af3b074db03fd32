/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/util/mem.h"
#include "core/zip_parts.h"

/* Of a file, from one place to another. */
struct stretch {
	pthread_t thread;
	int fd;
	const char *path;
	int64_t at, end;
	uint32_t crc;
	struct err *error;
};

/* As many bytes as are there, at most len. */
static struct err *
read_at(size_t *got, int fd, const char *path, char *p, size_t len, int64_t at)
{
	ssize_t n;

	*got = 0;
	do {
		n = pread(fd, p + *got, len - *got, at + (int64_t)*got);
		if (n > 0)
			*got += (size_t)n;
	} while ((n > 0 && *got < len) || (n < 0 && errno == EINTR));
	return n < 0 ? err_errno("cannot read %s", path) : NULL;
}

static void *
sum_stretch(void *arg)
{
	struct stretch *s = arg;
	char *chunk = mem_alloc(DEFLATE_PIECE);
	size_t got = 1;

	while (s->error == NULL && got > 0 && s->at < s->end) {
		int64_t left = s->end - s->at;

		s->error = read_at(&got, s->fd, s->path, chunk,
		    left < DEFLATE_PIECE ? (size_t)left : DEFLATE_PIECE, s->at);
		s->crc = crc_add(s->crc, chunk, got);
		s->at += (int64_t)got;
	}
	free(chunk);
	return NULL;
}

/* The CRC-32 of a file of this size; if it is another by now, any. */
static struct err *
sum_file(
    uint32_t *crc, int fd, const char *path, int64_t size, unsigned threads)
{
	struct stretch all[ZIP_WORKERS_MAX];
	unsigned n = threads == 0     ? 1 :
	    threads > ZIP_WORKERS_MAX ? ZIP_WORKERS_MAX :
					threads;
	unsigned started = 1;
	struct err *e = NULL;

	for (unsigned i = 0; i < n; i++)
		all[i] = (struct stretch){ .fd = fd,
			.path = path,
			.at = size / n * i,
			.end = i + 1 == n ? size : size / n * (i + 1) };
	while (started < n &&
	    pthread_create(
		&all[started].thread, NULL, sum_stretch, &all[started]) == 0)
		started++;
	sum_stretch(&all[0]);
	for (unsigned i = 1; i < n; i++)
		if (i < started)
			pthread_join(all[i].thread, NULL);
		else
			sum_stretch(&all[i]);
	*crc = 0;
	for (unsigned i = 0; i < n; i++) {
		*crc = crc_join(*crc, all[i].crc, all[i].end - size / n * i);
		e = err_first(e, all[i].error);
	}
	return e;
}

/* By the same pieces, and the same rule, as one that is pushed in. */
static struct err *
compresses(bool *yes, int fd, const char *path)
{
	char *piece = mem_alloc(DEFLATE_PIECE);
	struct deflater *judge = deflater_new();
	size_t got;
	struct err *e = NULL;

	*yes = false;
	for (unsigned i = 0; i < ZIP_JUDGED && !*yes && e == NULL; i++) {
		e = read_at(&got, fd, path, piece, DEFLATE_PIECE,
		    (int64_t)i * DEFLATE_PIECE);
		*yes = e == NULL && deflater_worth(judge, piece, got);
	}
	deflater_free(judge);
	free(piece);
	return e;
}

struct err *
zip_look(struct zip_member *m, int fd, const char *path, unsigned threads)
{
	bool yes;
	struct err *e;

	m->is_known = false;
	if (m->size <= (int64_t)DEFLATE_WHOLE_MAX)
		return NULL;
	if ((e = compresses(&yes, fd, path)) != NULL || yes)
		return e;
	m->is_known = true;
	return sum_file(&m->crc, fd, path, m->size, threads);
}
