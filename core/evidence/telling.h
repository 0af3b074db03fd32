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
 * When a message of a transcript was written, as its export has it: a point in
 * time, or what a clock on the wall showed.  False if it does not say.
 */
struct moment {
	int64_t time;
	bool zoned;
	bool date_only;
};
bool telling_moment(struct moment *out, const struct node *message);
/* Its words, and in brackets the files that came with it; yours. */
char *telling_said(const struct node *message);
/* "3 Nov 2026, 10:15 UTC", "3 Nov 2026, 10:15 (zone unknown)"; or NULL. */
char *telling_message_time(const struct node *message); /* yours */
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

/*
 * One line that says what happened; yours.  As told, each value of the record
 * stands between marks, so that a page can keep a name that is written from
 * right to left from turning the words around it; a title has none.
 */
#define TELLING_OPEN '\x02'
#define TELLING_CLOSE '\x03'
char *telling_told(const struct order *o, const struct fact *f);
char *telling_title(const struct order *o, const struct fact *f);
void telling_plain(char *text); /* take the marks out */
/* What is quoted below it: the entry's text, or NULL; borrowed. */
const char *telling_quote(const struct fact *f);
/*
 * Who says a message of a transcript: "Anna", "Anna, forwarding Bob", "service
 * message"; "somebody" where the source does not tell.  Yours.
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
