/* SPDX-License-Identifier: ISC */
#include "core/clock.h"

#include <string.h>

#include "core/util/date.h"

/* A point in time that may be known to the day only. */
struct point {
	int64_t first, last;
};

/* Something that started and that nothing has ended yet. */
struct start {
	const struct fact *fact;
	const char *milestone; /* NULL: the whole order */
};

struct starts {
	VEC(struct start) v;
};

/* One look at an order. */
struct finder {
	const struct order *order;
	struct profiles *profiles;
	const struct profile *own; /* of its platform; may be NULL */
	struct clocks *out;
};

/*
 * Which milestone an entry is about.
 */

/* The label of a milestone that is called so, or the word itself. */
static const char *
milestone_label(const struct order *o, const char *text)
{
	const struct node *list = node_get(o->terms, "milestones");

	for (size_t i = 0; text != NULL && i < node_count(list); i++) {
		const char *label = node_text(list->kids[i], "label");
		const char *name = node_text(list->kids[i], "name");

		if (label != NULL && name != NULL && strcmp(name, text) == 0)
			return label;
	}
	return text;
}

static const char *
milestone_of(const struct order *o, const struct fact *f)
{
	const char *text = node_text(f->content, "milestone");
	const char *id = node_text(f->content, "delivery");
	const struct fact *d;

	if (fact_is(f, "milestone"))
		text = node_text(f->content, "name");
	if (text == NULL && id != NULL && (d = order_fact(o, id)) != NULL)
		text = node_text(d->content, "milestone");
	return milestone_label(o, text);
}

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/*
 * What is due, and which entry says so.
 */

static struct point
point_of(const struct when *when)
{
	return (struct point){ when->time,
		when->date_only ? when->time + DATE_DAY - 1 : when->time };
}

static struct point
happened(const struct fact *f)
{
	return (struct point){ f->happened,
		f->date_only ? f->happened + DATE_DAY - 1 : f->happened };
}

/* The due date of a milestone, in its own entry or among the terms. */
static const struct fact *
milestone_due(const struct order *o, const char *label, const struct fact *f,
    struct when *when)
{
	const struct node *list = node_get(f->content, "milestones");

	if (fact_is(f, "milestone"))
		return is_same(milestone_of(o, f), label) &&
			order_time(when, f->content, "due") ?
		    f :
		    NULL;
	for (size_t i = 0; i < node_count(list); i++)
		if (is_same(node_text(list->kids[i], "label"), label) &&
		    order_time_text(when, node_text(list->kids[i], "due"),
			node_text(f->content, "zone")))
			return f;
	return NULL;
}

/* Days that the buyer has granted move what is due. */
static bool
is_extension(const struct fact *f)
{
	const char *answer = node_text(f->content, "answer");

	return fact_is(f, "change") && answer != NULL &&
	    strcmp(answer, "accepted") == 0 &&
	    node_number(f->content, "days", 0) > 0;
}

/* Of entries that say when it is due the last one counts. */
static const struct fact *
find_due(struct point *out, const struct order *o, const char *milestone)
{
	const struct fact *setter = NULL;
	struct when when;

	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[o->replay[i]], *found = NULL;
		const char *kind = f->entry->kind->name;

		if (f->voided)
			continue;
		if (setter != NULL && milestone == NULL && is_extension(f)) {
			int64_t more = node_number(f->content, "days", 0);

			setter = f;
			out->first += more * DATE_DAY;
			out->last += more * DATE_DAY;
			continue;
		}
		if (milestone != NULL)
			found = milestone_due(o, milestone, f, &when);
		else if ((strcmp(kind, "order") == 0 ||
			     strcmp(kind, "terms") == 0) &&
		    order_time(&when, f->content, "due"))
			found = f;
		if (found == NULL)
			continue;
		setter = found;
		*out = point_of(&when);
	}
	return setter;
}

/*
 * Windows.
 */

static int64_t
local_seconds(int64_t time)
{
	return time + (int64_t)date_zone_at(time) * 60;
}

/* Monday is 1. */
static int
weekday(int64_t time, bool local)
{
	int64_t days;

	if (local)
		time = local_seconds(time);
	days = time / DATE_DAY - (time % DATE_DAY < 0);
	return (int)(((days + 3) % 7 + 7) % 7) + 1;
}

