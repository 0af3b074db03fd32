/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_CSV_H
#define DEED_CORE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "core/util/buf.h"

/*
 * CSV (RFC 4180, UTF-8) for spreadsheets.  What others wrote must not become a
 * formula there: a text that begins as one gets an apostrophe in front.
 */

/* The fields of one row, each of which may be NULL, with its line end. */
void csv_add_row(struct buf *out, const char *const *fields, size_t n);

#endif
