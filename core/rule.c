/* SPDX-License-Identifier: ISC */
#include "core/rule.h"

#include <string.h>

#include "core/util/near.h"

/* In the order of the enumerations. */
const char *const rule_whos[] = { "seller", "buyer", "both", "platform", NULL };
const char *const rule_units[] = { "hours", "days", "business-days", "months",
	NULL };
const char *const rule_froms[] = { "entry", "order", "due", "later", NULL };
const char *const rule_weekdays[] = { "monday", "tuesday", "wednesday",
	"thursday", "friday", "saturday", "sunday", NULL };

#define COUNT_MAX 10000

struct reader {
	const struct layers *layers;
	const struct rules *common;
	struct rules *out;
};

const char *
rule_who_name(enum rule_who who)
{
	return rule_whos[who];
}

static struct err *
fault(const struct reader *r, const char *section, const char *name,
    const struct node *at, const char *why)
{
	return err_new(ERR_INVALID, "%s:%u: %s: %s",
	    layers_file(r->layers, section, name), at->line, name, why);
}

/* The position of a word the shape has let through. */
static int
word(const struct node *map, const char *key, const char *const *words)
{
	const char *text = node_text(map, key);

	for (int i = 0; text != NULL && words[i] != NULL; i++)
		if (strcmp(text, words[i]) == 0)
			return i;
	return -1;
}

/*
 * Events.
 */

static struct err *
vet_keys(const struct reader *r, const char *event, const struct match *m,
    const struct node *keys)
{
	for (size_t i = 0; i < node_count(keys); i++) {
		const char *key = keys->type == NODE_MAP ?
		    keys->keys[i] :
		    node_as_text(keys->kids[i]);

		if (kind_key(m->kind, key) == NULL)
			return err_new(ERR_INVALID,
			    "%s:%u: %s: a %s has no key \"%.64s\"",
			    layers_file(r->layers, "events", event),
			    keys->kids[i]->line, event, m->kind->name, key);
	}
	return NULL;
}

static struct err *
read_match(const struct reader *r, const char *event, struct match *m,
    const struct node *n)
{
	struct err *e = kind_find(&m->kind, node_text(n, "kind"));

	if (e != NULL)
		return err_wrap(e, "%s:%u: %s",
		    layers_file(r->layers, "events", event), n->line, event);
	m->is = node_get(n, "is");
	m->isnt = node_get(n, "not");
	m->has = node_get(n, "has");
	m->lacks = node_get(n, "lacks");
	if ((e = vet_keys(r, event, m, m->is)) != NULL ||
	    (e = vet_keys(r, event, m, m->isnt)) != NULL ||
	    (e = vet_keys(r, event, m, m->has)) != NULL)
		return e;
	return vet_keys(r, event, m, m->lacks);
}

static struct err *
read_events(struct reader *r, const struct node *section)
{
	struct err *e = NULL;

	for (size_t i = 0; i < node_count(section) && e == NULL; i++) {
		const struct node *list = section->kids[i];
		struct event *ev = vec_add(&r->out->events);

		ev->name = section->keys[i];
		ev->n = list->n;
		ev->v = mem_zero(list->n, sizeof(*ev->v));
		for (size_t j = 0; j < list->n && e == NULL; j++)
			e = read_match(r, ev->name, &ev->v[j], list->kids[j]);
	}
	return e;
}

static const struct event *
event_named(const struct rules *rules, const char *name)
{
	const struct event *ev;

	if (rules == NULL)
		return NULL;
	vec_each (ev, &rules->events) {
		if (strcmp(ev->name, name) == 0)
			return ev;
	}
	return NULL;
}

static struct err *
find_event(const struct reader *r, const char *rule, unsigned line,
    const char *text, const struct event **out)
{
	const struct event *ev;
	struct near near;
	struct err *e;

	*out = event_named(r->out, text);
	if (*out == NULL)
		*out = event_named(r->common, text);
	if (*out != NULL)
		return NULL;
	near_init(&near, text);
	vec_each (ev, &r->out->events) {
		near_try(&near, ev->name);
	}
	e = err_new(ERR_INVALID, "%s:%u: %s: there is no event \"%.64s\"",
	    layers_file(r->layers, "clocks", rule), line, rule, text);
	return near.best == NULL ?
	    e :
	    err_hint(e, "did you mean \"%s\"?", near.best);
}

static bool
is_one(const struct node *value, const struct node *wanted)
{
	if (wanted->type == NODE_LIST)
		return node_as_text(value) != NULL &&
		    node_has(wanted, node_as_text(value));
	if (wanted->type == NODE_BOOL)
		return (value != NULL && value->type == NODE_BOOL &&
			   value->flag) == wanted->flag;
	return node_equal(value, wanted);
}

