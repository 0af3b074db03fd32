/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_DELIVERING_H
#define DEED_CMD_CLI_DELIVERING_H

#include "cmd/cli/record.h"
#include "core/detached.h"

/*
 * How what was packed becomes an entry, for deliver and for import: a new
 * delivery, or one more run that delivered the same.
 */

struct delivering {
	struct record *record;
	struct packed *packed;
	const struct node *run;          /* of a build machine, or NULL */
	const struct strs *attestations; /* paths; may be NULL */
	const struct strs *attested;     /* their names */
	/* after delivering_find() */
	char *label;
	const struct fact *first; /* the delivery it is again, or NULL */
	bool known;               /* nothing is to be recorded */
	struct node *parts;       /* what is uploaded of it, or NULL: all */
};

/*
 * Is it new?  A run counts if by_run, else the same is always known.  If it is
 * new, it is cut into parts that its venue takes.
 */
struct err *delivering_find(struct delivering *d, bool by_run) MUST_CHECK;

/*
 * Record it: content is what record_content() made, and is taken over; a
 * repetition loses what only a first one has.
 */
struct err *delivering_record(
    struct delivering *d, struct node *content) MUST_CHECK;

void delivering_release(struct delivering *d);

/*
 * A delivery that was packed elsewhere becomes an entry of the record, with
 * what the options say besides; text (may be NULL) goes before its own.  *known
 * is the id of the delivery that is in the ledger already, yours; else NULL.
 */
struct err *delivering_import(char **known, struct record *r,
    const struct record_args *args, const char *text,
    const struct detached *from) MUST_CHECK;

/* {path (absolute), sha256, ...} of the delivery; yours. */
struct node *delivering_archive(
    const struct record *r, const struct fact *delivery);

#endif
