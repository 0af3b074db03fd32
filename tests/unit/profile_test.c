/* SPDX-License-Identifier: ISC */
#include "core/order.h"
#include "core/profile.h"
#include "core/util/date.h"
#include "core/util/path.h"

#include "tests/unit/unit.h"

static const char *const shipped[] = { "any", "codeable", "contra", "court",
	"direct", "fiverr", "freelancer", "generic", "guru", "paypal",
	"peopleperhour", "stripe", "toptal", "upwork" };

#define N_SHIPPED (sizeof(shipped) / sizeof(shipped[0]))

/* A user's home beside what ships, or in place of it. */
struct home {
	char *dir;
	struct env *env;
	struct profiles *profiles;
};

static struct home
home(const char *share)
{
	struct home h = { scratch(), mem_zero(1, sizeof(*h.env)), NULL };

	h.env->share = share;
	h.env->config_home = h.dir;
	h.profiles = profiles_new(h.env, h.dir);
	return h;
}

static void
drop(struct home *h)
{
	profiles_free(h->profiles);
	file_remove_tree(h->dir);
	free(h->env);
	free(h->dir);
}

static void
write_file(const struct home *h, const char *name, const char *text)
{
	char *path = path_join(h->dir, name);

	assert_ok(file_mkdir_for(path, 0700));
	assert_ok(file_replace(path, text, strlen(text), 0600));
	free(path);
}

/* What the user writes over Fiverr's. */
static struct err *
override(const char *text, const struct profile **out, struct home *h)
{
	char *whole = mem_printf("profile: 1\nname: fiverr\n%s", text);

	*h = home("share");
	write_file(h, "deed/platforms/fiverr.yaml", whole);
	free(whole);
	return profiles_get(out, h->profiles, "fiverr");
}

static const struct rule *
rule(const struct profile *p, const char *name)
{
	const struct rule *r;

	vec_each (r, &p->rules.v) {
		if (strcmp(r->name, name) == 0)
			return r;
	}
	return NULL;
}

static void
every_profile_that_ships_can_be_read(void **state)
{
	struct home h = home("share");
	struct strs files = VEC_INIT;
	const struct profile *p;

	(void)state;
	assert_ok(file_list(&files, "share/platforms"));
	assert_int_equal(files.n, N_SHIPPED);
	for (size_t i = 0; i < N_SHIPPED; i++) {
		assert_ok(profiles_get(&p, h.profiles, shipped[i]));
		assert_non_null(p);
		assert_string_equal(p->name, shipped[i]);
	}
	strs_release(&files);
	drop(&h);
}

static void
the_platforms_an_order_knows_are_those_with_a_place_to_look(void **state)
{
	struct home h = home("share");
	const struct profile *p;

	(void)state;
	for (size_t i = 0; i < N_SHIPPED; i++) {
		assert_ok(profiles_get(&p, h.profiles, shipped[i]));
		if (p->look_up != order_knows_platform(shipped[i]))
			fail_msg("%s", shipped[i]);
	}
	drop(&h);
}

static void
the_states_of_an_order_are_the_phases(void **state)
{
	struct home h = home("share");
	const struct profile *p;
	const struct node *states;

	(void)state;
	assert_ok(profiles_get(&p, h.profiles, "fiverr"));
	for (int i = ORDER_OPEN; i <= ORDER_CLOSED; i++)
		if (i != ORDER_DISPUTED) /* Fiverr has no such state */
			assert_non_null(profile_native(
			    p, order_state_name((enum order_state)i)));
	states = node_get(p->layers.tree, "states");
	for (size_t i = 0; i < states->n; i++)
		assert_non_null(
		    node_text(profile_state(p, states->keys[i]), "phase"));
	drop(&h);
}

static void
a_value_has_unit_source_date_and_confidence(void **state)
{
	struct home h = home("share");
	const struct profile *p;
	const struct node *v;
	char *source;

	(void)state;
	assert_ok(profiles_get(&p, h.profiles, "fiverr"));
	v = profile_value(p, "fee.seller");
	assert_int_equal(node_number(v, "value", 0), 20);
	assert_string_equal(node_text(v, "unit"), "percent");
	assert_string_equal(node_text(v, "as_of"), "2024");
	source = profile_source(p, node_get(v, "source"), true);
	assert_string_equal(source,
	    "Fiverr help, Delivering your Fiverr Pro order, "
	    "https://help.fiverr.com/hc/en-us/articles/29455713726993");
	assert_int_equal(profile_number(p, "fee.seller", 7), 20);
	assert_int_equal(profile_number(p, "fee.buyer", 7), 7);
	assert_int_equal(profile_number(NULL, "fee.seller", 7), 7);
	free(source);
	drop(&h);
}

