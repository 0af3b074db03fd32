/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_NEAR_H
#define DEED_CORE_UTIL_NEAR_H

#include <stddef.h>

/* The nearest of some words to one that was mistyped. */
struct near {
	const char *word;
	const char *best; /* NULL while nothing is near enough */
	size_t distance;
};

void near_init(struct near *n, const char *word);
void near_try(struct near *n, const char *candidate); /* kept, not copied */

#endif
