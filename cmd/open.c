/* SPDX-License-Identifier: ISC */
/* deed open: start an order, freeze its terms, make it the current one. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/terms.h"

struct args {
	struct record_args record;
	struct terms_args terms;
	const char *id;
};

static const struct opt opts[] = {
	OPT_TERMS(terms),
	OPT_RECORD(record),
	OPT_ARG("id", id, 0),
	OPT_END,
};

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct record r = { 0 };
	struct node *content = NULL, *result;
	char *text = NULL;
	struct err *e;

	if ((e = ledger_vet_id(args->id)) != NULL ||
	    (e = record_text(&text, ctx, &args->record, NULL)) != NULL ||
	    (e = record_begin_new(&r, ctx, args->id)) != NULL ||
	    (e = terms_content(
		 &content, &r, &args->record, &args->terms, text)) != NULL)
		goto done;
	e = record_add(&r, record_kind("order"), content);
	content = NULL;
	if (e != NULL ||
	    (e = record_commit(&r, "open", args->terms.title)) != NULL)
		goto done;
	if ((e = ctx_switch(ctx, args->id)) != NULL) {
		e = err_wrap(e, "%s is recorded, but not made the current one",
		    args->id);
		goto done;
	}
	result = record_node(&r, 0);
	out_result(ctx->out, result, args->id);
	node_free(result);
done:
	node_free(content);
	free(text);
	record_end(&r);
	return e;
}

const struct command cmd_open = {
	.name = "open",
	.summary = "start an order and freeze its terms",
	.opts = opts,
	.defaults = &(const struct args){ .terms.revisions = -1 },
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
