/* SPDX-License-Identifier: ISC */
#include "core/check.h"

#include <string.h>

#include "core/check_rules.h"

#define OPEN (1u << CHECK_OPEN)
#define DELIVER (1u << CHECK_DELIVER)
#define COMPLETE (1u << CHECK_COMPLETE)
#define DISPUTE (1u << CHECK_DISPUTE)
#define ALL (OPEN | DELIVER | COMPLETE | DISPUTE)

/* In the order in which they are told. */
static const struct check_rule rules[] = {
	{ "blank-note", "block", ALL, "delivery.empty_allowed",
	    "support reads the delivery box first; an order with a blank one "
	    "has been cancelled as \"nothing delivered\"",
	    find_blank_note },
	{ "thin-note", "block", ALL, NULL,
	    "a reader who was not there must see from it what was delivered",
	    find_thin_note },
	{ "blank-note", "warn", COMPLETE | DISPUTE, "delivery.empty_allowed",
	    "support reads the delivery box first; an order with a blank one "
	    "has been cancelled as \"nothing delivered\"",
	    find_blank_delivery },
	{ "thin-note", "warn", COMPLETE | DISPUTE, NULL,
	    "a reader who was not there must see from it what was delivered",
	    find_thin_delivery },
	{ "links-only", "warn", ALL, "delivery.attachment_expected",
	    "links die and are not followed by those who decide; files and "
	    "words stay",
	    find_links_only },
	{ "no-delivery", "block", COMPLETE, NULL,
	    "without files in the record there is nothing to show when "
	    "somebody says that nothing was delivered",
	    find_no_delivery },
	{ "no-delivery", "warn", DISPUTE, NULL,
	    "without files in the record there is nothing to show when "
	    "somebody says that nothing was delivered",
	    find_no_delivery },
	{ "undelivered-requirement", "block", COMPLETE, "support.criteria",
	    "what was agreed and not delivered decides most disputes",
	    find_undelivered },
	{ "undelivered-requirement", "warn", DISPUTE, "support.criteria",
	    "what was agreed and not delivered decides most disputes",
	    find_undelivered },
	{ "no-recap", "warn", ALL, "off_platform",
	    "the judge sees only what was said on the platform",
	    find_no_recap },
	{ "not-submitted", "warn", COMPLETE | DISPUTE, "submission.button",
	    "what is handed over in another way than with the platform's own "
	    "button starts none of its clocks",
	    find_not_submitted },
	{ "no-acceptance", "warn", DISPUTE, NULL,
	    "a word of the buyer that the work arrived, or that it is good, is "
	    "what the other side cannot explain away",
	    find_no_acceptance },
	{ "over-quota", "warn", DELIVER | COMPLETE | DISPUTE,
	    "revision.formal_only",
	    "work done beyond the quota without a word about it makes the "
	    "agreement unclear, and the next request a matter of course",
	    find_over_quota },
	{ "unanswered-buyer", "warn", DELIVER | COMPLETE | DISPUTE,
	    "support.criteria",
	    "orders have been cancelled because the seller was silent while "
	    "the buyer was not satisfied",
	    find_unanswered },
	{ "no-requirement", "warn", OPEN | DISPUTE, "support.criteria",
	    "what was not written down at the start cannot be held against "
	    "what was delivered at the end",
	    find_no_requirement },
	{ "terms-not-frozen", "warn", OPEN | DISPUTE, "support.not_grounds",
	    "a page can be edited at any time; what counts is how the terms "
	    "stood when the order was placed",
	    find_not_frozen },
	{ "no-legal-name", "warn", OPEN | DISPUTE, NULL,
	    "a court and a bank ask who the other side is, by the name and "
	    "address a letter reaches",
	    find_no_legal_name },
	{ "unfunded-milestone", "warn", OPEN | DELIVER | DISPUTE, "protected",
	    "work on money that is not held yet rests on the buyer's good "
	    "will",
	    find_unfunded },
	{ "price-under-fee", "warn", OPEN | DISPUTE, "arbitration.fee",
	    "a dispute that goes to arbitration would cost more than the order "
	    "brings: settle early, or split the work otherwise",
	    find_under_fee },
	{ "one-submission", "info", DISPUTE, "evidence.once",
	    "what is left out cannot be handed in later: dispute pack names "
	    "the gaps first, and refuses while something is missing",
	    find_one_submission },
	{ "unprotected-hours", "warn", DELIVER | COMPLETE | DISPUTE,
	    "hourly.protection",
	    "in a dispute over hours only those that qualify are safe; a memo "
	    "can be mended while the week is open",
	    find_unprotected_hours },
	{ "no-diary", "warn", DISPUTE, "hourly.protection",
	    "an hourly contract is judged by its hours, and the platform's "
	    "diary is the proof of them",
	    find_no_diary },
	{ "secret", "warn", DELIVER | COMPLETE | DISPUTE, NULL,
	    "whoever gets the files gets the passwords in them", find_secret },
	{ "git-folder", "warn", DELIVER | COMPLETE | DISPUTE, NULL,
	    "a repository's own folder holds every version there ever was, "
	    "with names and addresses",
	    find_git_folder },
	{ "windows-name", "warn", DELIVER | COMPLETE, NULL,
	    "Windows cannot unpack such a file: the buyer will say that it is "
	    "broken or missing",
	    find_windows_name },
	{ "too-large", "warn", DELIVER | COMPLETE, "file.delivery.max",
	    "the platform does not take it in one piece", find_too_large },
	{ "no-second-copy", "info", OPEN | DISPUTE, NULL,
	    "a lost disk takes the record along; and a copy elsewhere shows "
	    "what it held, and by when",
	    find_no_second_copy },
	{ "no-timestamp", "info", DISPUTE, NULL,
	    "without an outside anchor nothing but your word says when an "
	    "entry was written",
	    find_no_timestamp },
	{ "many-entries", "info", ALL, NULL,
	    "each entry is written into the one file of its order, and that "
	    "grows slow",
	    find_many_entries },
};

#define N_RULES (sizeof(rules) / sizeof(rules[0]))

void
check_over(struct node *findings, const struct order *o)
{
	if (order_is_over(o))
		check_add(findings, "order-over", "block",
		    o->state == ORDER_CANCELLED ? "the order is cancelled" :
						  "the order is closed",
		    "nothing handed in now would reach the buyer",
		    "deed status");
}

/* The first of this name, which is one of the table. */
static const struct check_rule *
rule_named(const char *name)
{
	size_t i = 0;

	while (i + 1 < N_RULES && strcmp(rules[i].name, name) != 0)
		i++;
	return &rules[i];
}

void
check_run(struct node *findings, const struct check *c)
{
	for (size_t i = 0; i < N_RULES; i++)
		if (rules[i].acts & (1u << c->before))
			rules[i].find(
			    &(struct finder){ findings, c, &rules[i] });
}

void
check_packed(struct node *findings, const struct check *c,
    const struct buf *sums, const char *zip, int64_t size)
{
	struct finder f = { findings, c, rule_named("git-folder") };

	find_git_folder_in(&f, sums);
	f.rule = rule_named("windows-name");
	find_windows_name_in(&f, sums);
	f.rule = rule_named("too-large");
	find_too_large_in(&f, zip, size);
}
