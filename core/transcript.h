/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_TRANSCRIPT_H
#define DEED_CORE_TRANSCRIPT_H

#include "core/intake/reader.h"
#include "core/ledger.h"
#include "core/order.h"

/*
 * Entries of kind "transcript": what was imported, and the archive that holds
 * it (core/intake/scribe.h says what is in it).  A message is cited as
 * ENTRY:LINE, LINE being its line in messages.jsonl.
 */

/* What came with the command line, as far as it decides what is read. */
struct transcript_choices {
	const char *tz, *start, *date_order; /* or NULL */
	const char *since, *until, *with, *channel;
	const char *format; /* that was asked for */
};

/*
 * Fill the content of an entry.  month and id are of the order; path is that
 * of the archive in the ledger.
 */
void transcript_describe(struct node *content, const struct choice *choice,
    const struct input *in, const struct intake_facts *facts,
    const struct transcript_choices *choices, const char *path);

/* The "transcript" object of --json, from the content of an entry; yours. */
struct node *transcript_view(const struct node *content);

/* The entry that holds the same bytes, chosen and read in the same way. */
const struct fact *transcript_same(const struct order *o,
    const struct input *in, const struct transcript_choices *choices);

/* Has the entry this line?  ERR_NOT_FOUND says what it has. */
struct err *transcript_vet_line(
    const struct fact *fact, unsigned line) MUST_CHECK;

/*
 * A message of an archive in the ledger: its object, yours.  The line is held
 * against its digest.  ERR_NOT_FOUND if the bytes of the archive are not here.
 */
struct err *transcript_message(struct node **out, const struct ledger *l,
    const struct node *content, unsigned line) MUST_CHECK;

#endif
