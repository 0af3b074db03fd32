/* SPDX-License-Identifier: ISC */
#include "core/intake/doubles.h"

#include <stdlib.h>

#include "core/ext/digest.h"
#include "core/util/mem.h"

/* An open table of a power of two; an id is never 0. */
struct doubles {
	struct {
		uint64_t id, body;
	} * v;
	size_t n, cap;
	struct digest *digest;
};

struct doubles *
doubles_new(void)
{
	struct doubles *d = mem_zero(1, sizeof(*d));

	d->digest = digest_new();
	return d;
}

void
doubles_free(struct doubles *d)
{
	if (d == NULL)
		return;
	digest_free(d->digest);
	free(d->v);
	free(d);
}

static uint64_t
half_digest(struct doubles *d)
{
	char hex[SHA256_HEX];

	digest_hex(d->digest, hex);
	hex[16] = '\0';
	return strtoull(hex, NULL, 16);
}

/* Where an id is, or would be. */
static size_t
slot_of(const struct doubles *d, uint64_t id)
{
	size_t at = id & (d->cap - 1);

	while (d->v[at].id != 0 && d->v[at].id != id)
		at = (at + 1) & (d->cap - 1);
	return at;
}

static void
grow(struct doubles *d)
{
	struct doubles old = *d;

	d->cap = old.cap == 0 ? 1024 : old.cap * 2;
	d->v = mem_zero(d->cap, sizeof(*d->v));
	for (size_t i = 0; i < old.cap; i++)
		if (old.v[i].id != 0)
			d->v[slot_of(d, old.v[i].id)] = old.v[i];
	free(old.v);
}

enum double_kind
doubles_meet(struct doubles *d, const struct message *m, const struct buf *body)
{
	uint64_t id, said;
	size_t at;

	if (m->id.p == NULL || d->n >= DOUBLES_MAX)
		return DOUBLE_NONE;
	digest_add(d->digest, m->channel.p, m->channel.len);
	digest_add(d->digest, "", 1);
	digest_add(d->digest, m->id.p, m->id.len);
	id = half_digest(d) | 1;
	digest_add(d->digest, body->data, body->len);
	said = half_digest(d);
	if (d->n * 2 >= d->cap)
		grow(d);
	at = slot_of(d, id);
	if (d->v[at].id == id)
		return d->v[at].body == said ? DOUBLE_SAME : DOUBLE_OTHER;
	d->v[at].id = id;
	d->v[at].body = said;
	return ++d->n == DOUBLES_MAX ? DOUBLE_LAST : DOUBLE_NONE;
}
