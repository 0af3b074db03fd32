/* SPDX-License-Identifier: ISC */
#include "core/order.h"

#include <stdlib.h>
#include <string.h>

#include "core/order_parts.h"
#include "core/util/mem.h"

const char *const order_states[] = {
	[ORDER_OPEN] = "open",
	[ORDER_DELIVERED] = "delivered",
	[ORDER_SUBMITTED] = "submitted",
	[ORDER_REVISION] = "revision",
	[ORDER_ACCEPTED] = "accepted",
	[ORDER_EXPOSED] = "exposed",
	[ORDER_DISPUTED] = "disputed",
	[ORDER_CANCELLED] = "cancelled",
	[ORDER_CLOSED] = "closed",
	NULL,
};

const char *
order_state_name(enum order_state state)
{
	return order_states[state];
}

bool
order_is_over(const struct order *o)
{
	return o->state == ORDER_CANCELLED || o->state == ORDER_CLOSED;
}

bool
fact_is(const struct fact *f, const char *kind)
{
	return strcmp(f->entry->kind->name, kind) == 0;
}

/*
 * Corrections.
 */

static bool
is_index(const char *key, size_t len)
{
	return len > 0 && len <= 4 && strspn(key, "0123456789") >= len;
}

/* One step down: the member called key of a map, or so numbered of a list. */
static struct node *
member(struct node *in, const char *key, size_t len)
{
	char *name;
	struct node *n;

	if (in->type == NODE_LIST)
		return is_index(key, len) ?
		    node_at(in, (size_t)strtoul(key, NULL, 10)) :
		    NULL;
	name = mem_ndup(key, len);
	n = node_get(in, name);
	free(name);
	return n;
}

/* A list grows at its end, whatever number was given. */
static struct node *
set_member(struct node *in, const char *key, size_t len, struct node *value)
{
	size_t at = (size_t)strtoul(key, NULL, 10);
	char *name;

	if (in->type == NODE_LIST && at < in->n) {
		node_free(in->kids[at]);
		return in->kids[at] = value;
	}
	if (in->type == NODE_LIST)
		return node_push(in, value);
	name = mem_ndup(key, len);
	node_put(in, name, value);
	free(name);
	return value;
}

void
order_put(struct node *map, const char *key, struct node *value)
{
	struct node *in = map;
	size_t len;

	for (; key[len = strcspn(key, ".")] == '.'; key += len + 1) {
		const char *next = key + len + 1;
		bool index = is_index(next, strcspn(next, "."));
		struct node *n = member(in, key, len);

		if (n == NULL ||
		    !(n->type == NODE_MAP || (n->type == NODE_LIST && index)))
			n = set_member(
			    in, key, len, index ? node_list() : node_map());
		in = n;
	}
	set_member(in, key, len, value);
}

static struct fact *
target_of(struct order *o, const struct fact *correction)
{
	const char *id = node_text(correction->content, "target");

	return id == NULL ? NULL : (struct fact *)order_fact(o, id);
}

static void
apply_set(struct fact *target, const struct node *set)
{
	if (set == NULL || set->type != NODE_MAP || target->content == NULL)
		return;
	if (target->own == NULL) {
		target->own = node_copy(target->content);
		target->content = target->own;
	}
	for (size_t i = 0; i < set->n; i++)
		order_put(target->own, set->keys[i], node_copy(set->kids[i]));
	target->corrected = true;
}

/* Voids from the last to the first, so that a voided void does not count. */
static void
correct(struct order *o)
{
	for (size_t i = o->n; i-- > 0;) {
		struct fact *f = &o->v[i], *target;

		if (f->voided || !fact_is(f, "correction") ||
		    !node_flag(f->content, "void"))
			continue;
		if ((target = target_of(o, f)) != NULL)
			target->voided = true;
	}
	for (size_t i = 0; i < o->n; i++) {
		struct fact *f = &o->v[i], *target;

		if (!fact_is(f, "correction") ||
		    (target = target_of(o, f)) == NULL)
			continue;
		target->erased |= node_flag(f->content, "erased");
		if (!f->voided)
			apply_set(target, node_get(f->content, "set"));
	}
}

/*
 * Time.
 */

static int
zone_minutes(const char *zone)
{
	int sign, h, m;

	if (zone == NULL || strlen(zone) != 6 ||
	    (zone[0] != '+' && zone[0] != '-'))
		return 0;
	sign = zone[0] == '-' ? -1 : 1;
	h = (zone[1] - '0') * 10 + (zone[2] - '0');
	m = (zone[4] - '0') * 10 + (zone[5] - '0');
	return sign * (h * 60 + m);
}

