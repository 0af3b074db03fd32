/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_LAYERS_H
#define DEED_CORE_LAYERS_H

#include "core/shape.h"
#include "core/util/vec.h"

/*
 * One file that ships with deed and others that override parts of it.  A file
 * is a map of sections, a section a map of named items; an item of a later
 * file stands in place of the earlier one of that name, or, in the section
 * that is mixed, key by key beside it.
 */

#define LAYER_MAX (1u << 20) /* bytes of one file */

struct layer {
	char *file;
	bool own; /* the user's, not one that ships with deed */
	struct node *tree;
};

struct layers {
	VEC(struct layer) files; /* the first is the base */
	struct node *tree;       /* all of it; NULL if there is no file */
};

/*
 * Read a file, if there is one, on top of what is there.  ERR_SYNTAX,
 * ERR_INVALID and ERR_LIMIT name file and line.
 */
struct err *layers_add(struct layers *l, const char *file, bool own,
    const struct shape *shape, const char *mixed) MUST_CHECK;
void layers_release(struct layers *l);

/* The last file that has the item; name NULL: the section. */
const char *layers_file(
    const struct layers *l, const char *section, const char *name);
/* The same, or NULL if that file ships with deed. */
const char *layers_override(
    const struct layers *l, const char *section, const char *name);

#endif
