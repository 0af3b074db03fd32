/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_DOCUMENT_H
#define DEED_CORE_EVIDENCE_DOCUMENT_H

#include "core/util/node.h"

/*
 * A PDF under way: blocks as libexec/report/paper.h has them.  What strangers
 * wrote is shown and not obeyed: nothing turns the text around it, and one
 * text is not longer than a page or two.
 */

/* What goes first where a venue takes no more: the highest, and the last. */
enum document_rank {
	DOCUMENT_KEPT = 0, /* never goes */
	DOCUMENT_TELLING = 2,
	DOCUMENT_OTHER = 4,
	DOCUMENT_SAID = 5,
	DOCUMENT_LISTED = 6,
	DOCUMENT_PICTURES = 7,
	DOCUMENT_PICTURE = 8,
};

struct document {
	struct node *blocks; /* a list, the caller's */
};

/* A block of a type; text is as it was written. */
struct node *document_add(struct document *d, const char *type,
    const char *text, enum document_rank rank);
/* The same of text that is as telling_told() has it, and ours to free. */
struct node *document_told(
    struct document *d, const char *type, char *text, enum document_rank rank);
/* Text behind a label, both as told; text is ours to free. */
struct node *document_item(
    struct document *d, const char *label, char *text, enum document_rank rank);
/* What somebody said, as it was written, below a label as told. */
struct node *document_said(struct document *d, const char *label,
    const char *text, enum document_rank rank);
/* What to call it if it is left out; ours to free. */
void document_name(struct node *block, char *what);

/* A text of strangers as the value of any key. */
void document_put(struct node *n, const char *key, const char *text);

#endif
