/* SPDX-License-Identifier: ISC */
#include "core/stream.h"

#include <stdio.h>

#include "tests/unit/streams.h"

/*
 * Random histories: a graph of entries, and streams that hold some of them,
 * in any order of the file, whole, withheld or forged.
 */

#define POOL 12
#define ROUNDS 400

struct pool {
	char *text[POOL];      /* the entry whole */
	size_t envelope[POOL]; /* bytes of it up to the content */
	char id[POOL][SHA256_HEX];
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
fill(struct pool *p, uint64_t *seed)
{
	for (size_t i = 0; i < POOL; i++) {
		struct strs after = VEC_INIT;
		struct buf b = BUF_INIT, list = BUF_INIT;
		bool erases = i > 0 && any(seed, 4) == 0;
		const char *target =
		    erases ? p->id[any(seed, (uint32_t)i)] : "";
		char *body = erases ?
		    mem_printf(NONCE "target: \"%s\"\nerased: true\n"
				     "text: %zu\n",
			target, i) :
		    mem_printf(NONCE "text: %zu\n", i);
		char when[32];

		for (uint32_t n = any(seed, 4); i > 0 && n > 0; n--) {
			const char *id = p->id[any(seed, (uint32_t)i)];

			if (strs_find(&after, id) < 0)
				strs_add(&after, id);
		}
		if (after.n > 1)
			qsort(after.v, after.n, sizeof(*after.v), by_text);
		for (size_t j = 0; j < after.n; j++)
			buf_addf(
			    &list, "%s\"%s\"", j > 0 ? ", " : "", after.v[j]);
		snprintf(
		    when, sizeof(when), "2026-11-21T22:55:%02uZ", any(seed, 6));
		write_kind(&b, erases ? "correction" : "note", p->id[i],
		    list.data, when, body);
		p->envelope[i] = b.len - strlen(body);
		p->text[i] = buf_steal(&b);
		buf_release(&list);
		strs_release(&after);
		free(body);
	}
}

static struct stream *
some_of(const struct pool *p, uint64_t *seed)
{
	struct buf b = BUF_INIT;
	size_t order[POOL];
	struct stream *s;

	for (size_t i = 0; i < POOL; i++) {
		size_t j = any(seed, (uint32_t)i + 1);

		order[i] = order[j];
		order[j] = i;
	}
	for (size_t i = 0; i < POOL; i++) {
		size_t n = order[i];

		switch (any(seed, 8)) {
		case 0:
		case 1:
			break;
		case 2:
		case 3:
			buf_add(&b, p->text[n], p->envelope[n]);
			break;
		case 4:
			buf_add(&b, p->text[n], p->envelope[n]);
			buf_addf(&b, NONCE "text: f%u\n", any(seed, 20));
			break;
		default:
			buf_adds(&b, p->text[n]);
		}
	}
	if (b.len == 0)
		return stream_new("x.yaml");
	s = parsed(&b);
	buf_release(&b);
	return s;
}

static struct stream *
both(const struct stream *a, const struct stream *b)
{
	struct stream *s;

	assert_ok(stream_union(&s, a, b));
	assert_true(stream_is_ordered(s));
	return s;
}

static void
same(struct stream *a, struct stream *b)
{
	assert_string_equal(a->bytes.data, b->bytes.data);
	stream_free(a);
	stream_free(b);
}

static void
the_laws_hold(struct stream *a, struct stream *b, struct stream *c)
{
	struct stream *ab = both(a, b), *bc = both(b, c);

	same(both(ab, c), both(a, bc));
	same(both(a, b), both(b, a));
	same(both(ab, ab), both(a, ab));
	same(both(ab, b), ab);
	stream_free(bc);
}

static void
a_union_of_streams_obeys_the_laws_of_sets(void **state)
{
	uint64_t seed = 20261121;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct stream *a, *b, *c;
		struct pool p;

		fill(&p, &seed);
		a = some_of(&p, &seed);
		b = some_of(&p, &seed);
		c = round % 20 == 0 ? stream_new("") : some_of(&p, &seed);
		the_laws_hold(a, b, c);
		the_laws_hold(c, c, a);
		for (size_t i = 0; i < POOL; i++)
			free(p.text[i]);
		stream_free(a);
		stream_free(b);
		stream_free(c);
	}
}

