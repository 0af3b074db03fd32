/* SPDX-License-Identifier: ISC */
#include "core/util/vec.h"

#include <string.h>

void
strs_add(struct strs *s, const char *text)
{
	strs_take(s, mem_dup(text));
}

void
strs_take(struct strs *s, char *text)
{
	vec_push(s, text);
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
strs_sort(struct strs *s)
{
	vec_sort(s, by_bytes);
}

bool
strs_has(const struct strs *s, const char *text)
{
	return s->n > 0 &&
	    bsearch(&text, s->v, s->n, sizeof(*s->v), by_bytes) != NULL;
}

void
strs_release(struct strs *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	vec_release(s);
}

int
strs_find(const struct strs *s, const char *text)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i], text) == 0)
			return (int)i;
	return -1;
}
