/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_TALK_H
#define DEED_CORE_TALK_H

#include "core/ledger.h"
#include "core/order.h"

/* What an imported conversation or log says, read from its archive. */

#define TALK_MAX (64u << 20) /* bytes that are read of one */

/*
 * Append the messages of an entry of kind transcript, an object a line (see
 * core/intake/scribe.h), as much as TALK_MAX.  ERR_NOT_FOUND and the like if
 * the archive is not at hand.
 */
struct err *talk_read(struct buf *out, const struct ledger *l,
    const struct fact *transcript) MUST_CHECK;

/*
 * The next message of such a text, NULL at the end; yours.  *at is where it
 * begins, moved on; *line counts from 1.  A line that is no message is passed
 * over: verify is the one to complain.
 *
 *	const char *at = text.data;
 *	unsigned line = 0;
 *	while ((m = talk_next(&at, &line)) != NULL)
 */
struct node *talk_next(const char **at, unsigned *line);

/* When a message was written, or ended ("end"); false if it does not say. */
bool talk_time(int64_t *out, const struct node *message, const char *key);

#endif