static void
a_union_holds_every_entry_and_the_better_copy_unless_erased(void **state)
{
	uint64_t seed = 7;
	size_t n_erased = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct strs erased = VEC_INIT;
		struct pool p;
		struct stream *s[2], *u;

		fill(&p, &seed);
		s[0] = some_of(&p, &seed);
		s[1] = some_of(&p, &seed);
		u = both(s[0], s[1]);
		stream_erased(&erased, u);
		n_erased += erased.n;
		for (size_t i = 0; i < POOL; i++) {
			const struct entry *got = stream_find(u, p.id[i]);
			bool here = false, whole = false;

			for (size_t j = 0; j < 2; j++) {
				const struct entry *e =
				    stream_find(s[j], p.id[i]);

				here |= e != NULL;
				whole |= e != NULL && e->content_len > 0 &&
				    !e->forged;
			}
			assert_int_equal(got != NULL, here);
			if (here && strs_has(&erased, p.id[i]))
				assert_int_equal(got->content_len, 0);
			else if (whole)
				assert_true(
				    got->content_len > 0 && !got->forged);
			free(p.text[i]);
		}
		strs_release(&erased);
		stream_free(s[0]);
		stream_free(s[1]);
		stream_free(u);
	}
	assert_true(n_erased > 0);
}

/* The definition, word for word. */
static void
order_slowly(const struct stream *s, size_t *out)
{
	bool *written = mem_zero(s->n, sizeof(*written));

	for (size_t n = 0; n < s->n; n++) {
		size_t best = s->n;

		for (size_t i = 0; i < s->n; i++) {
			const struct entry *x = &s->v[i], *y = &s->v[best];
			bool ready = !written[i];
			int order;

			for (size_t j = 0; j < x->after.n; j++) {
				struct entry *parent =
				    stream_find(s, x->after.v[j]);

				if (parent != NULL && !written[parent - s->v])
					ready = false;
			}
			if (!ready)
				continue;
			order = best == s->n ? -1 :
					       strcmp(x->recorded, y->recorded);
			if (order < 0 ||
			    (order == 0 && strcmp(x->id, y->id) < 0))
				best = i;
		}
		assert_true(best < s->n);
		written[best] = true;
		out[n] = best;
	}
	free(written);
}

static void
stream_order_is_as_defined(void **state)
{
	uint64_t seed = 42;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct pool p;
		struct stream *s;
		size_t quick[POOL], slow[POOL];

		fill(&p, &seed);
		s = some_of(&p, &seed);
		stream_order(s, quick);
		order_slowly(s, slow);
		for (size_t i = 0; i < s->n; i++)
			assert_int_equal(quick[i], slow[i]);
		for (size_t i = 0; i < POOL; i++)
			free(p.text[i]);
		stream_free(s);
	}
}

static void
appending_keeps_stream_order(void **state)
{
	uint64_t seed = 5;

	(void)state;
	for (int round = 0; round < 50; round++) {
		struct pool p;
		struct stream *a, *s;
		struct entry *entry;

		fill(&p, &seed);
		a = some_of(&p, &seed);
		s = both(a, a);
		for (int i = 0; i < 3; i++) {
			char when[32];

			snprintf(when, sizeof(when), "2026-11-21T22:55:%02uZ",
			    any(&seed, 6));
			assert_ok(stream_append(
			    &entry, s, kind("note"), node_map(), when));
			assert_true(stream_is_ordered(s));
		}
		for (size_t i = 0; i < POOL; i++)
			free(p.text[i]);
		stream_free(a);
		stream_free(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_union_of_streams_obeys_the_laws_of_sets),
		cmocka_unit_test(
		    a_union_holds_every_entry_and_the_better_copy_unless_erased),
		cmocka_unit_test(stream_order_is_as_defined),
		cmocka_unit_test(appending_keeps_stream_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
