/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_CONFLICT_H
#define DEED_CORE_CONFLICT_H

#include "core/ext/repo.h"
#include "core/stream.h"

/*
 * An order file that git left in conflict: what its index has of either side
 * and of their ancestor.
 */

/* Add a stream at path to the union so far; bytes are taken over. */
struct err *conflict_add(
    struct stream **all, struct buf *bytes, const char *path) MUST_CHECK;

/* Add all sides.  One that cannot be read has nothing to give. */
struct err *conflict_unite(
    struct stream **all, struct repo *r, const char *path) MUST_CHECK;

#endif
