/* SPDX-License-Identifier: ISC */
#include "core/stream.h"

#include <stdlib.h>
#include <string.h>

#include "core/stream_parts.h"
#include "core/util/mem.h"

/* The one order in which a set of entries is written, and the union of sets. */

/* The entries whose parents have been listed, the next one on top. */
struct heap {
	const struct stream *s;
	size_t *v;
	size_t n;
};

static bool
goes_before(const struct heap *h, size_t a, size_t b)
{
	const struct entry *x = &h->s->v[h->v[a]], *y = &h->s->v[h->v[b]];
	int order = strcmp(x->recorded, y->recorded);

	return order != 0 ? order < 0 : strcmp(x->id, y->id) < 0;
}

static void
heap_swap(struct heap *h, size_t a, size_t b)
{
	size_t x = h->v[a];

	h->v[a] = h->v[b];
	h->v[b] = x;
}

static void
heap_push(struct heap *h, size_t x)
{
	size_t i = h->n++;

	h->v[i] = x;
	for (; i > 0 && goes_before(h, i, (i - 1) / 2); i = (i - 1) / 2)
		heap_swap(h, i, (i - 1) / 2);
}

static size_t
heap_pop(struct heap *h)
{
	size_t top = h->v[0], i = 0;

	h->v[0] = h->v[--h->n];
	for (;;) {
		size_t least = i, left = 2 * i + 1, right = left + 1;

		if (left < h->n && goes_before(h, left, least))
			least = left;
		if (right < h->n && goes_before(h, right, least))
			least = right;
		if (least == i)
			return top;
		heap_swap(h, i, least);
		i = least;
	}
}

/* Who waits for whom: edges (parent, child), sorted by parent. */
struct edge {
	size_t parent, child;
};

static int
by_parent(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return x->parent < y->parent ? -1 : x->parent > y->parent;
}

void
stream_order(const struct stream *s, size_t *out)
{
	VEC(struct edge) edges = VEC_INIT;
	size_t *index = stream_index(s), done = 0;
	size_t *waits = mem_zero(s->n, sizeof(*waits));
	size_t *first = mem_zero(s->n + 1, sizeof(*first));
	struct heap ready = { s, mem_zero(s->n, sizeof(size_t)), 0 };

	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; j < s->v[i].after.n; j++) {
			size_t p =
			    stream_look_up(s, index, s->n, s->v[i].after.v[j]);

			if (p == s->n)
				continue; /* not here: counts as listed */
			vec_push(&edges, ((struct edge){ p, i }));
			waits[i]++;
		}
	vec_sort(&edges, by_parent);
	for (size_t i = 0, e = 0; i <= s->n; i++) {
		while (e < edges.n && edges.v[e].parent < i)
			e++;
		first[i] = e;
	}
	for (size_t i = 0; i < s->n; i++)
		if (waits[i] == 0)
			heap_push(&ready, i);
	while (ready.n > 0) {
		size_t i = heap_pop(&ready);

		out[done++] = i;
		for (size_t e = first[i]; e < first[i + 1]; e++)
			/* NOLINTNEXTLINE(clang-analyzer-core*): there is one */
			if (--waits[edges.v[e].child] == 0)
				heap_push(&ready, edges.v[e].child);
	}
	/* an id holds its parents' ids: no circle can have been written */
	vec_release(&edges);
	free(ready.v);
	free(first);
	free(waits);
	free(index);
}

bool
stream_is_ordered(const struct stream *s)
{
	size_t *order = mem_zero(s->n, sizeof(*order));
	bool ordered = true;

	stream_order(s, order);
	for (size_t i = 0; i < s->n; i++)
		ordered &= order[i] == i;
	free(order);
	return ordered;
}

/* Of two copies of one entry: does y serve better than x? */
static bool
is_better(const struct stream *a, const struct entry *x, const struct stream *b,
    const struct entry *y)
{
	if (y->content_len == 0 || x->content_len == 0)
		return x->content_len == 0;
	if (x->forged != y->forged || !x->forged)
		return x->forged;
	/* both forged: any choice will do that does not depend on order */
	if (x->len != y->len)
		return y->len < x->len;
	return memcmp(b->bytes.data + y->at, a->bytes.data + x->at, x->len) < 0;
}

