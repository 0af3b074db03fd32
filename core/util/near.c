/* SPDX-License-Identifier: ISC */
#include "core/util/near.h"

#include <string.h>

#define WORD_MAX 32

/* Levenshtein's distance; words beyond WORD_MAX are never near. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], na = strlen(a), nb = strlen(b);

	if (na > WORD_MAX || nb > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t least = diagonal + (a[i - 1] != b[j - 1]);

			if (row[j] + 1 < least)
				least = row[j] + 1;
			if (row[j - 1] + 1 < least)
				least = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = least;
		}
	}
	return row[nb];
}

void
near_init(struct near *n, const char *word)
{
	n->word = word;
	n->best = NULL;
	n->distance = strlen(word) < 4 ? 2 : 3;
}

void
near_try(struct near *n, const char *candidate)
{
	size_t d = distance(n->word, candidate);

	if (d < n->distance) {
		n->distance = d;
		n->best = candidate;
	}
}
