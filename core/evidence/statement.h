/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_STATEMENT_H
#define DEED_CORE_EVIDENCE_STATEMENT_H

#include "core/evidence/dossier.h"

/*
 * data/statement.txt: the seller's account, to be pasted into a ticket.  Calm,
 * short, in the order of events; what the reader can look up himself comes
 * first.  No hexadecimal and no long digits but the platform's own order id:
 * platforms hold messages that have them.
 */
void statement_write(struct buf *out, const struct dossier *d, int64_t now);

#endif
