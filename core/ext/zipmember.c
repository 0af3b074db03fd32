/* SPDX-License-Identifier: ISC */
#include "core/ext/zipmember.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "core/util/err.h"
#include "core/util/mem.h"

#define HEADER 30 /* bytes of a member's own header, without its names */
#define STORED 0
#define DEFLATED 8

struct zipmember {
	int fd;
	const struct zipdir_member *m;
	const char *path;
	uint64_t at, left; /* packed bytes: where the next are, how many */
	uint64_t given;    /* bytes */
	uLong crc;
	bool inflating, ended;
	z_stream z;
	unsigned char packed[16 << 10];
};

static struct err *
broken(const struct zipmember *z, const char *why)
{
	return err_new(
	    ERR_INVALID, "%s: \"%.200s\" %s", z->path, z->m->name, why);
}

struct err *
zipmember_open(struct zipmember **out, int fd, const struct zipdir_member *m,
    const char *path)
{
	struct zipmember *z = mem_zero(1, sizeof(*z));
	unsigned char head[HEADER];
	struct err *e = NULL;

	z->fd = fd;
	z->m = m;
	z->path = path;
	z->left = m->packed;
	z->crc = crc32(0, NULL, 0);
	if (pread(fd, head, HEADER, (off_t)m->at) != HEADER)
		e = broken(z, "is cut off");
	else if (m->method != STORED && m->method != DEFLATED)
		e = err_new(ERR_UNSUPPORTED,
		    "%s: \"%.200s\" is packed in an unusual way", path,
		    m->name);
	else
		z->at = m->at + HEADER + (head[26] | (head[27] << 8)) +
		    (head[28] | (head[29] << 8));
	if (e == NULL && m->method == DEFLATED)
		z->inflating = inflateInit2(&z->z, -MAX_WBITS) == Z_OK;
	if (e != NULL)
		zipmember_close(z);
	else
		*out = z;
	return e;
}

static struct err *
fetch(struct zipmember *z, void *p, size_t room, size_t *len)
{
	ssize_t n = 0;

	if (room > z->left)
		room = (size_t)z->left;
	if (room > 0)
		n = pread(z->fd, p, room, (off_t)z->at);
	if (n < 0)
		return err_errno("cannot read %s", z->path);
	if (n == 0 && room > 0)
		return broken(z, "is cut off");
	z->at += (uint64_t)n;
	z->left -= (uint64_t)n;
	*len = (size_t)n;
	return NULL;
}

static struct err *
expand(struct zipmember *z, void *p, size_t room, size_t *len)
{
	struct err *e = NULL;
	int rc = Z_OK;

	z->z.next_out = p;
	z->z.avail_out = (uInt)room;
	while (rc == Z_OK && z->z.avail_out > 0) {
		size_t n = 0;

		if (z->z.avail_in == 0) {
			if ((e = fetch(z, z->packed, sizeof(z->packed), &n)) !=
			    NULL)
				return e;
			z->z.next_in = z->packed;
			z->z.avail_in = (uInt)n;
		}
		rc = inflate(&z->z, Z_NO_FLUSH);
	}
	if (rc != Z_OK && rc != Z_STREAM_END)
		return broken(z, "cannot be unpacked");
	z->ended = rc == Z_STREAM_END;
	*len = room - z->z.avail_out;
	return NULL;
}

struct err *
zipmember_read(struct zipmember *z, void *p, size_t room, size_t *len)
{
	struct err *e = NULL;

	*len = 0;
	if (z->m->method == STORED)
		e = fetch(z, p, room, len);
	else if (!z->inflating)
		e = err_new(ERR_SYSTEM, "cannot start zlib");
	else if (!z->ended)
		e = expand(z, p, room, len);
	if (e != NULL)
		return e;
	z->crc = crc32(z->crc, p, (uInt)*len);
	z->given += *len;
	if (z->given > z->m->size)
		return broken(z, "is longer than the directory says");
	if (*len == 0 && (z->given != z->m->size || z->crc != z->m->crc))
		return broken(z, "is not what the directory says");
	return NULL;
}

void
zipmember_close(struct zipmember *z)
{
	if (z == NULL)
		return;
	if (z->inflating)
		inflateEnd(&z->z);
	free(z);
}
