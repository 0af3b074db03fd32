/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_PAGE_H
#define DEED_CORE_EVIDENCE_PAGE_H

#include "core/evidence/dossier.h"

struct thumbs;

/*
 * data/index.html: the case on one page that needs nothing beside it.  Its
 * content security policy allows its own style sheet, its own script and the
 * pictures within it, and nothing else: no request.  All of it can be read
 * without the script, which tells the reader's own time and checks a package
 * that is dropped.
 */

struct page_spec {
	int64_t now;                 /* the package is made */
	bool clock_given;            /* somebody said what time it is */
	const char *name;            /* of the package, without ".zip" */
	const struct thumbs *thumbs; /* see thumbs.h; NULL: none */
};

void page_write(
    struct buf *out, const struct dossier *d, const struct page_spec *spec);

#endif
