/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_ENTITY_H
#define DEED_CORE_UTIL_ENTITY_H

#include <stddef.h>
#include <stdint.h>

#include "core/util/buf.h"

/* The character HTML calls by this name ("euro", without & and ;), or 0. */
uint32_t entity_find(const char *name, size_t len);

/*
 * Text with its "&amp;", "&#237;" and "&#xed;" as the characters they stand
 * for; what is none of these stays as it is.
 */
void entity_decode(struct buf *out, const char *p, size_t len);

#endif
