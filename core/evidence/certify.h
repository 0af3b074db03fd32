/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_CERTIFY_H
#define DEED_CORE_EVIDENCE_CERTIFY_H

#include "core/ledger.h"
#include "core/order.h"

/*
 * A declaration of the custodian of a record: how it is kept, and the digests
 * that identify it.  The words are a template, share/templates/certify.txt;
 * what fills them comes from the record alone.
 */

/*
 * Values for template_fill(), of these orders together; yours.  custodian is
 * the name of who keeps the record.
 */
struct err *certify_values(struct node **out, struct ledger *l,
    const struct strs *orders, const char *custodian) MUST_CHECK;

#endif