static bool
fits(const struct match *m, const struct node *content)
{
	for (size_t i = 0; i < node_count(m->is); i++)
		if (!is_one(node_get(content, m->is->keys[i]), m->is->kids[i]))
			return false;
	for (size_t i = 0; i < node_count(m->isnt); i++)
		if (is_one(
			node_get(content, m->isnt->keys[i]), m->isnt->kids[i]))
			return false;
	for (size_t i = 0; i < node_count(m->has); i++)
		if (node_get(content, m->has->kids[i]->text) == NULL)
			return false;
	for (size_t i = 0; i < node_count(m->lacks); i++)
		if (node_get(content, m->lacks->kids[i]->text) != NULL)
			return false;
	return true;
}

/* Every key that must be there stands in the bytes, if none is escaped. */
static bool
may_fit(const struct match *m, const char *text, size_t len)
{
	if (memchr(text, '\\', len) != NULL)
		return true;
	for (size_t i = 0; i < node_count(m->is); i++) {
		const char *key = m->is->keys[i];
		const struct node *value = m->is->kids[i];

		/* "false" fits what is absent */
		if ((value->type != NODE_BOOL || value->flag) &&
		    memmem(text, len, key, strlen(key)) == NULL)
			return false;
	}
	for (size_t i = 0; i < node_count(m->has); i++) {
		const char *key = m->has->kids[i]->text;

		if (memmem(text, len, key, strlen(key)) == NULL)
			return false;
	}
	return true;
}

bool
event_may_be(const struct event *ev, const struct kind *kind, const char *text,
    size_t len)
{
	for (size_t i = 0; i < ev->n; i++)
		if (ev->v[i].kind == kind && may_fit(&ev->v[i], text, len))
			return true;
	return false;
}

bool
rule_is_for(const struct rule *rule, const char *contract)
{
	return rule->contracts == NULL || contract == NULL ||
	    node_has(rule->contracts, contract);
}

bool
event_is(
    const struct event *ev, const struct kind *kind, const struct node *content)
{
	for (size_t i = 0; i < ev->n; i++)
		if (ev->v[i].kind == kind && fits(&ev->v[i], content))
			return true;
	return false;
}

/*
 * Clocks.
 */

/* "23:59" as minutes; -1 if it is no time of day. */
static int
minute_of(const char *text)
{
	static const char form[] = "00:00";
	int n[5];

	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		n[i] = text[i] - '0';
		if (i == 2 ? text[i] != ':' : n[i] < 0 || n[i] > 9)
			return -1;
	}
	n[0] = n[0] * 10 + n[1];
	n[3] = n[3] * 10 + n[4];
	return text[5] != '\0' || n[0] > 23 || n[3] > 59 ? -1 :
							   n[0] * 60 + n[3];
}

static struct err *
read_step(const struct reader *r, const char *rule, struct rule_reading *to,
    const struct node *window)
{
	int64_t count = node_number(window, "value", -1);
	int unit = word(window, "unit", rule_units);
	const char *at = node_text(window, "at");

	if (window == NULL)
		return NULL;
	if (node_get(window, "weekday") != NULL) {
		to->weekday = word(window, "weekday", rule_weekdays) + 1;
		to->minute = minute_of(at == NULL ? "" : at);
		return to->minute >= 0 && count < 0 && unit < 0 ?
		    NULL :
		    fault(r, "clocks", rule, window,
			"beside weekday stands at, \"23:59\"");
	}
	if (count < 0 || count > COUNT_MAX || unit < 0 || at != NULL)
		return fault(r, "clocks", rule, window,
		    "a window has a value up to 10000 and a unit");
	to->steps[to->n_steps].unit = (enum step_unit)unit;
	to->steps[to->n_steps++].count = (int)count;
	return NULL;
}

static struct err *
read_reading(const struct reader *r, const char *rule, struct rule_reading *to,
    const struct node *n)
{
	const struct node *window = node_get(n, "window");
	const char *zone = node_text(n, "zone");
	bool bare;
	struct err *e;

	to->from = (enum reading_from)word(n, "from", rule_froms);
	to->local = zone != NULL && strcmp(zone, "local") == 0;
	to->endless = node_flag(n, "endless");
	to->source = node_get(n, "source");
	to->as_of = node_text(n, "as_of");
	to->confidence = node_text(n, "confidence");
	to->note = node_text(n, "note");
	if ((e = read_step(r, rule, to, window)) != NULL ||
	    (e = read_step(r, rule, to, node_get(n, "then"))) != NULL)
		return e;
	/* of a date that was agreed the agreement is the source */
	bare = to->from == READING_DUE && window == NULL;
	if (bare != (to->source == NULL) || bare != (to->as_of == NULL) ||
	    bare != (to->confidence == NULL))
		return fault(r, "clocks", rule, n,
		    bare ? "a due date is its own source" :
			   "a reading needs source, as_of and confidence");
	if (!bare && (window == NULL) != to->endless)
		return fault(r, "clocks", rule, n,
		    "a reading has either a window or endless: true");
	return NULL;
}

