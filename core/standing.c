/* SPDX-License-Identifier: ISC */
#include "core/standing.h"

#include <string.h>

#include "core/deadline.h"
#include "core/util/date.h"

static bool
state_named(enum order_state *out, const char *name)
{
	for (int i = ORDER_OPEN; i <= ORDER_CLOSED; i++)
		if (strcmp(order_state_name((enum order_state)i), name) == 0) {
			*out = (enum order_state)i;
			return true;
		}
	return false;
}

/* For order_understand(): what a word of the platform stands for. */
static bool
state_of(enum order_state *out, const char *native, const void *profile)
{
	const char *phase = node_text(profile_state(profile, native), "phase");

	return phase != NULL && state_named(out, phase);
}

/*
 * The word that was seen, if it still fits; else the one the platform has for
 * an order in this state.
 */
static void
find_native(struct standing *s, const struct order *o)
{
	enum order_state seen;

	s->native = o->native_state;
	if (s->native == NULL || !state_of(&seen, s->native, s->profile) ||
	    seen != o->state) {
		const char *word =
		    profile_native(s->profile, order_state_name(o->state));

		s->native = word != NULL ? word : s->native;
	}
	s->shown = s->native == NULL ?
	    NULL :
	    node_text(profile_state(s->profile, s->native), "shown");
	if (s->shown == NULL)
		s->shown = s->native;
}

/* Over is an exposure of which every clock has run out. */
static bool
is_over(const struct clocks *all, int64_t now)
{
	bool exposed = false;

	for (size_t i = 0; i < all->n; i++) {
		if (!all->v[i].rule->exposure)
			continue;
		if (clock_runs(&all->v[i], now))
			return false;
		exposed = true;
	}
	return exposed;
}

void
standing_understand(struct order *o, const struct profile *p)
{
	if (p != NULL && order_count(o, "platform") > 0)
		order_understand(o, &(struct order_words){ state_of, p });
}

struct err *
standing_find(
    struct standing *out, struct order *o, struct profiles *ps, int64_t now)
{
	struct clocks all = VEC_INIT;
	struct err *e;

	memset(out, 0, sizeof(*out));
	if ((e = clock_profile(&out->profile, o, ps)) != NULL)
		return e;
	standing_understand(o, out->profile);
	if ((e = clocks_find(&all, o, ps)) != NULL)
		return e;
	if (o->state == ORDER_EXPOSED && is_over(&all, now))
		o->state = ORDER_CLOSED;
	find_native(out, o);
	for (size_t i = 0; i < all.n; i++)
		if (clock_runs(&all.v[i], now))
			vec_push(&out->clocks, all.v[i]);
		else if (!all.v[i].rule->exposure &&
		    all.v[i].rule->who != RULE_PLATFORM)
			vec_push(&out->lapsed, all.v[i]);
	clocks_release(&all);
	return NULL;
}

void
standing_release(struct standing *s)
{
	clocks_release(&s->clocks);
	clocks_release(&s->lapsed);
}

struct node *
standing_due(const struct standing *s, const struct order *o)
{
	char text[DATE_TEXT];
	int64_t due;

	for (size_t i = 0; i < s->clocks.n; i++) {
		if (s->clocks.v[i].latest == CLOCK_ENDLESS)
			continue;
		date_format(text, s->clocks.v[i].earliest);
		return node_str(text);
	}
	if (!deadline_time(&due, o)) /* as it was written, or null */
		return node_str(node_text(o->terms, "due"));
	date_format(text, due);
	return node_str(text);
}

struct node *
standing_clocks(const struct clocks *clocks, const struct order *o, int64_t now)
{
	struct node *list = node_list();

	for (size_t i = 0; i < clocks->n; i++)
		node_push(list, clock_node(&clocks->v[i], o, now));
	return list;
}
