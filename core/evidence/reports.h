/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_REPORTS_H
#define DEED_CORE_EVIDENCE_REPORTS_H

#include "core/evidence/bag.h"
#include "core/evidence/report.h"

/*
 * The PDFs of a package, within what the venue takes: one of the whole case,
 * or one for each field of its form that takes a file.
 */
struct reports_spec {
	const struct venue *venue;
	const char *helper, *name, *by; /* as in struct report_spec */
	int64_t now;
};

struct reports {
	struct node *files;   /* field: "NAME.pdf", of a form */
	int64_t bytes;        /* of all of them */
	bool no_helper;       /* deed-report is not installed */
	struct strs left_out; /* what did not fit, in words */
};

/* Put them into the bag.  To be released also after an error. */
struct err *reports_add(struct reports *out, struct bag *bag,
    const struct dossier *d, const struct reports_spec *spec) MUST_CHECK;
void reports_release(struct reports *r);

#endif
