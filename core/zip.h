/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_ZIP_H
#define DEED_CORE_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ext/digest.h"

/*
 * Writing a ZIP whose bytes depend on nothing but the members and the time
 * given: no clock, time zone, locale, umask or number of threads.
 *
 * Members come in the order of their names as bytes, each name once.  Their
 * bytes are pushed in; worker threads compress and digest them behind the
 * caller's back, with a bounded read-ahead, so memory stays below 48 MiB
 * whatever the sizes.
 *
 *	zip_new(&z, ...);
 *	zip_begin(z, &member), zip_write(z, ...) ..., zip_end(z);
 *	zip_begin(z, &member), zip_pour(z, fd, ...), zip_end(z);
 *	zip_finish(z, &total);
 *	zip_free(z);
 *
 * After an error only zip_free() is allowed.
 */

struct zip;

enum zip_type { ZIP_FILE, ZIP_PROGRAM, ZIP_LINK };

struct zip_member {
	const char *name; /* relative, as path_vet() has it */
	enum zip_type type;
	int64_t size; /* of its bytes; a link's are its target */
	/*
	 * It is stored, since it does not compress, and this is its CRC-32: then
	 * its header is final at once, and all can be digested side by side.
	 * Only for a member of more than DEFLATE_WHOLE_MAX.
	 */
	bool is_known;
	uint32_t crc;
};

/* What became of a member; pointers are good during the call only. */
struct zip_record {
	const char *name;
	enum zip_type type;
	int64_t size;
	const char *sha256;
	const char *found; /* what inspect said, or NULL */
};

struct zip_spec {
	int fd;           /* an empty file that can be read and sought */
	const char *path; /* for messages */
	int64_t time;     /* of every member, seconds since 1970 */
	unsigned threads; /* that compress; 0 counts as 1 */
	bool quick;       /* rather than small */
	/*
	 * Called for each member in order, in the caller's thread, from within
	 * any of the functions below.  May be NULL.
	 */
	void (*done)(void *arg, const struct zip_record *record);
	/*
	 * Called in worker threads with the bytes of members of at most
	 * ZIP_INSPECT_MAX, other than links.  What it returns must live on; it
	 * goes into the record.  May be NULL.
	 */
	const char *(*inspect)(void *arg, const void *p, size_t len);
	/* Told how many bytes were taken in; in the caller's thread, or NULL. */
	void (*took)(void *arg, size_t len);
	void *arg; /* of all */
};

#define ZIP_INSPECT_MAX (1u << 20)

struct zip_total {
	char sha256[SHA256_HEX]; /* of the whole file */
	int64_t size;
	size_t members;
};

struct err *zip_new(struct zip **out, const struct zip_spec *spec) MUST_CHECK;

struct err *zip_begin(struct zip *z, const struct zip_member *m) MUST_CHECK;
struct err *zip_write(struct zip *z, const void *p, size_t len) MUST_CHECK;
/* All that is left of an open file; path is for messages. */
struct err *zip_pour(struct zip *z, int fd, const char *path) MUST_CHECK;
/* ERR_CONFLICT if there were more or fewer bytes than announced. */
struct err *zip_end(struct zip *z) MUST_CHECK;

/*
 * A member of a length nobody knows yet, beside others like it: it is packed
 * while it grows, and what that makes waits in fd, an empty file of its own,
 * until its turn has come.  None of this between zip_begin() and zip_end().  It
 * goes with z.
 *
 *	g = zip_growth_new(z, fd, false);
 *	zip_growth_add(g, ...) ..., zip_growth_end(g), zip_growth_put(g, name);
 */
struct zip_growth;

/* hex: it consists of digests, in which nothing repeats. */
struct zip_growth *zip_growth_new(struct zip *z, int fd, bool hex);
struct err *zip_growth_add(
    struct zip_growth *g, const void *p, size_t len) MUST_CHECK;
/* Nothing more comes. */
struct err *zip_growth_end(struct zip_growth *g) MUST_CHECK;
/* It is the next member. */
struct err *zip_growth_put(struct zip_growth *g, const char *name) MUST_CHECK;

/* The file is complete, but not synced. */
struct err *zip_finish(struct zip *z, struct zip_total *total) MUST_CHECK;
void zip_free(struct zip *z);

/*
 * Find out about a member that is an open file, of m->size bytes, whether it
 * is_known.  Reads one that does not compress twice, which pays where nothing
 * else is left to do meanwhile.
 */
struct err *zip_look(struct zip_member *m, int fd, const char *path,
    unsigned threads) MUST_CHECK;

#endif
