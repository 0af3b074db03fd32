/* SPDX-License-Identifier: ISC */
#include "core/zip.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/mem.h"
#include "core/zip_parts.h"

#define PIECE (DEFLATE_WINDOW + DEFLATE_PIECE) /* with what was before it */

/* A buffer that a piece had, for the next one; what is no piece ends that. */
static void
take_spare(struct zip *z, struct job *job, size_t room)
{
	if (room == PIECE && job->in.cap <= room && z->n_spare > 0) {
		buf_release(&job->in);
		job->in = z->spare[--z->n_spare];
	}
	while (room != PIECE && z->n_spare > 0)
		buf_release(&z->spare[--z->n_spare]);
}

struct err *
zip_new_job(struct job **out, struct zip *z, size_t room)
{
	size_t cost = room * 2;
	bool drained = true;
	struct job *job;
	struct err *e = NULL;

	while (e == NULL && drained) {
		bool full = z->tail - z->head == ZIP_JOBS ||
		    z->cost + cost > ZIP_BUDGET;

		e = zip_drain_one(z, full, &drained);
	}
	if (e != NULL)
		return e;
	assert(z->tail - z->head < ZIP_JOBS);
	job = zip_job(z, z->tail);
	*job = (struct job){ .in = job->in, .cost = cost };
	take_spare(z, job, room);
	buf_reserve(&job->in, room);
	z->cost += cost;
	pthread_mutex_lock(&z->lock);
	z->tail++;
	pthread_mutex_unlock(&z->lock);
	*out = job;
	return NULL;
}

void
zip_submit(struct zip *z, struct job *job)
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
	struct err *e = zip_new_job(&z->filling, z, PIECE);

	if (e != NULL)
		return e;
	buf_add(&z->filling->in, z->window, z->window_len);
	z->filling->before = z->window_len;
	z->filling->size = z->size;
	z->filling->is_known = z->is_known;
	z->filling->known_crc = z->known_crc;
	return NULL;
}

/* The first pieces are in: store the member if none of them compresses. */
static void
judge(struct zip *z)
{
	size_t i = z->tail - ZIP_JUDGED;

	z->method = ZIPFORM_STORED;
	for (; z->method == ZIPFORM_STORED && i < z->tail; i++) {
		struct job *job = zip_job(z, i);

		if (deflater_worth(z->judge, job->in.data + job->before,
			job->in.len - job->before))
			z->method = ZIPFORM_DEFLATED;
	}
	for (i = z->tail - ZIP_JUDGED; i < z->tail; i++) {
		zip_job(z, i)->method = z->method;
		zip_submit(z, zip_job(z, i));
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
		zip_submit(z, job);
	} else if (z->pushed >= (int64_t)DEFLATE_WHOLE_MAX) {
		judge(z);
	}
}

struct err *
zip_take_name(struct zip *z, const char *name)
{
	if (z->last_name != NULL && strcmp(z->last_name, name) >= 0)
		return err_new(ERR_INVALID,
		    "%s: the member \"%s\" is there twice, or out of order",
		    z->spec.path, name);
	if (strlen(name) > UINT16_MAX)
		return err_new(ERR_LIMIT,
		    "%s: the name \"%.64s...\" is too long", z->spec.path,
		    name);
	free(z->last_name);
	z->last_name = mem_dup(name);
	return NULL;
}

