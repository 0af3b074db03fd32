/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_UNPACK_H
#define DEED_CORE_EXT_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/err.h"

/*
 * Reading archives (libarchive): ZIP, 7z, and tar under any compression it
 * knows.  Anybody may have made them, so everything is checked on the way:
 * only files, folders and symbolic links; relative names in UTF-8 without
 * "..", control characters or a drive; no name twice, not even in another
 * case; sizes as declared; no more bytes than limits allow.  Names are read
 * as UTF-8 whatever the locale of the process.  Nothing is ever written.
 *
 * A ZIP is compared with its own central directory first: two readers must
 * not be able to see two archives in one file.
 */

enum unpack_type { UNPACK_FILE, UNPACK_FOLDER, UNPACK_LINK };

struct unpack_entry {
	const char *name; /* a folder's has no "/" at its end */
	enum unpack_type type;
	bool program;       /* a file somebody may execute */
	int64_t size;       /* of a file; -1 if only its end will tell */
	const char *target; /* of a link, unchecked */
};

#define UNPACK_RATIO 200       /* unpacked bytes for one packed ... */
#define UNPACK_DEFLATE 1100    /* a bit more than deflate can do */
#define UNPACK_FREE (1u << 20) /* ... beyond this many */
#define UNPACK_NAMES 1000000   /* members, and so many files and folders */

struct unpack_limits {
	/*
	 * The bytes are known to be what was recorded: no ratio, and names may
	 * differ in case only.
	 */
	bool known;
	/*
	 * Whoever made the bytes may have made the record, too: the ratio of
	 * what deed packs is the bound.
	 */
	bool claimed;
};

struct unpack;

/*
 * limits may be NULL, for a stranger's archive.  ERR_NOT_FOUND,
 * ERR_UNSUPPORTED if it is no archive, ERR_INVALID if it breaks a rule.
 */
struct err *unpack_open(struct unpack **out, const char *path,
    const struct unpack_limits *limits) MUST_CHECK;

/*
 * A tar stream, as git writes one, from a file descriptor that stays the
 * caller's.  name is for messages.  No limits.
 */
struct err *unpack_open_tar(
    struct unpack **out, int fd, const char *name) MUST_CHECK;

/*
 * The next entry, *entry = NULL after the last.  It belongs to u and is good
 * until the next call.  What was not read of the one before is skipped.
 * ERR_INVALID, ERR_LIMIT, ERR_UNSUPPORTED (encrypted, ...), ERR_SYNTAX.
 */
struct err *unpack_next(
    struct unpack *u, const struct unpack_entry **entry) MUST_CHECK;

/* More of the file's bytes, good until the next call; *len = 0 at its end. */
struct err *unpack_read(
    struct unpack *u, const void **p, size_t *len) MUST_CHECK;

void unpack_close(struct unpack *u); /* NULL is fine */

#endif
