/* SPDX-License-Identifier: ISC */
#include "tests/unit/clocks.h"

/*
 * Every clock of every platform, held against the profiles that ship, at its
 * edges: one second before its end, at it, and after.
 */

static const struct {
	const char *name, *who, *entries;
	const char *first, *last;
	const char *end; /* an entry that ends it */
} table[] = {
	{ "cancel-answer", "seller",
	    FIVERR "cancellation " T " state=requested;initiator=buyer",
	    "2026-11-25T10:00:00Z", "2026-11-25T10:00:00Z",
	    "cancellation 2026-11-24T10:00:00Z state=declined;answers=x" },
	{ "cancel-answer-buyer", "buyer",
	    FIVERR "cancellation " T " state=requested;initiator=seller",
	    "2026-11-25T10:00:00Z", "2026-11-25T10:00:00Z",
	    "cancellation 2026-11-24T10:00:00Z state=withdrawn;answers=x" },
	{ "extension-answer", "buyer", FIVERR "change " T " days=2",
	    "2026-11-27T10:00:00Z", "2026-11-27T10:00:00Z",
	    "terms 2026-11-24T10:00:00Z due=2026-12-24" },
	{ "update-answer", "seller",
	    FIVERR "change " T " days=2;initiator=buyer",
	    "2026-11-27T10:00:00Z", "2026-11-27T10:00:00Z",
	    "terms 2026-11-24T10:00:00Z due=2026-12-24" },
	{ "auto-complete", "buyer", FIVERR "submission " T " text=x",
	    "2026-11-26T10:00:00Z", "2026-11-26T10:00:00Z",
	    "revision 2026-11-24T10:00:00Z formal=true" },
	{ "delivery", "seller", FIVERR "terms " T " due=2026-11-24T12:00:00Z",
	    "2026-11-24T12:00:00Z", "2026-11-24T12:00:00Z",
	    "submission 2026-11-24T10:00:00Z text=x" },
	{ "delivery", "seller", DIRECT "terms " T " due=2026-11-24T12:00:00Z",
	    "2026-11-24T12:00:00Z", "2026-11-24T12:00:00Z",
	    "delivery 2026-11-24T10:00:00Z label=d1" },
	{ "dispute-answer", "seller",
	    OPEN("malt", "fixed") "dispute " T
				  " state=open;due=2026-11-27T10:00:00Z",
	    "2026-11-27T10:00:00Z", "2026-11-27T10:00:00Z",
	    "dispute 2026-11-24T10:00:00Z state=answered" },
	{ "very-late", "seller", FIVERR "terms " T " due=2026-11-24T12:00:00Z",
	    "2026-11-25T12:00:00Z", "2026-11-25T12:00:00Z",
	    "submission 2026-11-24T10:00:00Z text=x" },
	{ "support-window", "buyer", FIVERR "acceptance " T " how=button",
	    "2026-12-06T10:00:00Z", "2026-12-07T10:00:00Z", NULL },
	{ "clearing", "platform", FIVERR "platform " T " state=completed",
	    "2026-11-30T10:00:00Z", "2026-12-07T10:00:00Z",
	    "cancellation 2026-11-24T10:00:00Z "
	    "state=accepted;initiator=support" },
	{ "chargeback-window", "buyer", FIVERR "acceptance " T " how=auto",
	    "2027-03-23T10:00:00Z", "2028-04-24T09:00:00Z", NULL },
	{ "chargeback-hold", "platform",
	    FIVERR "dispute " T " state=closed;outcome=won",
	    "2027-01-07T10:00:00Z", "2027-01-07T10:00:00Z", NULL },
	{ "message-held", "platform", FIVERR "message " T " held=true",
	    "2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z", NULL },
	{ "data-link", "seller", FIVERR "ticket " T " channel=data-request",
	    "2026-11-25T10:00:00Z", "2026-11-25T10:00:00Z",
	    "file 2026-11-24T10:00:00Z text=x" },
	{ "attachments-archived", "seller",
	    FIVERR "acceptance " T " how=button", "2028-11-01T09:00:00Z",
	    "2028-11-01T09:00:00Z", NULL },
	{ "attachments-deleted", "seller", FIVERR "acceptance " T " how=button",
	    "2029-11-01T09:00:00Z", "2029-11-01T09:00:00Z", NULL },
	{ "auto-release", "buyer", UPWORK "submission " T " text=x",
	    "2026-12-07T10:00:00Z", "2026-12-07T10:00:00Z",
	    "platform 2026-11-24T10:00:00Z state=changes_requested" },
	{ "refund-request", "seller",
	    UPWORK "cancellation " T " state=requested;initiator=buyer",
	    "2026-11-30T10:00:00Z", "2026-11-30T10:00:00Z",
	    "dispute 2026-11-24T10:00:00Z state=open;initiator=seller" },
	{ "dispute-client-answer", "buyer",
	    UPWORK "dispute " T " state=open;initiator=seller",
	    "2026-11-28T10:00:00Z", "2026-11-30T10:00:00Z",
	    "platform 2026-11-24T10:00:00Z state=both_filed" },
	{ "proposal", "platform", UPWORK "platform " T " state=both_filed",
	    "2026-11-25T10:00:00Z", "2026-11-25T10:00:00Z",
	    "platform 2026-11-24T10:00:00Z state=proposal" },
	{ "proposal-answer", "both", UPWORK "platform " T " state=proposal",
	    "2026-11-25T10:00:00Z", "2026-11-25T10:00:00Z",
	    "platform 2026-11-24T10:00:00Z state=non_resolution" },
	{ "arbitration-payment", "both",
	    UPWORK "platform " T " state=non_resolution",
	    "2026-11-30T10:00:00Z", "2026-11-30T10:00:00Z",
	    "platform 2026-11-24T10:00:00Z state=arbitration" },
	{ "mediation-window", "buyer", UPWORK "acceptance " T " how=button",
	    "2026-12-23T10:00:00Z", "2026-12-23T10:00:00Z", NULL },
	{ "pending", "platform", UPWORK "acceptance " T " how=auto",
	    "2026-11-28T10:00:00Z", "2026-11-28T10:00:00Z", NULL },
	{ "refund-limit", "seller", UPWORK "payment " T " amount=195 USD",
	    "2027-05-22T10:00:00Z", "2027-05-22T10:00:00Z", NULL },
	{ "dormant", "both", UPWORK "submission " T " text=x",
	    "2027-02-21T10:00:00Z", "2027-02-28T10:00:00Z",
	    "acceptance 2026-11-24T10:00:00Z how=button" },
	{ "week-review", "buyer",
	    HOURLY "platform 2026-11-23T12:00:00Z "
		   "state=week_billed",
	    "2026-11-27T23:59:00Z", "2026-11-27T23:59:00Z",
	    "dispute 2026-11-24T10:00:00Z state=open;initiator=buyer" },
	{ "hours-dispute", "seller",
	    HOURLY "dispute " T " state=open;initiator=buyer",
	    "2026-11-26T10:00:00Z", "2026-11-26T10:00:00Z",
	    "dispute 2026-11-24T10:00:00Z state=answered;initiator=seller" },
	{ "direct-dispute", "both",
	    OPEN("upwork", "direct") "cancellation " T
				     " state=requested;initiator=buyer",
	    "2026-11-30T10:00:00Z", "2026-11-30T10:00:00Z",
	    "dispute 2026-11-24T10:00:00Z state=open" },
	{ "dispute-answer", "seller",
	    OPEN("freelancer", "fixed") "dispute " T
					" state=open;initiator=buyer",
	    "2026-11-27T10:00:00Z", "2026-11-27T10:00:00Z",
	    "dispute 2026-11-24T10:00:00Z state=answered" },
	{ "dispute-client-answer", "buyer",
	    OPEN("freelancer", "fixed") "dispute " T
					" state=open;initiator=seller",
	    "2026-11-30T10:00:00Z", "2026-12-07T10:00:00Z",
	    "platform 2026-11-24T10:00:00Z state=dispute_stage_2" },
	{ "auto-release", "buyer",
	    OPEN("peopleperhour", "gig") "submission " T " text=x",
	    "2026-11-30T10:00:00Z", "2026-11-30T10:00:00Z",
	    "platform 2026-11-24T10:00:00Z state=invoice_rejected" },
	{ "auto-release-job", "buyer",
	    OPEN("peopleperhour", "fixed") "submission " T " text=x",
	    "2026-12-23T10:00:00Z", "2026-12-23T10:00:00Z",
	    "revision 2026-11-24T10:00:00Z formal=true" },
	{ "dispute-agreement", "both",
	    OPEN("peopleperhour", "gig") "dispute " T " state=open",
	    "2026-11-30T10:00:00Z", "2026-11-30T10:00:00Z",
	    "dispute 2026-11-24T10:00:00Z state=closed" },
	{ "workstream-silence", "seller",
	    OPEN("peopleperhour", "fixed") "message " T
					   " channel=peopleperhour",
	    "2027-01-22T10:00:00Z", "2027-01-22T10:00:00Z",
	    "submission 2026-11-24T10:00:00Z text=x" },
	{ "undelivered", "seller",
	    OPEN("peopleperhour", "gig") "terms " T " due=2026-11-24T12:00:00Z",
	    "2026-12-24T12:00:00Z", "2026-12-24T12:00:00Z",
	    "submission 2026-11-24T10:00:00Z text=x" },
	{ "review", "buyer",
	    OPEN("codeable", "fixed") "submission " T " text=x",
	    "2026-12-02T10:00:00Z", "2026-12-09T10:00:00Z",
	    "revision 2026-11-24T10:00:00Z formal=true" },
	{ "auto-release", "buyer",
	    OPEN("contra", "fixed") "submission " T " text=x",
	    "2026-11-26T10:00:00Z", "2026-11-28T10:00:00Z",
	    "acceptance 2026-11-24T10:00:00Z how=button" },
	{ "dispute-assistance", "both",
	    OPEN("contra", "fixed") "dispute " T " state=open",
	    "2026-12-07T10:00:00Z", "2026-12-07T10:00:00Z",
	    "dispute 2026-11-24T10:00:00Z state=closed" },
	{ "funds-hold", "platform",
	    OPEN("contra", "fixed") "dispute " T " state=open",
	    "2027-02-23T10:00:00Z", "2027-02-23T10:00:00Z",
	    "dispute 2026-11-24T10:00:00Z state=closed" },
	{ "card-dispute-answer", "seller",
	    DIRECT "dispute " T " state=open;venue=stripe",
	    "2026-11-30T10:00:00Z", "2026-12-14T10:00:00Z",
	    "dispute 2026-11-24T10:00:00Z state=answered" },
	{ "card-chargeback-window", "buyer", DIRECT "payment " T " method=card",
	    "2027-03-23T10:00:00Z", "2028-05-16T10:00:00Z", NULL },
	{ "paypal-dispute-window", "buyer",
	    DIRECT "payment " T " method=paypal", "2027-05-22T10:00:00Z",
	    "2027-05-22T10:00:00Z", NULL },
	{ "paypal-inquiry", "both",
	    DIRECT "dispute " T " state=open;venue=paypal",
	    "2026-12-13T10:00:00Z", "2026-12-13T10:00:00Z",
	    "dispute 2026-11-24T10:00:00Z state=open;venue=paypal;stage=claim" },
	{ "paypal-claim-answer", "seller",
	    DIRECT "dispute " T " state=open;venue=paypal;stage=claim",
	    "2026-12-03T10:00:00Z", "2026-12-03T10:00:00Z",
	    "dispute 2026-11-24T10:00:00Z state=answered" },
	{ "ny-payment", "buyer", DIRECT "submission " T " text=x",
	    "2026-12-23T10:00:00Z", "2026-12-23T10:00:00Z",
	    "payment 2026-11-24T10:00:00Z amount=1 USD" },
};

