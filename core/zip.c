/* SPDX-License-Identifier: ISC */
#include "core/zip.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ext/deflate.h"
#include "core/util/buf.h"
#include "core/util/file.h"
#include "core/util/mem.h"
#include "core/zipform.h"

#define JOBS 64                 /* in flight, at most */
#define BUDGET (34u << 20)      /* bytes in flight, in and out together */
#define KEEP (64u << 10)        /* a job's buffers above this are given back */
#define OUT_CHUNK (256u << 10)  /* written at once */
#define HASH_CHUNK (512u << 10) /* read back at once */
#define WORKERS_MAX 8

/* Pieces looked at before it is decided whether a long member is stored. */
#define JUDGED (DEFLATE_WHOLE_MAX / DEFLATE_PIECE)

enum job_state { JOB_FILLING, JOB_READY, JOB_TAKEN, JOB_PACKED, JOB_DONE };

/* A whole member, or a piece of one. */
struct job {
	enum job_state state;
	char *name; /* of the member: on its first job only */
	enum zip_type type;
	int64_t size; /* of the member */
	bool whole, last;
	int method;
	struct buf in;
	size_t before; /* bytes at the start of in that belong to the past */
	unsigned char *out;
	size_t out_len, cost;
	uint32_t crc;
	char sha256[SHA256_HEX]; /* of the member: on its last job */
	const char *found;
};

struct zip {
	struct zip_spec spec;
	uint32_t stamp; /* spec.time, as ZIP has it */

	/* What is being pushed in: only the caller's thread. */
	bool inside;
	int64_t size, pushed;
	struct job *filling;
	bool long_member;
	int method; /* of the long member; -1 while it is being judged */
	unsigned char *window;
	size_t window_len;
	struct deflater *judge;
	char *last_name;

	/* What is being written out: only the caller's thread. */
	struct zipform member;
	char *name; /* of it */
	enum zip_type type;
	struct buf out, central;
	int64_t pos; /* of the end of out */
	size_t members;

	/* Shared, under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t work, done, grown;
	struct job jobs[JOBS];
	size_t head, sum, next, tail; /* to write, digest, take, fill */
	bool summing;                 /* a worker is at it */
	size_t cost;
	bool stop;
	struct digest *digest; /* of a long member: who is summing has it */
	int64_t settled;       /* bytes of the file that will not change */
	struct err *hash_error;

	pthread_t workers[WORKERS_MAX], hasher;
	size_t n_workers;
	bool has_hasher;
	struct digest *total;
	int64_t hashed;
};

static struct job *
job_at(struct zip *z, size_t i)
{
	return &z->jobs[i % JOBS];
}

