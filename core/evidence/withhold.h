/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_WITHHOLD_H
#define DEED_CORE_EVIDENCE_WITHHOLD_H

#include "core/evidence/dossier.h"

/*
 * What is left out of a package: an entry, a message of a transcript or a
 * file, each with a reason, and names that are masked.
 *
 *	4b1c9e2a                 an entry
 *	4b1c9e2a:12              line 12 of a transcript
 *	4b1c9e2a/contract.pdf    a file kept with an entry
 *
 * each perhaps followed by ": REASON".  A masked name is hidden in the pages
 * for people alone, so every entry that has it is withheld, and so is every
 * message and every file of text.
 */

struct withholding {
	VEC(struct withhold_wish) wishes;
	const struct strs *masks;
};

struct withhold_wish {
	char *what, *why; /* why is NULL if none was given */
	size_t found;     /* in how many orders */
};

void withhold_read(struct withholding *out, const struct strs *wishes,
    const struct strs *masks);
void withhold_release(struct withholding *w);

/*
 * Note in d->held what is withheld of its i-th order, which full tells whole.
 * ERR_NOT_FOUND for a line or a file the entry does not have.
 */
struct err *withhold_order(struct dossier *d, size_t i, struct withholding *w,
    const struct order *full) MUST_CHECK;
/* ERR_NOT_FOUND, ERR_INVALID for a wish that named nothing, or too much. */
struct err *withhold_check(const struct withholding *w) MUST_CHECK;

/* Whether lines of a transcript may have to stay: asked for, or masked. */
bool withhold_has_lines(const struct dossier *d, const struct fact *f);
/* Hold a line, or a file, for a masked name. */
void withhold_line(
    struct dossier *d, size_t order, const struct fact *f, unsigned line);
void withhold_file(
    struct dossier *d, size_t order, const struct fact *f, const char *file);

/* Does a masked name occur, whatever its case? */
bool mask_occurs(const struct strs *masks, const char *p, size_t len);
/* Put "[masked]" in place of each name, in every text of a tree. */
void mask_node(const struct strs *masks, struct node *n);

#endif
