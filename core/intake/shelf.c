/* SPDX-License-Identifier: ISC */
#include "core/intake/shelf.h"

#include <stdlib.h>

#include "core/intake/spool.h"
#include "core/util/mem.h"

#define BLOCK 1024 /* records read at once */

/* Where a record goes. */
struct place {
	int64_t key;
	size_t at;
};

struct shelf {
	struct spool texts, records;
	size_t n;
	bool turned;
	struct place *places;  /* if they had to be sorted */
	struct shelved *block; /* n_block records from the from-th */
	size_t from, n_block;
	struct buf found;
};

struct err *
shelf_new(struct shelf **out, const char *dir)
{
	struct shelf *s = mem_zero(1, sizeof(*s));
	struct err *e;

	*out = NULL;
	s->texts.fd = s->records.fd = -1;
	buf_init(&s->texts.buf);
	buf_init(&s->records.buf);
	buf_init(&s->found);
	s->block = mem_zero(BLOCK, sizeof(*s->block));
	if ((e = spool_begin(&s->texts, dir)) == NULL)
		e = spool_begin(&s->records, dir);
	if (e != NULL)
		shelf_free(s);
	else
		*out = s;
	return e;
}

void
shelf_free(struct shelf *s)
{
	if (s == NULL)
		return;
	spool_end(&s->texts);
	spool_end(&s->records);
	buf_release(&s->found);
	free(s->places);
	free(s->block);
	free(s);
}

struct err *
shelf_put(struct shelf *s, struct shelved *r, const struct buf *json,
    const struct buf *text)
{
	struct err *e;

	r->at = s->texts.size;
	if ((e = spool_add(&s->texts, json->data, json->len)) != NULL ||
	    (e = spool_add(&s->texts, text->data, text->len)) != NULL)
		return e;
	s->n++;
	return spool_add(&s->records, r, sizeof(*r));
}

size_t
shelf_count(const struct shelf *s)
{
	return s->n;
}

/*
 * Bringing into order.
 */

/* The i-th as they came, or came last. */
static struct err *
record_at(struct shelf *s, size_t i, const struct shelved **out)
{
	size_t at = s->turned ? s->n - 1 - i : i;
	size_t from = at / BLOCK * BLOCK;
	struct err *e = NULL;

	if (s->n_block == 0 || from != s->from) {
		s->from = from;
		s->n_block = s->n - from < BLOCK ? s->n - from : BLOCK;
		e = spool_read(&s->records, s->block,
		    s->n_block * sizeof(*s->block), from * sizeof(*s->block));
	}
	*out = &s->block[at - from];
	return e;
}

/* Does any stand before an earlier one? */
static struct err *
is_disordered(struct shelf *s, bool *out)
{
	const struct shelved *r;
	int64_t last = INT64_MIN;
	struct err *e = NULL;

	*out = false;
	for (size_t i = 0; i < s->n && !*out; i++) {
		if ((e = record_at(s, i, &r)) != NULL)
			break;
		if (!r->dated)
			continue;
		*out = r->key < last;
		last = r->key;
	}
	return e;
}

static int
by_key(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static struct err *
sort_all(struct shelf *s)
{
	const struct shelved *r;
	int64_t last = INT64_MIN;
	struct err *e;

	if (s->n > SHELF_SORT_MAX)
		return err_hint(
		    err_new(ERR_LIMIT,
			"%zu messages would have to be sorted, at most %d can",
			s->n, SHELF_SORT_MAX),
		    "choose some: --since, --until, --channel");
	s->places = mem_zero(s->n, sizeof(*s->places));
	for (size_t i = 0; i < s->n; i++) {
		if ((e = record_at(s, i, &r)) != NULL)
			return e;
		if (r->dated)
			last = r->key;
		s->places[i].key = last;
		s->places[i].at = i;
	}
	qsort(s->places, s->n, sizeof(*s->places), by_key);
	return NULL;
}

struct err *
shelf_close(struct shelf *s, bool turn, bool sort)
{
	bool disordered = false;
	struct err *e;

	s->turned = turn;
	if ((e = spool_flush(&s->texts)) != NULL ||
	    (e = spool_flush(&s->records)) != NULL ||
	    (sort && (e = is_disordered(s, &disordered)) != NULL))
		return e;
	return disordered ? sort_all(s) : NULL;
}

struct err *
shelf_record(struct shelf *s, size_t i, const struct shelved **out)
{
	return record_at(s, s->places != NULL ? s->places[i].at : i, out);
}

struct err *
shelf_texts(struct shelf *s, const struct shelved *r, const char **json,
    const char **text)
{
	size_t len = (size_t)r->json_len + r->text_len;

	buf_clear(&s->found);
	buf_reserve(&s->found, len);
	*json = s->found.data;
	*text = s->found.data + r->json_len;
	return spool_read(&s->texts, s->found.data, len, r->at);
}
