/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/zip_parts.h"

#define KEEP (64u << 10)       /* a job's buffers above this are given back */
#define OUT_CHUNK (256u << 10) /* written at once */
#define SEND (16 << 20)        /* sent to the device while others are made */

static struct err *
write_at(struct zip *z, const void *p, size_t len, int64_t at)
{
	struct err *e = file_write_at(z->spec.fd, p, len, at, z->spec.path);
	int64_t end = at + (int64_t)len;

	if (e == NULL && end - z->sent >= SEND) {
		file_send_early(z->spec.fd, z->sent, end - z->sent);
		z->sent = end;
	}
	return e;
}

static struct err *
write_out(struct zip *z)
{
	int64_t at = z->pos - (int64_t)z->out.len;
	struct err *e = write_at(z, z->out.data, z->out.len, at);

	buf_clear(&z->out);
	return e;
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
	return write_at(z, p, len, z->pos - (int64_t)len);
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
		e = write_at(z, head.data, head.len, z->member.at);
	}
	buf_release(&head);
	return e;
}

/* All of a member is written. */
static void
note_member(struct zip *z, const char *sha256, const char *found)
{
	struct zip_record record = {
		.name = z->name,
		.type = z->type,
		.size = z->member.size,
		.sha256 = sha256,
		.found = found,
	};

	zipform_central(&z->central, &z->member);
	z->members++;
	zip_settle(z, z->pos);
	if (z->spec.done != NULL)
		z->spec.done(z->spec.arg, &record);
}

static struct err *
close_member(struct zip *z, const struct job *job)
{
	struct zipform *m = &z->member;
	struct err *e = NULL;

	if (job->is_known && z->crc != m->crc)
		return err_new(
		    ERR_CONFLICT, "%s changed while it was read", z->name);
	if (!job->whole && !job->is_known) {
		m->crc = z->crc;
		e = patch_header(z);
	}
	if (e == NULL)
		note_member(z, job->sha256, job->found);
	return e;
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
		z->crc = 0;
		if (job->whole) {
			m->crc = job->crc;
			m->packed = (int64_t)len;
		} else if (job->is_known) {
			m->crc = job->known_crc;
			m->packed = job->size;
		}
		e = write_header(z);
	}
	if (e == NULL)
		e = put(z, p, len);
	if (e == NULL && !job->whole) {
		z->crc = crc_join(
		    z->crc, job->crc, (int64_t)(job->in.len - job->before));
		if (job->is_known)
			zip_settle(z, z->pos);
		else
			m->packed += (int64_t)len;
	}
	if (e == NULL && job->last)
		e = close_member(z, job);
	return e;
}

void
zip_empty_job(struct zip *z, struct job *job)
{
	free(job->name);
	free(job->out);
	job->name = NULL;
	job->out = NULL;
	buf_clear(&job->in);
	if (job->in.cap <= KEEP)
		return;
	if (!job->whole && z->n_spare < ZIP_SPARE) {
		z->spare[z->n_spare++] = job->in;
		buf_init(&job->in);
	}
	buf_release(&job->in);
}

struct err *
zip_drain_one(struct zip *z, bool wait, bool *drained)
{
	struct job *job = zip_job(z, z->head);
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
	e = job->growth != NULL ? zip_growth_keep(job->growth, job) :
				  write_job(z, job);
	z->cost -= job->cost;
	zip_empty_job(z, job);
	z->head++;
	return e;
}

struct err *
zip_drain_all(struct zip *z)
{
	bool drained = true;
	struct err *e = NULL;

	while (e == NULL && drained)
		e = zip_drain_one(z, true, &drained);
	return e;
}

/* The packed bytes of a growth, as they are. */
static struct err *
copy_packed(struct zip *z, const struct zip_growth *g)
{
	char *chunk = mem_alloc(DEFLATE_PIECE);
	int64_t at = 0;
	ssize_t n = 1;
	struct err *e = NULL;

	while (e == NULL && at < g->packed && n > 0) {
		n = pread(g->fd, chunk, DEFLATE_PIECE, at);
		if (n > 0) {
			e = put(z, chunk, (size_t)n);
			at += n;
		} else if (n < 0 && errno == EINTR) {
			n = 1;
		}
	}
	free(chunk);
	if (e == NULL && at < g->packed)
		e = err_errno("cannot read a temporary file");
	return e;
}

struct err *
zip_put_packed(struct zip *z, const char *name, const struct zip_growth *g)
{
	struct err *e;

	if ((e = zip_take_name(z, name)) != NULL ||
	    (e = zip_drain_all(z)) != NULL)
		return e;
	free(z->name);
	z->name = mem_dup(name);
	z->type = ZIP_FILE;
	z->member = (struct zipform){
		.name = z->name,
		.mode = modes[z->type],
		.stamp = z->stamp,
		.method = ZIPFORM_DEFLATED,
		.crc = g->crc,
		.size = g->size,
		.packed = g->packed,
	};
	if ((e = write_header(z)) == NULL && (e = copy_packed(z, g)) == NULL)
		note_member(z, g->sha256, NULL);
	return e;
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
zip_write_directory(struct zip *z)
{
	int64_t at = z->pos;
	struct err *e;

	if ((e = put(z, z->central.data, z->central.len)) != NULL ||
	    (e = write_end(z, at, (int64_t)z->central.len)) != NULL)
		return e;
	return write_out(z);
}
