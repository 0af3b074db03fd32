/* SPDX-License-Identifier: ISC */
#include "core/clock.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/date.h"

/* What is said of a clock. */

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

/* "A; B (an older text)": sources that were not named before. */
static void
add_reading(struct buf *b, const struct clock *c, const struct rule_reading *r,
    struct node *named, bool urls)
{
	struct node *fresh = node_list();
	const char *name;
	char *text;

	for (size_t i = 0; (name = node_text_at(r->source, i)) != NULL; i++)
		if (!node_has(named, name) || r->note != NULL) {
			node_push_str(fresh, name);
			node_push_str(named, name);
		}
	text = profile_source(c->profile, fresh, urls);
	if (text[0] != '\0')
		buf_addf(b, "%s%s", b->len > 0 ? "; " : "", text);
	if (text[0] != '\0' && r->note != NULL)
		buf_addf(b, " (%s)", r->note);
	free(text);
	node_free(fresh);
}

char *
clock_source(const struct clock *c, const struct order *o, bool urls)
{
	struct node *named = node_list();
	struct buf b = BUF_INIT;
	const struct rule_reading *r;
	char *id;

	if (c->setter != NULL) {
		id = order_short(o, c->setter);
		buf_addf(
		    &b, "your record, %s %s", c->setter->entry->kind->name, id);
		free(id);
	} else {
		vec_each (r, &c->rule->readings) {
			add_reading(&b, c, r, named, urls);
		}
	}
	node_free(named);
	return buf_steal(&b);
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