/* Workers. */

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
	job->out_len =
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
	while (z->sum < z->next && job_at(z, z->sum)->state == JOB_PACKED) {
		struct job *job = job_at(z, z->sum++);

		if (!job->whole) {
			pthread_mutex_unlock(&z->lock);
			digest_add(z->digest, job->in.data + job->before,
			    job->in.len - job->before);
			if (job->last)
				digest_hex(z->digest, job->sha256);
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
	struct deflater *d = deflater_new();

	pthread_mutex_lock(&z->lock);
	for (;;) {
		struct job *job = job_at(z, z->next);

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

/* Writing out. */

static struct err *
write_out(struct zip *z)
{
	off_t at = z->pos - (int64_t)z->out.len;
	struct err *e = file_write_at(
	    z->spec.fd, z->out.data, z->out.len, at, z->spec.path);

	buf_clear(&z->out);
	return e;
}

/* Everything before end is final; end is on disk, or in out. */
static void
settle(struct zip *z, int64_t end)
{
	int64_t written = z->pos - (int64_t)z->out.len;

	pthread_mutex_lock(&z->lock);
	z->settled = end < written ? end : written;
	pthread_cond_signal(&z->grown);
	pthread_mutex_unlock(&z->lock);
}

static struct err *
put(struct zip *z, const void *p, size_t len)
{
	struct err *e = NULL;

	if (z->out.len + len > OUT_CHUNK && (e = write_out(z)) != NULL)
		return e;
	z->pos += (int64_t)len;
	if (len <= OUT_CHUNK) {
		buf_add(&z->out, p, len);
		return NULL;
	}
	return file_write_at(
	    z->spec.fd, p, len, z->pos - (int64_t)len, z->spec.path);
}

static struct err *
write_header(struct zip *z)
{
	struct buf head = BUF_INIT;
	struct err *e;

	z->member.at = z->pos;
	zipform_local(&head, &z->member);
	e = put(z, head.data, head.len);
	buf_release(&head);
	return e;
}

/* The header again, now that checksum and sizes are known. */
static struct err *
patch_header(struct zip *z)
{
	struct buf head = BUF_INIT;
	struct err *e = write_out(z);

	if (e == NULL) {
		zipform_local(&head, &z->member);
		e = file_write_at(z->spec.fd, head.data, head.len, z->member.at,
		    z->spec.path);
	}
	buf_release(&head);
	return e;
}

static struct err *
close_member(struct zip *z, const struct job *job)
{
	struct zipform *m = &z->member;
	struct zip_record record = {
		.name = z->name,
		.type = z->type,
		.size = m->size,
		.sha256 = job->sha256,
		.found = job->found,
	};
	struct err *e = NULL;

	if (!job->whole)
		e = patch_header(z);
	if (e != NULL)
		return e;
	zipform_central(&z->central, m);
	z->members++;
	settle(z, z->pos);
	if (z->spec.done != NULL)
		z->spec.done(z->spec.arg, &record);
	return NULL;
}

static const uint32_t modes[] = {
	[ZIP_FILE] = S_IFREG | 0644,
	[ZIP_PROGRAM] = S_IFREG | 0755,
	[ZIP_LINK] = S_IFLNK | 0777,
};

static struct err *
write_job(struct zip *z, struct job *job)
{
	struct zipform *m = &z->member;
	bool stored = job->method == ZIPFORM_STORED;
	const void *p = stored ? job->in.data + job->before : (void *)job->out;
	size_t len = stored ? job->in.len - job->before : job->out_len;
	struct err *e = NULL;

	if (job->name != NULL) {
		free(z->name);
		z->name = job->name;
		z->type = job->type;
		*m = (struct zipform){
			.name = z->name,
			.mode = modes[z->type],
			.stamp = z->stamp,
			.method = job->method,
			.size = job->size,
		};
		job->name = NULL;
		if (job->whole) {
			m->crc = job->crc;
			m->packed = (int64_t)len;
		}
		e = write_header(z);
	}
	if (e == NULL)
		e = put(z, p, len);
	if (e == NULL && !job->whole) {
		m->crc = crc_join(
		    m->crc, job->crc, (int64_t)(job->in.len - job->before));
		m->packed += (int64_t)len;
	}
	if (e == NULL && job->last)
		e = close_member(z, job);
	return e;
}

static void
empty_job(struct job *job)
{
	free(job->name);
	free(job->out);
	job->name = NULL;
	job->out = NULL;
	if (job->in.cap > KEEP)
		buf_release(&job->in);
	else
		buf_clear(&job->in);
}

/* Write out the oldest job, when it is done; wait for that if told to. */
static struct err *
drain_one(struct zip *z, bool wait, bool *drained)
{
	struct job *job = job_at(z, z->head);
	struct err *e;

	*drained = false;
	if (z->head == z->tail)
		return NULL;
	pthread_mutex_lock(&z->lock);
	while (wait && job->state != JOB_DONE)
		pthread_cond_wait(&z->done, &z->lock);
	*drained = job->state == JOB_DONE;
	pthread_mutex_unlock(&z->lock);
	if (!*drained)
		return NULL;
	e = write_job(z, job);
	z->cost -= job->cost;
	empty_job(job);
	z->head++;
	return e;
}

static struct err *
drain_all(struct zip *z)
{
	bool drained = true;
	struct err *e = NULL;

	while (e == NULL && drained)
		e = drain_one(z, true, &drained);
	return e;
}

/* Taking in. */

/* A job to fill, once there is room for room bytes of input. */
static struct err *
new_job(struct zip *z, size_t room)
{
	size_t cost = room * 2;
	bool drained = true;
	struct job *job;
	struct err *e = NULL;

	while (e == NULL && drained) {
		bool full =
		    z->tail - z->head == JOBS || z->cost + cost > BUDGET;

		e = drain_one(z, full, &drained);
	}
	if (e != NULL)
		return e;
	assert(z->tail - z->head < JOBS);
	job = job_at(z, z->tail);
	*job = (struct job){ .in = job->in, .cost = cost };
	buf_reserve(&job->in, room);
	z->cost += cost;
	z->filling = job;
	pthread_mutex_lock(&z->lock);
	z->tail++;
	pthread_mutex_unlock(&z->lock);
	return NULL;
}

static void
submit(struct zip *z, struct job *job)
{
	pthread_mutex_lock(&z->lock);
	job->state = JOB_READY;
	pthread_cond_signal(&z->work);
	pthread_mutex_unlock(&z->lock);
}

/* Start the next piece of a long member, behind the window of the last. */
static struct err *
new_piece(struct zip *z)
{
	struct err *e = new_job(z, DEFLATE_WINDOW + DEFLATE_PIECE);

	if (e != NULL)
		return e;
	buf_add(&z->filling->in, z->window, z->window_len);
	z->filling->before = z->window_len;
	z->filling->size = z->size;
	return NULL;
}

/* The first pieces are in: store the member if none of them compresses. */
static void
judge(struct zip *z)
{
	size_t i = z->tail - JUDGED;

	z->method = ZIPFORM_STORED;
	for (; z->method == ZIPFORM_STORED && i < z->tail; i++) {
		struct job *job = job_at(z, i);

		if (deflater_worth(z->judge, job->in.data + job->before,
			job->in.len - job->before))
			z->method = ZIPFORM_DEFLATED;
	}
	for (i = z->tail - JUDGED; i < z->tail; i++) {
		job_at(z, i)->method = z->method;
		submit(z, job_at(z, i));
	}
}

/* The piece being filled is full, or the member at its end. */
static void
end_piece(struct zip *z)
{
	struct job *job = z->filling;

	job->last = z->pushed == z->size;
	z->window_len = DEFLATE_WINDOW;
	memcpy(z->window,
	    job->in.data + job->in.len -
		(job->in.len < DEFLATE_WINDOW ? job->in.len : DEFLATE_WINDOW),
	    job->in.len < DEFLATE_WINDOW ? job->in.len : DEFLATE_WINDOW);
	z->filling = NULL;
	if (z->method >= 0) {
		job->method = z->method;
		submit(z, job);
	} else if (z->pushed >= (int64_t)DEFLATE_WHOLE_MAX) {
		judge(z);
	}
}

struct err *
zip_begin(struct zip *z, const struct zip_member *m)
{
	struct err *e;

	assert(!z->inside && m->size >= 0);
	if (z->last_name != NULL && strcmp(z->last_name, m->name) >= 0)
		return err_new(ERR_INVALID,
		    "%s: the member \"%s\" is there twice, or out of order",
		    z->spec.path, m->name);
	if (strlen(m->name) > UINT16_MAX)
		return err_new(ERR_LIMIT,
		    "%s: the name \"%.64s...\" is too long", z->spec.path,
		    m->name);
	free(z->last_name);
	z->last_name = mem_dup(m->name);
	z->inside = true;
	z->size = m->size;
	z->pushed = 0;
	z->long_member = m->size > (int64_t)DEFLATE_WHOLE_MAX;
	z->method = -1;
	z->window_len = 0;
	e = z->long_member ? new_piece(z) : new_job(z, (size_t)m->size);
	if (e != NULL)
		return e;
	z->filling->name = mem_dup(m->name);
	z->filling->type = m->type;
	z->filling->size = m->size;
	z->filling->whole = !z->long_member;
	return NULL;
}

static struct err *
wrong_size(const struct zip *z)
{
	return err_new(
	    ERR_CONFLICT, "%s changed while it was read", z->last_name);
}

static struct err *
write_pieces(struct zip *z, const char *p, size_t len)
{
	struct err *e;

	while (len > 0) {
		size_t room, n;

		if (z->filling == NULL && (e = new_piece(z)) != NULL)
			return e;
		room =
		    DEFLATE_PIECE - (z->filling->in.len - z->filling->before);
		n = len < room ? len : room;
		buf_add(&z->filling->in, p, n);
		z->pushed += (int64_t)n;
		p += n;
		len -= n;
		if (n == room || z->pushed == z->size)
			end_piece(z);
	}
	return NULL;
}

struct err *
zip_write(struct zip *z, const void *p, size_t len)
{
	assert(z->inside);
	if ((int64_t)len > z->size - z->pushed)
		return wrong_size(z);
	if (z->long_member)
		return write_pieces(z, p, len);
	buf_add(&z->filling->in, p, len);
	z->pushed += (int64_t)len;
	return NULL;
}

struct err *
zip_end(struct zip *z)
{
	struct job *job = z->filling;

	assert(z->inside);
	z->inside = false;
	z->filling = NULL;
	if (z->pushed != z->size)
		return wrong_size(z);
	if (!z->long_member) {
		job->last = true;
		submit(z, job);
	}
	return NULL;
}

/* Beginning and end. */

struct err *
zip_new(struct zip **out, const struct zip_spec *spec)
{
	struct zip *z = mem_zero(1, sizeof(*z));
	size_t want = spec->threads;

	*out = z;
	z->spec = *spec;
	want = want == 0 ? 1 : want > WORKERS_MAX ? WORKERS_MAX : want;
	z->stamp = zipform_stamp(spec->time);
	buf_init(&z->out);
	buf_init(&z->central);
	for (size_t i = 0; i < JOBS; i++)
		buf_init(&z->jobs[i].in);
	z->window = mem_alloc(DEFLATE_WINDOW);
	z->digest = digest_new();
	z->total = digest_new();
	z->judge = deflater_new();
	pthread_mutex_init(&z->lock, NULL);
	pthread_cond_init(&z->work, NULL);
	pthread_cond_init(&z->done, NULL);
	pthread_cond_init(&z->grown, NULL);
	while (z->n_workers < want &&
	    (errno = pthread_create(
		 &z->workers[z->n_workers], NULL, work, z)) == 0)
		z->n_workers++;
	if (z->n_workers > 0)
		z->has_hasher =
		    (errno = pthread_create(&z->hasher, NULL, hash, z)) == 0;
	if (z->has_hasher)
		return NULL;
	zip_free(z);
	*out = NULL;
	return err_errno("cannot start a thread");
}

/* Let the threads finish what there is, and end. */
static void
stop(struct zip *z)
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

static struct err *
write_end(struct zip *z, int64_t at, int64_t len)
{
	struct buf b = BUF_INIT;
	struct err *e;

	zipform_end(&b, z->members, at, len);
	e = put(z, b.data, b.len);
	buf_release(&b);
	return e;
}

struct err *
zip_finish(struct zip *z, struct zip_total *total)
{
	int64_t at;
	struct err *e;

	assert(!z->inside);
	if ((e = drain_all(z)) != NULL)
		return e;
	at = z->pos;
	if ((e = put(z, z->central.data, z->central.len)) != NULL ||
	    (e = write_end(z, at, (int64_t)z->central.len)) != NULL ||
	    (e = write_out(z)) != NULL)
		return e;
	settle(z, z->pos);
	stop(z);
	e = z->hash_error;
	z->hash_error = NULL;
	digest_hex(z->total, total->sha256);
	total->size = z->pos;
	total->members = z->members;
	return e;
}

void
zip_free(struct zip *z)
{
	if (z == NULL)
		return;
	/* what nobody has taken yet need not be compressed any more */
	pthread_mutex_lock(&z->lock);
	z->tail = z->next;
	pthread_mutex_unlock(&z->lock);
	stop(z);
	for (size_t i = 0; i < JOBS; i++) {
		empty_job(&z->jobs[i]);
		buf_release(&z->jobs[i].in);
	}
	pthread_cond_destroy(&z->grown);
	pthread_cond_destroy(&z->done);
	pthread_cond_destroy(&z->work);
	pthread_mutex_destroy(&z->lock);
	deflater_free(z->judge);
	digest_free(z->total);
	digest_free(z->digest);
	buf_release(&z->central);
	buf_release(&z->out);
	free(z->name);
	free(z->last_name);
	free(z->window);
	/* whoever frees early has the error that made him */
	err_drop(z->hash_error);
	free(z);
}
