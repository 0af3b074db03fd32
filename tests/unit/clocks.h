/* SPDX-License-Identifier: ISC */
#ifndef DEED_TESTS_UNIT_CLOCKS_H
#define DEED_TESTS_UNIT_CLOCKS_H

#include <time.h>

#include "tests/unit/scene.h"

/* The clocks of a scene, and orders to begin one with. */

#define OPEN(P, C) \
	"order 2026-11-01T09:00:00Z id=FO1;platform=" P ";contract=" C "\n"
#define FIVERR OPEN("fiverr", "gig")
#define UPWORK OPEN("upwork", "fixed")
#define HOURLY OPEN("upwork", "hourly")
#define DIRECT OPEN("direct", "direct")
#define T "2026-11-23T10:00:00Z" /* a Monday */

static inline const struct clock *
find_in(const struct clocks *clocks, const char *name)
{
	for (size_t i = 0; i < clocks->n; i++)
		if (strcmp(clocks->v[i].rule->name, name) == 0)
			return &clocks->v[i];
	return NULL;
}

static inline const struct clock *
find(struct scene *s, const char *name, const char *now)
{
	look(s, at(now));
	return find_in(&s->standing.clocks, name);
}

static inline void
check_time(const char *what, int64_t time, const char *expected)
{
	char text[DATE_TEXT];

	date_format(text, time);
	if (strcmp(text, expected) != 0)
		fail_msg("%s: %s instead of %s", what, text, expected);
}

/* It ends then, counting its last second. */
static inline void
check_edges(
    struct scene *s, const char *name, const char *first, const char *last)
{
	const struct clock *c;
	int64_t end = at(last);

	look(s, end - 1);
	c = find_in(&s->standing.clocks, name);
	if (c == NULL)
		fail_msg("%s does not run a second before its end", name);
	check_time(name, c->earliest, first);
	check_time(name, c->latest, last);
	look(s, end);
	if (find_in(&s->standing.clocks, name) == NULL)
		fail_msg("%s does not run in its last second", name);
	look(s, end + 1);
	if (find_in(&s->standing.clocks, name) != NULL)
		fail_msg("%s runs after its end", name);
}

static inline void
zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

#endif
