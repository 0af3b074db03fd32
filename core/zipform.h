/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_ZIPFORM_H
#define DEED_CORE_ZIPFORM_H

#include <stddef.h>
#include <stdint.h>

#include "core/util/buf.h"

/*
 * The records of a ZIP, as bytes: made by Unix, names in UTF-8, no extra field
 * but ZIP64, no descriptors.
 */

#define ZIPFORM_STORED 0
#define ZIPFORM_DEFLATED 8

struct zipform {
	const char *name;
	uint32_t mode;  /* st_mode */
	uint32_t stamp; /* zipform_stamp() */
	int method;
	uint32_t crc;
	int64_t size, packed;
	int64_t at; /* where its local header is */
};

/* A time in UTC, held within 1980 and 2107, as date and time of DOS. */
uint32_t zipform_stamp(int64_t time);

/*
 * The header in front of a member's bytes.  Its length depends on name and
 * size only, so it can be written again when crc and packed are known.
 */
void zipform_local(struct buf *out, const struct zipform *m);
/* The member's record in the directory. */
void zipform_central(struct buf *out, const struct zipform *m);
/* What follows a directory of n members that lies at and is len bytes long. */
void zipform_end(struct buf *out, size_t n, int64_t at, int64_t len);

#endif
