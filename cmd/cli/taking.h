/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_TAKING_H
#define DEED_CMD_CLI_TAKING_H

#include "cmd/cli/record.h"
#include "core/detached.h"
#include "core/mailing.h"
#include "core/transcript.h"

/*
 * Files taken in: chats, mails, call transcripts, board exports and deliveries
 * packed elsewhere become entries.  Reading may take a while and needs no lock;
 * recording does.
 *
 *	taking_begin()    reads the options
 *	taking_read()     chooses a reader for each file, and reads it
 *	taking_record()   an entry for each, in a record that was begun
 *	taking_end()      always
 */

struct taking_args {
	const char *format, *tz, *date_order, *start;
	const char *since, *until, *with, *channel;
	struct words keys;
	bool fetch_keys;
};

extern const char *const taking_date_orders[]; /* ends in NULL */

/* One thing that is taken in. */
struct taken {
	struct input *input;
	struct choice choice;
	struct intake_facts facts;
	struct mail_job mail;
	struct detached *detached; /* a delivery made elsewhere; else NULL */
	bool read;                 /* it was not there yet when this began */
	size_t added;              /* position among the entries added */
	char *known; /* the id of the entry that has it already, or NULL */
};

struct taking {
	struct ctx *ctx;
	const struct taking_args *args;
	/*
	 * A transcript happened when its last message was written, not when it
	 * is taken in: for a record that is made long after.
	 */
	bool as_it_was;
	struct transcript_choices choices;
	struct sink_options options;
	enum date_order date_order;
	struct zone *zone;
	char *scratch, *helper;
	struct strs keys; /* absolute */
	const char *resolver;
	VEC(struct taken) items;
};

struct err *taking_begin(struct taking *t, struct ctx *ctx,
    const struct taking_args *args) MUST_CHECK;
void taking_end(struct taking *t);

/* id is the order's; NULL: it is not there yet. */
struct err *taking_read(
    struct taking *t, const struct words *files, const char *id) MUST_CHECK;

/* What was known before gets no entry.  text may be NULL. */
struct err *taking_record(struct taking *t, struct record *r,
    const struct record_args *args, const char *text) MUST_CHECK;

/* When its first or last message was written; false if that is not known. */
bool taken_time(int64_t *out, const struct stamp *stamp);

#endif
