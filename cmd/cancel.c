/* SPDX-License-Identifier: ISC */
/* deed cancel: record a request to cancel, or the answer to one. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/record.h"
#include "cmd/cli/say.h"

struct args {
	struct record_args record;
	const char *by, *reason;
	bool accept, decline, withdraw;
};

static const struct opt opts[] = {
	OPT_ENUM(0, "by", by, "party", kind_parties,
	    "who asks, or who answers: buyer, seller or support"),
	OPT_STR(0, "reason", reason, "text", "the reason given"),
	OPT_FLAG(0, "accept", accept, "the open request was accepted"),
	OPT_FLAG(0, "decline", decline, "the open request was declined"),
	OPT_FLAG(0, "withdraw", withdraw, "the open request was withdrawn"),
	OPT_RECORD(record),
	OPT_END,
};

/* Who made the request that is answered; one's own can only be withdrawn. */
static const char *
asked_by(const struct args *args, const struct order *order)
{
	const char *by;

	if (order->pending != NULL)
		return node_text(order->pending->content, "initiator");
	by = args->withdraw ? "seller" : "buyer";
	say_note("no request is open; this is recorded as the answer to one "
		 "of the %s's that is not recorded (--by says whose)",
	    by);
	return by;
}

/* What the order's support decides needs nobody's answer. */
static void
put_state(
    struct node *content, const struct args *args, const struct order *order)
{
	const char *by = args->by;
	bool answer = args->accept || args->decline || args->withdraw;
	const char *state = args->accept ? "accepted" :
	    args->decline                ? "declined" :
	    args->withdraw               ? "withdrawn" :
					   "requested";

	if (by == NULL && answer)
		by = asked_by(args, order);
	if (by == NULL)
		by = "seller";
	if (!answer && strcmp(by, "support") == 0)
		state = "accepted";
	node_put_str(content, "initiator", by);
	node_put_str(content, "state", state);
	node_put_str(content, "reason", args->reason);
	if (answer && order->pending != NULL)
		node_put_str(content, "answers", order->pending->entry->id);
}

/* It is recorded all the same: the request may have come elsewhere. */
static void
doubt_answer(const struct args *args, bool pending)
{
	if ((args->accept || args->decline || args->withdraw) && !pending)
		say_note("no open request is recorded that this answers; if "
			 "there was one, record it too: deed cancel --by "
			 "buyer --at WHEN");
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	const struct kind *kind = record_kind("cancellation");
	struct record r = { 0 };
	struct node *content = NULL;
	char *text = NULL;
	bool pending;
	struct err *e;

	if (args->accept + args->decline + args->withdraw > 1)
		return err_new(ERR_USAGE,
		    "--accept, --decline and --withdraw exclude each other");
	if ((e = record_text(&text, ctx, &args->record, NULL)) != NULL ||
	    (e = record_begin(&r, ctx, NULL)) != NULL ||
	    (e = record_content(&content, &r, &args->record, kind, text)) !=
		NULL)
		goto done;
	pending = r.order->pending != NULL;
	put_state(content, args, r.order);
	e = record_add(&r, kind, content);
	content = NULL;
	if (e != NULL ||
	    (e = record_commit(
		 &r, "cancel", text != NULL ? text : args->reason)) != NULL)
		goto done;
	doubt_answer(args, pending);
	record_print(&r, 0, NULL);
done:
	node_free(content);
	free(text);
	record_end(&r);
	return e;
}

const struct command cmd_cancel = {
	.name = "cancel",
	.summary = "record a cancellation request or the answer to one",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
