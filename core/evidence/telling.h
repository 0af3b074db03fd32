/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_TELLING_H
#define DEED_CORE_EVIDENCE_TELLING_H

#include "core/order.h"

/*
 * Telling people what an entry says: the words that the pages, the statement
 * and the list of gaps share.  All of it is plain text that may hold what
 * strangers wrote; whoever puts it into HTML or onto a terminal escapes it.
 */

/* "23 Nov 2026, 10:15 UTC"; of a date alone "23 Nov 2026". */
char *telling_time(int64_t time);             /* yours */
char *telling_date(int64_t time);             /* yours; the day in UTC */
char *telling_happened(const struct fact *f); /* yours */
char *telling_day(const struct fact *f);      /* yours; the day alone */
/* A time as a record writes it; what is no time stays as it is.  Yours. */
char *telling_due(const char *text);
/*
 * "11:15 +01:00" where the zone of the recorder is known and is not UTC, else
 * NULL; yours.
 */
char *telling_local(const struct fact *f);
int64_t telling_recorded(const struct fact *f); /* when it was */
/* The seconds that passed before it was recorded; 0 if it was at once. */
int64_t telling_delay(const struct fact *f);
char *telling_span(int64_t seconds); /* "3 days"; yours */
char *telling_size(int64_t bytes);   /* "3.4 MB"; yours */

/* "1 file", "2 files": the plural is formed with s.  Yours. */
char *telling_count(int64_t n, const char *thing);
/* "r1, r2 and r3"; yours. */
char *telling_list(const struct node *list);

/* One line that says what happened; yours. */
char *telling_title(const struct order *o, const struct fact *f);
/* What is quoted below it: the entry's text, or NULL; borrowed. */
const char *telling_quote(const struct fact *f);
/*
 * Who says a message of a transcript: "Anna", or "Anna, forwarding Bob"; NULL
 * if nobody does.  Yours.
 */
char *telling_speaker(const struct node *message);

/* "d2" of the entry that an id in an entry names; NULL if there is none. */
const char *telling_label_of(const struct order *o, const char *id);

/* "seller's own word" and what that means, for each grade; static. */
struct telling_grade {
	const char *name;    /* as order_grade() has it */
	const char *title;   /* "Look it up" */
	const char *meaning; /* a sentence or two */
};
const struct telling_grade *telling_grade_at(size_t i); /* NULL past the end */

#endif
