/* SPDX-License-Identifier: ISC */
#include "core/util/zipdir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/buf.h"

#define END_SIG 0x06054b50u
#define END_LEN 22
#define END64_SIG 0x06064b50u
#define END64_LEN 56
#define LOCATOR_SIG 0x07064b50u
#define LOCATOR_LEN 20
#define CENTRAL_SIG 0x02014b50u
#define CENTRAL_LEN 46
#define LOCAL_SIG 0x04034b50u
#define LOCAL_LEN 30
#define DESCRIPTOR_SIG 0x08074b50u

#define COMMENT_MAX 65535
#define GAP_MAX (64u << 10) /* between members: padding, descriptors */

#define ENCRYPTED (1u << 0 | 1u << 6 | 1u << 13)
#define DESCRIPTOR (1u << 3)
#define UTF8 (1u << 11)
#define AES 99

/* A ZIP that is being read. */
struct zip {
	int fd;
	uint64_t size;
	const char *path;
	uint64_t at, len, end, n; /* the directory; end: what follows it */
};

/* What the directory says of a member, and its header again. */
struct facts {
	unsigned flags, method, name_len, extra_len;
	uint32_t crc;
	uint64_t packed, size, at;
	uint32_t stamp, mode;
	const char *name;
};

static uint64_t
get(const void *p, size_t bytes)
{
	const unsigned char *c = p;
	uint64_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | c[bytes];
	return v;
}

#define GET16(P) ((unsigned)get((P), 2))
#define GET32(P) ((uint32_t)get((P), 4))
#define GET64(P) get((P), 8)

static struct err *
bad(const struct zip *z, const char *why)
{
	return err_new(ERR_INVALID, "%s is no sound ZIP: %s", z->path, why);
}

