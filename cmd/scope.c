/* SPDX-License-Identifier: ISC */
/* deed scope: what was agreed, and where it was delivered and accepted. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/record.h"
#include "cmd/cli/view.h"
#include "core/util/utf8.h"

struct args {
	struct record_args record;
	const char *act, *class, *requirement, *price, *answer, *clause,
	    *channel;
	int days;
	struct words cites;
};

static const char *const acts[] = { "add", "change", NULL };

static const struct opt opts[] = {
	OPT_ENUM(0, "class", class, "class", kind_classes,
	    "a change is a fix, included, or new work"),
	OPT_STR(0, "requirement", requirement, "label",
	    "the requirement a change is about"),
	OPT_STR(0, "price", price, "amount", "what a change costs"),
	OPT_INT(0, "days", days, "n", 0, 100000, "how many days a change adds"),
	OPT_ENUM(0, "answer", answer, "answer", kind_answers,
	    "the buyer's answer: accepted, declined or open"),
	OPT_STR(0, "clause", clause, "text", "where it is agreed"),
	OPT_STR(0, "channel", channel, "name", "where it was said"),
	OPT_LIST(0, "cites", cites, "entry:line",
	    "the line of a transcript that says so"),
	OPT_RECORD(record),
	OPT_ARG_ENUM("add|change", act, acts, OPT_OPTIONAL),
	OPT_END,
};

static const struct out_col cols[] = {
	{ "label", "AGREED", false },
	{ "delivered", "DELIVERED", false },
	{ "accepted", "ACCEPTED", false },
	{ "class", "CLASS", false },
	{ "text", "", false },
	{ NULL, NULL, false },
};

/* Requirements without a delivery, then without an acceptance, then done. */
static int
gap(const struct node *row)
{
	return node_text(row, "delivered") == NULL ? 0 :
	    node_text(row, "accepted") == NULL     ? 1 :
						     2;
}

static void
push_changes(struct node *rows, const struct order *o)
{
	const struct fact *f;

	for (size_t at = 0; (f = order_next(o, "change", &at)) != NULL;) {
		struct node *row = node_push(rows, node_map());

		node_put_str(row, "label", f->label);
		node_put(row, "text", node_str(node_text(f->content, "text")));
		node_put_str(row, "entry", f->entry->id);
		node_put(
		    row, "class", node_str(node_text(f->content, "class")));
		node_put(
		    row, "answer", node_str(node_text(f->content, "answer")));
		node_put(
		    row, "price", node_str(node_text(f->content, "price")));
	}
}

static struct err *
show(struct ctx *ctx)
{
	struct node *rows = node_list(), *all = NULL;
	struct view v = { 0 };
	struct err *e = view_open(&v, ctx, NULL);

	if (e != NULL)
		goto done;
	all = order_requirements(v.order);
	for (int wanted = 0; wanted <= 2; wanted++)
		for (size_t i = 0; i < all->n; i++)
			if (gap(all->kids[i]) == wanted)
				node_push(rows, node_copy(all->kids[i]));
	push_changes(rows, v.order);
	out_table(ctx->out, cols, rows);
done:
	node_free(all);
	node_free(rows);
	view_close(&v);
	return e;
}

static struct err *
put_keys(struct node *content, const struct kind *kind, const struct args *args,
    const struct record *r)
{
	struct err *e;

	if ((e = record_requirement(r, args->requirement)) != NULL ||
	    (e = record_cites(content, r, &args->cites)) != NULL)
		return e;
	if (args->price != NULL && (e = kind_vet_money(args->price)) != NULL)
		return err_wrap(e, "--price");
	node_put_str(content, "clause", args->clause);
	node_put_str(content, "channel", args->channel);
	if (strcmp(kind->name, "change") != 0)
		return NULL;
	node_put_str(content, "class", args->class);
	node_put_str(content, "requirement", args->requirement);
	node_put_str(content, "price", args->price);
	node_put_str(content, "answer", args->answer);
	if (args->days >= 0)
		node_put_int(content, "days", args->days);
	return NULL;
}

static struct err *
record(struct ctx *ctx, const struct args *args)
{
	bool change = strcmp(args->act, "change") == 0;
	const struct kind *kind =
	    record_kind(change ? "change" : "requirement");
	struct record r = { 0 };
	struct node *content = NULL;
	char *text = NULL;
	struct err *e;

	if (change && args->class == NULL)
		return err_hint(err_new(ERR_USAGE, "a change needs a class"),
		    "say --class fix, included or new");
	if ((e = record_text(&text, ctx, &args->record,
		 "\n# What must be delivered?\n")) != NULL)
		return e;
	if (text == NULL)
		return err_hint(
		    err_new(ERR_USAGE, "what is it?"), "say it with -m");
	if ((e = record_begin(&r, ctx, NULL)) != NULL ||
	    (e = record_content(&content, &r, &args->record, kind, text)) !=
		NULL ||
	    (e = put_keys(content, kind, args, &r)) != NULL)
		goto done;
	e = record_add(&r, kind, content);
	content = NULL;
	if (e != NULL || (e = record_commit(&r, "scope", text)) != NULL)
		goto done;
	record_print(&r, 0, NULL);
done:
	node_free(content);
	free(text);
	record_end(&r);
	return e;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	return args->act != NULL ? record(ctx, args) : show(ctx);
}

const struct command cmd_scope = {
	.name = "scope",
	.summary = "what was agreed, delivered and accepted",
	.opts = opts,
	.defaults = &(const struct args){ .days = -1 },
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER | CMD_PAGER,
	.run = run,
};
