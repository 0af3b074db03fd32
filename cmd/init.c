/* SPDX-License-Identifier: ISC */
/* deed init: make or join a ledger. */

#include "cmd/cli/command.h"
#include "cmd/cli/say.h"
#include "core/setup.h"

struct args {
	bool here;
};

static const struct opt opts[] = {
	OPT_FLAG(0, "here", here, "make it inside this project, in .deed"),
	OPT_END,
};

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	enum ledger_place place = args->here ? LEDGER_HERE : LEDGER_JOIN;
	struct node *result;
	bool made;
	struct err *e;

	if (args->here && ctx->common.ledger != NULL)
		return err_new(ERR_USAGE,
		    "--here and --ledger exclude each "
		    "other");
	e = setup_init(&ctx->ledger, &ctx->env, ctx->project, place, &made);
	if (e != NULL)
		return e;
	say_note(made ? "made a ledger in %s" : "joined the ledger in %s",
	    ctx->ledger->dir);
	if (args->here && made)
		say_note("git and npm leave .deed alone; docker build, zip -r, "
			 "rsync and git clean -ffdx do not");
	result = node_map();
	node_put_str(result, "ledger", ctx->ledger->dir);
	out_result(ctx->out, result, ctx->ledger->dir);
	node_free(result);
	return NULL;
}

const struct command cmd_init = {
	.name = "init",
	.summary = "make or join a ledger",
	.opts = opts,
	.args_size = sizeof(struct args),
	.run = run,
};
