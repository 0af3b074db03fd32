/* SPDX-License-Identifier: ISC */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/zip_parts.h"

struct zip_growth *
zip_growth_new(struct zip *z, int fd, bool hex)
{
	struct zip_growth *g = mem_zero(1, sizeof(*g));

	g->zip = z;
	g->fd = fd;
	g->hex = hex;
	g->digest = digest_new();
	buf_init(&g->in);
	vec_push(&z->growths, g);
	return g;
}

void
zip_growth_free(struct zip_growth *g)
{
	digest_free(g->digest);
	buf_release(&g->in);
	free(g);
}

/* What is in becomes a piece; its end stays, as the window of the next. */
static struct err *
push_piece(struct zip_growth *g, bool last)
{
	struct buf full = g->in;
	struct job *job;
	struct err *e;

	assert(!g->zip->inside);
	e = zip_new_job(&job, g->zip, DEFLATE_WINDOW + DEFLATE_PIECE);
	if (e != NULL)
		return e;
	g->in = job->in;
	job->in = full;
	job->growth = g;
	job->before = g->before;
	job->method = ZIPFORM_DEFLATED;
	job->last = last;
	g->before = last ? 0 : DEFLATE_WINDOW;
	buf_add(&g->in, full.data + full.len - g->before, g->before);
	g->pushed = true;
	zip_submit(g->zip, job);
	return NULL;
}

struct err *
zip_growth_add(struct zip_growth *g, const void *p, size_t len)
{
	const char *from = p;
	struct err *e;

	g->size += (int64_t)len;
	while (len > 0) {
		size_t room = DEFLATE_PIECE - (g->in.len - g->before);
		size_t n = len < room ? len : room;

		buf_add(&g->in, from, n);
		from += n;
		len -= n;
		/* what fills the piece and is the last of all stays a whole */
		if (len > 0 && (e = push_piece(g, false)) != NULL)
			return e;
	}
	return NULL;
}

struct err *
zip_growth_end(struct zip_growth *g)
{
	return g->pushed ? push_piece(g, true) : NULL;
}

struct err *
zip_growth_keep(struct zip_growth *g, const struct job *job)
{
	struct err *e = file_write_at(
	    g->fd, job->out, job->out_len, g->packed, g->zip->spec.path);

	g->packed += (int64_t)job->out_len;
	g->crc =
	    crc_join(g->crc, job->crc, (int64_t)(job->in.len - job->before));
	if (job->last)
		memcpy(g->sha256, job->sha256, SHA256_HEX);
	return e;
}

struct err *
zip_growth_put(struct zip_growth *g, const char *name)
{
	struct zip_member whole = { .name = name, .size = g->size };
	struct err *e;

	if (g->pushed)
		return zip_put_packed(g->zip, name, g);
	if ((e = zip_begin(g->zip, &whole)) != NULL ||
	    (e = zip_write(g->zip, g->in.data, g->in.len)) != NULL)
		return e;
	return zip_end(g->zip);
}
