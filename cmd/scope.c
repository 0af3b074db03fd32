/* SPDX-License-Identifier: ISC */
/* deed scope: what was agreed, and where it was delivered and accepted. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/local.h"
#include "cmd/cli/record.h"
#include "cmd/cli/view.h"
#include "core/money.h"
#include "core/util/utf8.h"

struct args {
	struct record_args record;
	const char *act, *class, *by, *requirement, *price, *answer, *clause,
	    *channel;
	int days;
	struct words cites;
};

static const char *const acts[] = { "add", "change", NULL };
static const char *const parties[] = { "buyer", "seller", NULL };

static const struct opt opts[] = {
	OPT_ENUM(0, "class", class, "class", kind_classes,
	    "a change is a fix, included, or new work"),
	OPT_ENUM(0, "by", by, "party", parties,
	    "who asked for a change: buyer or seller"),
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
	{ "label", "", false, OUT_NAME },
	{ "agreed", "AGREED IN", false },
	{ "delivered", "DELIVERED", false },
	{ "accepted", "ACCEPTED", false },
	{ "class", "CLASS", false },
	{ "effect", "COSTS", false },
	{ "answer", "ANSWER", false },
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

/* Where it stands: the order, a clause, a line of a talk, or a place. */
static void
put_agreed(struct node *row, const struct fact *f)
{
	const char *cited = node_text_at(node_get(f->content, "cites"), 0);
	const char *where = node_text(f->content, "clause");
	const char *line = cited != NULL ? strchr(cited, ':') : NULL;
	char *said = NULL;

	if (where == NULL && line != NULL)
		where = said = mem_printf("%.8s%s", cited, line);
	if (where == NULL)
		where = node_text(f->content, "channel");
	if (where == NULL && fact_is(f, "order"))
		where = "order";
	node_put(row, "agreed", node_str(where));
	free(said);
}

static void
push_requirements(struct node *rows, const struct order *o, int wanted)
{
	struct node *all = order_requirements(o);

	for (size_t i = 0; i < all->n; i++) {
		const char *id = node_text(all->kids[i], "entry");
		const struct fact *f = id != NULL ? order_fact(o, id) : NULL;
		struct node *row;

		if (gap(all->kids[i]) != wanted)
			continue;
		row = node_push(rows, node_copy(all->kids[i]));
		if (f != NULL)
			put_agreed(row, f);
	}
	node_free(all);
}

/* "50 USD, 2 days" */
static void
put_effect(struct node *row, const struct fact *f)
{
	const char *price = node_text(f->content, "price");
	int64_t days = node_number(f->content, "days", 0);
	struct buf b = BUF_INIT;

	if (price != NULL) {
		char *money = local_money(price);

		buf_adds(&b, money);
		free(money);
	}
	if (days != 0)
		buf_addf(&b, "%s%lld day%s", b.len > 0 ? ", " : "",
		    (long long)days, days == 1 ? "" : "s");
	node_put(row, "effect", node_str(b.len > 0 ? b.data : NULL));
	buf_release(&b);
}

static void
push_changes(struct node *rows, const struct order *o, bool for_people)
{
	static const char *const keys[] = { "text", "class", "initiator",
		"requirement", "price", "answer" };
	const struct fact *f;

	for (size_t at = 0; (f = order_next(o, "change", &at)) != NULL;) {
		struct node *row = node_push(rows, node_map());
		const struct node *days = node_get(f->content, "days");

		node_put_str(row, "label", f->label);
		node_put_str(row, "entry", f->entry->id);
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			node_put(row, keys[i],
			    node_str(node_text(f->content, keys[i])));
		node_put(
		    row, "days", days != NULL ? node_copy(days) : node_null());
		put_agreed(row, f);
		if (for_people)
			put_effect(row, f);
	}
}

static struct err *
show(struct ctx *ctx)
{
	struct node *rows = node_list();
	struct view v = { 0 };
	struct err *e = view_open(&v, ctx, NULL);

	if (e == NULL) {
		for (int wanted = 0; wanted <= 2; wanted++)
			push_requirements(rows, v.order, wanted);
		push_changes(rows, v.order, !ctx->common.json);
		out_table(ctx->out, cols, rows);
	}
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
	if (args->price != NULL && (e = money_vet(args->price)) != NULL)
		return err_wrap(e, "--price");
	node_put_str(content, "clause", args->clause);
	node_put_str(content, "channel", args->channel);
	if (strcmp(kind->name, "change") != 0)
		return NULL;
	node_put_str(content, "class", args->class);
	node_put_str(content, "initiator", args->by);
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
