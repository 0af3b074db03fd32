/* SPDX-License-Identifier: ISC */
#ifndef DEED_TESTS_UNIT_SCENE_H
#define DEED_TESTS_UNIT_SCENE_H

#include "core/standing.h"
#include "core/util/date.h"

#include "tests/unit/unit.h"

static const struct env env = { .share = "share" };

/* An order made of lines "KIND TIME KEY=VALUE;KEY=VALUE". */
struct scene {
	struct stream *stream;
	struct order *order;
	struct profiles *profiles;
	struct standing standing;
	int64_t now;
};

static inline int64_t
at(const char *text)
{
	struct when when;

	assert_ok(date_parse(&when, text));
	return when.time;
}

static inline void
put_pair(struct node *content, const struct kind *kind, char *pair)
{
	char *equal = strchr(pair, '='), zone[8];
	const struct key *key;
	struct node *value;
	int offset = INT32_MIN;

	assert_non_null(equal);
	*equal = '\0';
	key = kind_key(kind, pair);
	if (key == NULL || key->type == KEY_ENTRY)
		value = node_str(equal + 1);
	else
		assert_ok(kind_value(&value, key, equal + 1, 0, &offset));
	order_put(content, pair, value);
	if (offset == INT32_MIN)
		return;
	date_format_zone(zone, offset);
	node_put_str(content, "zone", zone);
}

static inline void
add_entry(struct stream *stream, char *line, int n)
{
	const struct kind *kind;
	struct node *content = node_map();
	struct entry *entry;
	char *name = strsep(&line, " "), *time = strsep(&line, " "), *pair;
	char recorded[DATE_TEXT], zone[8];
	struct when when;

	assert_ok(kind_find(&kind, name));
	assert_ok(date_parse(&when, time));
	node_put_str(content, "happened", time);
	if (when.date_only) {
		date_format_zone(zone, when.offset);
		node_put_str(content, "zone", zone);
	}
	while ((pair = strsep(&line, ";")) != NULL)
		put_pair(content, kind, pair);
	date_format(recorded, at("2026-01-01T00:00:00Z") + n);
	assert_ok(stream_append(&entry, stream, kind, content, recorded));
}

static inline void
look(struct scene *s, int64_t now)
{
	standing_release(&s->standing);
	order_free(s->order);
	s->now = now;
	assert_ok(order_replay(&s->order, s->stream, "FO1"));
	assert_ok(standing_find(&s->standing, s->order, s->profiles, now));
}

static inline struct scene
scene(const char *lines)
{
	struct scene s = { 0 };
	char *copy = mem_dup(lines), *rest = copy, *line;

	s.stream = stream_new("scene");
	s.profiles = profiles_new(&env, NULL);
	for (int n = 0; (line = strsep(&rest, "\n")) != NULL; n++)
		if (*line != '\0')
			add_entry(s.stream, line, n);
	free(copy);
	look(&s, at("2026-01-01T00:00:00Z"));
	return s;
}

static inline void
drop(struct scene *s)
{
	standing_release(&s->standing);
	order_free(s->order);
	stream_free(s->stream);
	profiles_free(s->profiles);
}

#endif