static void
a_platform_nobody_wrote_about_has_no_profile(void **state)
{
	static const char *const names[] = { "malt",
		"../share/platforms/fiverr", "Fiverr", "", "a/b" };
	struct home h = home("share");
	const struct profile *p;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_ok(profiles_get(&p, h.profiles, names[i]));
		assert_null(p);
		assert_ok(profiles_get(&p, h.profiles, names[i]));
		assert_null(p);
	}
	drop(&h);
}

static void
a_user_can_write_a_profile_of_his_own(void **state)
{
	struct home h = home("share");
	const struct profile *p;

	(void)state;
	write_file(&h, "platforms/malt.yaml",
	    "profile: 1\nname: malt\nclocks:\n"
	    "  auto-release:\n    when: submitted\n    who: buyer\n"
	    "    readings:\n      - from: entry\n"
	    "        window: {value: 10, unit: business-days}\n"
	    "        source: my own contract\n        as_of: \"2026\"\n"
	    "        confidence: high\n    if_missed: money comes\n");
	assert_ok(profiles_get(&p, h.profiles, "malt"));
	assert_int_equal(p->rules.v.n, 1);
	assert_non_null(strstr(p->rules.v.v[0].override, "/malt.yaml"));
	drop(&h);
}

static void
an_override_changes_some_keys_of_a_clock_and_is_marked(void **state)
{
	const struct profile *p;
	struct home h;

	(void)state;
	assert_ok(override(
	    "clocks:\n  auto-complete:\n    readings:\n"
	    "      - from: entry\n        window: {value: 5, unit: days}\n"
	    "        source: mail of Fiverr's support\n"
	    "        as_of: \"2026-10-01\"\n        confidence: high\n",
	    &p, &h));
	assert_int_equal(rule(p, "auto-complete")->readings.n, 1);
	assert_int_equal(
	    rule(p, "auto-complete")->readings.v[0].steps[0].count, 5);
	assert_int_equal(rule(p, "auto-complete")->who, RULE_BUYER);
	assert_non_null(strstr(
	    rule(p, "auto-complete")->override, "deed/platforms/fiverr.yaml"));
	assert_null(rule(p, "cancel-answer")->override);
	drop(&h);
}

static void
the_ledgers_own_file_comes_last(void **state)
{
	static const char *const text =
	    "profile: 1\nname: fiverr\nvalues:\n  fee.seller: {value: %d, "
	    "unit: percent, source: a contract, as_of: \"2026\", "
	    "confidence: high}\n";
	struct home h = home("share");
	const struct profile *p;
	char *user = mem_printf(text, 15), *ledger = mem_printf(text, 10);

	(void)state;
	write_file(&h, "deed/platforms/fiverr.yaml", user);
	write_file(&h, "platforms/fiverr.yaml", ledger);
	assert_ok(profiles_get(&p, h.profiles, "fiverr"));
	assert_int_equal(profile_number(p, "fee.seller", 0), 10);
	assert_non_null(
	    strstr(profile_override(p, "values", "fee.seller"), "/platforms/"));
	assert_null(profile_override(p, "values", "text.gig.max"));
	free(user);
	free(ledger);
	drop(&h);
}

static void
an_override_of_an_event_marks_the_clocks_it_starts(void **state)
{
	const struct profile *p;
	struct home h;

	(void)state;
	assert_ok(
	    override("events:\n  message-held:\n    - kind: note\n", &p, &h));
	assert_non_null(rule(p, "message-held")->override);
	assert_null(rule(p, "data-link")->override);
	drop(&h);
}

static void
a_clock_can_be_switched_off(void **state)
{
	const struct profile *p;
	struct home h;

	(void)state;
	assert_ok(override("clocks:\n  very-late: {off: true}\n", &p, &h));
	assert_null(rule(p, "very-late"));
	assert_non_null(rule(p, "auto-complete"));
	drop(&h);
}

#define CLOCK \
	"clocks:\n  mine:\n    when: submitted\n    who: buyer\n" \
	"    if_missed: x\n    readings:\n      - from: entry\n"
#define DATED \
	"        source: K\n        as_of: \"2026\"\n" \
	"        confidence: high\n"

