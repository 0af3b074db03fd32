/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_REPORT_TALK_H
#define DEED_CORE_EVIDENCE_REPORT_TALK_H

#include "core/evidence/document.h"
#include "core/evidence/dossier.h"

/*
 * The chats in a PDF: all of a short one; of a long one what is cited, and
 * what was said around it.
 */
void report_talk(struct document *doc, const struct dossier *d);

#endif
