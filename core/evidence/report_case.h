/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_REPORT_CASE_H
#define DEED_CORE_EVIDENCE_REPORT_CASE_H

#include "core/evidence/document.h"
#include "core/evidence/dossier.h"

enum report_part {
	REPORT_CASE,    /* all of it: data/report.pdf */
	REPORT_TALK,    /* what was said between the parties */
	REPORT_SERVICE, /* what was agreed, and delivered */
};

/*
 * What a PDF says of a case, the same as the page, section by section.  name is
 * that of the package, made at the time now.
 */
void report_case(struct document *doc, const struct dossier *d,
    enum report_part part, const char *name, int64_t now);

#endif