static void
what_does_not_fit_is_refused_with_file_and_line(void **state)
{
	static const struct {
		const char *text, *words;
	} bad[] = {
		{ "colour: red\n", "fiverr.yaml:3: unknown key \"colour\"" },
		{ "clocks:\n  auto-complete:\n    whom: buyer\n",
		    ":5: unknown key \"whom\"" },
		{ "values:\n  fee.seller:\n    values: 5\n",
		    ":5: unknown key \"values\"" },
		{ CLOCK "        windows: {value: 1, unit: days}\n",
		    ":10: unknown key \"windows\"" },
		{ CLOCK "        window: {value: 1, units: days}\n",
		    ":10: unknown key \"units\"" },
		{ "events:\n  x:\n    - kind: note\n      ist: {a: b}\n",
		    ":6: unknown key \"ist\"" },
		{ "states:\n  x: {show: X, phase: open}\n",
		    ":4: unknown key \"show\"" },
		{ "sources:\n  x: {titel: X}\n", ":4: unknown key \"titel\"" },
		{ "look_up: yes\n", ":3: look_up: it must be true or false" },
		{ "as_of: 2026\n", ":3: as_of: it must be a date in quotes" },
		{ "as_of: \"2026-13\"\n", ":3: as_of: it must be a date" },
		{ "title: 3\n", ":3: title: it must be a text" },
		{ "with: stripe\n", ":3: with: it must be a list of texts" },
		{ "with: [nobody]\n", "there is no profile" },
		{ "values: [1]\n", ":3: values: it must be a map of names" },
		{ "values:\n  fee: {value: 5, unit: percent}\n",
		    ":4: fee has no key \"source\"" },
		{ "values:\n  fee: {value: 5, unit: x, source: Z9, as_of: "
		  "\"2026\", confidence: high}\n",
		    ":4: fee: there is no source \"Z9\"" },
		{ "values:\n  fee: {value: 5, unit: x, source: K, as_of: "
		  "\"2026\", confidence: sure}\n",
		    ":4: confidence: it must be one of high, medium, low" },
		{ "states:\n  x: {shown: X, phase: lost}\n",
		    ":4: phase: it must be one of open" },
		{ "phases:\n  lost: delivered\n",
		    ":4: lost: there is no phase" },
		{ "phases:\n  open: asleep\n",
		    ":4: open: there is no state \"asleep\"" },
		{ "events:\n  x:\n    - kind: notes\n",
		    ":5: x: there is no kind \"notes\"" },
		{ "events:\n  x:\n    - kind: note\n      is: {a: b}\n",
		    ":6: x: a note has no key \"a\"" },
		{ "events:\n  x: []\n", ":4: x: it must be a list of maps" },
		{ "clocks:\n  mine: {when: submitted, who: buyer}\n",
		    ":4: mine has no key \"if_missed\"" },
		{ "clocks:\n  mine: {when: submitted, who: buyer, if_missed: "
		  "x}\n",
		    ":4: mine: a clock has readings" },
		{ "clocks:\n  mine: {when: submited, who: buyer, if_missed: "
		  "x, given: due}\n",
		    ":4: mine: there is no event \"submited\"" },
		{ "clocks:\n  auto-complete:\n    act: [rm -rf x]\n",
		    ":5: auto-complete: it must be one command of deed" },
		{ "clocks:\n  auto-complete:\n    record: ['deed x; rm y']\n",
		    ":5: auto-complete: it must be one command of deed" },
		{ "clocks:\n  auto-complete:\n    act: deed due\n",
		    ":5: act: it must be a list of texts" },
		{ CLOCK "        window: {value: 1, unit: weeks}\n" DATED,
		    ":10: unit: it must be one of hours" },
		{ CLOCK "        window: {value: 1}\n" DATED,
		    "mine: a window has a value" },
		{ CLOCK "        window: {value: 99999, unit: days}\n" DATED,
		    "mine: a window has a value" },
		{ CLOCK
		    "        window: {weekday: friday, at: \"24:00\"}\n" DATED,
		    "beside weekday stands at" },
		{ CLOCK "        window: {value: 1, unit: days}\n",
		    ":9: mine: a reading needs source" },
		{ CLOCK DATED, "either a window or endless" },
		{ "name: upwork\n", "the same key" },
		{ "- x\n", "fiverr.yaml:3" },
	};
	const struct profile *p;
	struct home h;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err *e = override(bad[i].text, &p, &h);

		assert_null(p);
		if (e == NULL || strstr(err_text(e), bad[i].words) == NULL)
			fail_msg("%s: %s", bad[i].text,
			    e == NULL ? "no error" : err_text(e));
		err_drop(e);
		drop(&h);
	}
}

