/* SPDX-License-Identifier: ISC */
/* deed __merge: git's merge driver for order streams. */

#include "core/merge.h"
#include "cmd/cli/command.h"
#include "core/util/file.h"

struct args {
	const char *ours, *theirs;
};

static const struct opt opts[] = {
	OPT_ARG("ours", ours, 0),
	OPT_ARG("theirs", theirs, 0),
	OPT_END,
};

/* git wants the result where our side stood. */
static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct buf both = BUF_INIT;
	struct err *e = merge_files(&both, args->ours, args->theirs);

	(void)ctx;
	if (e == NULL)
		e = file_replace(args->ours, both.data, both.len, 0600);
	buf_release(&both);
	return e;
}

const struct command cmd_merge = {
	.name = "__merge",
	.summary = "git's merge driver for order streams",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_HIDDEN,
	.run = run,
};
