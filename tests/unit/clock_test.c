/* SPDX-License-Identifier: ISC */
#include "tests/unit/clocks.h"

/* What starts a clock, moves and ends it, in the profiles that ship. */

/*
 * Two readings.
 */

static void
delivered_early_fiverr_completes_between_two_readings(void **state)
{
	struct scene s = scene("order 2026-11-01T09:00:00Z "
			       "id=FO1;platform=fiverr;due=2026-11-30T12:00:"
			       "00Z\nsubmission " T " text=x");

	(void)state;
	check_edges(&s, "auto-complete", "2026-11-26T10:00:00Z",
	    "2026-12-03T12:00:00Z");
	drop(&s);
}

static void
delivered_late_both_readings_are_one(void **state)
{
	struct scene s = scene("order 2026-11-01T09:00:00Z "
			       "id=FO1;platform=fiverr;due=2026-11-20T12:00:"
			       "00Z\nsubmission " T " text=x");

	(void)state;
	check_edges(&s, "auto-complete", "2026-11-26T10:00:00Z",
	    "2026-11-26T10:00:00Z");
	drop(&s);
}

static void
a_revision_asked_for_in_chat_does_not_stop_the_clock(void **state)
{
	struct scene s = scene(FIVERR "submission " T " text=x\n"
				      "revision 2026-11-24T10:00:00Z text=x");

	(void)state;
	assert_non_null(find(&s, "auto-complete", "2026-11-25T10:00:00Z"));
	assert_int_equal(s.order->state, ORDER_REVISION);
	drop(&s);
}

/* On Upwork only a dispute keeps the money: a word in chat does not. */
static void
declining_alone_does_not_stop_the_refund_on_upwork(void **state)
{
	struct scene s =
	    scene(UPWORK "cancellation " T " state=requested;initiator=buyer\n"
			 "cancellation 2026-11-24T10:00:00Z state=declined");

	(void)state;
	check_edges(&s, "refund-request", "2026-11-30T10:00:00Z",
	    "2026-11-30T10:00:00Z");
	drop(&s);
}

static void
submitting_again_starts_the_clock_anew(void **state)
{
	struct scene s = scene(
	    UPWORK "submission " T " text=x\n"
		   "platform 2026-11-24T10:00:00Z state=changes_requested\n"
		   "submission 2026-11-25T10:00:00Z text=x");

	(void)state;
	check_edges(
	    &s, "auto-release", "2026-12-09T10:00:00Z", "2026-12-09T10:00:00Z");
	drop(&s);
}

static void
a_state_seen_later_does_not_start_the_clock_anew(void **state)
{
	struct scene s =
	    scene(FIVERR "submission " T " text=x\n"
			 "platform 2026-11-24T18:00:00Z state=delivered");

	(void)state;
	check_edges(&s, "auto-complete", "2026-11-26T10:00:00Z",
	    "2026-11-26T10:00:00Z");
	drop(&s);
}

/*
 * Days.
 */

static void
a_day_without_time_counts_from_its_start_for_ones_own_duty(void **state)
{
	struct scene s = scene(FIVERR "cancellation 2026-11-23 "
				      "state=requested;initiator=buyer");

	(void)state;
	check_edges(&s, "cancel-answer", "2026-11-25T00:00:00Z",
	    "2026-11-25T00:00:00Z");
	drop(&s);
}

static void
a_day_without_time_counts_to_its_end_for_what_others_do(void **state)
{
	struct scene s = scene(FIVERR "submission 2026-11-23 text=x");

	(void)state;
	check_edges(&s, "auto-complete", "2026-11-26T00:00:00Z",
	    "2026-11-26T23:59:59Z");
	drop(&s);
}

static void
a_day_is_one_of_the_zone_it_was_written_in(void **state)
{
	struct scene s;

	(void)state;
	zone("America/New_York");
	s = scene("order 2026-11-01T09:00:00Z "
		  "id=FO1;platform=fiverr;due=2026-11-30");
	zone("UTC");
	check_edges(
	    &s, "delivery", "2026-11-30T05:00:00Z", "2026-11-30T05:00:00Z");
	drop(&s);
}

