/* SPDX-License-Identifier: ISC */
#include "core/deadline.h"

#include <string.h>

#include "core/util/date.h"

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

const char *
deadline_milestone(const struct order *o, const struct fact *f)
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

bool
deadline_is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/*
 * What is due, and which entry says so.
 */

struct point
point_of(const struct when *when)
{
	return (struct point){ when->time,
		when->date_only ? when->time + DATE_DAY - 1 : when->time };
}

struct point
point_happened(const struct fact *f)
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
		return deadline_is_same(deadline_milestone(o, f), label) &&
			order_time(when, f->content, "due") ?
		    f :
		    NULL;
	for (size_t i = 0; i < node_count(list); i++)
		if (deadline_is_same(
			node_text(list->kids[i], "label"), label) &&
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
const struct fact *
deadline_find(struct point *out, const struct order *o, const char *milestone)
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

bool
deadline_time(int64_t *out, const struct order *o)
{
	struct point due;

	if (deadline_find(&due, o, NULL) == NULL)
		return false;
	*out = due.first;
	return true;
}
