/* SPDX-License-Identifier: ISC */
/* deed revise: a revision request, item by item, against the quota. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/record.h"
#include "cmd/cli/say.h"
#include "core/clock.h"
#include "core/util/utf8.h"

struct args {
	struct record_args record;
	bool formal;
	struct words fixes, included, news, cites;
	const char *clause;
};

static const struct opt opts[] = {
	OPT_FLAG(
	    0, "formal", formal, "asked for with the platform's own button"),
	OPT_LIST(0, "fix", fixes, "text", "an item that mends our mistake"),
	OPT_LIST(0, "included", included, "text", "an item the terms include"),
	OPT_LIST(0, "new", news, "text", "an item that is new work"),
	OPT_STR(0, "clause", clause, "label",
	    "the requirement or clause it rests on"),
	OPT_LIST(0, "cites", cites, "entry:line",
	    "the line of a transcript that says so"),
	OPT_RECORD(record),
	OPT_END,
};

static struct err *
push_items(struct node *items, const char *class, const struct words *texts,
    const char *clause)
{
	for (size_t i = 0; i < texts->n; i++) {
		struct node *item;

		if (!utf8_valid(texts->v[i], strlen(texts->v[i])))
			return err_new(
			    ERR_INVALID, "--%s: the text is not UTF-8", class);
		item = node_push(items, node_map());
		node_put_str(item, "class", class);
		node_put_str(item, "text", texts->v[i]);
		node_put_str(item, "clause", clause);
	}
	return NULL;
}

static struct err *
put_keys(struct node *content, const struct args *args, const struct record *r)
{
	struct node *items = node_list();
	struct err *e;

	if ((e = push_items(items, "fix", &args->fixes, args->clause)) !=
		NULL ||
	    (e = push_items(
		 items, "included", &args->included, args->clause)) != NULL ||
	    (e = push_items(items, "new", &args->news, args->clause)) != NULL ||
	    (e = record_cites(content, r, &args->cites)) != NULL) {
		node_free(items);
		return e;
	}
	node_put_bool(content, "formal", args->formal);
	node_put_str(content, "clause", args->clause);
	if (items->n > 0)
		node_put(content, "items", items);
	else
		node_free(items);
	return NULL;
}

/* Whether only the button counts is the platform's rule. */
static void
say_informal(struct ctx *ctx, const struct order *o)
{
	const struct profile *p = NULL;
	char *text;

	err_drop(clock_profile(&p, o, ctx->profiles)); /* told with clocks */
	text = profile_dated(p, "revision.formal_only",
	    "it does not count against the quota: only a formal request does "
	    "(--formal)");
	say_note("%s", text);
	free(text);
}

/* Where the quota stands, and what was asked for beyond it. */
static void
say_quota(struct ctx *ctx, const struct order *o, const struct args *args)
{
	int64_t allowed = node_number(o->terms, "revisions", -1);
	int64_t used = order_revisions_used(o);

	if (!args->formal)
		say_informal(ctx, o);
	else if (allowed >= 0 && used > allowed)
		say_warn("%lld of %lld revisions are used: this one is over "
			 "the quota",
		    (long long)used, (long long)allowed);
	else if (allowed >= 0)
		say_note("%lld of %lld revisions are used", (long long)used,
		    (long long)allowed);
	if (args->news.n > 0)
		say_note("%zu item%s new work: agree on a price before doing "
			 "it (deed scope change --class new)",
		    args->news.n, args->news.n == 1 ? " is" : "s are");
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	const struct kind *kind = record_kind("revision");
	struct record r = { 0 };
	struct node *content = NULL;
	char *text = NULL;
	struct err *e;

	if ((e = record_text(&text, ctx, &args->record,
		 "\n# What was asked for, in the buyer's words?\n")) != NULL)
		return e;
	if (text == NULL &&
	    args->fixes.n + args->included.n + args->news.n == 0)
		return err_hint(err_new(ERR_USAGE, "what was asked for?"),
		    "say it with -m, or item by item with --fix, --included "
		    "and --new");
	if ((e = record_begin(&r, ctx, NULL)) != NULL ||
	    (e = record_content(&content, &r, &args->record, kind, text)) !=
		NULL ||
	    (e = put_keys(content, args, &r)) != NULL)
		goto done;
	e = record_add(&r, kind, content);
	content = NULL;
	if (e != NULL || (e = record_commit(&r, "revise", text)) != NULL)
		goto done;
	say_quota(ctx, r.order, args);
	record_print(&r, 0, NULL);
done:
	node_free(content);
	free(text);
	record_end(&r);
	return e;
}

const struct command cmd_revise = {
	.name = "revise",
	.summary = "record a revision request against the quota",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
