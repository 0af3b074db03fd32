/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_FIELDS_H
#define DEED_CORE_EVIDENCE_FIELDS_H

#include "core/evidence/dossier.h"
#include "core/evidence/venue.h"

/*
 * The form of evidence a card processor takes, under its own names of fields:
 * one text each, staged and never submitted.
 */

/*
 * A map of field and text, of those the record has something for, within the
 * limits of the venue; left_out gets a line for each that lost something.
 * statement is that of the package.  Yours.
 */
struct node *fields_texts(const struct dossier *d, const struct venue *v,
    const char *statement, struct strs *left_out);

/*
 * The form as the body of the processor's call: {"evidence":{...},"submit":
 * false}; files (field and name of a file) are named beside it.
 */
void fields_form(
    struct buf *out, const struct node *texts, const struct node *files);

#endif
