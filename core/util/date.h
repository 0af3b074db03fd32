/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_DATE_H
#define DEED_CORE_UTIL_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/util/err.h"

/*
 * Instants are seconds since 1970 in UTC; the clock is passed in, never read
 * here.  The time zone is that of the process (TZ).
 */

#define DATE_TEXT 21 /* "2026-11-21T22:55:27Z" and NUL */
#define DATE_DAY (24 * 60 * 60)

/* A point in time as somebody gave it. */
struct when {
	int64_t time; /* of a date alone: its first second, in its zone */
	bool date_only;
	int offset; /* minutes east of UTC, of a date alone */
};

/* RFC 3339 in UTC, whole seconds.  Years 0000 to 9999. */
void date_format(char out[static DATE_TEXT], int64_t time);
/* "20261121T225527Z", as in file names. */
void date_format_compact(char out[static DATE_TEXT], int64_t time);
/* "2026-11-21 23:55" in the zone of the process. */
void date_format_local(char out[static DATE_TEXT], int64_t time);
/* "+01:00" or "Z". */
void date_format_zone(char out[static 8], int minutes);

struct civil {
	int year, month, day, hour, minute, second; /* month, day from 1 */
};
struct civil date_civil(int64_t time); /* in UTC */
int64_t date_from_civil(const struct civil *c);
int date_days_in(int year, int month);
/* Minutes east of UTC that the zone of the process has at that instant. */
int date_zone_at(int64_t time);
/* A civil time in the zone of the process. */
int64_t date_from_local(const struct civil *c);

/*
 * RFC 3339, or its date alone ("2026-11-30", with an offset behind it or in
 * the zone of the process).  ERR_INVALID.
 */
struct err *date_parse(struct when *out, const char *text) MUST_CHECK;

/*
 * The same, and what people type: "now", "yesterday", "in 3 days", "in 3d",
 * "2 weeks ago", "2026-11-30 10:15", "10:15", "last friday", "@1763766927".
 */
struct err *date_parse_loose(
    struct when *out, const char *text, int64_t now) MUST_CHECK;

/* As it is written in a record: RFC 3339, or a date alone. */
void date_write(char out[static DATE_TEXT], const struct when *w);

#endif
