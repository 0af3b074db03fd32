/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_TERMS_H
#define DEED_CMD_CLI_TERMS_H

#include "cmd/cli/record.h"

/* What is agreed, as the options of a command say it. */

struct terms_args {
	const char *platform, *contract, *buyer, *title, *price, *due;
	int revisions; /* -1: not said */
	struct words requirements, excludes, milestones, terms;
	const char *url, *party_name, *party_address;
};

/* clang-format off */
#define OPT_TERMS(F) \
	OPT_STR(0, "platform", F.platform, "name", \
	    "fiverr, upwork, direct, ..."), \
	OPT_ENUM(0, "contract", F.contract, "kind", kind_contracts, \
	    "gig, custom-offer, fixed, hourly, milestone or direct"), \
	OPT_STR(0, "buyer", F.buyer, "name", "who buys"), \
	OPT_STR(0, "title", F.title, "text", "what is bought"), \
	OPT_STR(0, "price", F.price, "amount", "for example '250 USD'"), \
	OPT_STR(0, "due", F.due, "when", "the day or time it is due"), \
	OPT_INT(0, "revisions", F.revisions, "n", 0, 1000000, \
	    "how many revisions are included"), \
	OPT_LIST(0, "requirement", F.requirements, "text", \
	    "something that must be delivered"), \
	OPT_LIST(0, "exclude", F.excludes, "text", \
	    "something that is not included"), \
	OPT_LIST(0, "milestone", F.milestones, "spec", \
	    "'name: 100 USD @ 2026-12-01'"), \
	OPT_LIST(0, "terms", F.terms, "file", \
	    "the terms as they stand today"), \
	OPT_STR(0, "url", F.url, "url", "where the order is"), \
	OPT_STR(0, "party-name", F.party_name, "name", \
	    "the buyer's legal name"), \
	OPT_STR(0, "party-address", F.party_address, "address", \
	    "the buyer's postal address")
/* clang-format on */

/* All of it but the files of the terms, into the content of an order. */
struct err *terms_put(struct node *content, const struct terms_args *terms,
    int64_t now) MUST_CHECK;

/*
 * The content of an order's first entry, with what the options of every
 * recording command say.  text may be NULL.  Yours until record_add().
 */
struct err *terms_content(struct node **out, struct record *r,
    const struct record_args *args, const struct terms_args *terms,
    const char *text) MUST_CHECK;

#endif
