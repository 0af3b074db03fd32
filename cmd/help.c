/* SPDX-License-Identifier: ISC */
/* deed help: the commands, or one of them. */

#include <stdlib.h>
#include <unistd.h>

#include "cmd/cli/command.h"
#include "core/util/near.h"
#include "core/util/proc.h"

struct args {
	const char *command;
};

static const struct opt opts[] = {
	OPT_ARG("command", command, OPT_OPTIONAL),
	OPT_END,
};

static const struct out_col cols[] = {
	{ "name", "COMMAND", false, OUT_NAME },
	{ "summary", "", false },
	{ NULL, NULL, false },
};

static struct node *
options_of(const struct command *c)
{
	struct node *list = node_list();

	for (const struct opt *o = c->opts; o->type != OPT_T_END; o++) {
		struct buf b = BUF_INIT;

		if (o->name == NULL || (o->flags & OPT_HIDDEN))
			continue;
		buf_addf(&b, "--%s", o->name);
		node_push_str(list, b.data);
		buf_release(&b);
	}
	return list;
}

static struct node *
describe(const struct command *c)
{
	struct node *n = node_map();

	node_put_str(n, "name", c->name);
	node_put_str(n, "summary", c->summary);
	node_put(n, "options", options_of(c));
	return n;
}

static void
list_commands(struct ctx *ctx)
{
	struct node *rows = node_list();

	for (size_t i = 0; commands[i] != NULL; i++)
		if (!(commands[i]->flags & CMD_HIDDEN))
			node_push(rows, describe(commands[i]));
	if (!ctx->common.json && !ctx->common.nul)
		out_object(ctx->out, NULL,
		    "usage: deed [-C dir] [--ledger dir] [-o order] [--json] "
		    "[-z] [-q] [--no-pager] command ...\n");
	out_table(ctx->out, cols, rows);
	node_free(rows);
}

/* The manual page, when there is a terminal and a page to show. */
static bool
show_manual(struct ctx *ctx, const char *name)
{
	char *page = mem_printf("deed-%s", name);
	const char *const argv[] = { "man", page, NULL };
	const char *const find[] = { "man", "-w", page, NULL };
	struct proc_spec spec = { .argv = find }, show = { .argv = argv };
	struct buf out = BUF_INIT, errs = BUF_INIT;
	int status = 1;

	if (isatty(STDOUT_FILENO) && !ctx->common.json) {
		/* without man there is still -h */
		err_drop(proc_run(&spec, &out, &errs, &status));
		if (status == 0)
			err_drop(proc_attached(&show, &status));
	}
	buf_release(&out);
	buf_release(&errs);
	free(page);
	return status == 0;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	const struct command *c;
	struct near near;
	struct buf b = BUF_INIT;
	struct node *n;
	struct err *e;

	if (args->command == NULL) {
		list_commands(ctx);
		return NULL;
	}
	c = command_find(args->command);
	if (c == NULL) {
		near_init(&near, args->command);
		for (size_t i = 0; commands[i] != NULL; i++)
			near_try(&near, commands[i]->name);
		e = err_new(
		    ERR_USAGE, "there is no command \"%.80s\"", args->command);
		return near.best != NULL ?
		    err_hint(e, "did you mean %s?", near.best) :
		    err_hint(e, "see 'deed help'");
	}
	if (!show_manual(ctx, c->name)) {
		command_help(&b, c);
		n = describe(c);
		out_object(ctx->out, n, b.data);
		node_free(n);
	}
	buf_release(&b);
	return NULL;
}

const struct command cmd_help = {
	.name = "help",
	.summary = "the commands, or one of them",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_PAGER,
	.run = run,
};
