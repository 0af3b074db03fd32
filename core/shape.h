/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_SHAPE_H
#define DEED_CORE_SHAPE_H

#include "core/util/err.h"
#include "core/util/node.h"

/*
 * The shape of a file that people write: which keys a map may have and what
 * each holds, as a constant table.  What does not fit is an error with file
 * and line, so that a typing mistake never passes for a rule.
 */

enum shape_type {
	SHAPE_TEXT,
	SHAPE_TEXTS, /* a text, or a list of them */
	SHAPE_LIST_OF_TEXTS,
	SHAPE_WORD,  /* one of words */
	SHAPE_WORDS, /* a list of words, each one of words */
	SHAPE_DATE,  /* "2025", "2025-10", "2025-10-21" or "unknown" */
	SHAPE_INT,   /* not below 0 */
	SHAPE_BOOL,
	SHAPE_ANY,   /* text, whole number, true, false, or a list of texts */
	SHAPE_MAP,   /* with these fields */
	SHAPE_NAMED, /* a map: a name of one's own, and a map with fields */
	SHAPE_PLAIN, /* a map: a name of one's own, and SHAPE_ANY */
	SHAPE_LIST,  /* of maps with these fields */
	SHAPE_LISTS, /* a map: a name of one's own, and such a list */
};

struct shape {
	const char *name; /* NULL ends a table */
	enum shape_type type;
	bool required;
	const struct shape *fields;
	const char *const *words; /* ends in NULL */
};

/* Hold a map against a table.  ERR_INVALID. */
struct err *shape_check(const struct node *map, const struct shape *fields,
    const char *file) MUST_CHECK;

#endif
