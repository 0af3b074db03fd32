/* SPDX-License-Identifier: ISC */
/* deed version: which deed this is. */

#include "cmd/cli/command.h"

struct args {
	char none;
};

static const struct opt opts[] = { OPT_END };

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct node *n = node_map();

	(void)args;
	node_put_str(n, "version", DEED_VERSION);
	node_put_int(n, "format", STREAM_FORMAT);
	out_object(ctx->out, n, "deed " DEED_VERSION);
	node_free(n);
	return NULL;
}

const struct command cmd_version = {
	.name = "version",
	.summary = "which deed this is",
	.opts = opts,
	.args_size = sizeof(struct args),
	.run = run,
};
