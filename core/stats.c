/* SPDX-License-Identifier: ISC */
#include "core/stats.h"

#include <stdlib.h>
#include <string.h>

#include "core/deadline.h"
#include "core/waiting.h"

/* How an order ended, and when. */
struct ending {
	int64_t time;
	bool cancelled;
};

struct tally {
	char *name;
	int64_t n;         /* cancelled */
	int64_t completed; /* counted for buyers */
};

struct tallies {
	struct tally *v;
	size_t n, cap;
};

struct stats {
	int64_t now;
	int64_t orders, open;
	VEC(struct ending) endings;
	struct tallies reasons, initiators, buyers;
	int64_t on_time, late, unknown;
	int64_t revised, requests, formal;
	VEC(int64_t) gaps; /* seconds until each answer */
	int64_t waiting;   /* buyers who have none yet */
	char *silent_order;
	int64_t silence, silent_from, silent_until;
};

static const int windows[] = { 30, 60, 90, 365 };

struct stats *
stats_new(int64_t now)
{
	struct stats *s = mem_zero(1, sizeof(*s));

	s->now = now;
	return s;
}

static void
release(struct tallies *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->v[i].name);
	vec_release(t);
}

void
stats_free(struct stats *s)
{
	if (s == NULL)
		return;
	vec_release(&s->endings);
	vec_release(&s->gaps);
	release(&s->reasons);
	release(&s->initiators);
	release(&s->buyers);
	free(s->silent_order);
	free(s);
}

static struct tally *
tally_of(struct tallies *t, const char *name)
{
	struct tally *tally;

	if (name == NULL)
		name = "not recorded";
	vec_each (tally, t) {
		if (strcmp(tally->name, name) == 0)
			return tally;
	}
	tally = vec_add(t);
	tally->name = mem_dup(name);
	return tally;
}

static void
count(struct tallies *t, const char *name)
{
	tally_of(t, name)->n++;
}

/* The state seen last on the platform, which brought the order where it is. */
static const struct fact *
seen(const struct order *o)
{
	const struct fact *f, *last = NULL;

	for (size_t at = 0; (f = order_next(o, "platform", &at)) != NULL;)
		if (o->native_state != NULL &&
		    node_text_is(f->content, "state", o->native_state))
			last = f;
	return last;
}

static bool
is_cancelling(const struct fact *f)
{
	return node_text_is(f->content, "state", "accepted") ||
	    node_text_is(f->content, "initiator", "support");
}

/* The entry that cancelled it: accepted, decided by support, or only seen. */
static const struct fact *
cancelling(const struct order *o)
{
	const struct fact *f, *last = NULL;

	for (size_t at = 0; (f = order_next(o, "cancellation", &at)) != NULL;)
		if (is_cancelling(f))
			last = f;
	return last != NULL ? last : seen(o);
}

static bool
is_final(const struct fact *acceptance)
{
	return node_text_is(acceptance->content, "how", "button") ||
	    node_text_is(acceptance->content, "how", "auto");
}

/* What completed it: the button or the clock, what was seen, or a word. */
static const struct fact *
completing(const struct order *o)
{
	const struct fact *f, *word = NULL, *final = NULL;

	for (size_t at = 0; (f = order_next(o, "acceptance", &at)) != NULL;) {
		word = f;
		final = is_final(f) ? f : final;
	}
	if (final == NULL && o->state != ORDER_ACCEPTED)
		final = seen(o);
	return final != NULL ? final : word;
}

/* Who asked for it, and why: an answer points to the request. */
static void
count_cancellation(struct stats *s, const struct order *o)
{
	const struct fact *f = cancelling(o);
	const char *id = f != NULL ? node_text(f->content, "answers") : NULL;
	const struct fact *request = id != NULL ? order_fact(o, id) : NULL;
	const struct node *why = request != NULL ? request->content :
	    f != NULL                            ? f->content :
						   NULL;
	const char *reason = node_text(why, "reason");

	if (reason == NULL && f != NULL)
		reason = node_text(f->content, "reason");
	count(&s->reasons, reason);
	count(&s->initiators, node_text(why, "initiator"));
	count(&s->buyers, node_text(o->terms, "buyer"));
	vec_push(&s->endings,
	    ((struct ending){ f != NULL ? f->happened : s->now, true }));
}

static void
count_completion(struct stats *s, const struct order *o)
{
	const struct fact *f = completing(o);

	tally_of(&s->buyers, node_text(o->terms, "buyer"))->completed++;
	vec_push(&s->endings,
	    ((struct ending){ f != NULL ? f->happened : s->now, false }));
}

/* When it was first handed in, against the day it was due. */
static void
count_time(struct stats *s, const struct order *o)
{
	size_t at = 0;
	const struct fact *f = order_next(o, "submission", &at);
	struct point due;

	if (f == NULL) {
		at = 0;
		f = order_next(o, "delivery", &at);
	}
	if (f == NULL || deadline_find(&due, o, NULL) == NULL)
		s->unknown++;
	else if (f->happened <= due.last)
		s->on_time++;
	else
		s->late++;
}

static void
count_revisions(struct stats *s, const struct order *o)
{
	size_t requests = order_count(o, "revision");

	s->revised += requests > 0;
	s->requests += (int64_t)requests;
	s->formal += order_revisions_used(o);
}

static void
note_silence(
    struct stats *s, const struct order *o, int64_t from, int64_t until)
{
	if (until - from <= s->silence)
		return;
	free(s->silent_order);
	s->silent_order = mem_dup(o->id);
	s->silence = until - from;
	s->silent_from = from;
	s->silent_until = until;
}

