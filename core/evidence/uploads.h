/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_UPLOADS_H
#define DEED_CORE_EVIDENCE_UPLOADS_H

#include "core/evidence/dossier.h"

/*
 * A venue that takes single files, and not every kind of them: which exhibits
 * it does not take beside the PDF, by their kind, their size, or because all
 * together are too much.  They stay in the package.  One line each, behind
 * what out holds; pdf is the size of the PDF.
 */
void uploads_left_out(struct strs *out, const struct dossier *d,
    const struct venue *v, int64_t pdf);

#endif
