/* SPDX-License-Identifier: ISC */
#include "core/intake/holdings.h"

#include <search.h>
#include <stdlib.h>

#include "core/intake/input.h"

#define MISSING_MAX 20000 /* attachments that are missing, by name */

/* The digest of a part, once somebody needed it. */
struct summed {
	const struct part *part;
	bool used; /* in the list of holdings */
	char sha256[SHA256_HEX];
};

void
holdings_release(struct holdings *h)
{
	struct holding *one;

	vec_each (one, &h->v)
		free(one->name);
	vec_release(&h->v);
	tdestroy(h->summed, free);
}

static int
by_part(const void *a, const void *b)
{
	const struct part *x = ((const struct summed *)a)->part;
	const struct part *y = ((const struct summed *)b)->part;

	return x < y ? -1 : x > y;
}

struct err *
holdings_sum(struct holdings *h, const struct part *part, const char **sha256)
{
	struct summed key = { .part = part }, *made, **found;
	struct err *e;

	*sha256 = NULL;
	if ((found = tfind(&key, &h->summed, by_part)) == NULL) {
		made = mem_zero(1, sizeof(*made));
		made->part = part;
		if ((e = digest_file(part->path, made->sha256, NULL)) != NULL) {
			free(made);
			return e;
		}
		if ((found = tsearch(made, &h->summed, by_part)) == NULL)
			abort(); /* out of memory */
	}
	*sha256 = (*found)->sha256;
	return NULL;
}

/*
 * Need this attachment be noted?  Where all conversations are taken, a part
 * counts once; of the names of missing ones there are enough at some point.
 */
static bool
is_news(struct holdings *h, const struct attachment *a)
{
	struct summed key = { .part = a->part }, **found;

	if (a->part == NULL)
		return a->name.p != NULL && h->missing++ < MISSING_MAX;
	found = tfind(&key, &h->summed, by_part);
	if (!h->all || found == NULL)
		return true;
	if ((*found)->used)
		return false;
	(*found)->used = true;
	return true;
}

void
holdings_note(struct holdings *h, const struct attachment *a, uint32_t channel)
{
	struct holding one = { channel, a->part, NULL };

	if (!is_news(h, a))
		return;
	if (a->part == NULL)
		one.name = mem_ndup(a->name.p, a->name.len);
	vec_push(&h->v, one);
}

static bool
is_wanted(const struct holdings *h, const struct names *channels,
    const struct holding *one)
{
	return h->all || channels->v.v[one->channel]->chosen;
}

static int
by_pointer(const void *a, const void *b)
{
	const struct part *x = *(const struct part *const *)a;
	const struct part *y = *(const struct part *const *)b;

	return x < y ? -1 : x > y;
}

size_t
holdings_parts(const struct holdings *h, const struct names *channels,
    const struct part ***out)
{
	const struct part **v = mem_zero(h->v.n + 1, sizeof(*v));
	const struct holding *one;
	size_t n = 0, kept = 0;

	vec_each (one, &h->v)
		if (one->part != NULL && is_wanted(h, channels, one))
			v[n++] = one->part;
	if (n > 1) /* parts lie in the order of their names */
		qsort(v, n, sizeof(*v), by_pointer);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || v[i] != v[i - 1])
			v[kept++] = v[i];
	*out = v;
	return kept;
}

struct err *
holdings_list(struct holdings *h, struct node *list,
    const struct names *channels, const struct part *const *parts, size_t n)
{
	const struct holding *one;
	const char *sha256;
	struct node *item;
	struct err *e;

	for (size_t i = 0; i < n && list->n < HOLDINGS_LISTED_MAX; i++) {
		if ((e = holdings_sum(h, parts[i], &sha256)) != NULL)
			return e;
		item = node_push(list, node_map());
		node_put_str(item, "name", parts[i]->name);
		node_put_str(item, "sha256", sha256);
		node_put_int(item, "size", parts[i]->size);
	}
	vec_each (one, &h->v) {
		if (one->part != NULL || list->n >= HOLDINGS_LISTED_MAX ||
		    !is_wanted(h, channels, one))
			continue;
		item = node_push(list, node_map());
		node_put_str(item, "name", one->name);
		node_put_bool(item, "missing", true);
	}
	return NULL;
}
