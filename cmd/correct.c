/* SPDX-License-Identifier: ISC */
/* deed correct: a correction beside the original, which stays. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/record.h"

struct args {
	struct record_args record;
	const char *entry;
	bool void_it;
};

static const struct opt opts[] = {
	OPT_FLAG(0, "void", void_it, "the entry does not count at all"),
	OPT_RECORD(record),
	OPT_ARG("entry", entry, 0),
	OPT_END,
};

/* --set speaks of the target's keys, so they are kept apart in "set". */
static struct err *
put_target(struct node *content, struct record *r, const struct args *args)
{
	const struct fact *target;
	unsigned line;
	struct node *set;
	struct err *e = order_resolve(&target, &line, r->order, args->entry);

	if (e != NULL)
		return e;
	if (line != 0)
		return err_new(ERR_USAGE,
		    "a line of a transcript cannot be "
		    "corrected; its entry can");
	if (target->entry->content_len == 0)
		return err_new(
		    ERR_INVALID, "the content of this entry is not here");
	node_put_str(content, "target", target->entry->id);
	if (args->void_it)
		node_put_bool(content, "void", true);
	if (args->record.sets.n == 0)
		return NULL;
	set = node_put(content, "set", node_map());
	for (size_t i = 0; i < args->record.sets.n && e == NULL; i++)
		e = record_set(set, target->entry->kind, args->record.sets.v[i],
		    r->ctx->env.now,
		    target->content != NULL ? target->content : set);
	return e != NULL ? e : err_wrap(record_vet_refs(set, r), "--set");
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	const struct kind *kind = record_kind("correction");
	struct record_args without = args->record;
	struct record r = { 0 };
	struct node *content = NULL;
	char *text = NULL;
	struct err *e;

	without.sets.n = 0;
	if (!args->void_it && args->record.sets.n == 0)
		return err_hint(err_new(ERR_USAGE, "nothing to correct"),
		    "say what with --set KEY=VALUE, or --void");
	if ((e = record_text(&text, ctx, &args->record,
		 "\n# Why is this corrected?\n")) != NULL)
		return e;
	if (text == NULL)
		return err_hint(
		    err_new(ERR_USAGE, "a correction needs its reason"),
		    "say why with -m");
	if ((e = record_begin(&r, ctx, NULL)) != NULL ||
	    (e = record_content(&content, &r, &without, kind, text)) != NULL ||
	    (e = put_target(content, &r, args)) != NULL)
		goto done;
	e = record_add(&r, kind, content);
	content = NULL;
	if (e != NULL || (e = record_commit(&r, "correct", text)) != NULL)
		goto done;
	record_print(&r, 0, NULL);
done:
	node_free(content);
	free(text);
	record_end(&r);
	return e;
}

const struct command cmd_correct = {
	.name = "correct",
	.summary = "record a correction beside the original",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
