/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_NAMES_H
#define DEED_CORE_INTAKE_NAMES_H

#include "core/intake/message.h"
#include "core/util/vec.h"

/* Names that are met again and again: authors, conversations. */

struct name {
	char *text;
	uint32_t index;
	bool chosen; /* of a conversation: he that --with names is in it */
};

struct names {
	VEC(struct name *) v; /* by index */
	void *tree;
	struct name *recent;
};

/* The name, met before or new; NULL if there are max of them already. */
struct name *names_find(struct names *names, struct span text, size_t max);
void names_release(struct names *names);

#endif
