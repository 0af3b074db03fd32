/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_ZIPDIR_H
#define DEED_CORE_UTIL_ZIPDIR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/util/vec.h"

/*
 * The directory of a ZIP, held against the headers of its members.  A ZIP says
 * everything twice, and readers differ in which they believe; one that says
 * two things could show a judge other files than a buyer.
 */

#define ZIPDIR_MEMBERS 1000000
#define ZIPDIR_BYTES (256u << 20) /* of the directory itself */

struct zipdir_member {
	char *name;       /* as it stands there, UTF-8 or not */
	uint64_t at, end; /* from its header to behind its bytes */
	uint64_t size, packed;
	uint32_t crc, stamp, mode; /* stamp: date and time as DOS has them */
	unsigned method;
};

struct zipdir {
	VEC(struct zipdir_member) members; /* in the order of their bytes */
};

/*
 * Read it from an open file of size bytes; path is for messages.  Release it
 * in any case.  ERR_SYNTAX or ERR_INVALID for a broken or ambiguous one,
 * ERR_UNSUPPORTED if it is encrypted or in parts, ERR_LIMIT.
 */
struct err *zipdir_read(
    struct zipdir *out, int fd, int64_t size, const char *path) MUST_CHECK;
void zipdir_release(struct zipdir *d);

#endif
