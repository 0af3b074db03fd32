/* SPDX-License-Identifier: ISC */
#include "core/intake/matrix_edit.h"

#include <stdlib.h>

#include "core/intake/field.h"
#include "core/util/vec.h"

struct edit {
	char *target, *sender, *id; /* id NULL: the server did not tell */
	char *text;                 /* NULL: not told */
	size_t len;
	struct stamp at;
	bool applied;
};

struct matrix_edits {
	VEC(struct edit) all; /* once ready, by target and time */
	VEC(struct edit *) by_id;
	size_t bytes;
};

struct matrix_edits *
matrix_edits_new(void)
{
	return mem_zero(1, sizeof(struct matrix_edits));
}

void
matrix_edits_free(struct matrix_edits *x)
{
	struct edit *d;

	if (x == NULL)
		return;
	vec_each (d, &x->all) {
		free(d->target);
		free(d->sender);
		free(d->id);
		free(d->text);
	}
	vec_release(&x->all);
	vec_release(&x->by_id);
	free(x);
}

static char *
copy(struct span s)
{
	return s.p != NULL ? mem_ndup(s.p, s.len) : NULL;
}

static void
add(struct matrix_edits *x, struct span target, const struct node *event)
{
	const struct node *content = node_get(event, "content");
	struct span text = span_get(node_get(content, "m.new_content"), "body");
	struct span sender = span_get(event, "sender");
	struct stamp at;
	struct edit *d;

	if (target.p == NULL || sender.p == NULL ||
	    !field_epoch(&at, event, "origin_server_ts", 1000))
		return;
	x->bytes += sizeof(*d) + target.len + sender.len + text.len;
	if (x->bytes > MATRIX_EDITS_MAX)
		return;
	d = vec_add(&x->all);
	*d = (struct edit){ .target = copy(target),
		.sender = copy(sender),
		.id = copy(span_get(event, "event_id")),
		.text = copy(text),
		.len = text.len,
		.at = at };
}

void
matrix_edits_learn(struct matrix_edits *x, const struct node *event)
{
	const struct node *relates =
	    node_get(node_get(event, "content"), "m.relates_to");
	const struct node *told = node_get(
	    node_get(node_get(event, "unsigned"), "m.relations"), "m.replace");

	if (span_is(span_get(relates, "rel_type"), "m.replace") &&
	    span_is(span_get(event, "type"), "m.room.message"))
		add(x, span_get(relates, "event_id"), event);
	if (told != NULL && told->type == NODE_MAP)
		add(x, span_get(event, "event_id"), told);
}

static int
by_time(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;
	int d = strcmp(x->target, y->target);

	if (d == 0)
		d = (x->at.us > y->at.us) - (x->at.us < y->at.us);
	if (d == 0 && x->id != NULL && y->id != NULL)
		d = strcmp(x->id, y->id);
	/* of two copies, the one with a text decides */
	return d != 0 ? d : (x->text != NULL) - (y->text != NULL);
}

static int
by_id(const void *a, const void *b)
{
	return strcmp(
	    (*(struct edit *const *)a)->id, (*(struct edit *const *)b)->id);
}

bool
matrix_edits_ready(struct matrix_edits *x)
{
	struct edit *d;

	vec_sort(&x->all, by_time);
	vec_each (d, &x->all)
		if (d->id != NULL)
			vec_push(&x->by_id, d);
	vec_sort(&x->by_id, by_id);
	return x->bytes <= MATRIX_EDITS_MAX;
}

/* The first edit that is not before those of this message. */
static size_t
find(const struct matrix_edits *x, struct span target)
{
	size_t low = 0, high = x->all.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(x->all.v[mid].target, target.p) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Each text but the last; the oldest comes last. */
static void
keep_before(struct node *more, const struct span *texts, size_t n)
{
	struct node *list;

	if (n == 0)
		return;
	list = node_put(more, "before", node_list());
	while (n-- > 0)
		node_push(list, node_strn(texts[n].p, texts[n].len));
}

void
matrix_edits_apply(struct matrix_edits *x, struct message *m,
    const struct node *event, struct node *more)
{
	struct span sender = span_get(event, "sender");
	VEC(struct span) before = VEC_INIT;

	if (m->id.p == NULL || sender.p == NULL)
		return;
	for (size_t i = find(x, m->id);
	     i < x->all.n && span_is(m->id, x->all.v[i].target); i++) {
		struct edit *d = &x->all.v[i];

		if (!span_is(sender, d->sender))
			continue;
		m->edited = d->applied = true;
		m->edited_at = d->at;
		if (d->text == NULL ||
		    (m->text.len == d->len && m->text.p != NULL &&
			memcmp(m->text.p, d->text, d->len) == 0))
			continue;
		if (m->text.p != NULL)
			vec_push(&before, m->text);
		m->text = (struct span){ d->text, d->len };
	}
	keep_before(more, before.v, before.n);
	vec_release(&before);
}

bool
matrix_edits_applied(const struct matrix_edits *x, struct span id)
{
	struct edit key = { .id = copy(id) }, *at = &key, **found;

	if (key.id == NULL || x->by_id.n == 0) {
		free(key.id);
		return false;
	}
	found = bsearch(&at, x->by_id.v, x->by_id.n, sizeof(at), by_id);
	free(key.id);
	return found != NULL && (*found)->applied;
}
