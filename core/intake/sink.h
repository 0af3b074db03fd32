/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_SINK_H
#define DEED_CORE_INTAKE_SINK_H

#include "core/intake/facts.h"
#include "core/intake/message.h"
#include "core/intake/scan.h"
#include "core/intake/text.h"

/*
 * Where readers put messages.  The sink chooses what belongs to the order,
 * brings messages into order, renders them, and keeps the books: every line
 * of a text, every record of anything else is accounted for.
 *
 *	units = messages + left out + skipped + continued
 *
 * (messages that are there twice, byte for byte, count as continued)
 *
 * A text reader calls sink_unit() for each line; then the line begins a
 * message (sink_add), belongs to one or to the form of the file
 * (sink_continue), or could not be read (sink_skip).  Other readers do the
 * same with records.
 */

enum sink_order {
	SINK_AS_IS,        /* as the file has them, and never otherwise */
	SINK_NEWEST_FIRST, /* turned round, then as below */
	SINK_BY_TIME,      /* by instant; equal ones stay as they are */
};

#define SINK_TEXT_MAX (4u << 20) /* bytes of one message; else ERR_LIMIT */
#define SINK_WARNINGS_MAX 50
#define SINK_AUTHORS_MAX 10000
#define SINK_CHANNELS_MAX 100000

struct mail_job; /* core/intake/mail.h */

struct sink_options {
	const struct zone
	    *zone; /* of local times, as somebody claims; or NULL */
	const char *zone_name;
	bool has_start;
	/* When a recording began, and its day: microseconds since 1970. */
	int64_t start, start_day;
	/* Seconds since 1970, INT64_MIN and INT64_MAX for no bound. */
	int64_t since, until;
	int wall;            /* seconds added to since and until on a wall clock
	                        of unknown zone */
	const char *with;    /* conversations this person is in; or NULL */
	const char *channel; /* the conversation of this name; or NULL */
	int64_t now;
	const char *temp_dir;
	struct mail_job *mail; /* what readers of mail need; NULL: they fail */
};

struct sink;

struct err *sink_new(struct sink **out, const struct sink_options *options,
    enum sink_order order) MUST_CHECK;
void sink_free(struct sink *s); /* NULL is fine */

const struct sink_options *sink_options(const struct sink *s);

/* Take a message in.  ERR_LIMIT for more than can be held. */
struct err *sink_add(struct sink *s, const struct message *m) MUST_CHECK;

/* Does the sum above come out even?  It does, or a reader is wrong. */
bool sink_balances(const struct sink *s);

/*
 * Be told of each message that is kept, in the order of the archive: the
 * how-manieth it was that sink_add() was called for, from 0.  arg must live
 * until sink_finish() returned.
 */
void sink_watch(struct sink *s, void (*kept)(void *arg, size_t nth), void *arg);

void sink_unit(struct sink *s);
void sink_continue(struct sink *s); /* a unit that is part of another */
/* A unit that could not be read; where is a file or NULL, line may be 0. */
void sink_skip(struct sink *s, const char *where, unsigned long line,
    const char *fmt, ...) PRINTF(4, 5);

/* Said once, however often it happens. */
void sink_warn(struct sink *s, const char *fmt, ...) PRINTF(2, 3);
/* What a scanner and a text have to say of their bytes. */
void sink_note_scan(struct sink *s, const struct scan *scan);
void sink_note_text(struct sink *s, const struct text *text);

void sink_title(struct sink *s, const char *p, size_t len); /* first counts */
/* Somebody is in a conversation, whether or not he writes. */
void sink_member(struct sink *s, struct span channel, struct span name);

/*
 * No more messages: put them in order, choose, and write the archive.  heading
 * is the first line of transcript.txt.  ERR_NOT_FOUND if nothing is left.
 */
struct err *sink_finish(struct intake_facts *out, struct sink *s,
    const struct input *in, const char *heading) MUST_CHECK;

#endif