static struct err *
read_at(const struct zip *z, void *p, size_t len, uint64_t at)
{
	char *to = p;

	if (at > z->size || len > z->size - at)
		return bad(z, "it ends too early");
	while (len > 0) {
		ssize_t n = pread(z->fd, to, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno("cannot read %s", z->path);
		if (n == 0)
			return bad(z, "it ends too early");
		to += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return NULL;
}

/* The end record, which must be the end of the file, comment included. */
static struct err *
find_end(const struct zip *z, unsigned char end[static END_LEN], uint64_t *at)
{
	size_t len = END_LEN + COMMENT_MAX;
	struct buf tail = BUF_INIT;
	struct err *e;

	if (len > z->size)
		len = (size_t)z->size;
	if (len < END_LEN)
		return bad(z, "it has no directory");
	buf_reserve(&tail, len);
	e = read_at(z, tail.data, len, z->size - len);
	for (size_t i = len - END_LEN + 1; e == NULL && i-- > 0;) {
		if (GET32(tail.data + i) != END_SIG ||
		    i + END_LEN + GET16(tail.data + i + 20) != len)
			continue;
		memcpy(end, tail.data + i, END_LEN);
		*at = z->size - len + i;
		buf_release(&tail);
		return NULL;
	}
	buf_release(&tail);
	return e != NULL ? e : bad(z, "its directory is not at its end");
}

/* A field that may say "see the ZIP64 record". */
static bool
agrees(uint64_t narrow, uint64_t wide, uint64_t mark)
{
	return narrow == mark || narrow == wide;
}

/* The ZIP64 end record, if there is one in front of the end record. */
static struct err *
read_end64(struct zip *z, const unsigned char end[static END_LEN], uint64_t at)
{
	unsigned char loc[LOCATOR_LEN], rec[END64_LEN];
	uint64_t rec_at;
	struct err *e;

	if (at < LOCATOR_LEN + END64_LEN)
		return NULL;
	if ((e = read_at(z, loc, sizeof(loc), at - LOCATOR_LEN)) != NULL ||
	    GET32(loc) != LOCATOR_SIG)
		return e;
	rec_at = GET64(loc + 8);
	if (rec_at > at - LOCATOR_LEN - END64_LEN)
		return bad(z, "its ZIP64 record is out of place");
	if ((e = read_at(z, rec, sizeof(rec), rec_at)) != NULL)
		return e;
	if (GET32(rec) != END64_SIG || GET32(loc + 4) != 0 ||
	    GET32(rec + 16) != 0 || GET32(rec + 20) != 0 ||
	    GET64(rec + 24) != GET64(rec + 32) ||
	    GET64(rec + 4) != at - LOCATOR_LEN - rec_at - 12)
		return bad(z, "its ZIP64 record is not sound");
	z->n = GET64(rec + 32);
	z->len = GET64(rec + 40);
	z->at = GET64(rec + 48);
	z->end = rec_at;
	if (!agrees(GET16(end + 10), z->n, 0xffff) ||
	    !agrees(GET32(end + 12), z->len, 0xffffffff) ||
	    !agrees(GET32(end + 16), z->at, 0xffffffff))
		return bad(z, "its two end records differ");
	return NULL;
}

static struct err *
read_end(struct zip *z)
{
	unsigned char end[END_LEN];
	uint64_t at = 0;
	struct err *e = find_end(z, end, &at);

	if (e != NULL)
		return e;
	z->n = GET16(end + 10);
	z->len = GET32(end + 12);
	z->at = GET32(end + 16);
	z->end = at;
	if ((GET16(end + 4) != 0 && GET16(end + 4) != 0xffff) ||
	    (GET16(end + 6) != 0 && GET16(end + 6) != 0xffff))
		return err_new(
		    ERR_UNSUPPORTED, "%s is one part of several", z->path);
	if (GET16(end + 8) != GET16(end + 10))
		return bad(z, "its end record counts members twice");
	if ((e = read_end64(z, end, at)) != NULL)
		return e;
	if (z->len > z->end || z->at != z->end - z->len)
		return bad(z, "its directory is not where it says");
	if (z->n > ZIPDIR_MEMBERS || z->len > ZIPDIR_BYTES)
		return err_new(ERR_LIMIT, "%s has more than %d members",
		    z->path, ZIPDIR_MEMBERS);
	return NULL;
}

/* The sizes that do not fit in 32 bits, from the ZIP64 extra field. */
static bool
widen(struct facts *f, const char *extra, size_t len, bool central)
{
	uint64_t *fields[] = { &f->size, &f->packed, &f->at };
	size_t n = central ? 3 : 2;

	while (len >= 4) {
		size_t part = GET16(extra + 2);

		if (part > len - 4)
			return false;
		for (size_t i = 0, used = 0; GET16(extra) == 1 && i < n; i++) {
			if (*fields[i] != 0xffffffff)
				continue;
			if (used + 8 > part)
				return false;
			*fields[i] = GET64(extra + 4 + used);
			used += 8;
		}
		extra += 4 + part;
		len -= 4 + part;
	}
	return true;
}

/* Info-ZIP's field for a name in UTF-8, which some readers prefer. */
static bool
has_one_name(const struct facts *f, const char *extra, size_t len)
{
	while (len >= 4) {
		size_t part = GET16(extra + 2);

		if (part > len - 4)
			return false;
		if (GET16(extra) == 0x7075 &&
		    (part != 5 + f->name_len ||
			memcmp(extra + 9, f->name, f->name_len) != 0))
			return false;
		extra += 4 + part;
		len -= 4 + part;
	}
	return true;
}

/*
 * What a stream reads behind the bytes, where the header left it open: with or
 * without its mark, in 32 or 64 bits.
 */
static bool
descriptor_agrees(const struct zip *z, const struct facts *f, uint64_t at)
{
	unsigned char raw[4 + 4 + 8 + 8] = { 0 };
	size_t len =
	    z->size - at < sizeof(raw) ? (size_t)(z->size - at) : sizeof(raw);
	const unsigned char *p = raw;
	struct err *e = read_at(z, raw, len, at);

	if (e != NULL) {
		err_drop(e); /* then nothing is there */
		return false;
	}
	if (GET32(p) == DESCRIPTOR_SIG)
		p += 4;
	return GET32(p) == f->crc &&
	    ((GET32(p + 4) == f->packed && GET32(p + 8) == f->size) ||
		(GET64(p + 4) == f->packed && GET64(p + 12) == f->size));
}

/* The member's own header, which must say the same. */
static struct err *
check_local(const struct zip *z, const struct facts *f, uint64_t *end)
{
	unsigned char head[LOCAL_LEN];
	struct facts l;
	struct buf rest = BUF_INIT;
	bool later = (f->flags & DESCRIPTOR) != 0, same;
	struct err *e = read_at(z, head, sizeof(head), f->at);

	if (e != NULL)
		return e;
	l = (struct facts){
		.flags = GET16(head + 6),
		.method = GET16(head + 8),
		.crc = GET32(head + 14),
		.packed = GET32(head + 18),
		.size = GET32(head + 22),
		.name_len = GET16(head + 26),
		.extra_len = GET16(head + 28),
	};
	if (GET32(head) != LOCAL_SIG)
		return bad(z, "a member is not where the directory says");
	buf_reserve(&rest, l.name_len + l.extra_len);
	e = read_at(z, rest.data, l.name_len + l.extra_len, f->at + LOCAL_LEN);
	if (e != NULL)
		goto done;
	same = l.name_len == f->name_len &&
	    memcmp(rest.data, f->name, l.name_len) == 0 &&
	    l.method == f->method &&
	    ((l.flags ^ f->flags) & (ENCRYPTED | DESCRIPTOR | UTF8)) == 0;
	if (!widen(&l, rest.data + l.name_len, l.extra_len, false))
		same = false;
	same = same && (l.crc == f->crc || (later && l.crc == 0)) &&
	    (l.size == f->size || (later && l.size == 0)) &&
	    (l.packed == f->packed || (later && l.packed == 0));
	*end = f->at + LOCAL_LEN + l.name_len + l.extra_len;
	if (same && !has_one_name(f, rest.data + l.name_len, l.extra_len))
		e = bad(z, "a member has two names");
	else if (!same)
		e = err_new(ERR_INVALID,
		    "%s is no sound ZIP: the directory and the member "
		    "\"%.*s\" differ",
		    z->path, (int)(f->name_len < 200 ? f->name_len : 200),
		    f->name);
	else if (*end > z->at || f->packed > z->at - *end)
		e = bad(z, "a member reaches into the directory");
	else
		*end += f->packed;
	if (e == NULL && later && l.packed == 0 && f->packed != 0 &&
	    !descriptor_agrees(z, f, *end))
		e = bad(z, "what follows a member is not about it");
done:
	buf_release(&rest);
	return e;
}

static struct err *
check_facts(const struct zip *z, const struct facts *f)
{
	if ((f->flags & ENCRYPTED) != 0 || f->method == AES)
		return err_new(ERR_UNSUPPORTED, "%s is encrypted", z->path);
	if (f->name_len == 0)
		return bad(z, "a member has no name");
	if (memchr(f->name, '\0', f->name_len) != NULL)
		return bad(z, "a name has a NUL in it");
	if (f->name[f->name_len - 1] == '/' && f->size != 0)
		return bad(z, "a folder has bytes of its own");
	return NULL;
}

/* One record of the directory; *used is its length. */
static struct err *
read_record(struct zipdir *out, const struct zip *z, const char *p, size_t len,
    size_t *used)
{
	struct zipdir_member *m;
	struct facts f;
	uint64_t end = 0;
	size_t comment;
	struct err *e;

	if (len < CENTRAL_LEN || GET32(p) != CENTRAL_SIG)
		return bad(z, "its directory counts wrong");
	f = (struct facts){
		.flags = GET16(p + 8),
		.method = GET16(p + 10),
		.stamp = GET32(p + 12),
		.crc = GET32(p + 16),
		.packed = GET32(p + 20),
		.size = GET32(p + 24),
		.name_len = GET16(p + 28),
		.extra_len = GET16(p + 30),
		.mode = GET32(p + 38) >> 16,
		.at = GET32(p + 42),
		.name = p + CENTRAL_LEN,
	};
	comment = GET16(p + 32);
	*used = CENTRAL_LEN + f.name_len + f.extra_len + comment;
	if (*used > len ||
	    !widen(&f, p + CENTRAL_LEN + f.name_len, f.extra_len, true))
		return bad(z, "a record of its directory is cut");
	if (GET16(p + 34) != 0 && GET16(p + 34) != 0xffff)
		return err_new(
		    ERR_UNSUPPORTED, "%s is one part of several", z->path);
	if (!has_one_name(&f, f.name + f.name_len, f.extra_len))
		return bad(z, "a member has two names");
	if ((e = check_facts(z, &f)) != NULL ||
	    (e = check_local(z, &f, &end)) != NULL)
		return e;
	m = vec_add(&out->members);
	*m = (struct zipdir_member){
		.name = mem_ndup(f.name, f.name_len),
		.at = f.at,
		.end = end,
		.size = f.size,
		.packed = f.packed,
		.crc = f.crc,
		.stamp = f.stamp,
		.mode = f.mode,
		.method = f.method,
	};
	return NULL;
}

static int
by_place(const void *a, const void *b)
{
	const struct zipdir_member *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* What lies between members may not be one that the directory conceals. */
static struct err *
check_gap(const struct zip *z, uint64_t at, uint64_t end)
{
	size_t len = (size_t)(end - at);
	struct buf gap = BUF_INIT;
	struct err *e;

	if (len == 0)
		return NULL;
	if (end - at > GAP_MAX)
		return bad(z, "there is something between its members");
	buf_reserve(&gap, len);
	if ((e = read_at(z, gap.data, len, at)) == NULL &&
	    memmem(gap.data, len, "PK\3\4", 4) != NULL)
		e = bad(z, "a member is not in its directory");
	buf_release(&gap);
	return e;
}

static struct err *
check_places(const struct zip *z, const struct zipdir *d)
{
	const struct zipdir_member *m;
	uint64_t at = 0;
	struct err *e;

	vec_each (m, &d->members) {
		if (m->at < at)
			return bad(z, "members overlap");
		if ((e = check_gap(z, at, m->at)) != NULL)
			return e;
		at = m->end;
	}
	return check_gap(z, at, z->at);
}

struct err *
zipdir_read(struct zipdir *out, int fd, int64_t size, const char *path)
{
	struct zip z = { .fd = fd, .size = (uint64_t)size, .path = path };
	struct buf dir = BUF_INIT;
	size_t at = 0, used = 0;
	struct err *e;

	memset(out, 0, sizeof(*out));
	if ((e = read_end(&z)) != NULL)
		return e;
	buf_reserve(&dir, (size_t)z.len);
	e = read_at(&z, dir.data, (size_t)z.len, z.at);
	for (uint64_t i = 0; e == NULL && i < z.n; i++) {
		e = read_record(
		    out, &z, dir.data + at, (size_t)z.len - at, &used);
		if (e == NULL)
			at += used;
	}
	if (e == NULL && at != z.len)
		e = bad(&z, "its directory counts wrong");
	buf_release(&dir);
	if (e != NULL)
		return e;
	vec_sort(&out->members, by_place);
	return check_places(&z, out);
}

void
zipdir_release(struct zipdir *d)
{
	struct zipdir_member *m;

	vec_each (m, &d->members)
		free(m->name);
	vec_release(&d->members);
}
