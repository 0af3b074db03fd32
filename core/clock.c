/* SPDX-License-Identifier: ISC */
#include "core/clock.h"

#include <string.h>

#include "core/clock_start.h"
#include "core/deadline.h"
#include "core/purse.h"
#include "core/window.h"

/* One look at an order. */
struct finder {
	const struct order *order;
	struct profiles *profiles;
	const struct profile *own; /* of its platform; may be NULL */
	struct clocks *out;
};

/*
 * One clock.
 */

static struct point
later(struct point a, struct point b)
{
	return (struct point){ a.first > b.first ? a.first : b.first,
		a.last > b.last ? a.last : b.last };
}

/* Where a reading starts; false if that is not known. */
static bool
base_of(struct point *out, const struct rule_reading *r, const struct clock *c,
    const struct order *o)
{
	const struct fact *due, *opened;
	struct point when;
	size_t at = 0;

	*out = point_happened(c->trigger);
	if (r->from == READING_ENTRY)
		return true;
	if (r->from == READING_ORDER) {
		opened = order_next(o, "order", &at);
		if (opened != NULL)
			*out = point_happened(opened);
		return true;
	}
	due = deadline_find(&when, o, c->milestone);
	if (due == NULL && c->milestone != NULL && r->from == READING_LATER)
		due = deadline_find(&when, o, NULL);
	if (due == NULL)
		return r->from == READING_LATER;
	*out = r->from == READING_DUE ? when : later(*out, when);
	return true;
}

/* Stretch the clock to hold these ends too. */
static void
widen(struct clock *c, int64_t first, int64_t last)
{
	/* of one's own duties a day counts from its start */
	if (c->rule->who != RULE_BUYER && c->rule->who != RULE_PLATFORM &&
	    last != CLOCK_ENDLESS)
		last = first;
	if (first < c->earliest)
		c->earliest = first;
	if (last > c->latest)
		c->latest = last;
}

/* The entries can say the end themselves. */
static bool
end_given(struct clock *c, const struct order *o)
{
	struct buf key = BUF_INIT;
	const struct fact *f;
	struct point p;
	struct when when;

	if (c->rule->given && order_time(&when, c->trigger->content, "due")) {
		c->setter = c->trigger;
		p = point_of(&when);
	}
	buf_addf(&key, "clocks.%s", c->rule->name);
	for (size_t at = 0; (f = order_next(o, "terms", &at)) != NULL;)
		if (f->happened >= c->trigger->happened &&
		    order_time(&when, f->content, key.data)) {
			c->setter = f;
			p = point_of(&when);
		}
	buf_release(&key);
	if (c->setter != NULL)
		widen(c, p.first, p.last);
	return c->setter != NULL;
}

/* Both ends; false if nothing is known that could end it. */
static bool
find_ends(struct clock *c, const struct order *o)
{
	const struct rule_reading *r;
	struct point base;

	c->earliest = INT64_MAX;
	c->latest = INT64_MIN;
	if (end_given(c, o))
		return true;
	vec_each (r, &c->rule->readings) {
		if (!base_of(&base, r, c, o))
			continue;
		if (r->as_of == NULL)
			c->setter = deadline_find(&base, o, c->milestone);
		if (r->endless)
			widen(c, base.first, CLOCK_ENDLESS);
		else
			widen(c, window_end(r, base.first),
			    window_end(r, base.last));
	}
	return c->latest != INT64_MIN;
}

/*
 * All of an order.
 */

static bool
is_of_contract(const struct rule *rule, const struct order *o, bool *unknown)
{
	const char *contract = node_text(o->terms, "contract");

	*unknown = rule->contracts != NULL && contract == NULL;
	return rule_is_for(rule, contract);
}

/* All of the price is paid, or, of a price nobody recorded, anything. */
static bool
is_settled(const struct order *o)
{
	struct money open;

	return purse_open(&open, o) ? open.parts <= 0 :
				      order_count(o, "payment") > 0;
}

static void
add_rule(struct finder *find, const struct profile *p, const struct rule *rule)
{
	struct starts starts = VEC_INIT;
	struct clock c = { .profile = p, .rule = rule };
	struct start *s;

	if (!is_of_contract(rule, find->order, &c.contract_unknown) ||
	    (rule->owed && is_settled(find->order)))
		return;
	starts_find(&starts, find->order, rule);
	vec_each (s, &starts) {
		c.trigger = s->fact;
		c.milestone = s->milestone;
		c.setter = NULL;
		if (find_ends(&c, find->order))
			vec_push(find->out, c);
	}
	vec_release(&starts);
}

static bool
has_rule(const struct profile *p, const char *name)
{
	const struct rule *rule;

	vec_each (rule, &p->rules.v) {
		if (strcmp(rule->name, name) == 0)
			return true;
	}
	return false;
}

/* Is a date that an entry gives among the first n already? */
static bool
is_told(const struct clocks *clocks, size_t n, const struct clock *c)
{
	for (size_t i = 0; c->setter != NULL && i < n; i++)
		if (clocks->v[i].trigger == c->trigger &&
		    clocks->v[i].setter == c->setter)
			return true;
	return false;
}

/* What holds everywhere, unless the platform has its own for that. */
static struct err *
add_common(struct finder *find)
{
	const struct profile *any;
	struct clocks common = VEC_INIT, *all = find->out;
	const struct rule *rule;
	size_t n = all->n;
	struct err *e = profiles_get(&any, find->profiles, PROFILE_ANY);

	if (e != NULL || any == NULL)
		return e;
	find->out = &common;
	vec_each (rule, &any->rules.v) {
		if (find->own == NULL || !has_rule(find->own, rule->name))
			add_rule(find, any, rule);
	}
	find->out = all;
	for (size_t i = 0; i < common.n; i++)
		if (!is_told(all, n, &common.v[i]))
			vec_push(all, common.v[i]);
	vec_release(&common);
	return NULL;
}

static void
add_profile(struct finder *find, const struct profile *p)
{
	const struct rule *rule;

	vec_each (rule, &p->rules.v) {
		add_rule(find, p, rule);
	}
}

static int
by_end(const void *a, const void *b)
{
	const struct clock *x = a, *y = b;

	if (x->earliest != y->earliest)
		return x->earliest < y->earliest ? -1 : 1;
	return strcmp(x->rule->name, y->rule->name);
}

struct err *
clock_profile(
    const struct profile **out, const struct order *o, struct profiles *ps)
{
	const char *platform = node_text(o->terms, "platform");

	return profiles_get(out, ps, platform == NULL ? "direct" : platform);
}

struct err *
clocks_find(struct clocks *out, const struct order *o, struct profiles *ps)
{
	struct finder find = { .order = o, .profiles = ps, .out = out };
	struct err *e = clock_profile(&find.own, o, ps);

	*out = (struct clocks)VEC_INIT;
	if (e != NULL || o->state == ORDER_CANCELLED)
		return e;
	if (find.own != NULL) {
		add_profile(&find, find.own);
		for (size_t i = 0; i < find.own->with.n; i++)
			add_profile(&find, find.own->with.v[i]);
	}
	if ((e = add_common(&find)) != NULL)
		clocks_release(out);
	vec_sort(out, by_end);
	return e;
}

void
clocks_release(struct clocks *c)
{
	vec_release(c);
}

bool
clock_runs(const struct clock *c, int64_t now)
{
	return c->latest >= now;
}
