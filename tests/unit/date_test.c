/* SPDX-License-Identifier: ISC */
#include "core/util/date.h"

#include <stdio.h>
#include <time.h>

#include "tests/unit/unit.h"

#define NOW 1795301727 /* 2026-11-21T22:55:27Z, a Saturday */

static void
zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static int
utc(void **state)
{
	(void)state;
	zone("UTC");
	return 0;
}

static void
times_are_written_as_rfc3339_in_utc(void **state)
{
	static const struct {
		int64_t time;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ NOW, "2026-11-21T22:55:27Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ -1, "1969-12-31T23:59:59Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" },
		{ -62167219200, "0000-01-01T00:00:00Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" },
	};
	char text[DATE_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct when when;

		date_format(text, cases[i].time);
		assert_string_equal(text, cases[i].text);
		assert_ok(date_parse(&when, text));
		assert_true(when.time == cases[i].time);
		assert_false(when.date_only);
	}
	date_format_compact(text, NOW);
	assert_string_equal(text, "20261121T225527Z");
}

static void
the_calendar_agrees_with_the_c_library(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		time_t t = (time_t)any(&seed, UINT32_MAX) * 58 +
		    (time_t)any(&seed, 58) - 62167219200;
		struct tm tm;
		struct civil c = date_civil(t);

		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(c.year, tm.tm_year + 1900);
		assert_int_equal(c.month, tm.tm_mon + 1);
		assert_int_equal(c.day, tm.tm_mday);
		assert_int_equal(c.hour, tm.tm_hour);
		assert_int_equal(c.minute, tm.tm_min);
		assert_int_equal(c.second, tm.tm_sec);
		assert_true(date_from_civil(&c) == t);
	}
}

static void
offsets_are_taken_off(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "2026-11-21T22:55:27Z", "2026-11-21T22:55:27Z" },
		{ "2026-11-21t22:55:27z", "2026-11-21T22:55:27Z" },
		{ "2026-11-21T23:55:27+01:00", "2026-11-21T22:55:27Z" },
		{ "2026-11-22T04:25:27+0530", "2026-11-21T22:55:27Z" },
		{ "2026-11-21T10:55:27.999-12:00", "2026-11-21T22:55:27Z" },
		{ "2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z" },
		{ "2026-11-30", "2026-11-30" },
		{ "2026-11-30+05:30", "2026-11-30" },
		{ "2026-11-30-08:00", "2026-11-30" },
	};
	char text[DATE_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct when when;

		assert_ok(date_parse(&when, cases[i].in));
		date_write(text, &when);
		assert_string_equal(text, cases[i].out);
	}
}

static void
what_is_no_date_is_refused(void **state)
{
	static const char *const bad[] = { "", "2026", "2026-13-01",
		"2026-00-01", "2026-02-29", "2026-11-31", "2026-11-00",
		"2026-1-1", "26-11-21", "2026-11-21T", "2026-11-21T24:00:00Z",
		"2026-11-21T22:60:00Z", "2026-11-21T22:55:61Z",
		"2026-11-21T22:55:27", "2026-11-21T22:55:27.Z",
		"2026-11-21T22:55:27+1:00", "2026-11-21T22:55:27+24:00",
		"2026-11-30+", "2026-11-30+24:00", "2026-11-30-08",
		"2026-11-21T22:55:27Z ", "2026-11-21T22:55:27ZZ", " 2026-11-21",
		"2026/11/21", "yesterday", "0000-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01" };
	struct when when;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_err(date_parse(&when, bad[i]), ERR_INVALID,
		    "is not a date or time");
}

