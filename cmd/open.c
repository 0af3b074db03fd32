/* SPDX-License-Identifier: ISC */
/* deed open: start an order, freeze its terms, make it the current one. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/form.h"
#include "cmd/cli/say.h"
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

static const struct opt fields[] = {
	OPT_TERMS(terms),
	OPT_TEXTS('m', "message", record.messages, "text", "a note on them"),
	OPT_END,
};

/* Nothing but the id was said, by somebody who can be asked. */
static bool
wants_form(const struct ctx *ctx, const struct args *args)
{
	const struct terms_args *t = &args->terms;
	const char *const said[] = { t->platform, t->contract, t->buyer,
		t->title, t->price, t->due, t->url, t->party_name,
		t->party_address, args->record.file };

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (said[i] != NULL)
			return false;
	return ctx->tty_in && ctx->tty_out && t->revisions < 0 &&
	    t->requirements.n + t->excludes.n + t->milestones.n + t->terms.n +
		args->record.messages.n + args->record.sets.n +
		args->record.attach.n ==
	    0;
}

/* It is recorded as typed; there are more platforms than deed knows. */
static void
doubt_platform(const char *typed)
{
	const char *near = typed != NULL ? order_near_platform(typed) : NULL;

	if (near != NULL)
		say_warn(
		    "no platform %s is known; if %s is meant: deed correct "
		    "@ --set platform=%s -m mistyped",
		    typed, near, near);
}

static struct err *
open_order(struct ctx *ctx, const struct args *args)
{
	struct record r = { 0 };
	struct node *content = NULL, *result;
	char *text = NULL;
	struct err *e;

	if ((e = record_text(&text, ctx, &args->record, NULL)) != NULL ||
	    (e = record_begin_new(&r, ctx, args->id)) != NULL ||
	    (e = terms_content(
		 &content, &r, &args->record, &args->terms, text)) != NULL)
		goto done;
	e = record_add(&r, record_kind("order"), content);
	content = NULL;
	if (e != NULL ||
	    (e = record_commit(&r, "open", args->terms.title)) != NULL)
		goto done;
	doubt_platform(args->terms.platform);
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

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct args filled = *args;
	struct opt_target target = { fields, &filled };
	struct form form = { .command = "open", .target = &target };
	char *head;
	struct err *e = ctx_same_order(ctx, args->id);

	if (e != NULL)
		return e;
	if (!wants_form(ctx, args))
		return open_order(ctx, args);
	head = mem_printf(
	    "What is agreed in %s, frozen as it stands now.", args->id);
	form.head = head;
	if ((e = ledger_vet_new(ctx->ledger, args->id)) == NULL &&
	    (e = form_fill(&form, ctx)) == NULL &&
	    (e = open_order(ctx, &filled)) != NULL)
		form_keep(ctx);
	form_release(&form);
	free(head);
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
