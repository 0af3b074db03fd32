/* SPDX-License-Identifier: ISC */
#include "core/util/near.h"

#include <string.h>

#define WORD_MAX 32

#define SWAP 1 /* two letters next to each other: the most common slip */
#define EDIT 2 /* a letter too many, too few, or another one */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What it takes to make b of a; words beyond WORD_MAX are never near. */
static size_t
distance(const char *a, const char *b)
{
	size_t d[WORD_MAX + 1][WORD_MAX + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > WORD_MAX || nb > WORD_MAX)
		return WORD_MAX * EDIT;
	for (size_t j = 0; j <= nb; j++)
		d[0][j] = j * EDIT;
	for (size_t i = 1; i <= na; i++) {
		d[i][0] = i * EDIT;
		for (size_t j = 1; j <= nb; j++) {
			d[i][j] =
			    d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : EDIT);
			d[i][j] = least(d[i][j], d[i - 1][j] + EDIT);
			d[i][j] = least(d[i][j], d[i][j - 1] + EDIT);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] =
				    least(d[i][j], d[i - 2][j - 2] + SWAP);
		}
	}
	return d[na][nb];
}

void
near_init(struct near *n, const char *word)
{
	n->word = word;
	n->best = NULL;
	n->distance = (strlen(word) < 4 ? 2 : 3) * EDIT;
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