/* The same time of day some days later. */
static int64_t
add_days(int64_t time, int days, bool local)
{
	struct civil c;

	if (!local)
		return time + (int64_t)days * DATE_DAY;
	c = date_civil(local_seconds(time) + (int64_t)days * DATE_DAY);
	return date_from_local(&c);
}

/* Monday to Friday; holidays differ from place to place. */
static int64_t
add_business_days(int64_t time, int days, bool local)
{
	while (days > 0) {
		time = add_days(time, 1, local);
		days -= weekday(time, local) <= 5;
	}
	return time;
}

/* The same day of a later month, or that month's last. */
static int64_t
add_months(int64_t time, int months, bool local)
{
	struct civil c = date_civil(local ? local_seconds(time) : time);
	int month = c.month - 1 + months;

	c.year += month / 12;
	c.month = month % 12 + 1;
	if (c.day > date_days_in(c.year, c.month))
		c.day = date_days_in(c.year, c.month);
	return local ? date_from_local(&c) : date_from_civil(&c);
}

static int64_t
add_step(int64_t time, const struct step *step, bool local)
{
	switch (step->unit) {
	case STEP_HOURS:
		return time + (int64_t)step->count * 3600;
	case STEP_DAYS:
		return add_days(time, step->count, local);
	case STEP_BUSINESS_DAYS:
		return add_business_days(time, step->count, local);
	case STEP_MONTHS:
		break;
	}
	return add_months(time, step->count, local);
}

/* The first such weekday at that minute, not before time. */
static int64_t
to_weekday(int64_t time, const struct rule_reading *r)
{
	struct civil c;
	int64_t at;

	for (int day = 0;; day++) {
		at = add_days(time, day, r->local);
		c = date_civil(r->local ? local_seconds(at) : at);
		c.hour = r->minute / 60;
		c.minute = r->minute % 60;
		c.second = 0;
		at = r->local ? date_from_local(&c) : date_from_civil(&c);
		if (weekday(at, r->local) == r->weekday && at >= time)
			return at;
	}
}

static int64_t
end_of(const struct rule_reading *r, int64_t time)
{
	for (size_t i = 0; i < r->n_steps; i++)
		time = add_step(time, &r->steps[i], r->local);
	return r->weekday == 0 ? time : to_weekday(time, r);
}

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

	*out = happened(c->trigger);
	if (r->from == READING_ENTRY)
		return true;
	if (r->from == READING_ORDER) {
		opened = order_next(o, "order", &at);
		if (opened != NULL)
			*out = happened(opened);
		return true;
	}
	due = find_due(&when, o, c->milestone);
	if (due == NULL && c->milestone != NULL && r->from == READING_LATER)
		due = find_due(&when, o, NULL);
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
			c->setter = find_due(&base, o, c->milestone);
		if (r->endless)
			widen(c, base.first, CLOCK_ENDLESS);
		else
			widen(c, end_of(r, base.first), end_of(r, base.last));
	}
	return c->latest != INT64_MIN;
}

/*
 * Which clocks were started.
 */

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

	vec_each (s, &starts->v) {
		if (is_same(s->milestone, milestone))
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
		starts->v.n = 0;
	else if (s == NULL)
		s = start_for(starts, NULL);
	if (milestone != NULL && s != NULL)
		*s = starts->v.v[--starts->v.n];
}

static void
begin(struct starts *starts, const struct fact *f, const char *milestone)
{
	struct start *s = start_for(starts, milestone);

	if (s == NULL) {
		vec_push(&starts->v, ((struct start){ f, milestone }));
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

static void
find_starts(
    struct starts *starts, const struct order *o, const struct rule *rule)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[o->replay[i]];

		if (f->voided || f->content == NULL)
			continue;
		if (is_any(rule->until.v, rule->until.n, f))
			end_starts(starts, milestone_of(o, f));
		if (!is_any(rule->when.v, rule->when.n, f))
			continue;
		begin(starts, f, milestone_of(o, f));
		if (ends_when_due(rule))
			begin_milestones(starts, o, f);
	}
}

static bool
is_of_contract(const struct rule *rule, const struct order *o, bool *unknown)
{
	const char *contract = node_text(o->terms, "contract");

	*unknown = rule->contracts != NULL && contract == NULL;
	return rule->contracts == NULL || contract == NULL ||
	    node_has(rule->contracts, contract);
}

