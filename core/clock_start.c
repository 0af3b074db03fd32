/* SPDX-License-Identifier: ISC */
#include "core/clock_start.h"

#include "core/deadline.h"

static bool
is_any(const struct event *const *events, size_t n, const struct fact *f)
{
	for (size_t i = 0; i < n; i++)
		if (event_is(events[i], f->entry->kind, f->content))
			return true;
	return false;
}

static struct start *
start_for(struct starts *starts, const char *milestone)
{
	struct start *s;

	vec_each (s, starts) {
		if (deadline_is_same(s->milestone, milestone))
			return s;
	}
	return NULL;
}

static bool
ends_when_due(const struct rule *rule)
{
	const struct rule_reading *r;

	vec_each (r, &rule->readings) {
		if (r->from == READING_DUE)
			return true;
	}
	return false;
}

static bool
is_last_milestone(const struct order *o, const char *milestone)
{
	const struct node *list = node_get(o->terms, "milestones");
	size_t n = node_count(list);

	return n > 0 && node_text_is(node_at(list, n - 1), "label", milestone);
}

/* An entry that ends clocks of a rule. */
struct ending {
	const struct order *order;
	const struct rule *rule;
	const struct fact *fact;
	const char *milestone;
	bool has_own; /* the milestone has a start of its own */
};

/* An answer to one request is none to another. */
static bool
answers_another(const struct ending *end, const struct fact *request)
{
	const char *id = node_text(end->fact->content, "answers");
	const struct fact *answered =
	    id != NULL ? order_fact(end->order, id) : NULL;

	return answered != NULL && answered != request &&
	    fact_is(request, "cancellation");
}

/* What is about one milestone ends nothing of another. */
static bool
ends(const struct ending *end, const struct start *s)
{
	if (answers_another(end, s->fact))
		return false;
	if (end->milestone == NULL ||
	    deadline_is_same(s->milestone, end->milestone))
		return true;
	if (s->milestone != NULL)
		return false;
	return ends_when_due(end->rule) ?
	    is_last_milestone(end->order, end->milestone) :
	    !end->has_own;
}

static void
end_starts(struct starts *starts, const struct ending *end)
{
	for (size_t i = starts->n; i-- > 0;)
		if (ends(end, &starts->v[i]))
			starts->v[i] = starts->v[--starts->n];
}

static void
begin(struct starts *starts, const struct fact *f, const char *milestone)
{
	struct start *s = start_for(starts, milestone);

	if (s == NULL) {
		vec_push(starts, ((struct start){ f, milestone }));
		return;
	}
	/* a state that is seen began before; it begins nothing anew */
	if (!fact_is(f, "platform"))
		s->fact = f;
}

/* An order with milestones starts one clock for each that has a date. */
static void
begin_milestones(
    struct starts *starts, const struct order *o, const struct fact *f)
{
	const struct node *list = node_get(o->terms, "milestones");

	if (!fact_is(f, "order"))
		return;
	for (size_t i = 0; i < node_count(list); i++) {
		const char *label = node_text(list->kids[i], "label");

		if (label != NULL && node_text(list->kids[i], "due") != NULL)
			begin(starts, f, label);
	}
}

void
starts_find(
    struct starts *starts, const struct order *o, const struct rule *rule)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[o->replay[i]];
		struct ending end = { o, rule, f, NULL, false };
		bool until, when;

		if (f->voided || f->content == NULL)
			continue;
		until = is_any(rule->until.v, rule->until.n, f);
		when = is_any(rule->when.v, rule->when.n, f);
		if (!until && !when)
			continue;
		end.milestone = deadline_milestone(o, f);
		end.has_own = start_for(starts, end.milestone) != NULL;
		if (until)
			end_starts(starts, &end);
		if (when)
			begin(starts, f, end.milestone);
		if (when && ends_when_due(rule))
			begin_milestones(starts, o, f);
	}
}