static void
business_days_pass_over_the_weekend(void **state)
{
	/* Friday, Saturday, Sunday and Monday, 10:00; five business days */
	static const struct {
		const char *on, *last;
	} days[] = {
		{ "2026-11-20T10:00:00Z", "2026-12-01T10:00:00Z" },
		{ "2026-11-21T10:00:00Z", "2026-12-01T10:00:00Z" },
		{ "2026-11-22T10:00:00Z", "2026-12-01T10:00:00Z" },
		{ "2026-11-23T10:00:00Z", "2026-12-02T10:00:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char *lines = mem_printf("%ssubmission %s text=x",
		    OPEN("codeable", "fixed"), days[i].on);
		struct scene s = scene(lines);
		const struct clock *c =
		    find(&s, "review", "2026-11-23T11:00:00Z");

		assert_non_null(c);
		check_time(days[i].on, c->earliest, days[i].last);
		drop(&s);
		free(lines);
	}
}

static void
three_calendar_days_pass_through_the_weekend(void **state)
{
	struct scene s = scene(HOURLY "dispute 2026-11-20T10:00:00Z "
				      "state=open;initiator=buyer");

	(void)state;
	/* calendar days end on Monday, business days on Wednesday */
	check_edges(&s, "hours-dispute", "2026-11-23T10:00:00Z",
	    "2026-11-25T10:00:00Z");
	drop(&s);
}

static void
a_week_billed_late_ends_on_the_same_friday(void **state)
{
	static const struct {
		const char *on, *friday;
	} weeks[] = {
		{ "2026-11-23T12:00:00Z", "2026-11-27T23:59:00Z" },
		{ "2026-11-27T23:58:59Z", "2026-11-27T23:59:00Z" },
		{ "2026-11-27T23:59:00Z", "2026-11-27T23:59:00Z" },
		{ "2026-11-27T23:59:01Z", "2026-12-04T23:59:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char *lines = mem_printf(
		    "%splatform %s state=week_billed", HOURLY, weeks[i].on);
		struct scene s = scene(lines);

		check_edges(
		    &s, "week-review", weeks[i].friday, weeks[i].friday);
		drop(&s);
		free(lines);
	}
}

/* New York: 01:00 comes twice on 1 November, 02:00 not at all on 8 March. */
static void
summer_time_does_not_move_a_clock_of_the_platform(void **state)
{
	struct scene s;

	(void)state;
	zone("America/New_York");
	s = scene(FIVERR "cancellation 2026-10-31T16:00:00Z "
			 "state=requested;initiator=buyer\n"
			 "submission 2026-10-31T16:00:00Z text=x");
	check_edges(&s, "cancel-answer", "2026-11-02T16:00:00Z",
	    "2026-11-02T16:00:00Z");
	check_edges(&s, "auto-complete", "2026-11-03T16:00:00Z",
	    "2026-11-03T16:00:00Z");
	drop(&s);
	zone("UTC");
}

static void
a_clock_of_local_days_keeps_the_time_of_day(void **state)
{
	struct scene s;

	(void)state;
	zone("America/New_York");
	/* noon, thirty days on, is noon: an hour later in UTC in autumn ... */
	s = scene(DIRECT "submission 2026-10-20T16:00:00Z text=x");
	check_edges(
	    &s, "ny-payment", "2026-11-19T17:00:00Z", "2026-11-19T17:00:00Z");
	drop(&s);
	/* ... and an hour earlier in spring */
	s = scene(DIRECT "submission 2026-02-20T17:00:00Z text=x");
	check_edges(
	    &s, "ny-payment", "2026-03-22T16:00:00Z", "2026-03-22T16:00:00Z");
	drop(&s);
	zone("UTC");
}

static void
months_end_on_the_last_day_where_the_day_is_missing(void **state)
{
	struct scene s = scene(
	    OPEN("contra", "fixed") "dispute 2026-11-30T10:00:00Z state=open");

	(void)state;
	check_edges(
	    &s, "funds-hold", "2027-02-28T10:00:00Z", "2027-02-28T10:00:00Z");
	drop(&s);
}

/*
 * Dates that entries give.
 */

static void
the_date_a_bank_sets_is_the_end(void **state)
{
	struct scene s = scene(DIRECT
	    "dispute " T " state=open;venue=stripe;due=2026-12-02T23:59:59Z");
	const struct clock *c;
	struct node *n;

	(void)state;
	check_edges(&s, "card-dispute-answer", "2026-12-02T23:59:59Z",
	    "2026-12-02T23:59:59Z");
	c = find(&s, "card-dispute-answer", "2026-12-01T00:00:00Z");
	n = clock_node(c, s.order, s.now);
	assert_string_equal(node_text(n, "as_of"), "2026-11-23");
	assert_non_null(strstr(node_text(n, "source"), "your record, dispute"));
	assert_null(find(&s, "dispute-answer", "2026-12-01T00:00:00Z"));
	node_free(n);
	drop(&s);
}

