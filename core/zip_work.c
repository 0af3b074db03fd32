/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/util/mem.h"
#include "core/zip_parts.h"

#define HASH_CHUNK (512u << 10) /* read back at once */
#define BEHIND (32 << 20)       /* kept at hand behind what was digested */

static void
compress_whole(struct zip *z, struct deflater *d, struct job *job)
{
	const void *p = job->in.data;
	size_t len = job->in.len;

	digest_of(p, len, job->sha256);
	job->crc = crc_add(0, p, len);
	if (job->type != ZIP_LINK && len <= ZIP_INSPECT_MAX &&
	    z->spec.inspect != NULL)
		job->found = z->spec.inspect(z->spec.arg, p, len);
	job->method = ZIPFORM_STORED;
	if (len == 0 || job->type == ZIP_LINK || !deflater_worth(d, p, len))
		return;
	job->out = mem_alloc(len);
	job->out_len = deflater_whole(d, p, len, job->out, len - 1);
	if (job->out_len > 0)
		job->method = ZIPFORM_DEFLATED;
}

static void
compress_piece(struct deflater *d, struct job *job)
{
	const unsigned char *p =
	    (const unsigned char *)job->in.data + job->before;
	size_t len = job->in.len - job->before;

	job->crc = crc_add(0, p, len);
	if (job->method == ZIPFORM_STORED)
		return;
	job->out = mem_alloc(DEFLATE_PIECE_ROOM);
	job->out_len = job->growth != NULL && job->growth->hex ?
	    deflater_hex(d, p, len, job->last, job->out) :
	    deflater_piece(d, p, len, job->before, job->last, job->out);
}

/*
 * Digest the pieces of long members, one after the other, as far as they have
 * come.  Whichever worker comes first does it for all.  Called with the lock.
 */
static void
sum_up(struct zip *z)
{
	if (z->summing)
		return;
	z->summing = true;
	while (z->sum < z->next && zip_job(z, z->sum)->state == JOB_PACKED) {
		struct job *job = zip_job(z, z->sum++);
		struct digest *digest =
		    job->growth != NULL ? job->growth->digest : z->digest;

		if (!job->whole) {
			pthread_mutex_unlock(&z->lock);
			digest_add(digest, job->in.data + job->before,
			    job->in.len - job->before);
			if (job->last)
				digest_hex(digest, job->sha256);
			pthread_mutex_lock(&z->lock);
		}
		job->state = JOB_DONE;
		pthread_cond_signal(&z->done);
	}
	z->summing = false;
}

static void *
work(void *arg)
{
	struct zip *z = arg;
	struct deflater *d =
	    z->spec.quick ? deflater_new_quick() : deflater_new();

	pthread_mutex_lock(&z->lock);
	for (;;) {
		struct job *job = zip_job(z, z->next);

		if (z->next < z->tail && job->state == JOB_READY) {
			z->next++;
			job->state = JOB_TAKEN;
			pthread_mutex_unlock(&z->lock);
			if (job->whole)
				compress_whole(z, d, job);
			else
				compress_piece(d, job);
			pthread_mutex_lock(&z->lock);
			job->state = JOB_PACKED;
			sum_up(z);
		} else if (z->stop) {
			break;
		} else {
			pthread_cond_wait(&z->work, &z->lock);
		}
	}
	pthread_mutex_unlock(&z->lock);
	deflater_free(d);
	return NULL;
}

/*
 * A large archive does not push what others work with out of memory.  From its
 * beginning each time, as some of it may not have been sent the last time.
 */
static void
let_go(struct zip *z)
{
	int64_t end = z->hashed - BEHIND;

	if (end - z->gone < BEHIND)
		return;
	file_let_go(z->spec.fd, 0, end);
	z->gone = end;
}

/*
 * Digest the file from its beginning.  The header of a long member is known
 * only after its last byte, so this follows the writing at a distance, reading
 * back what the kernel still has at hand.
 */
static struct err *
hash_up_to(struct zip *z, int64_t end, char *chunk)
{
	while (z->hashed < end) {
		size_t want = end - z->hashed < (int64_t)HASH_CHUNK ?
		    (size_t)(end - z->hashed) :
		    HASH_CHUNK;
		ssize_t n = pread(z->spec.fd, chunk, want, z->hashed);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno("cannot read %s", z->spec.path);
		if (n == 0)
			return err_new(ERR_CONFLICT,
			    "%s was cut while it was written", z->spec.path);
		digest_add(z->total, chunk, (size_t)n);
		z->hashed += n;
		let_go(z);
	}
	return NULL;
}

static void *
hash(void *arg)
{
	struct zip *z = arg;
	char *chunk = mem_alloc(HASH_CHUNK);
	struct err *e = NULL;

	pthread_mutex_lock(&z->lock);
	while (e == NULL) {
		int64_t end = z->settled;

		if (end > z->hashed) {
			pthread_mutex_unlock(&z->lock);
			e = hash_up_to(z, end, chunk);
			pthread_mutex_lock(&z->lock);
		} else if (z->stop) {
			break;
		} else {
			pthread_cond_wait(&z->grown, &z->lock);
		}
	}
	z->hash_error = e;
	pthread_mutex_unlock(&z->lock);
	free(chunk);
	return NULL;
}

void
zip_settle(struct zip *z, int64_t end)
{
	int64_t written = z->pos - (int64_t)z->out.len;

	pthread_mutex_lock(&z->lock);
	z->settled = end < written ? end : written;
	pthread_cond_signal(&z->grown);
	pthread_mutex_unlock(&z->lock);
}

struct err *
zip_start(struct zip *z, size_t workers)
{
	while (z->n_workers < workers &&
	    (errno = pthread_create(
		 &z->workers[z->n_workers], NULL, work, z)) == 0)
		z->n_workers++;
	if (z->n_workers > 0)
		z->has_hasher =
		    (errno = pthread_create(&z->hasher, NULL, hash, z)) == 0;
	return z->has_hasher ? NULL : err_errno("cannot start a thread");
}

void
zip_stop(struct zip *z)
{
	pthread_mutex_lock(&z->lock);
	z->stop = true;
	pthread_cond_broadcast(&z->work);
	pthread_cond_broadcast(&z->grown);
	pthread_mutex_unlock(&z->lock);
	while (z->n_workers > 0)
		pthread_join(z->workers[--z->n_workers], NULL);
	if (z->has_hasher)
		pthread_join(z->hasher, NULL);
	z->has_hasher = false;
}
