/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_CONTENT_H
#define DEED_CORE_CONTENT_H

#include "core/ext/digest.h"
#include "core/ext/unpack.h"
#include "core/util/buf.h"
#include "core/util/vec.h"

/*
 * The content of an archive or folder, whatever holds it together: the names
 * and SHA-256 of its files, and apart from those its links and programs.
 *
 * The sums are what
 *
 *	find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum
 *
 * prints in the unpacked folder, and the content digest is their SHA-256: equal
 * for equal files, whatever the compressor, order, times and modes.
 */

struct content_file {
	char *name; /* without "./" */
	char sha256[SHA256_HEX];
};

struct content {
	VEC(struct content_file) files; /* sorted by name, as bytes */
	struct strs shape; /* "link NAME -> TARGET", "program NAME" */
};

void content_init(struct content *c);
void content_release(struct content *c);

/* In any order; content_sort() comes before everything below. */
void content_add(struct content *c, const char *name, const char *sha256);
void content_add_program(struct content *c, const char *name);
void content_add_link(struct content *c, const char *name, const char *target);
void content_sort(struct content *c);

/* The lines of sha256sum. */
void content_sums(struct buf *out, const struct content *c);
/* The content digest: the SHA-256 of those lines. */
void content_digest(char out[static SHA256_HEX], const struct content *c);
/*
 * A digest over links and modes.  Two archives with the same content and the
 * same shape unpack to the same.
 */
void content_shape(char out[static SHA256_HEX], const struct content *c);

/* Read back what content_sums() wrote.  name is for messages.  ERR_SYNTAX. */
struct err *content_parse(struct content *out, const char *p, size_t len,
    const char *name) MUST_CHECK;

/* Of an archive that anybody may have made. */
struct err *content_of_archive(struct content *out, const char *path,
    const struct unpack_limits *limits) MUST_CHECK;

/*
 * Of a folder.  ERR_INVALID for names that no archive may have, and for what
 * is neither file, folder nor link.
 */
struct err *content_of_folder(struct content *out, const char *path) MUST_CHECK;

/*
 * Compare two: names only in a, only in b, and in both with other bytes.
 * Returns whether all three stay empty.
 */
bool content_compare(const struct content *a, const struct content *b,
    struct strs *only_a, struct strs *only_b, struct strs *changed);

#endif
