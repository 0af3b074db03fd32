/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_CUT_H
#define DEED_CORE_CUT_H

#include "core/ext/digest.h"
#include "core/util/zipdir.h"

/*
 * One ZIP as several, for those who take none so large: each part opens by
 * itself, and together they hold what it holds.  Members keep their order and
 * their packed bytes, so parts follow from the archive and from how many
 * members each gets.
 *
 *	cut_open(&c, path);
 *	cut_at_most(&c, limit), or cut_next(&c, members) for each part
 *	cut_write(&c, i, ...) for each of c.parts
 *	cut_close(&c);
 */

struct cut_part {
	size_t first, n; /* members */
	int64_t size;    /* of the ZIP it makes */
};

struct cut {
	struct zipdir dir;
	int fd;
	const char *path; /* borrowed */
	VEC(struct cut_part) parts;
};

/*
 * An archive that deed made; of another one only the members are right, which
 * is enough to count parts.  Close it in any case.
 */
struct err *cut_open(struct cut *c, const char *path) MUST_CHECK;
void cut_close(struct cut *c);

/*
 * As few parts of at most limit bytes as there are with members in their
 * order.  False if one member alone takes more: that is a part by itself.
 */
bool cut_at_most(struct cut *c, int64_t limit);

/* The next part has so many members.  ERR_MISMATCH if there are fewer. */
struct err *cut_next(struct cut *c, size_t members) MUST_CHECK;

/*
 * Write a part to a file, or with fd -1 nowhere, and digest it.  name is for
 * messages.
 */
struct err *cut_write(const struct cut *c, const struct cut_part *part, int fd,
    const char *name, char sha256[static SHA256_HEX]) MUST_CHECK;

#endif
