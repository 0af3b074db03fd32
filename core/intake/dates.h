/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_DATES_H
#define DEED_CORE_INTAKE_DATES_H

#include "core/intake/reader.h"

/*
 * Dates as people's devices write them: 03/04/2024 is two dates.  Which, is
 * the same in a whole file, so all of its dates are weighed before the first
 * is understood; if nothing decides, the file is refused, with both readings.
 */

/* Three numbers as they stand in a text. */
struct date_fields {
	int field[3], width[3]; /* value, digits */
	char era;               /* 0; 'B': Buddhist; 'R' 'H' 'S': Japanese */
	bool named; /* the month was a name: fields are year, month, day */
};

/*
 * Order of day and month, from all dates seen so far:
 *	a first field of four digits or beyond 31 is a year;
 *	a field beyond 12 is a day;
 *	else the reading in which time goes backwards less often;
 *	else the field that changes more often is the day;
 *	else, if every date is the same either way, it does not matter.
 */
struct date_evidence {
	struct date_fields first; /* the first date that is two dates */
	unsigned long first_line; /* 0: there is none */
	size_t n;
	int64_t last[2]; /* the date before, as d/m and as m/d */
	size_t jumps[2]; /* backwards, in either reading */
	size_t changes[2];
	int before[2];
};

/* Does the date say itself that the year is first? */
bool dates_year_first(const struct date_fields *f);
/* What this date alone says; DATE_UNKNOWN if nothing. */
enum date_order dates_weigh(
    struct date_evidence *v, const struct date_fields *f, unsigned long line);
/* What they say together.  ERR_INVALID if they say nothing; name is a file. */
struct err *dates_decide(enum date_order *out, const struct date_evidence *v,
    const char *name) MUST_CHECK;

/* Year, month and day in an order; false if there is no such date. */
bool dates_civil(
    struct civil *c, const struct date_fields *f, enum date_order order);

/* A date with a time, not yet understood. */
struct date_time {
	struct date_fields date;
	bool has_time;
	int hour, minute, second; /* 24 hours; second -1: not given */
};

/*
 * "29/02/2024, 11:58:07 PM", "2024-02-29 23:58", "Feb 29, 2024, 3:58 PM",
 * "29-Feb-24 03:58 PM", "29/Feb/24 3:58 PM",
 * "Friday, March 1, 2024 at 3:58 PM": the bytes it takes, or 0.
 */
size_t dates_read(struct date_time *out, const char *p, size_t len);
/* Understood: a local stamp. */
bool dates_stamp(
    struct stamp *out, const struct date_time *d, enum date_order order);

/* "3:58 PM", "15:58:07": the bytes it takes, or 0. */
size_t dates_clock(
    int *hour, int *minute, int *second, const char *p, size_t len);

#endif
