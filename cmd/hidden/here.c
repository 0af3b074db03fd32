/* SPDX-License-Identifier: ISC */
/* deed alone: where you stand, and the next sensible step. */

#include <stdlib.h>

#include "cmd/cli/command.h"
#include "cmd/cli/out.h"
#include "cmd/cli/say.h"
#include "core/util/mem.h"

/* Run a command as if it had been typed without anything behind it. */
static struct err *
run_bare(struct ctx *ctx, const struct command *c)
{
	struct args *args = mem_zero(1, c->args_size);
	struct err *e = c->run(ctx, args);

	free(args);
	return e;
}

static bool
has_orders(struct ctx *ctx)
{
	struct roster *roster;
	struct err *e = ctx_roster(&roster, ctx, NULL);
	bool has = e != NULL || roster_count(roster) > 0;

	if (e == NULL)
		roster_free(roster);
	err_drop(e); /* listing them meets it again */
	return has;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	extern const struct command cmd_status, cmd_list;
	struct strs ids = VEC_INIT;
	struct node *n;
	struct err *e;

	(void)args;
	if (ctx->ledger == NULL) {
		n = node_map();
		node_put(n, "ledger", node_null());
		out_object(ctx->out, n,
		    "deed keeps, for each order, what was agreed, what was "
		    "delivered, and when.\n"
		    "There is no ledger yet; begin with:\n\n"
		    "  deed init\n"
		    "  deed open ORDER --platform fiverr --buyer NAME --price "
		    "'100 USD'\n\n"
		    "A walk through: man deed-tutorial.  Every command: deed "
		    "help.\n");
		node_free(n);
		return NULL;
	}
	e = ctx_orders(&ids, ctx);
	if (e == NULL) {
		e = run_bare(ctx, &cmd_status);
	} else if (err_is(e, ERR_NOT_FOUND) || err_is(e, ERR_INVALID)) {
		if (has_orders(ctx)) /* else the list says so */
			say_note("%s", err_advice(e));
		err_drop(e);
		e = run_bare(ctx, &cmd_list);
	}
	strs_release(&ids);
	return e;
}

static const struct opt opts[] = { OPT_END };

const struct command cmd_here = {
	.name = "__here",
	.summary = "where you stand, and the next sensible step",
	.opts = opts,
	.args_size = 1,
	.flags = CMD_LEDGER_IF_ANY | CMD_HIDDEN,
	.run = run,
};
