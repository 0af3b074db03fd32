/* SPDX-License-Identifier: ISC */
/* deed check: what is missing, before you act. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/view.h"

struct args {
	const char *before;
};

static const char *const acts[] = { "open", "deliver", "complete", "dispute",
	NULL };

static const struct opt opts[] = {
	OPT_ENUM(0, "for", before, "act", acts,
	    "open, deliver, complete or dispute; default complete"),
	OPT_END,
};

static enum check_for
act(const char *name)
{
	for (int i = 0; acts[i] != NULL; i++)
		if (strcmp(acts[i], name) == 0)
			return (enum check_for)i;
	return CHECK_COMPLETE;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct node *n = node_map();
	struct node *findings = node_list();
	struct buf text = BUF_INIT;
	struct check check;
	struct view v = { 0 };
	struct err *e;

	if ((e = view_open(&v, ctx, NULL)) != NULL ||
	    (e = view_stand(&v, ctx)) != NULL)
		goto done;
	check = view_check(ctx, v.order, act(args->before));
	check_run(findings, &check);
	ctx->status = check_blocks(findings);
	node_put_bool(n, "ok", ctx->status == 0);
	view_findings(&text, findings);
	if (findings->n == 0)
		buf_addf(&text, "%s: nothing is missing to %s\n", v.id,
		    args->before);
	node_put(n, "findings", findings);
	findings = NULL;
	out_object(ctx->out, n, text.data);
done:
	view_close(&v);
	buf_release(&text);
	node_free(findings);
	node_free(n);
	return e;
}

const struct command cmd_check = {
	.name = "check",
	.summary = "what is missing before you act",
	.opts = opts,
	.defaults = &(const struct args){ .before = "complete" },
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER | CMD_PAGER,
	.run = run,
};