/* The bytes of both, every entry once, in any order. */
static void
pour_together(struct buf *out, const struct stream *a, const struct stream *b)
{
	size_t *index = stream_index(b);
	bool *used = mem_zero(b->n, sizeof(*used));

	for (size_t i = 0; i < a->n; i++) {
		size_t j = stream_look_up(b, index, b->n, a->v[i].id);
		bool other = j < b->n && is_better(a, &a->v[i], b, &b->v[j]);
		const struct stream *from = other ? b : a;
		const struct entry *entry = other ? &b->v[j] : &a->v[i];

		if (j < b->n)
			used[j] = true;
		buf_add(out, from->bytes.data + entry->at, entry->len);
	}
	for (size_t j = 0; j < b->n; j++)
		if (!used[j])
			buf_add(out, b->bytes.data + b->v[j].at, b->v[j].len);
	free(used);
	free(index);
}

/* The bytes of an entry, or its envelope alone. */
static void
write_entry(struct buf *out, const struct stream *s, const struct entry *entry,
    bool whole)
{
	buf_add(out, s->bytes.data + entry->at,
	    whole ? entry->len : entry->content_at - entry->at);
}

static void
write_ordered(
    struct buf *out, const struct stream *s, const struct strs *erased)
{
	size_t *order = mem_zero(s->n, sizeof(*order));

	stream_order(s, order);
	for (size_t i = 0; i < s->n; i++) {
		const struct entry *entry = &s->v[order[i]];

		write_entry(out, s, entry, !strs_has(erased, entry->id));
	}
	free(order);
}

struct err *
stream_union(
    struct stream **out, const struct stream *a, const struct stream *b)
{
	struct buf poured = BUF_INIT, ordered = BUF_INIT;
	struct strs erased = VEC_INIT;
	struct stream *both = NULL;
	struct err *e;

	*out = NULL;
	pour_together(&poured, a, b);
	if (poured.len == 0) { /* no file is empty, but a set may be */
		*out = stream_new(a->name);
		return NULL;
	}
	if ((e = stream_parse(&both, &poured, a->name)) != NULL)
		return e;
	stream_erased(&erased, both);
	write_ordered(&ordered, both, &erased);
	strs_release(&erased);
	stream_free(both);
	return stream_parse(out, &ordered, a->name);
}

/*
 * Leaving contents out.
 */

void
stream_withhold(struct buf *out, const struct stream *s,
    bool (*keep)(const struct entry *, void *), void *arg)
{
	for (size_t i = 0; i < s->n; i++)
		write_entry(out, s, &s->v[i], keep(&s->v[i], arg));
}

/* What a correction erases, or NULL; one that cannot be read erases nothing. */
static const char *
target_erased(struct stream *s, struct entry *entry)
{
	const struct node *content;
	struct err *e;

	if (strcmp(entry->kind->name, "correction") != 0)
		return NULL;
	e = entry_content(&content, s, entry);
	if (e != NULL) {
		err_drop(e); /* told where the order is read */
		return NULL;
	}
	return node_flag(content, "erased") ? node_text(content, "target") :
					      NULL;
}

void
stream_erased(struct strs *out, struct stream *s)
{
	struct strs lasting = VEC_INIT, targets = VEC_INIT;

	for (size_t i = 0; i < s->n; i++) {
		const char *target = target_erased(s, &s->v[i]);

		if (target == NULL)
			continue;
		strs_add(&targets, target);
		strs_add(&lasting, s->v[i].id);
	}
	strs_sort(&lasting);
	for (size_t i = 0; i < targets.n; i++)
		if (!strs_has(&lasting, targets.v[i]))
			strs_add(out, targets.v[i]);
	strs_sort(out);
	strs_release(&targets);
	strs_release(&lasting);
}

static bool
is_not_among(const struct entry *entry, void *ids)
{
	return !strs_has(ids, entry->id);
}

struct err *
stream_drop(struct stream *s, const struct strs *ids)
{
	struct buf bytes = BUF_INIT;
	struct stream *less, old;
	struct err *e;

	stream_withhold(&bytes, s, is_not_among, (void *)ids);
	if ((e = stream_parse(&less, &bytes, s->name)) != NULL)
		return e;
	old = *s;
	*s = *less;
	*less = old;
	stream_free(less);
	return NULL;
}