static struct err *
read_readings(
    const struct reader *r, struct rule *rule, const struct node *list)
{
	struct err *e = NULL;

	for (size_t i = 0; i < node_count(list) && e == NULL; i++)
		e = read_reading(
		    r, rule->name, vec_add(&rule->readings), list->kids[i]);
	return e;
}

/* Names of events, one or a list; an override of one marks the rule. */
static struct err *
read_when(const struct reader *r, struct rule *rule, const struct node *names,
    bool until)
{
	const char *name;

	for (size_t i = 0; (name = node_text_at(names, i)) != NULL; i++) {
		const struct event *ev;
		struct err *e =
		    find_event(r, rule->name, names->line, name, &ev);

		if (e != NULL)
			return e;
		if (until)
			vec_push(&rule->until, ev);
		else
			vec_push(&rule->when, ev);
		if (rule->override == NULL &&
		    event_named(r->out, ev->name) != NULL)
			rule->override =
			    layers_override(r->layers, "events", ev->name);
	}
	return NULL;
}

/* They are shown to be typed in: nothing but one command of deed's own. */
static struct err *
vet_commands(
    const struct reader *r, const char *rule, const struct node *commands)
{
	for (size_t i = 0; i < node_count(commands); i++) {
		const char *text = node_as_text(commands->kids[i]);

		if (strncmp(text, "deed ", 5) != 0 ||
		    text[strcspn(text, ";|&$`<>\\\n")] != '\0')
			return fault(r, "clocks", rule, commands->kids[i],
			    "it must be one command of deed");
	}
	return NULL;
}

static struct err *
read_rule(const struct reader *r, const char *name, const struct node *n)
{
	static const char *const needed[] = { "when", "who", "if_missed" };
	struct rule *rule;
	struct err *e;

	if (node_flag(n, "off"))
		return NULL;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (node_get(n, needed[i]) == NULL)
			return err_new(ERR_INVALID,
			    "%s:%u: %s has no key \"%s\"",
			    layers_file(r->layers, "clocks", name), n->line,
			    name, needed[i]);
	rule = vec_add(&r->out->v);
	rule->name = name;
	rule->who = (enum rule_who)word(n, "who", rule_whos);
	rule->if_missed = node_text(n, "if_missed");
	rule->contracts = node_get(n, "contracts");
	rule->act = node_get(n, "act");
	rule->record = node_get(n, "record");
	rule->given = node_get(n, "given") != NULL;
	rule->exposure = node_flag(n, "exposure");
	rule->owed = node_flag(n, "owed");
	rule->override = layers_override(r->layers, "clocks", name);
	if ((e = vet_commands(r, name, rule->act)) != NULL ||
	    (e = vet_commands(r, name, rule->record)) != NULL ||
	    (e = read_when(r, rule, node_get(n, "when"), false)) != NULL ||
	    (e = read_when(r, rule, node_get(n, "until"), true)) != NULL ||
	    (e = read_readings(r, rule, node_get(n, "readings"))) != NULL)
		return e;
	return rule->readings.n > 0 || rule->given ?
	    NULL :
	    fault(r, "clocks", name, n,
		"a clock has readings, or a date that is given");
}

struct err *
rules_read(
    struct rules *out, const struct layers *layers, const struct rules *common)
{
	struct reader r = { layers, common, out };
	const struct node *clocks = node_get(layers->tree, "clocks");
	struct err *e = read_events(&r, node_get(layers->tree, "events"));

	for (size_t i = 0; i < node_count(clocks) && e == NULL; i++)
		e = read_rule(&r, clocks->keys[i], clocks->kids[i]);
	return e;
}

void
rules_release(struct rules *r)
{
	struct event *ev;
	struct rule *rule;

	vec_each (ev, &r->events) {
		free(ev->v);
	}
	vec_each (rule, &r->v) {
		vec_release(&rule->when);
		vec_release(&rule->until);
		vec_release(&rule->readings);
	}
	vec_release(&r->events);
	vec_release(&r->v);
}