bool
order_time_text(struct when *out, const char *text, const char *zone)
{
	struct err *e;

	if (text == NULL)
		return false;
	e = date_parse(out, text);
	if (e != NULL) {
		err_drop(e); /* it is shown as it was written, and is no time */
		return false;
	}
	/* a date alone is a day where it was written, not where it is read */
	if (out->date_only) {
		out->time += (out->offset - zone_minutes(zone)) * 60;
		out->offset = zone_minutes(zone);
	}
	return true;
}

bool
order_time(struct when *out, const struct node *content, const char *key)
{
	return order_time_text(out, node_as_text(node_find(content, key)),
	    node_text(content, "zone"));
}

static void
set_time(struct fact *f)
{
	struct when when;

	/* unknown text: it counts from when recorded */
	if (!order_time(&when, f->content, "happened")) {
		/* held to RFC 3339 when the stream was read */
		err_drop(date_parse(&when, f->entry->recorded));
	}
	f->date_only = when.date_only;
	f->happened = when.time;
}

static int
by_happened(const void *a, const void *b, void *facts)
{
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	const struct fact *x = (const struct fact *)facts + i;
	const struct fact *y = (const struct fact *)facts + j;

	if (x->happened != y->happened)
		return x->happened < y->happened ? -1 : 1;
	return i < j ? -1 : i > j;
}

/*
 * Replay.
 */

static void
apply_terms(struct order *o, const struct node *content)
{
	for (size_t i = 0; i < node_count(content); i++)
		if (!kind_is_common(content->keys[i]))
			node_put(o->terms, content->keys[i],
			    node_copy(content->kids[i]));
}

static void
replay_acceptance(struct order *o, const struct node *c)
{
	if (node_text_is(c, "how", "button") || node_text_is(c, "how", "auto"))
		o->state = ORDER_EXPOSED;
	else if (o->state < ORDER_ACCEPTED)
		o->state = ORDER_ACCEPTED;
}

static bool
is_request(const struct fact *f)
{
	return fact_is(f, "cancellation") && !f->voided &&
	    node_text_is(f->content, "state", "requested") &&
	    !node_text_is(f->content, "initiator", "support");
}

/* After it the order is cancelled: what support says needs nobody's answer. */
static bool
is_decision(const struct fact *f)
{
	return fact_is(f, "cancellation") && !f->voided &&
	    (node_text_is(f->content, "state", "accepted") ||
		(node_text_is(f->content, "initiator", "support") &&
		    node_text_is(f->content, "state", "requested")));
}

/* The newest of the first n facts that asks and got no answer, or NULL. */
static const struct fact *
open_request(const struct order *o, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		const struct fact *request = &o->v[o->replay[i]];
		bool answered = false;

		if (is_decision(request))
			return NULL;
		if (!is_request(request))
			continue;
		for (size_t j = i + 1; j < n && !answered; j++) {
			const struct fact *f = &o->v[o->replay[j]];

			answered = fact_is(f, "cancellation") && !f->voided &&
			    node_text_is(
				f->content, "answers", request->entry->id);
		}
		if (!answered)
			return request;
	}
	return NULL;
}

/* at is the place of f in the replay. */
static void
replay_cancellation(struct order *o, const struct fact *f, size_t at)
{
	const struct node *c = f->content;
	const char *answers = node_text(c, "answers");

	if (answers != NULL && o->pending != f &&
	    (o->pending == NULL || strcmp(o->pending->entry->id, answers) != 0))
		o->conflict = true; /* answered twice */
	if (is_decision(f))
		o->state = ORDER_CANCELLED;
	o->pending = open_request(o, at + 1);
}

static void
replay_platform(
    struct order *o, const struct node *c, const struct order_words *words)
{
	const char *state = node_text(c, "state");

	if (state == NULL)
		return;
	o->native_state = state;
	if (words != NULL && words->state(&o->state, state, words->p))
		return;
	if (strcmp(state, "completed") == 0)
		o->state = ORDER_EXPOSED;
	else if (strcmp(state, "cancelled") == 0)
		o->state = ORDER_CANCELLED;
	else if (strcmp(state, "delivered") == 0)
		o->state = ORDER_SUBMITTED;
	else if (strcmp(state, "in_revision") == 0)
		o->state = ORDER_REVISION;
}

