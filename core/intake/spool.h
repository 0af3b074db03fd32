/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_SPOOL_H
#define DEED_CORE_INTAKE_SPOOL_H

#include <stdint.h>

#include "core/util/buf.h"
#include "core/util/err.h"

/* A file of our own that grows, and is read again: it goes with the process. */

struct spool {
	int fd; /* -1 before it began */
	struct buf buf;
	uint64_t size;
};

/* In a folder.  End it in any case; before that buf must be a buf. */
struct err *spool_begin(struct spool *spool, const char *dir) MUST_CHECK;
void spool_end(struct spool *spool);

struct err *spool_add(
    struct spool *spool, const void *p, size_t len) MUST_CHECK;
/* Before anything is read. */
struct err *spool_flush(struct spool *spool) MUST_CHECK;
struct err *spool_read(
    const struct spool *spool, void *p, size_t len, uint64_t at) MUST_CHECK;

#endif