static void
a_mistyped_key_gets_a_suggestion(void **state)
{
	const struct profile *p;
	struct home h;
	struct err *e = override("clock:\n  x: {off: true}\n", &p, &h);

	(void)state;
	assert_string_equal(err_advice(e), "did you mean \"clocks\"?");
	err_drop(e);
	drop(&h);
}

static void
name_and_format_must_be_the_files_own(void **state)
{
	struct home h = home("share");
	const struct profile *p;

	(void)state;
	write_file(&h, "platforms/malt.yaml", "profile: 1\nname: mall\n");
	assert_err(profiles_get(&p, h.profiles, "malt"), ERR_INVALID,
	    "malt.yaml:2: name: it must be \"malt\"");
	write_file(&h, "platforms/malt.yaml", "profile: 2\nname: malt\n");
	assert_err(profiles_get(&p, h.profiles, "malt"), ERR_UNSUPPORTED,
	    "malt.yaml:1: profile: this deed reads profiles of format 1");
	write_file(&h, "platforms/malt.yaml", "name: malt\n");
	assert_err(profiles_get(&p, h.profiles, "malt"), ERR_INVALID,
	    "has no key \"profile\"");
	drop(&h);
}

static void
a_profile_beside_another_stands_alone(void **state)
{
	struct home h = home("share");
	const struct profile *p;

	(void)state;
	write_file(&h, "platforms/malt.yaml",
	    "profile: 1\nname: malt\nwith: [direct]\n");
	assert_err(profiles_get(&p, h.profiles, "malt"), ERR_INVALID,
	    "malt.yaml:3: with: there is no profile that stands alone");
	write_file(&h, "platforms/loop.yaml",
	    "profile: 1\nname: loop\nwith: [pool]\n");
	write_file(&h, "platforms/pool.yaml",
	    "profile: 1\nname: pool\nwith: [loop]\n");
	assert_err(profiles_get(&p, h.profiles, "loop"), ERR_INVALID, NULL);
	drop(&h);
}

static void
without_what_ships_there_is_just_no_profile(void **state)
{
	struct home h = home("/nonexistent");
	const struct profile *p;

	(void)state;
	assert_ok(profiles_get(&p, h.profiles, "any"));
	assert_null(p);
	drop(&h);
}

static int64_t
at(const char *text)
{
	struct when when;

	assert_ok(date_parse(&when, text));
	return when.time;
}

static void
a_date_is_stale_after_a_year(void **state)
{
	static const struct {
		const char *as_of, *last;
	} dates[] = {
		{ "2025-10-21", "2026-10-21T23:59:59Z" },
		{ "2025-10", "2026-10-31T23:59:59Z" },
		{ "2025", "2026-12-31T23:59:59Z" },
		{ "2024-02", "2025-02-28T23:59:59Z" },
		{ "2024-02-29", "2025-02-28T23:59:59Z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		assert_false(
		    profile_is_stale(dates[i].as_of, at(dates[i].last)));
		assert_true(
		    profile_is_stale(dates[i].as_of, at(dates[i].last) + 1));
	}
	assert_true(profile_is_stale("unknown", at("2026-01-01")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_profile_that_ships_can_be_read),
		cmocka_unit_test(
		    the_platforms_an_order_knows_are_those_with_a_place_to_look),
		cmocka_unit_test(the_states_of_an_order_are_the_phases),
		cmocka_unit_test(a_value_has_unit_source_date_and_confidence),
		cmocka_unit_test(a_platform_nobody_wrote_about_has_no_profile),
		cmocka_unit_test(a_user_can_write_a_profile_of_his_own),
		cmocka_unit_test(
		    an_override_changes_some_keys_of_a_clock_and_is_marked),
		cmocka_unit_test(the_ledgers_own_file_comes_last),
		cmocka_unit_test(
		    an_override_of_an_event_marks_the_clocks_it_starts),
		cmocka_unit_test(a_clock_can_be_switched_off),
		cmocka_unit_test(
		    what_does_not_fit_is_refused_with_file_and_line),
		cmocka_unit_test(a_mistyped_key_gets_a_suggestion),
		cmocka_unit_test(name_and_format_must_be_the_files_own),
		cmocka_unit_test(a_profile_beside_another_stands_alone),
		cmocka_unit_test(without_what_ships_there_is_just_no_profile),
		cmocka_unit_test(a_date_is_stale_after_a_year),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
