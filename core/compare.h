/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_COMPARE_H
#define DEED_CORE_COMPARE_H

#include "core/transcript.h"

/*
 * A later export of a conversation beside the earlier one.  Messages are the
 * same if they bear the same id in the same conversation; where the export has
 * no ids, if author and time are the same.  What the earlier one says stays in
 * its archive and can be cited there.
 */

struct comparison {
	size_t same, added, edited;
	size_t deleted; /* now marked so, or gone from between the others */
	size_t absent;  /* before the first or after the last of this export */
	/* {change: "edited" or "deleted", before: LINE, line: LINE} */
	struct node *changes;
};

#define COMPARE_MAX 500000 /* messages of a transcript; more: not compared */
#define COMPARE_LISTED_MAX 200

/*
 * Compare messages.jsonl of two transcript archives.  ERR_NOT_FOUND if one is
 * not here, ERR_LIMIT if it is too long to be compared.
 */
struct err *compare_archives(
    struct comparison *out, const char *earlier, const char *later) MUST_CHECK;
void comparison_release(struct comparison *c);

/*
 * Find the transcript of the order that an archive, not yet in the ledger, is
 * a later export of, and put "continues" and "compared" into the content of
 * its entry; nothing, if there is none.  One that cannot be compared is named
 * in "warnings".
 */
void compare_with_order(struct node *content, const struct order *o,
    const struct ledger *l, const char *archive);

#endif