static void
a_date_somebody_else_sets_runs_on_any_platform(void **state)
{
	struct scene s =
	    scene("order 2026-11-01T09:00:00Z id=FO1;platform=malt\n"
		  "dispute " T " state=open;due=2026-12-02");

	(void)state;
	check_edges(&s, "dispute-answer", "2026-12-02T00:00:00Z",
	    "2026-12-02T00:00:00Z");
	assert_null(s.standing.profile);
	drop(&s);
}

static void
a_new_due_date_moves_the_clock(void **state)
{
	struct scene s = scene("order 2026-11-01T09:00:00Z "
			       "id=FO1;platform=fiverr;due=2026-11-20\n"
			       "terms " T " due=2026-11-28T18:00:00Z");

	(void)state;
	check_edges(
	    &s, "delivery", "2026-11-28T18:00:00Z", "2026-11-28T18:00:00Z");
	check_edges(
	    &s, "very-late", "2026-11-29T18:00:00Z", "2026-11-29T18:00:00Z");
	drop(&s);
}

#define OWED \
	"order 2026-11-01T09:00:00Z id=FO1;platform=direct;contract=direct;" \
	"price=600 USD\nsubmission " T " text=x\n"

/* A part of the money, or all of it ahead. */
static void
new_york_runs_while_something_is_owed(void **state)
{
	static const struct {
		const char *lines;
		bool runs;
	} cases[] = {
		{ OWED, true },
		{ OWED "payment 2026-11-24T10:00:00Z amount=599.99 USD", true },
		{ OWED "payment 2026-11-24T10:00:00Z amount=600 USD", false },
		{ OWED "payment 2026-11-02T10:00:00Z amount=600 USD", false },
		{ OWED "payment 2026-11-24T10:00:00Z amount=600 EUR", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene s = scene(cases[i].lines);
		const struct clock *c =
		    find(&s, "ny-payment", "2026-11-25T10:00:00Z");

		if ((c != NULL) != cases[i].runs)
			fail_msg("%s", cases[i].lines);
		drop(&s);
	}
}

static void
days_the_buyer_grants_move_the_clock(void **state)
{
	struct scene s = scene("order 2026-11-01T09:00:00Z "
			       "id=FO1;platform=fiverr;due=2026-11-25T12:00:"
			       "00Z\nchange " T " days=3;answer=accepted\n"
			       "change " T " days=9;answer=declined");

	(void)state;
	check_edges(
	    &s, "delivery", "2026-11-28T12:00:00Z", "2026-11-28T12:00:00Z");
	drop(&s);
}

static void
an_extension_granted_to_one_clock_moves_it(void **state)
{
	struct scene s =
	    scene(FIVERR "submission " T " text=x\n"
			 "terms 2026-11-24T10:00:00Z "
			 "clocks.auto-complete=2026-12-01T10:00:00Z");

	(void)state;
	check_edges(&s, "auto-complete", "2026-12-01T10:00:00Z",
	    "2026-12-01T10:00:00Z");
	drop(&s);
}

static void
each_milestone_has_clocks_of_its_own(void **state)
{
	struct scene s = scene(UPWORK
	    "milestone 2026-11-02T10:00:00Z name=one;due=2026-11-20T10:00:00Z\n"
	    "delivery 2026-11-10T10:00:00Z label=d1;milestone=one\n"
	    "submission 2026-11-10T10:00:00Z text=x");
	const struct fact *d = order_last(s.order, "delivery");
	const struct clock *c;
	char *line = mem_printf(
	    "submission 2026-11-11T10:00:00Z delivery=%s", d->entry->id);

	(void)state;
	add_entry(s.stream, line, 50);
	look(&s, at("2026-11-12T00:00:00Z"));
	assert_int_equal(s.standing.clocks.n, 4);
	c = find_in(&s.standing.clocks, "auto-release");
	assert_null(c->milestone);
	check_time("the whole", c->latest, "2026-11-24T10:00:00Z");
	c++;
	assert_string_equal(c->rule->name, "auto-release");
	assert_string_equal(c->milestone, "one");
	check_time("milestone one", c->latest, "2026-11-25T10:00:00Z");
	free(line);
	drop(&s);
}

/* Handing in one milestone does not make the rest of the work be in time. */
static void
a_milestone_ends_what_is_due_of_the_whole_only_if_it_is_the_last(void **state)
{
	static const char lines[] =
	    "order 2026-11-01T09:00:00Z id=FO1;platform=upwork;contract="
	    "milestone;due=2026-12-01T10:00:00Z;"
	    "milestones.0.label=m1;milestones.0.name=one;"
	    "milestones.1.label=m2;milestones.1.name=two\n"
	    "delivery 2026-11-10T10:00:00Z label=d1;milestone=one\n"
	    "delivery 2026-11-12T10:00:00Z label=d2;milestone=m2";
	struct scene s = scene(lines);
	char *ids[2] = { NULL }, *line;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < s.order->n; i++)
		if (fact_is(&s.order->v[i], "delivery"))
			ids[n++] = mem_dup(s.order->v[i].entry->id);
	for (size_t i = 0; i < 2; i++) {
		line = mem_printf(
		    "submission 2026-11-13T10:00:00Z delivery=%s", ids[i]);
		add_entry(s.stream, line, 50 + (int)i);
		look(&s, at("2026-11-13T11:00:00Z"));
		if (i == 0)
			check_edges(&s, "delivery", "2026-12-01T10:00:00Z",
			    "2026-12-01T10:00:00Z");
		else
			assert_null(find_in(&s.standing.clocks, "delivery"));
		free(line);
		free(ids[i]);
	}
	drop(&s);
}

