/* SPDX-License-Identifier: ISC */
/* deed switch: choose this project's current order. */

#include "cmd/cli/command.h"

struct args {
	const char *order;
};

static const struct opt opts[] = {
	OPT_ARG("order", order, 0),
	OPT_END,
};

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct node *result;
	struct err *e = ctx_same_order(ctx, args->order);

	if (e != NULL || (e = ledger_exists(ctx->ledger, args->order)) != NULL)
		return e;
	if (!ctx_remembers(ctx))
		return err_hint(err_new(ERR_UNSUPPORTED,
				    "this folder is in no git "
				    "project that could remember "
				    "its order"),
		    "export DEED_ORDER=%s, or give -o %s", args->order,
		    args->order);
	if ((e = ctx_switch(ctx, args->order)) != NULL)
		return e;
	result = node_map();
	node_put_str(result, "order", args->order);
	out_result(ctx->out, result, args->order);
	node_free(result);
	return NULL;
}

const struct command cmd_switch = {
	.name = "switch",
	.summary = "choose this project's current order",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