struct err *
zip_begin(struct zip *z, const struct zip_member *m)
{
	struct err *e;

	assert(!z->inside && m->size >= 0);
	if ((e = zip_take_name(z, m->name)) != NULL)
		return e;
	z->inside = true;
	z->size = m->size;
	z->pushed = 0;
	z->long_member = m->size > (int64_t)DEFLATE_WHOLE_MAX;
	z->is_known = z->long_member && m->is_known;
	z->known_crc = m->crc;
	z->method = z->is_known ? ZIPFORM_STORED : -1;
	z->window_len = 0;
	e = z->long_member ? new_piece(z) :
			     zip_new_job(&z->filling, z, (size_t)m->size);
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

/*
 * Where the next bytes go, and how many may go there: none once the member is
 * whole.
 */
static struct err *
find_room(struct zip *z, char **at, size_t *room)
{
	int64_t left = z->size - z->pushed;
	struct buf *in;
	struct err *e;

	*at = NULL;
	*room = 0;
	if (left == 0)
		return NULL;
	if (z->filling == NULL && (e = new_piece(z)) != NULL)
		return e;
	in = &z->filling->in;
	*at = in->data + in->len;
	*room = z->long_member ?
	    DEFLATE_PIECE - (in->len - z->filling->before) :
	    (size_t)left;
	if ((int64_t)*room > left)
		*room = (size_t)left;
	return NULL;
}

/* So many were put there. */
static void
fill(struct zip *z, size_t n)
{
	struct buf *in = &z->filling->in;

	in->len += n;
	in->data[in->len] = '\0';
	z->pushed += (int64_t)n;
	if (z->spec.took != NULL)
		z->spec.took(z->spec.arg, n);
	if (z->long_member &&
	    (in->len - z->filling->before == DEFLATE_PIECE ||
		z->pushed == z->size))
		end_piece(z);
}

struct err *
zip_write(struct zip *z, const void *p, size_t len)
{
	const char *from = p;
	size_t room;
	char *at;
	struct err *e;

	assert(z->inside);
	if ((int64_t)len > z->size - z->pushed)
		return wrong_size(z);
	for (; len > 0; from += room, len -= room) {
		if ((e = find_room(z, &at, &room)) != NULL)
			return e;
		assert(at != NULL); /* len is within what is left */
		room = len < room ? len : room;
		memcpy(at, from, room);
		fill(z, room);
	}
	return NULL;
}

struct err *
zip_pour(struct zip *z, int fd, const char *path)
{
	char *at, more;
	size_t room;
	ssize_t n;
	struct err *e;

	assert(z->inside);
	do {
		if ((e = find_room(z, &at, &room)) != NULL)
			return e;
		n = read(fd, room > 0 ? at : &more, room > 0 ? room : 1);
		if (n < 0 && errno != EINTR)
			return err_errno("cannot read %s", path);
		if (n > 0 && room == 0)
			return wrong_size(z);
		if (n > 0)
			fill(z, (size_t)n);
	} while (n != 0);
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
		zip_submit(z, job);
	}
	return NULL;
}

/* Beginning and end. */

struct err *
zip_new(struct zip **out, const struct zip_spec *spec)
{
	struct zip *z = mem_zero(1, sizeof(*z));
	size_t want = spec->threads;
	struct err *e;

	*out = z;
	z->spec = *spec;
	want = want == 0 ? 1 : want > ZIP_WORKERS_MAX ? ZIP_WORKERS_MAX : want;
	z->stamp = zipform_stamp(spec->time);
	buf_init(&z->out);
	buf_init(&z->central);
	for (size_t i = 0; i < ZIP_JOBS; i++)
		buf_init(&z->jobs[i].in);
	z->window = mem_alloc(DEFLATE_WINDOW);
	z->digest = digest_new();
	z->total = digest_new();
	z->judge = deflater_new();
	pthread_mutex_init(&z->lock, NULL);
	pthread_cond_init(&z->work, NULL);
	pthread_cond_init(&z->done, NULL);
	pthread_cond_init(&z->grown, NULL);
	if ((e = zip_start(z, want)) != NULL) {
		zip_free(z);
		*out = NULL;
	}
	return e;
}

struct err *
zip_finish(struct zip *z, struct zip_total *total)
{
	struct err *e;

	assert(!z->inside);
	if ((e = zip_drain_all(z)) != NULL ||
	    (e = zip_write_directory(z)) != NULL)
		return e;
	zip_settle(z, z->pos);
	zip_stop(z);
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
	zip_stop(z);
	for (size_t i = 0; i < ZIP_JOBS; i++) {
		zip_empty_job(z, &z->jobs[i]);
		buf_release(&z->jobs[i].in);
	}
	while (z->n_spare > 0)
		buf_release(&z->spare[--z->n_spare]);
	pthread_cond_destroy(&z->grown);
	pthread_cond_destroy(&z->done);
	pthread_cond_destroy(&z->work);
	pthread_mutex_destroy(&z->lock);
	deflater_free(z->judge);
	digest_free(z->total);
	digest_free(z->digest);
	for (size_t i = 0; i < z->growths.n; i++)
		zip_growth_free(z->growths.v[i]);
	vec_release(&z->growths);
	buf_release(&z->central);
	buf_release(&z->out);
	free(z->name);
	free(z->last_name);
	free(z->window);
	/* whoever frees early has the error that made him */
	err_drop(z->hash_error);
	free(z);
}