static void
replay_one(struct order *o, const struct fact *f, size_t at,
    const struct order_words *words)
{
	const struct node *c = f->content;

	if (fact_is(f, "order") || fact_is(f, "terms"))
		apply_terms(o, c);
	else if (fact_is(f, "delivery") && f->first == NULL)
		o->state = ORDER_DELIVERED;
	else if (fact_is(f, "submission"))
		o->state = ORDER_SUBMITTED;
	else if (fact_is(f, "revision"))
		o->state = ORDER_REVISION;
	else if (fact_is(f, "acceptance"))
		replay_acceptance(o, c);
	else if (fact_is(f, "cancellation"))
		replay_cancellation(o, f, at);
	else if (fact_is(f, "platform"))
		replay_platform(o, c, words);
	else if (fact_is(f, "dispute"))
		o->state = node_text_is(c, "state", "closed") ? ORDER_EXPOSED :
								ORDER_DISPUTED;
}

/* The first order entry in stream order sets the terms; others change them. */
static void
replay(struct order *o, const struct order_words *words)
{
	const struct fact *first = NULL;

	o->terms = node_map();
	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[i];

		if (!fact_is(f, "order") || f->voided)
			continue;
		if (first == NULL)
			first = f;
		else
			o->opened_twice = true;
	}
	if (first != NULL)
		apply_terms(o, first->content);
	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[o->replay[i]];

		if (!f->voided && f != first)
			replay_one(o, f, i, words);
	}
}

void
order_understand(struct order *o, const struct order_words *words)
{
	node_free(o->terms);
	o->state = ORDER_OPEN;
	o->native_state = NULL;
	o->pending = NULL;
	o->opened_twice = o->conflict = false;
	replay(o, words);
}

/* From contents that have been parsed. */
static struct order *
replay_loaded(struct stream *stream, const char *id)
{
	struct order *o = mem_zero(1, sizeof(*o));
	size_t *positions = mem_zero(stream->n, sizeof(*positions));

	o->id = id;
	o->stream = stream;
	o->n = stream->n;
	o->v = mem_zero(o->n, sizeof(*o->v));
	o->replay = mem_zero(o->n, sizeof(*o->replay));
	stream_order(stream, positions);
	for (size_t i = 0; i < o->n; i++) {
		o->v[i].entry = &stream->v[positions[i]];
		o->v[i].content = o->v[i].entry->content;
		o->v[i].forged = o->v[i].entry->forged;
		o->replay[i] = i;
	}
	free(positions);
	correct(o);
	for (size_t i = 0; i < o->n; i++)
		set_time(&o->v[i]);
	order_find_first(o);
	order_label(o);
	if (o->n > 1)
		qsort_r(o->replay, o->n, sizeof(*o->replay), by_happened, o->v);
	replay(o, NULL);
	return o;
}

/* Messages, calls, notes and the like: no terms, states or labels. */
static bool
is_told(const struct kind *kind)
{
	static const char *const names[] = { "message", "call", "recap", "note",
		"file", "transcript", "mail" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(kind->name, names[i]) == 0)
			return true;
	return false;
}

/* What was changed behind the envelope's back tells nothing. */
static struct err *
load(struct stream *s, bool with_told)
{
	const struct node *content;
	struct err *e = NULL;

	for (size_t i = 0; i < s->n && e == NULL; i++)
		if (!s->v[i].forged && (with_told || !is_told(s->v[i].kind)))
			e = entry_content(&content, s, &s->v[i]);
	return e;
}

struct err *
order_replay(struct order **out, struct stream *stream, const char *id)
{
	struct err *e = load(stream, true);

	*out = e == NULL ? replay_loaded(stream, id) : NULL;
	return e;
}

struct err *
order_outline(struct order **out, struct stream *stream, const char *id)
{
	struct err *e = load(stream, false);

	*out = e == NULL ? replay_loaded(stream, id) : NULL;
	return e;
}

void
order_free(struct order *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->n; i++) {
		free(o->v[i].label);
		node_free(o->v[i].own);
	}
	free(o->v);
	free(o->replay);
	free(o->by_id);
	node_free(o->terms);
	free(o);
}

/*
 * Looking things up.
 */

static bool
counts(const struct fact *f, const char *kind)
{
	return !f->voided && f->first == NULL && fact_is(f, kind);
}

const struct fact *
order_next(const struct order *o, const char *kind, size_t *at)
{
	while (*at < o->n) {
		const struct fact *f = &o->v[o->replay[(*at)++]];

		if (counts(f, kind))
			return f;
	}
	return NULL;
}

const struct fact *
order_last(const struct order *o, const char *kind)
{
	for (size_t i = o->n; i-- > 0;)
		if (counts(&o->v[i], kind))
			return &o->v[i];
	return NULL;
}

size_t
order_count(const struct order *o, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++)
		n += counts(&o->v[i], kind);
	return n;
}
