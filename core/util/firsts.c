/* SPDX-License-Identifier: ISC */
#include "core/util/firsts.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/mem.h"

struct met {
	char *key;
	const void *what;
};

static int
by_key(const void *a, const void *b)
{
	return strcmp(
	    ((const struct met *)a)->key, ((const struct met *)b)->key);
}

static void
free_met(void *p)
{
	struct met *met = p;

	free(met->key);
	free(met);
}

const void *
firsts_find(const struct firsts *f, const char *key)
{
	const struct met wanted = { (char *)key, NULL };
	void *node = key == NULL ? NULL : tfind(&wanted, &f->tree, by_key);

	return node == NULL ? NULL : (*(struct met *const *)node)->what;
}

void
firsts_add(struct firsts *f, const char *key, const void *what)
{
	struct met *met;

	if (key == NULL || firsts_find(f, key) != NULL)
		return;
	met = mem_zero(1, sizeof(*met));
	*met = (struct met){ mem_dup(key), what };
	if (tsearch(met, &f->tree, by_key) == NULL)
		abort(); /* out of memory */
}

void
firsts_release(struct firsts *f)
{
	tdestroy(f->tree, free_met);
	f->tree = NULL;
}