/* Of two requests, declining the one leaves the other running. */
static void
an_answer_ends_the_clock_of_the_request_it_answers(void **state)
{
	struct scene s =
	    scene(FIVERR "cancellation " T " state=requested;initiator=buyer\n"
			 "cancellation 2026-11-23T11:00:00Z "
			 "state=requested;initiator=seller");
	const struct fact *mine = order_last(s.order, "cancellation");
	char *line = mem_printf("cancellation 2026-11-23T12:00:00Z "
				"state=declined;initiator=buyer;answers=%s",
	    mine->entry->id);

	(void)state;
	assert_non_null(
	    find(&s, "cancel-answer-buyer", "2026-11-23T12:00:00Z"));
	add_entry(s.stream, line, 50);
	assert_null(find(&s, "cancel-answer-buyer", "2026-11-23T12:00:00Z"));
	check_edges(&s, "cancel-answer", "2026-11-25T10:00:00Z",
	    "2026-11-25T10:00:00Z");
	free(line);
	drop(&s);
}

/*
 * What is not recorded.
 */

static void
a_contract_that_is_not_recorded_hides_no_clock(void **state)
{
	struct scene s = scene("order 2026-11-01T09:00:00Z "
			       "id=FO1;platform=upwork\n"
			       "dispute " T " state=open");
	const struct clock *c = find(&s, "hours-dispute", T);
	struct node *n;

	(void)state;
	assert_non_null(c);
	assert_true(c->contract_unknown);
	n = clock_node(c, s.order, s.now);
	assert_non_null(strstr(node_text(n, "if_missed"),
	    "if the contract, which is not recorded, is hourly"));
	assert_non_null(find_in(&s.standing.clocks, "dispute-client-answer"));
	node_free(n);
	drop(&s);
}

static void
what_nothing_ends_has_no_latest(void **state)
{
	struct scene s =
	    scene(FIVERR "platform " T " state=requirements_needed");
	const struct clock *c =
	    find(&s, "requirements", "2027-11-23T10:00:00Z");
	struct node *n;

	(void)state;
	assert_non_null(c);
	n = clock_node(c, s.order, s.now);
	assert_int_equal(node_get(n, "latest")->type, NODE_NULL);
	node_free(n);
	drop(&s);
}

static void
a_cancelled_order_has_no_clocks(void **state)
{
	struct scene s = scene(FIVERR "submission " T " text=x\n"
				      "cancellation 2026-11-24T10:00:00Z "
				      "state=accepted;initiator=support");

	(void)state;
	look(&s, at("2026-11-24T11:00:00Z"));
	assert_int_equal(s.standing.clocks.n, 0);
	drop(&s);
}

/*
 * States.
 */

