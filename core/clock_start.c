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

/* What is about one milestone ends nothing of another. */
static void
end_starts(struct starts *starts, const char *milestone)
{
	struct start *s = start_for(starts, milestone);

	if (milestone == NULL)
		starts->n = 0;
	else if (s == NULL)
		s = start_for(starts, NULL);
	if (milestone != NULL && s != NULL)
		*s = starts->v[--starts->n];
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

void
starts_find(
    struct starts *starts, const struct order *o, const struct rule *rule)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[o->replay[i]];

		if (f->voided || f->content == NULL)
			continue;
		if (is_any(rule->until.v, rule->until.n, f))
			end_starts(starts, deadline_milestone(o, f));
		if (!is_any(rule->when.v, rule->when.n, f))
			continue;
		begin(starts, f, deadline_milestone(o, f));
		if (ends_when_due(rule))
			begin_milestones(starts, o, f);
	}
}
