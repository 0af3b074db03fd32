/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_LINES_H
#define DEED_CORE_UTIL_LINES_H

#include "core/util/err.h"
#include "core/util/vec.h"

/*
 * A small file of our own, an item a line: what a dead one would have gone on
 * with.
 */

/* ERR_LIMIT above max bytes; an absent file has no lines. */
struct err *lines_read(
    struct strs *out, const char *path, size_t max) MUST_CHECK;
/* As file_replace(), for nobody else to read. */
struct err *lines_write(const char *path, const struct strs *lines) MUST_CHECK;

#endif