#define N_TABLE (sizeof(table) / sizeof(table[0]))

static void
each_clock_runs_to_its_last_second_and_no_longer(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_TABLE; i++) {
		struct scene s = scene(table[i].entries);
		const struct clock *c;

		check_edges(&s, table[i].name, table[i].first, table[i].last);
		c = find(&s, table[i].name, table[i].last);
		assert_string_equal(rule_who_name(c->rule->who), table[i].who);
		drop(&s);
	}
}

static void
the_entry_that_answers_ends_each_clock(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_TABLE; i++) {
		char *both;
		struct scene s;

		if (table[i].end == NULL)
			continue;
		both = mem_printf("%s\n%s", table[i].entries, table[i].end);
		s = scene(both);
		if (find(&s, table[i].name, "2026-11-24T11:00:00Z") != NULL)
			fail_msg(
			    "%s goes on after %s", table[i].name, table[i].end);
		drop(&s);
		free(both);
	}
}

/* Does it count days as the wall does, on which one has 25 hours? */
static bool
counts_local_days(const struct rule *rule)
{
	for (size_t i = 0; i < rule->readings.n; i++)
		if (rule->readings.v[i].local)
			return true;
	return false;
}

/* The clocks go back an hour two nights after T, somewhere. */
static void
each_clock_ends_the_same_across_a_change_of_the_clocks(void **state)
{
	size_t local = 0;

	(void)state;
	zone("XST5XDT4,M3.2.0/2,M11.4.3/2");
	assert_int_not_equal(
	    date_zone_at(at(T)), date_zone_at(at("2026-11-25T10:00:00Z")));
	for (size_t i = 0; i < N_TABLE; i++) {
		struct scene s = scene(table[i].entries);
		const struct clock *c = find(&s, table[i].name, table[i].last);
		char first[DATE_TEXT], last[DATE_TEXT];
		int64_t more;

		assert_non_null(c);
		more = counts_local_days(c->rule) ? 3600 : 0;
		local += more > 0;
		date_format(first, at(table[i].first) + more);
		date_format(last, at(table[i].last) + more);
		check_edges(&s, table[i].name, first, last);
		drop(&s);
	}
	zone("UTC");
	assert_in_range(local, 1, 3);
}