static void
add_rule(struct finder *find, const struct profile *p, const struct rule *rule)
{
	struct starts starts = { VEC_INIT };
	struct clock c = { .profile = p, .rule = rule };
	struct start *s;

	if (!is_of_contract(rule, find->order, &c.contract_unknown))
		return;
	find_starts(&starts, find->order, rule);
	vec_each (s, &starts.v) {
		c.trigger = s->fact;
		c.milestone = s->milestone;
		c.setter = NULL;
		if (find_ends(&c, find->order))
			vec_push(find->out, c);
	}
	vec_release(&starts.v);
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
clock_due(int64_t *out, const struct order *o)
{
	struct point due;

	if (find_due(&due, o, NULL) == NULL)
		return false;
	*out = due.first;
	return true;
}

bool
clock_runs(const struct clock *c, int64_t now)
{
	return c->latest >= now;
}

/*
 * Telling.
 */

/* The newest date of its sources; "unknown" is older than any. */
static const char *
newest(const struct rule *rule)
{
	const struct rule_reading *r;
	const char *best = "unknown";

	vec_each (r, &rule->readings) {
		if (r->as_of != NULL && strcmp(r->as_of, "unknown") != 0 &&
		    (strcmp(best, "unknown") == 0 ||
			strcmp(r->as_of, best) > 0))
			best = r->as_of;
	}
	return best;
}

const char *
clock_as_of(char out[static DATE_TEXT], const struct clock *c)
{
	if (c->setter == NULL)
		return newest(c->rule);
	date_format(out, c->setter->happened);
	out[10] = '\0';
	return out;
}

char *
clock_source(const struct clock *c, const struct order *o, bool urls)
{
	struct node *all = node_list();
	const struct rule_reading *r;
	const char *name;
	char *text, *id;

	if (c->setter != NULL) {
		id = order_short(o, c->setter);
		text = mem_printf(
		    "your record, %s %s", c->setter->entry->kind->name, id);
		free(id);
		node_free(all);
		return text;
	}
	vec_each (r, &c->rule->readings) {
		for (size_t i = 0; (name = node_text_at(r->source, i)) != NULL;
		     i++)
			if (!node_has(all, name))
				node_push_str(all, name);
	}
	text = profile_source(c->profile, all, urls);
	node_free(all);
	return text;
}

static void
put_origin(
    struct node *n, const struct clock *c, const struct order *o, int64_t now)
{
	char date[DATE_TEXT], *source = clock_source(c, o, true);
	const char *as_of = clock_as_of(date, c);

	node_put_str(n, "as_of", as_of);
	node_put_str(n, "source", source);
	free(source);
	if (c->setter != NULL)
		return;
	node_put_str(n, "confidence", c->rule->readings.v[0].confidence);
	if (profile_is_stale(as_of, now))
		node_put_bool(n, "stale", true);
}

/* What happens by itself, and what that depends on but is not recorded. */
static char *
if_missed(const struct clock *c)
{
	struct buf b = BUF_INIT;
	const char *name;

	buf_adds(&b, c->rule->if_missed);
	if (c->contract_unknown) {
		buf_adds(&b, " (if the contract, which is not recorded, is ");
		for (size_t i = 0;
		     (name = node_text_at(c->rule->contracts, i)) != NULL; i++)
			buf_addf(&b, "%s%s", i > 0 ? " or " : "", name);
		buf_adds(&b, ")");
	}
	return buf_steal(&b);
}

struct node *
clock_node(const struct clock *c, const struct order *o, int64_t now)
{
	struct node *n = node_map();
	char first[DATE_TEXT], last[DATE_TEXT], *missed = if_missed(c);

	date_format(first, c->earliest);
	date_format(last, c->latest == CLOCK_ENDLESS ? 0 : c->latest);
	node_put_str(n, "order", o->id);
	node_put_str(n, "name", c->rule->name);
	node_put_str(n, "who", rule_who_name(c->rule->who));
	node_put_str(n, "earliest", first);
	node_put(n, "latest",
	    c->latest == CLOCK_ENDLESS ? node_null() : node_str(last));
	node_put_str(n, "if_missed", missed);
	put_origin(n, c, o, now);
	node_put_str(n, "platform", c->profile->name);
	node_put_str(n, "entry", c->trigger->entry->id);
	if (c->milestone != NULL)
		node_put_str(n, "milestone", c->milestone);
	if (c->rule->exposure)
		node_put_bool(n, "exposure", true);
	if (c->rule->override != NULL)
		node_put_str(n, "override", c->rule->override);
	free(missed);
	return n;
}
