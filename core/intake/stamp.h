/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_STAMP_H
#define DEED_CORE_INTAKE_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/date.h"
#include "core/util/zone.h"

/*
 * The time of a message, as its export has it.  Four kinds that are never
 * mixed up: what may be claimed of each differs.
 *
 *	instant   a point in UTC
 *	offset    wall clock and its distance from UTC: a point, too
 *	local     wall clock of an unknown zone, until somebody claims one
 *	relative  since a recording began, until somebody says when that was
 */
enum stamp_kind {
	STAMP_NONE,
	STAMP_INSTANT,
	STAMP_OFFSET,
	STAMP_LOCAL,
	STAMP_RELATIVE,
};

enum stamp_unit { STAMP_MICROSECOND, STAMP_SECOND, STAMP_MINUTE, STAMP_DAY };

/* Anything outside of the years 1 to 9998 is no time of a message. */
#define STAMP_MIN INT64_C(-62135596800000000)
#define STAMP_MAX INT64_C(253370764799999999)

struct stamp {
	enum stamp_kind kind;
	/*
	 * Microseconds: since 1970 in UTC (instant, offset), since 1970 on the
	 * wall clock (local), since the beginning (relative).
	 */
	int64_t us;
	int offset; /* minutes east of UTC, of STAMP_OFFSET */
	bool clock; /* relative to midnight, of a day that is not known */
	enum stamp_unit unit; /* what the export can tell apart */
};

const char *stamp_kind_name(enum stamp_kind kind); /* "instant", ... */

/* A wall clock as it stands in an export; false if there is no such time. */
bool stamp_local(struct stamp *out, const struct civil *c, int us);

/*
 * ISO 8601 as programs write it: date, "T" or a blank, time, a fraction of any
 * length, and "Z", an offset with or without colon, or nothing (local).
 */
bool stamp_iso(struct stamp *out, const char *text, size_t len);

/* Whole units since 1970: per_second is 1, 1000, 1000000, 1000000000. */
bool stamp_epoch(struct stamp *out, int64_t count, int64_t per_second);
/* The same from text; an unknown unit (0) is guessed from the magnitude. */
bool stamp_epoch_text(
    struct stamp *out, const char *text, size_t len, int64_t per_second);

/*
 * "hh:mm:ss.ttt", hours optional, "," for ".", and "0:0:5.0" as Teams has
 * written it; *used bytes of text.
 */
bool stamp_clock(int64_t *us, const char *text, size_t len, size_t *used);

/*
 * "2026-11-21T22:55:27Z", "...27.539Z"; local without Z; relative
 * "00:00:05.485".  A fraction is shown if there is one.
 */
#define STAMP_TEXT 40
size_t stamp_write(char out[static STAMP_TEXT], const struct stamp *s);
/* For people: "2026-11-21 22:55:27", without what the export cannot tell. */
size_t stamp_write_short(char out[static STAMP_TEXT], const struct stamp *s);

#endif