/* A text with each time in it four days later: yours. */
static char *
later(const char *text)
{
	struct buf b = BUF_INIT;

	while (*text != '\0') {
		char time[DATE_TEXT];

		if (strlen(text) >= 20 && text[19] == 'Z' && text[10] == 'T') {
			memcpy(time, text, 20);
			time[20] = '\0';
			date_format(time, at(time) + 4 * DATE_DAY);
			buf_adds(&b, time);
			text += 20;
		} else {
			buf_addc(&b, *text++);
		}
	}
	return buf_steal(&b);
}

/* Does it pass over weekends, or end on a day of the week? */
static bool
knows_weekends(const struct rule *rule)
{
	for (size_t i = 0; i < rule->readings.n; i++) {
		const struct rule_reading *r = &rule->readings.v[i];

		if (r->weekday != 0)
			return true;
		for (size_t j = 0; j < r->n_steps; j++)
			if (r->steps[j].unit == STEP_BUSINESS_DAYS)
				return true;
	}
	return false;
}

/* T is a Monday: begun on Friday, a clock counts the days of the weekend. */
static void
each_clock_of_calendar_days_runs_through_a_weekend(void **state)
{
	size_t moved = 0;

	(void)state;
	for (size_t i = 0; i < N_TABLE; i++) {
		char *entries = later(table[i].entries);
		char *first = later(table[i].first),
		     *last = later(table[i].last);
		struct scene s = scene(entries);
		const struct clock *c = find(&s, table[i].name, last);

		if (c != NULL && !knows_weekends(c->rule)) {
			check_edges(&s, table[i].name, first, last);
			moved++;
		}
		drop(&s);
		free(entries);
		free(first);
		free(last);
	}
	assert_in_range(moved, N_TABLE - 8, N_TABLE);
}

