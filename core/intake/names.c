/* SPDX-License-Identifier: ISC */
#include "core/intake/names.h"

#include <search.h>
#include <stdlib.h>

#include "core/util/mem.h"

static int
by_text(const void *a, const void *b)
{
	return strcmp(
	    ((const struct name *)a)->text, ((const struct name *)b)->text);
}

struct name *
names_find(struct names *names, struct span text, size_t max)
{
	struct name key, **found, *name;

	if (names->recent != NULL && span_is(text, names->recent->text))
		return names->recent;
	key.text = mem_ndup(text.p, text.len);
	found = tfind(&key, &names->tree, by_text);
	if (found != NULL) {
		free(key.text);
		names->recent = *found;
		return *found;
	}
	if (names->v.n >= max) {
		free(key.text);
		return NULL;
	}
	name = mem_zero(1, sizeof(*name));
	name->text = key.text;
	name->index = (uint32_t)names->v.n;
	if (tsearch(name, &names->tree, by_text) == NULL)
		abort(); /* out of memory */
	vec_push(&names->v, name);
	names->recent = name;
	return name;
}

static void
keep_node(void *node)
{
	(void)node; /* the vector owns it */
}

void
names_release(struct names *names)
{
	tdestroy(names->tree, keep_node);
	for (size_t i = 0; i < names->v.n; i++) {
		free(names->v.v[i]->text);
		free(names->v.v[i]);
	}
	vec_release(&names->v);
}