static void
an_order_is_closed_when_its_exposure_is_over(void **state)
{
	struct scene s = scene(FIVERR "acceptance " T " how=button");

	(void)state;
	look(&s, at("2028-04-24T09:00:00Z"));
	assert_int_equal(s.order->state, ORDER_EXPOSED);
	look(&s, at("2028-04-24T09:00:01Z"));
	assert_int_equal(s.order->state, ORDER_CLOSED);
	/* what must be fetched in time stays on the list */
	assert_non_null(find_in(&s.standing.clocks, "attachments-archived"));
	assert_string_equal(s.standing.native, "completed");
	drop(&s);
}

static void
the_platforms_own_words_tell_the_state(void **state)
{
	struct scene s = scene(
	    UPWORK "submission " T " text=x\n"
		   "platform 2026-11-24T10:00:00Z state=changes_requested");

	(void)state;
	assert_int_equal(s.order->state, ORDER_REVISION);
	assert_string_equal(s.standing.native, "changes_requested");
	assert_string_equal(s.standing.shown, "Changes requested");
	drop(&s);
}

static void
a_word_seen_before_gives_way_to_what_came_after(void **state)
{
	struct scene s = scene(FIVERR "platform " T " state=in_revision\n"
				      "submission 2026-11-24T10:00:00Z text=x");

	(void)state;
	assert_int_equal(s.order->state, ORDER_SUBMITTED);
	assert_string_equal(s.standing.native, "delivered");
	drop(&s);
}

static void
what_ran_out_and_was_not_answered_is_told(void **state)
{
	struct scene s =
	    scene(FIVERR "cancellation " T " state=requested;initiator=buyer");

	(void)state;
	look(&s, at("2026-11-25T10:00:01Z"));
	assert_null(find_in(&s.standing.clocks, "cancel-answer"));
	assert_non_null(find_in(&s.standing.lapsed, "cancel-answer"));
	drop(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    delivered_early_fiverr_completes_between_two_readings),
		cmocka_unit_test(delivered_late_both_readings_are_one),
		cmocka_unit_test(
		    a_revision_asked_for_in_chat_does_not_stop_the_clock),
		cmocka_unit_test(
		    declining_alone_does_not_stop_the_refund_on_upwork),
		cmocka_unit_test(submitting_again_starts_the_clock_anew),
		cmocka_unit_test(
		    a_state_seen_later_does_not_start_the_clock_anew),
		cmocka_unit_test(
		    a_day_without_time_counts_from_its_start_for_ones_own_duty),
		cmocka_unit_test(
		    a_day_without_time_counts_to_its_end_for_what_others_do),
		cmocka_unit_test(a_day_is_one_of_the_zone_it_was_written_in),
		cmocka_unit_test(business_days_pass_over_the_weekend),
		cmocka_unit_test(three_calendar_days_pass_through_the_weekend),
		cmocka_unit_test(a_week_billed_late_ends_on_the_same_friday),
		cmocka_unit_test(
		    summer_time_does_not_move_a_clock_of_the_platform),
		cmocka_unit_test(a_clock_of_local_days_keeps_the_time_of_day),
		cmocka_unit_test(
		    months_end_on_the_last_day_where_the_day_is_missing),
		cmocka_unit_test(the_date_a_bank_sets_is_the_end),
		cmocka_unit_test(
		    a_date_somebody_else_sets_runs_on_any_platform),
		cmocka_unit_test(a_new_due_date_moves_the_clock),
		cmocka_unit_test(new_york_runs_while_something_is_owed),
		cmocka_unit_test(days_the_buyer_grants_move_the_clock),
		cmocka_unit_test(an_extension_granted_to_one_clock_moves_it),
		cmocka_unit_test(each_milestone_has_clocks_of_its_own),
		cmocka_unit_test(
		    a_milestone_ends_what_is_due_of_the_whole_only_if_it_is_the_last),
		cmocka_unit_test(
		    an_answer_ends_the_clock_of_the_request_it_answers),
		cmocka_unit_test(
		    a_contract_that_is_not_recorded_hides_no_clock),
		cmocka_unit_test(what_nothing_ends_has_no_latest),
		cmocka_unit_test(a_cancelled_order_has_no_clocks),
		cmocka_unit_test(an_order_is_closed_when_its_exposure_is_over),
		cmocka_unit_test(the_platforms_own_words_tell_the_state),
		cmocka_unit_test(
		    a_word_seen_before_gives_way_to_what_came_after),
		cmocka_unit_test(what_ran_out_and_was_not_answered_is_told),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
