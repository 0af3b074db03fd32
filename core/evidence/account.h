/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_ACCOUNT_H
#define DEED_CORE_EVIDENCE_ACCOUNT_H

#include "core/evidence/dossier.h"

/*
 * What the page and the PDF say of a case in the same words: the lines of the
 * summary, and what stands below each entry.  Text is as telling_told() has
 * it, with values between marks.
 */

/* The first lines of the summary, each of one order; yours. */
enum account_line {
	ACCOUNT_ORDER,
	ACCOUNT_AGREED,
	ACCOUNT_DELIVERED,
	ACCOUNT_ACCEPTED,
	ACCOUNT_LINES,
};
const char *account_title(enum account_line line);
char *account_line(const struct dossier_order *o, enum account_line line);

/* "no outside anchor", or for how many entries there is one; yours. */
char *account_anchors(const struct dossier *d);

/* "2 entries speak for the buyer"; yours. */
char *account_adverse(const struct dossier *d);

/* Who vouches for an entry, since when, and what else to know of it. */
enum account_look {
	ACCOUNT_GRADE,   /* text is its title */
	ACCOUNT_EXHIBIT, /* text is "exhibit E03" */
	ACCOUNT_PLAIN,
	ACCOUNT_ANCHOR,
	ACCOUNT_WARN, /* what a reader must not pass over */
	ACCOUNT_ID,
};
struct account_mark {
	enum account_look look;
	char *text;
	const char *of; /* the name of the grade, the id of the exhibit */
};
struct account_marks {
	VEC(struct account_mark) v;
};
void account_mark(struct account_marks *out, const struct dossier *d,
    size_t order, const struct fact *f);
void account_release(struct account_marks *m);

/*
 * Why the content of an entry is not here: the reason given by hand, or that
 * of its kind; yours.  NULL if it is here.
 */
char *account_absence(
    const struct dossier *d, size_t order, const struct fact *f);

#endif
