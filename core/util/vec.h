/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_VEC_H
#define DEED_CORE_UTIL_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "core/util/mem.h"

/*
 * Typed growable arrays: VEC(struct item) items = VEC_INIT; v holds n items.
 * Pointers into v are good until the next push.
 */

/* clang-format off */
#define VEC(T) struct { T *v; size_t n, cap; }
#define VEC_INIT { NULL, 0, 0 }

#define vec_push(V, X) \
	(vec_room((void **)&(V)->v, (V)->n, &(V)->cap, sizeof(*(V)->v)), \
	    (V)->v[(V)->n++] = (X))

/* A cleared new last item, as a pointer. */
#define vec_add(V) \
	(vec_room((void **)&(V)->v, (V)->n, &(V)->cap, sizeof(*(V)->v)), \
	    memset(&(V)->v[(V)->n], 0, sizeof(*(V)->v)), &(V)->v[(V)->n++])

#define vec_release(V) \
	(free((V)->v), (V)->v = NULL, (V)->n = (V)->cap = 0)

#define vec_each(P, V) \
	for ((P) = (V)->v; (P) != NULL && (P) < (V)->v + (V)->n; (P)++)

#define vec_sort(V, CMP) \
	((V)->n > 1 ? qsort((V)->v, (V)->n, sizeof(*(V)->v), (CMP)) : (void)0)
/* clang-format on */

static inline void
vec_room(void **v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap && *v != NULL)
		return;
	*cap = *cap < 8 ? 8 : *cap * 2;
	*v = mem_grow(*v, *cap, size);
}

/* A list of strings, each owned by the list. */
struct strs {
	char **v;
	size_t n, cap;
};

void strs_add(struct strs *s, const char *text); /* copies */
void strs_take(struct strs *s, char *text);      /* keeps text itself */
void strs_sort(struct strs *s);                  /* as bytes */
void strs_release(struct strs *s);
int strs_find(const struct strs *s, const char *text); /* index, or -1 */
/* Is it in a list that is sorted? */
bool strs_has(const struct strs *s, const char *text);

#endif
