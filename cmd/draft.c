/* SPDX-License-Identifier: ISC */
/* deed draft: polite text from recorded facts, to paste. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/clock.h"
#include "core/draft.h"
#include "core/template.h"
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

/* Those that make sense in the state the order is in. */
static struct err *
list_sensible(struct ctx *ctx)
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
		{ ORDER_ACCEPTED, ORDER_DISPUTED, "demand",
		    "the amount is open: ask for it in writing" },
		{ ORDER_EXPOSED, ORDER_CANCELLED, "ticket",
		    "support should look at it: write first" },
	};
	struct node *rows = node_list();
	struct view v = { 0 };
	struct err *e = view_open(&v, ctx, NULL);

	for (size_t i = 0; e == NULL && i < sizeof(table) / sizeof(table[0]);
	     i++) {
		if (v.order->state < table[i].from ||
		    v.order->state > table[i].to)
			continue;
		push_row(rows, table[i].name, table[i].when);
	}
	if (e == NULL && v.order->pending != NULL) {
		push_row(
		    rows, "decline", "a cancellation is asked for: answer it");
		if (order_count(v.order, "delivery") > 0)
			push_row(rows, "ticket",
			    "write to support before the buyer does");
	}
	if (e == NULL)
		out_table(ctx->out, cols, rows);
	node_free(rows);
	view_close(&v);
	return e;
}

static struct err *
draft(struct ctx *ctx, const struct args *args)
{
	struct draft_extra extra = { args->request, args->price, args->days };
	const struct profile *profile;
	struct profiles *profiles = NULL;
	struct buf template = BUF_INIT, text = BUF_INIT, said = BUF_INIT;
	struct node *values = NULL, *n = node_map(), *findings;
	struct view v = { 0 };
	struct err *e;

	findings = node_list();
	if ((e = view_open(&v, ctx, NULL)) != NULL)
		goto done;
	profiles = profiles_new(&ctx->env, ctx->ledger->dir);
	if ((e = clock_profile(&profile, v.order, profiles)) != NULL ||
	    (e = template_read(
		 &template, &ctx->env, ctx->ledger->dir, args->what)) != NULL ||
	    (e = draft_values(&values, v.order, args->what, &extra)) != NULL)
		goto done;
	template_fill(&text, template.data, values);
	wording_check(findings, text.data, profile);
	node_put_str(n, "order", v.id);
	node_put_str(n, "draft", args->what);
	node_put_str(n, "paste", text.data);
	if (wording_limit(profile) > 0)
		node_put_int(n, "limit", wording_limit(profile));
	node_put(n, "findings", node_copy(findings));
	view_findings(&said, findings);
	if (said.len > 0 && !ctx->common.json)
		say_text(said.data);
	out_object(ctx->out, n, text.data);
done:
	node_free(findings);
	node_free(values);
	node_free(n);
	buf_release(&said);
	buf_release(&template);
	buf_release(&text);
	profiles_free(profiles);
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
