/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_PARCEL_H
#define DEED_CORE_EVIDENCE_PARCEL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/util/buf.h"
#include "core/util/vec.h"

/*
 * A bag as it arrives: a folder, or a ZIP with one folder in it.  Whoever sent
 * it may have made it to mislead, so nothing but files and folders is taken,
 * no link is followed, and a ZIP is held to the rules of core/ext/unpack.h.
 *
 *	parcel_open(&p, path);
 *	parcel_rewind(p);                            as often as need be
 *	while (parcel_next(p, &file), file != NULL)
 *		while (parcel_read(p, &bytes, &len), len > 0)
 *			...
 */

struct parcel_file {
	const char *name; /* from the bag's folder on: "data/index.html" */
	bool outside;     /* beside that folder; name is then from the top */
	const char *path; /* on disk; NULL: in a ZIP */
};

struct parcel;

/*
 * The names are read, and the bag's folder found: the one that holds
 * bagit.txt, else the only one there is.  ERR_NOT_FOUND; ERR_UNSUPPORTED if it
 * is neither folder nor archive; other errors say which rule it breaks.
 */
struct err *parcel_open(struct parcel **out, const char *path) MUST_CHECK;
void parcel_close(struct parcel *p); /* NULL is fine */

/* Is there such a file, or one whose name begins so? */
bool parcel_has(const struct parcel *p, const char *name);
bool parcel_has_below(const struct parcel *p, const char *prefix);

struct err *parcel_rewind(struct parcel *p) MUST_CHECK;
/* *file belongs to p, is good until the next call, and NULL after the last. */
struct err *parcel_next(
    struct parcel *p, const struct parcel_file **file) MUST_CHECK;
/* More of its bytes, good until the next call; *len = 0 at its end. */
struct err *parcel_read(
    struct parcel *p, const void **bytes, size_t *len) MUST_CHECK;
/* All of them, behind what is in out.  ERR_LIMIT beyond max. */
struct err *parcel_text(
    struct buf *out, struct parcel *p, size_t max) MUST_CHECK;

#endif