/* How long each word of the buyer waited for the next of the seller. */
static void
count_waits(struct stats *s, const struct order *o, const struct ledger *l)
{
	struct waits waits;
	struct wait *w;

	waits_find(&waits, o, l);
	vec_each (w, &waits) {
		if (w->until != WAIT_OPEN) {
			vec_push(&s->gaps, w->until - w->from);
			note_silence(s, o, w->from, w->until);
		} else if (!order_is_over(o)) {
			s->waiting++;
			note_silence(s, o, w->from, s->now);
		}
	}
	vec_release(&waits);
}

void
stats_add(struct stats *s, const struct order *o, const struct ledger *l)
{
	s->orders++;
	if (o->state == ORDER_CANCELLED)
		count_cancellation(s, o);
	else if (o->state == ORDER_EXPOSED || o->state == ORDER_CLOSED ||
	    o->state == ORDER_ACCEPTED)
		count_completion(s, o);
	else
		s->open++;
	count_time(s, o);
	count_revisions(s, o);
	count_waits(s, o, l);
}

/* Percent with one decimal, rounded down: never better than it is. */
static struct node *
rate(int64_t completed, int64_t cancelled)
{
	int64_t all = completed + cancelled, permille;
	struct node *n;
	char *text;

	if (all == 0)
		return node_null();
	permille = completed * 1000 / all;
	text = mem_printf(
	    "%lld.%lld", (long long)permille / 10, (long long)permille % 10);
	n = node_str(text);
	free(text);
	return n;
}

static void
put_rates(struct node *into, const struct stats *s, int64_t since)
{
	int64_t completed = 0, cancelled = 0;

	for (size_t i = 0; i < s->endings.n; i++) {
		const struct ending *e = &s->endings.v[i];

		if (e->time < since)
			continue;
		cancelled += e->cancelled;
		completed += !e->cancelled;
	}
	node_put_int(into, "completed", completed);
	node_put_int(into, "cancelled", cancelled);
	node_put(into, "rate", rate(completed, cancelled));
	node_put(into, "rate_after_one_more", rate(completed, cancelled + 1));
}

static int
most_first(const void *a, const void *b)
{
	const struct tally *x = a, *y = b;

	return x->n != y->n ? (x->n > y->n ? -1 : 1) : strcmp(x->name, y->name);
}

static struct node *
tallies_node(const struct tallies *t, bool both)
{
	struct node *list = node_list();

	vec_sort(t, most_first);
	for (size_t i = 0; i < t->n; i++) {
		struct node *item = node_push(list, node_map());

		node_put_str(item, "name", t->v[i].name);
		if (both)
			node_put_int(item, "completed", t->v[i].completed);
		node_put_int(item, "cancelled", t->v[i].n);
	}
	return list;
}

/* "1.5": n of each, with one decimal; null of none. */
static struct node *
average(int64_t n, int64_t of)
{
	struct node *text;
	char *number;

	if (of == 0)
		return node_null();
	number = mem_printf(
	    "%lld.%lld", (long long)(n / of), (long long)(n * 10 / of % 10));
	text = node_str(number);
	free(number);
	return text;
}

static int
shortest_first(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static struct node *
responses_node(const struct stats *s)
{
	struct node *n = node_map();
	int64_t within = 0;

	vec_sort(&s->gaps, shortest_first);
	for (size_t i = 0; i < s->gaps.n; i++)
		within += s->gaps.v[i] <= DATE_DAY;
	node_put_int(n, "answered", (int64_t)s->gaps.n);
	node_put_int(n, "within_24h", within);
	node_put(n, "median_hours",
	    s->gaps.n == 0 ? node_null() :
			     node_int(s->gaps.v[s->gaps.n / 2] / 3600));
	node_put_int(n, "waiting", s->waiting);
	return n;
}

static struct node *
silence_node(const struct stats *s)
{
	struct node *n;
	char from[DATE_TEXT], until[DATE_TEXT];

	if (s->silent_order == NULL)
		return node_null();
	date_format(from, s->silent_from);
	date_format(until, s->silent_until);
	n = node_map();
	node_put_str(n, "order", s->silent_order);
	node_put_int(n, "hours", s->silence / 3600);
	node_put_str(n, "from", from);
	node_put_str(n, "until", until);
	return n;
}

struct node *
stats_node(const struct stats *s)
{
	struct node *n = node_map(), *list, *map;

	node_put_int(n, "orders", s->orders);
	node_put_int(n, "open", s->open);
	put_rates(n, s, INT64_MIN);
	list = node_put(n, "windows", node_list());
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		struct node *w = node_push(list, node_map());

		node_put_int(w, "days", windows[i]);
		put_rates(w, s, s->now - (int64_t)windows[i] * DATE_DAY);
	}
	node_put(n, "reasons", tallies_node(&s->reasons, false));
	node_put(n, "initiators", tallies_node(&s->initiators, false));
	node_put(n, "buyers", tallies_node(&s->buyers, true));
	map = node_put(n, "on_time", node_map());
	node_put_int(map, "on_time", s->on_time);
	node_put_int(map, "late", s->late);
	node_put_int(map, "unknown", s->unknown);
	map = node_put(n, "revisions", node_map());
	node_put_int(map, "orders", s->revised);
	node_put_int(map, "requests", s->requests);
	node_put_int(map, "formal", s->formal);
	node_put(map, "per_order", average(s->requests, s->orders));
	node_put(n, "responses", responses_node(s));
	node_put(n, "silence", silence_node(s));
	return n;
}
