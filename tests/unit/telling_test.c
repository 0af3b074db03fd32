/* SPDX-License-Identifier: ISC */
#include "core/evidence/telling.h"

#include <time.h>

#include "core/evidence/gaps.h"
#include "tests/unit/unit.h"

#define assert_told(OWNED, TEXT) \
	do { \
		char *told = (OWNED); \
		assert_string_equal(told, (TEXT)); \
		free(told); \
	} while (0)

static void
times_are_read_by_people(void **state)
{
	(void)state;
	assert_told(telling_time(1795429502), "23 Nov 2026, 10:25 UTC");
	assert_told(telling_date(1795429502), "23 Nov 2026");
	assert_told(telling_due("2026-11-30"), "30 Nov 2026");
	assert_told(
	    telling_due("2026-11-30T09:05:00Z"), "30 Nov 2026, 09:05 UTC");
	assert_told(telling_due("soon"), "soon");
}

static void
a_date_alone_is_the_same_day_in_every_zone(void **state)
{
	static const char *const zones[] = { "UTC", "Asia/Tokyo",
		"America/Los_Angeles", "Pacific/Kiritimati" };

	(void)state;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		setenv("TZ", zones[i], 1);
		tzset();
		assert_told(telling_due("2026-11-30"), "30 Nov 2026");
	}
	setenv("TZ", "UTC", 1);
	tzset();
}

static void
sizes_and_spans_are_rounded_down(void **state)
{
	(void)state;
	assert_told(telling_size(0), "0 bytes");
	assert_told(telling_size(1), "1 byte");
	assert_told(telling_size(999), "999 bytes");
	assert_told(telling_size(1000), "1.0 kB");
	assert_told(telling_size(9999), "9.9 kB");
	assert_told(telling_size(10000), "10 kB");
	assert_told(telling_size(999999), "999 kB");
	assert_told(telling_size(1000000), "1.0 MB");
	assert_told(telling_size(INT64_MAX), "9223372 TB");
	assert_told(telling_span(61), "1 minute");
	assert_told(telling_span(3 * 3600), "3 hours");
	assert_told(telling_span(47 * 3600), "47 hours");
	assert_told(telling_span(12 * DATE_DAY + 5), "12 days");
}

static void
lists_end_with_and(void **state)
{
	struct node *list = node_list();

	(void)state;
	assert_told(telling_list(list), "");
	node_push_str(list, "r1");
	assert_told(telling_list(list), "r1");
	node_push_str(list, "r2");
	assert_told(telling_list(list), "r1 and r2");
	node_push_str(list, "r3");
	assert_told(telling_list(list), "r1, r2 and r3");
	node_free(list);
}

/* An order of one entry of this kind; the stream is the order's own. */
static struct order *
order_of(struct stream **stream, const char *kind_name, struct node *content)
{
	const struct kind *kind;
	struct entry *entry;
	struct order *o;

	*stream = stream_new("FO1");
	node_put_str(content, "happened", "2026-11-23T10:15:00Z");
	assert_ok(kind_find(&kind, kind_name));
	assert_ok(stream_append(
	    &entry, *stream, kind, content, "2026-11-24T10:15:00Z"));
	assert_ok(order_replay(&o, *stream, "FO1"));
	return o;
}

static void
every_kind_has_a_title_even_with_nothing_in_it(void **state)
{
	const struct kind *kind;

	(void)state;
	for (size_t i = 0; (kind = kind_at(i)) != NULL; i++) {
		struct stream *s;
		struct order *o = order_of(&s, kind->name, node_map());
		char *title = telling_title(o, &o->v[0]);

		assert_true(strlen(title) > 3);
		assert_null(strstr(title, "(null)"));
		assert_int_equal(telling_delay(&o->v[0]), DATE_DAY);
		free(title);
		order_free(o);
		stream_free(s);
	}
}

