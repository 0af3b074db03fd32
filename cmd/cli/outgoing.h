/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_OUTGOING_H
#define DEED_CMD_CLI_OUTGOING_H

#include "cmd/cli/command.h"

/*
 * Packing the evidence of orders for one who decides: what would leave is
 * shown, consent is asked for, and a package is written and noted.
 */

struct outgoing_args {
	struct words claims;
	const char *venue; /* --for */
	const char *out;   /* -O */
	const char *deliveries;
	const char *anyway;
	struct words withhold, masks;
	bool yes;
};

/* The forms of --deliveries, in the order of enum venue_deliveries. */
extern const char *const outgoing_deliveries[];

/* clang-format off */
#define OPT_OUTGOING(F) \
	OPT_FLAG(0, "yes", F.yes, "pack: what is listed may leave"), \
	OPT_STR('O', "outbox", F.out, "dir", \
	    "pack: where to put the package"), \
	OPT_ENUM(0, "deliveries", F.deliveries, "form", outgoing_deliveries, \
	    "pack: all bytes of deliveries, a list of their files, or their " \
	    "digests"), \
	OPT_LIST(0, "withhold", F.withhold, "what", \
	    "pack: leave out an entry, ENTRY:LINE or ENTRY/FILE, and why: " \
	    "'ENTRY: REASON'"), \
	OPT_LIST(0, "mask", F.masks, "name", \
	    "pack: hide this name in the pages, and withhold what has it"), \
	OPT_STR(0, "anyway", F.anyway, "reason", \
	    "pack: in spite of what is missing, and why")
/* clang-format on */

/* Pack.  ctx->status is 1 where the venue's gate is not passed. */
struct err *outgoing_run(
    struct ctx *ctx, const struct outgoing_args *args) MUST_CHECK;

#endif
