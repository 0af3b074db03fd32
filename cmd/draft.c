/* SPDX-License-Identifier: ISC */
/* deed draft: polite text from recorded facts, to paste. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/view.h"
#include "core/draft.h"
#include "core/purse.h"
#include "core/wording.h"

struct args {
	const char *what, *price, *request;
	int days;
};

static const char *const whats[] = { "confirm", "delivery", "new-work",
	"decline", "ticket", "ack", "handover", "demand", NULL };

static const struct opt opts[] = {
	OPT_STR(0, "price", price, "amount", "new-work: what it would cost"),
	OPT_INT(0, "days", days, "n", 0, 100000,
	    "new-work: how many days it would add"),
	OPT_STR(0, "request", request, "text",
	    "new-work: what was asked for; default the newest request"),
	OPT_ARG_ENUM("confirm|delivery|new-work|decline|ticket|ack|handover|"
		     "demand",
	    what, whats, OPT_OPTIONAL),
	OPT_END,
};

static const struct out_col cols[] = {
	{ "draft", "DRAFT", false },
	{ "when", "", false },
	{ NULL, NULL, false },
};

static void
push_row(struct node *rows, const char *draft, const char *when)
{
	struct node *row = node_push(rows, node_map());

	node_put_str(row, "draft", draft);
	node_put_str(row, "when", when);
}

/* By the state the order is in. */
static void
push_by_state(struct node *rows, const struct order *o)
{
	static const struct {
		enum order_state from, to;
		const char *name, *when;
	} table[] = {
		{ ORDER_OPEN, ORDER_OPEN, "confirm",
		    "the order is new: repeat what was agreed" },
		{ ORDER_DELIVERED, ORDER_DELIVERED, "delivery",
		    "a delivery is packed: hand it in" },
		{ ORDER_SUBMITTED, ORDER_SUBMITTED, "ack",
		    "it is handed in: ask for a word that it arrived" },
		{ ORDER_OPEN, ORDER_REVISION, "new-work",
		    "something was asked for that goes beyond" },
		{ ORDER_ACCEPTED, ORDER_EXPOSED, "handover",
		    "it is accepted: list what was handed over" },
		{ ORDER_DISPUTED, ORDER_DISPUTED, "ticket",
		    "support should look at it: write first" },
		{ ORDER_CANCELLED, ORDER_CANCELLED, "ticket",
		    "it was cancelled: ask support to look again" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (o->state >= table[i].from && o->state <= table[i].to)
			push_row(rows, table[i].name, table[i].when);
}

/* A direct client who has the work, and has not paid all of it. */
static bool
owes(const struct order *o)
{
	const char *platform = node_text(o->terms, "platform");
	struct money open;

	return (platform == NULL || strcmp(platform, "direct") == 0) &&
	    order_count(o, "delivery") > 0 && o->state != ORDER_CANCELLED &&
	    purse_open(&open, o) && open.parts > 0;
}

static struct err *
list_sensible(struct ctx *ctx)
{
	struct node *rows = node_list();
	struct view v = { 0 };
	struct err *e;

	if ((e = view_open(&v, ctx, NULL)) != NULL ||
	    (e = view_stand(&v, ctx)) != NULL)
		goto done;
	if (v.order->pending != NULL &&
	    !node_text_is(v.order->pending->content, "initiator", "seller")) {
		push_row(
		    rows, "decline", "a cancellation is asked for: answer it");
		push_row(
		    rows, "ticket", "write to support before the buyer does");
	}
	push_by_state(rows, v.order);
	if (owes(v.order))
		push_row(rows, "demand",
		    "the amount is open: ask for it in writing");
	out_table(ctx->out, cols, rows);
done:
	node_free(rows);
	view_close(&v);
	return e;
}

/* What the box takes, as of when, and who says so. */
static void
put_limit(struct node *n, const struct profile *p)
{
	int64_t limit = wording_limit(p);
	char *source;

	if (limit == 0)
		return;
	source = profile_value_source(p, WORDING_LIMIT);
	node_put_int(n, "limit", limit);
	node_put_str(n, "limit_as_of",
	    node_text(profile_value(p, WORDING_LIMIT), "as_of"));
	node_put_str(n, "limit_source", source);
	free(source);
}

static struct err *
draft(struct ctx *ctx, const struct args *args)
{
	struct draft_extra extra = { args->request, args->price, args->days };
	const struct profile *profile;
	struct buf text = BUF_INIT;
	struct node *values = NULL, *n = node_map(), *findings = NULL;
	struct view v = { 0 };
	struct err *e;

	if ((e = view_open(&v, ctx, NULL)) != NULL ||
	    (e = view_stand(&v, ctx)) != NULL ||
	    (e = clock_profile(&profile, v.order, ctx->profiles)) != NULL ||
	    (e = draft_values(&values, v.order, args->what, &extra)) != NULL ||
	    (e = view_draft(
		 &text, &findings, ctx, v.order, args->what, values)) != NULL)
		goto done;
	node_put_str(n, "order", v.id);
	node_put_str(n, "draft", args->what);
	node_put_str(n, "paste", text.data);
	put_limit(n, profile);
	node_put(n, "findings", findings);
	findings = NULL;
	out_object(ctx->out, n, text.data);
done:
	node_free(findings);
	node_free(values);
	node_free(n);
	buf_release(&text);
	view_close(&v);
	return e;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	return args->what == NULL ? list_sensible(ctx) : draft(ctx, args);
}

const struct command cmd_draft = {
	.name = "draft",
	.summary = "polite text from recorded facts, to paste",
	.opts = opts,
	.defaults = &(const struct args){ .days = -1 },
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
