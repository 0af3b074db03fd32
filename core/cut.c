/* SPDX-License-Identifier: ISC */
#include "core/cut.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/zipform.h"

#define CHUNK (256u << 10) /* copied at once */

struct err *
cut_open(struct cut *c, const char *path)
{
	struct stat st;

	*c = (struct cut){ .path = path,
		.fd = open(path, O_RDONLY | O_CLOEXEC) };
	if (c->fd < 0 || fstat(c->fd, &st) != 0)
		return err_errno("cannot read %s", path);
	return zipdir_read(&c->dir, c->fd, (int64_t)st.st_size, path);
}

void
cut_close(struct cut *c)
{
	zipdir_release(&c->dir);
	vec_release(&c->parts);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/*
 * A part as it grows: where its next member goes, and its directory so far.
 */
struct growth {
	int64_t at;
	struct buf central;
	size_t n;
};

static void
grow(struct growth *g, const struct zipdir_member *m)
{
	const struct zipform form = {
		.name = m->name,
		.mode = m->mode,
		.stamp = m->stamp,
		.method = (int)m->method,
		.crc = m->crc,
		.size = (int64_t)m->size,
		.packed = (int64_t)m->packed,
		.at = g->at,
	};

	zipform_central(&g->central, &form);
	g->at += (int64_t)(m->end - m->at);
	g->n++;
}

static void
add_end(struct buf *out, const struct growth *g)
{
	zipform_end(out, g->n, g->at, (int64_t)g->central.len);
}

/* How large it is if it ends here. */
static int64_t
size_of(const struct growth *g)
{
	struct buf end = BUF_INIT;
	int64_t size;

	add_end(&end, g);
	size = g->at + (int64_t)(g->central.len + end.len);
	buf_release(&end);
	return size;
}

bool
cut_at_most(struct cut *c, int64_t limit)
{
	struct growth g = { .central = BUF_INIT };
	struct cut_part *part = NULL;
	bool fits = true;

	for (size_t i = 0; i < c->dir.members.n; i++) {
		grow(&g, &c->dir.members.v[i]);
		if (part == NULL || size_of(&g) > limit) {
			part = vec_add(&c->parts);
			part->first = i;
			g.at = 0;
			g.n = 0;
			buf_clear(&g.central);
			grow(&g, &c->dir.members.v[i]);
		}
		part->n++;
		part->size = size_of(&g);
		fits &= part->size <= limit;
	}
	buf_release(&g.central);
	return fits;
}

struct err *
cut_next(struct cut *c, size_t members)
{
	const struct cut_part *last =
	    c->parts.n > 0 ? &c->parts.v[c->parts.n - 1] : NULL;
	size_t first = last != NULL ? last->first + last->n : 0;
	struct growth g = { .central = BUF_INIT };
	struct cut_part *part;

	if (members == 0 || members > c->dir.members.n - first)
		return err_new(ERR_MISMATCH,
		    "%s cannot be cut into the parts that were recorded",
		    c->path);
	for (size_t i = 0; i < members; i++)
		grow(&g, &c->dir.members.v[first + i]);
	part = vec_add(&c->parts);
	*part = (struct cut_part){ first, members, size_of(&g) };
	buf_release(&g.central);
	return NULL;
}

/* Where a part's bytes go. */
struct sink {
	int fd;
	const char *name;
	struct digest *digest;
	char *chunk;
};

static struct err *
put(struct sink *s, const void *p, size_t len)
{
	digest_add(s->digest, p, len);
	return s->fd < 0 ? NULL : file_write_fd(s->fd, p, len, s->name);
}

static struct err *
copy(struct sink *s, const struct cut *c, const struct zipdir_member *m)
{
	struct err *e = NULL;

	for (uint64_t at = m->at; at < m->end && e == NULL;) {
		size_t left =
		    m->end - at < CHUNK ? (size_t)(m->end - at) : CHUNK;
		ssize_t n = pread(c->fd, s->chunk, left, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno("cannot read %s", c->path);
		if (n == 0)
			return err_new(ERR_CONFLICT,
			    "%s was cut while it was read", c->path);
		e = put(s, s->chunk, (size_t)n);
		at += (uint64_t)n;
	}
	return e;
}

struct err *
cut_write(const struct cut *c, const struct cut_part *part, int fd,
    const char *name, char sha256[static SHA256_HEX])
{
	const struct zipdir_member *all = c->dir.members.v + part->first;
	struct sink sink = { fd, name, digest_new(), mem_alloc(CHUNK) };
	struct growth g = { .central = BUF_INIT };
	struct buf end = BUF_INIT;
	struct err *e = NULL;

	for (size_t i = 0; i < part->n && e == NULL; i++) {
		grow(&g, &all[i]);
		e = copy(&sink, c, &all[i]);
	}
	add_end(&end, &g);
	if (e == NULL &&
	    (e = put(&sink, g.central.data, g.central.len)) == NULL)
		e = put(&sink, end.data, end.len);
	digest_hex(sink.digest, sha256);
	digest_free(sink.digest);
	free(sink.chunk);
	buf_release(&end);
	buf_release(&g.central);
	return e;
}
