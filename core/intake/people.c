/* SPDX-License-Identifier: ISC */
#include "core/intake/people.h"

#include <search.h>
#include <stdlib.h>

#include "core/util/mem.h"

struct person {
	char *id, *name;
};

struct people {
	void *tree;
};

static int
by_id(const void *a, const void *b)
{
	return strcmp(
	    ((const struct person *)a)->id, ((const struct person *)b)->id);
}

static void
free_person(void *person)
{
	free(((struct person *)person)->id);
	free(((struct person *)person)->name);
	free(person);
}

struct people *
people_new(void)
{
	return mem_zero(1, sizeof(struct people));
}

void
people_free(struct people *p)
{
	if (p == NULL)
		return;
	tdestroy(p->tree, free_person);
	free(p);
}

void
people_add(struct people *p, struct span id, struct span name)
{
	struct person *person, **found;

	if (id.p == NULL || id.len == 0 || name.p == NULL || name.len == 0)
		return;
	person = mem_zero(1, sizeof(*person));
	person->id = mem_ndup(id.p, id.len);
	found = tsearch(person, &p->tree, by_id);
	if (found == NULL)
		abort(); /* out of memory */
	if (*found != person)
		free_person(person);
	else
		person->name = mem_ndup(name.p, name.len);
}

const char *
people_find(const struct people *p, struct span id)
{
	struct person key, **found;

	if (p == NULL || id.p == NULL)
		return NULL;
	key.id = mem_ndup(id.p, id.len);
	found = tfind(&key, &p->tree, by_id);
	free(key.id);
	return found == NULL ? NULL : (*found)->name;
}

struct span
people_name(const struct people *p, struct span id)
{
	const char *name = people_find(p, id);

	return name != NULL ? span_of(name) : id;
}