static void
people_may_write_dates_as_they_speak(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "now", "2026-11-21T22:55:27Z" },
		{ "yesterday", "2026-11-20T22:55:27Z" },
		{ "yesterday 10:15", "2026-11-20T10:15:00Z" },
		{ "Tomorrow", "2026-11-22T22:55:27Z" },
		{ "10:15", "2026-11-21T10:15:00Z" },
		{ "2026-11-30 10:15", "2026-11-30T10:15:00Z" },
		{ "2026-11-30 10:15:07 +0100", "2026-11-30T09:15:07Z" },
		{ "2026-11-30", "2026-11-30" },
		{ "in 3 days", "2026-11-24T22:55:27Z" },
		{ "in 1 week", "2026-11-28T22:55:27Z" },
		{ "2 weeks ago", "2026-11-07T22:55:27Z" },
		{ "3.days.ago", "2026-11-18T22:55:27Z" },
		{ "90 minutes ago", "2026-11-21T21:25:27Z" },
		{ "in 3 months", "2027-02-21T22:55:27Z" },
		{ "9 months ago", "2026-02-21T22:55:27Z" },
		{ "1 year ago", "2025-11-21T22:55:27Z" },
		{ "last friday", "2026-11-20T22:55:27Z" },
		{ "last saturday", "2026-11-14T22:55:27Z" },
		{ "friday", "2026-11-27T22:55:27Z" },
		{ "next saturday", "2026-11-28T22:55:27Z" },
		{ "@0", "1970-01-01T00:00:00Z" },
		{ "@1795301727", "2026-11-21T22:55:27Z" },
	};
	char text[DATE_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct when when;

		assert_ok(date_parse_loose(&when, cases[i].in, NOW));
		date_write(text, &when);
		assert_string_equal(text, cases[i].out);
	}
}

static void
a_guess_beyond_the_calendar_is_refused(void **state)
{
	static const char *const bad[] = { "", "soon", "in days", "in 3",
		"3 days", "in 3 days ago", "in 3 parsecs", "last", "fri", "@",
		"@12x", "25:00", "in 9999999 days", "in 999999 weeks",
		"in 900000 months", "999999 weeks ago", "in 9000 years",
		"2026-11-30 10:15 +25:00", "2026-11-30 10:15-" };
	struct when when;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_err(date_parse_loose(&when, bad[i], NOW), ERR_INVALID,
		    "is not a date or time");
}

/* Where summer time begins at midnight, that day has no 00:00. */
static void
a_date_alone_stays_that_date_in_every_zone(void **state)
{
	static const struct {
		const char *zone, *date;
	} cases[] = {
		{ "Africa/Cairo", "2023-04-28" },
		{ "America/Sao_Paulo", "2018-11-04" },
		{ "Asia/Beirut", "2022-03-27" },
		{ "America/Havana", "2024-03-10" },
		{ "Pacific/Apia", "2011-12-31" },
		{ "Europe/Berlin", "2026-03-29" },
		{ "Europe/Berlin", "2026-10-25" },
		{ "Asia/Kathmandu", "2026-11-30" },
		{ "Pacific/Kiritimati", "2026-11-30" },
		{ "America/St_Johns", "2026-11-30" },
	};
	char text[DATE_TEXT], offset[8], again[40];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct when when, back;

		zone(cases[i].zone);
		assert_ok(date_parse(&when, cases[i].date));
		assert_true(when.date_only);
		date_write(text, &when);
		assert_string_equal(text, cases[i].date);
		date_format_zone(offset, when.offset);
		snprintf(again, sizeof(again), "%s%s", text, offset);
		zone("UTC");
		assert_ok(date_parse(&back, again));
		assert_true(back.time == when.time);
	}
}

static void
a_time_without_a_zone_is_local(void **state)
{
	struct when when;
	char text[DATE_TEXT];

	(void)state;
	zone("Europe/Berlin");
	assert_ok(date_parse_loose(&when, "2026-07-01 10:15", NOW));
	date_write(text, &when);
	assert_string_equal(text, "2026-07-01T08:15:00Z");
	assert_ok(date_parse_loose(&when, "10:15", NOW));
	date_format_local(text, when.time);
	assert_string_equal(text, "2026-11-21 10:15");
	assert_int_equal(date_zone_at(when.time), 60);
	zone("UTC");
}

static void
zones_are_written_with_a_sign(void **state)
{
	char text[8];

	(void)state;
	date_format_zone(text, 0);
	assert_string_equal(text, "Z");
	date_format_zone(text, 345);
	assert_string_equal(text, "+05:45");
	date_format_zone(text, -210);
	assert_string_equal(text, "-03:30");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_written_as_rfc3339_in_utc),
		cmocka_unit_test(the_calendar_agrees_with_the_c_library),
		cmocka_unit_test(offsets_are_taken_off),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(people_may_write_dates_as_they_speak),
		cmocka_unit_test(a_guess_beyond_the_calendar_is_refused),
		cmocka_unit_test(a_date_alone_stays_that_date_in_every_zone),
		cmocka_unit_test(a_time_without_a_zone_is_local),
		cmocka_unit_test(zones_are_written_with_a_sign),
	};

	return cmocka_run_group_tests(tests, utc, NULL);
}
