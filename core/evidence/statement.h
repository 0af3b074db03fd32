/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_STATEMENT_H
#define DEED_CORE_EVIDENCE_STATEMENT_H

#include "core/evidence/dossier.h"
#include "core/evidence/venue.h"

/*
 * data/statement.txt: the seller's account, to be pasted into a ticket.  Calm,
 * short, in the order of events; what the reader can look up himself comes
 * first.  No hexadecimal and no long digits but the platform's own order id:
 * platforms hold messages that have them.
 *
 * Where the venue takes no more, points go, the least telling first; left_out
 * gets a line for each section that lost some.
 */
void statement_write(struct buf *out, const struct dossier *d,
    const struct venue *v, int64_t now, struct strs *left_out);

#endif