static void
a_title_is_one_line_of_bearable_length(void **state)
{
	struct node *content = node_map();
	struct buf text = BUF_INIT;
	struct stream *s;
	struct order *o;
	char *title;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		buf_adds(&text, "\xc3\xa9\n");
	node_put_str(content, "title", text.data);
	o = order_of(&s, "order", content);
	title = telling_title(o, &o->v[0]);
	assert_null(strchr(title, '\n'));
	assert_true(strlen(title) < 700);
	assert_non_null(strstr(title, " ..."));
	free(title);
	buf_release(&text);
	order_free(o);
	stream_free(s);
}

/* One more entry: of a cancellation, asked for or answered. */
static const struct entry *
add_cancellation(struct stream *s, const char *initiator, const char *state,
    const struct entry *answers)
{
	struct node *content = node_map();
	const struct kind *kind;
	struct entry *entry;

	node_put_str(content, "happened", "2026-11-23T10:15:00Z");
	node_put_str(content, "initiator", initiator);
	node_put_str(content, "state", state);
	if (answers != NULL)
		node_put_str(content, "answers", answers->id);
	assert_ok(kind_find(&kind, "cancellation"));
	assert_ok(
	    stream_append(&entry, s, kind, content, "2026-11-24T10:15:00Z"));
	return entry;
}

/* The party of an entry is who asked, and never who answered him. */
static void
an_answer_to_a_cancellation_is_not_laid_upon_who_asked(void **state)
{
	static const struct {
		const char *by, *state;
		bool answers;
		const char *title;
	} cases[] = {
		{ "buyer", "accepted", true,
		    "Cancellation asked for by the buyer was accepted" },
		{ "buyer", "declined", true,
		    "Cancellation asked for by the buyer was declined" },
		{ "seller", "declined", true,
		    "Cancellation asked for by the buyer was declined" },
		{ "buyer", "withdrawn", true,
		    "Cancellation asked for by the buyer was withdrawn" },
		{ "support", "accepted", true,
		    "Cancellation asked for by the buyer was accepted"
		    " by the platform's support" },
		{ "buyer", "declined", false,
		    "Cancellation asked for by the buyer was declined" },
		{ "support", "declined", false,
		    "Cancellation was declined by the platform's support" },
		{ "support", "accepted", false,
		    "Cancelled by the platform's support" },
		{ "buyer", "accepted", false, "Order cancelled by the buyer" },
		{ "seller", "requested", false,
		    "Cancellation asked for by the seller" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stream *s = stream_new("FO1");
		const struct entry *asked =
		    add_cancellation(s, "buyer", "requested", NULL);
		const struct entry *entry = add_cancellation(s, cases[i].by,
		    cases[i].state, cases[i].answers ? asked : NULL);
		struct order *o;

		assert_ok(order_replay(&o, s, "FO1"));
		assert_told(
		    telling_title(o, order_fact(o, entry->id)), cases[i].title);
		order_free(o);
		stream_free(s);
	}
}

static void
claims_are_those_of_the_manual(void **state)
{
	(void)state;
	assert_ok(claim_vet("not-delivered"));
	assert_ok(claim_vet("refund-after-use"));
	assert_err(claim_vet("not-deliverd"), ERR_INVALID, "not a claim");
	assert_err(claim_vet(""), ERR_INVALID, NULL);
	assert_string_equal(claim_words("late"), "that the work came late");
	assert_null(claim_words("Late"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_by_people),
		cmocka_unit_test(a_date_alone_is_the_same_day_in_every_zone),
		cmocka_unit_test(sizes_and_spans_are_rounded_down),
		cmocka_unit_test(lists_end_with_and),
		cmocka_unit_test(
		    every_kind_has_a_title_even_with_nothing_in_it),
		cmocka_unit_test(a_title_is_one_line_of_bearable_length),
		cmocka_unit_test(
		    an_answer_to_a_cancellation_is_not_laid_upon_who_asked),
		cmocka_unit_test(claims_are_those_of_the_manual),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