/* "PROFILE RULE" of each row of the table. */
static void
list_tried(struct strs *out)
{
	for (size_t i = 0; i < N_TABLE; i++) {
		struct scene s = scene(table[i].entries);
		const struct clock *c = find(&s, table[i].name, table[i].last);

		assert_non_null(c);
		strs_take(
		    out, mem_printf("%s %s", c->profile->name, c->rule->name));
		drop(&s);
	}
}

/* No clock of a profile is left out of the table above. */
static void
the_table_holds_every_clock_of_every_profile(void **state)
{
	struct profiles *ps = profiles_new(&env, NULL);
	struct strs files = VEC_INIT, tried = VEC_INIT;

	(void)state;
	list_tried(&tried);
	strs_add(&tried, "fiverr requirements"); /* nothing ends it */
	assert_ok(file_list(&files, "share/platforms"));
	for (size_t i = 0; i < files.n; i++) {
		char *name = mem_ndup(files.v[i], strcspn(files.v[i], "."));
		const struct profile *p;
		const struct rule *rule;

		assert_ok(profiles_get(&p, ps, name));
		vec_each (rule, &p->rules.v) {
			char *both = mem_printf("%s %s", name, rule->name);

			if (strs_find(&tried, both) < 0)
				fail_msg("%s", both);
			free(both);
		}
		free(name);
	}
	strs_release(&files);
	strs_release(&tried);
	profiles_free(ps);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_clock_runs_to_its_last_second_and_no_longer),
		cmocka_unit_test(the_entry_that_answers_ends_each_clock),
		cmocka_unit_test(
		    each_clock_ends_the_same_across_a_change_of_the_clocks),
		cmocka_unit_test(
		    each_clock_of_calendar_days_runs_through_a_weekend),
		cmocka_unit_test(the_table_holds_every_clock_of_every_profile),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
