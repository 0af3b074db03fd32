/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_REPORT_H
#define DEED_CORE_EVIDENCE_REPORT_H

#include "core/evidence/report_case.h"

/*
 * The case as a PDF, for venues that take nothing else.  deed-report draws it;
 * what it says is told here, from the dossier alone.
 */

struct report_spec {
	const struct dossier *d;
	enum report_part part;
	const char *helper; /* the path of deed-report */
	const char *name;   /* of the package */
	const char *by;     /* its owner */
	int64_t now;
	int64_t pages_max, bytes_max;
};

/*
 * *pages is how many it has.  What did not fit goes to left_out, each behind
 * label ("report.pdf").  ERR_NOT_FOUND if there is no helper, ERR_LIMIT if
 * nothing that fits is left.
 */
struct err *report_make(struct buf *pdf, int64_t *pages, struct strs *left_out,
    const char *label, const struct report_spec *spec) MUST_CHECK;

#endif
