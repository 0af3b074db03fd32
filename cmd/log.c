/* SPDX-License-Identifier: ISC */
/* deed log: show the entries of an order, or record one. */

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cmd/cli/batch.h"
#include "cmd/cli/record.h"
#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/secret.h"
#include "core/util/file.h"
#include "core/util/near.h"
#include "core/util/path.h"

struct args {
	struct record_args record;
	const char *kind, *since, *until, *grep;
	int limit;
	bool reverse;
	const char *from, *with, *to, *channel, *url, *duration, *captured;
	bool off_platform;
	struct words cites;
	bool batch;
};

static const struct opt opts[] = {
	OPT_STR('k', "kind", kind, "kind",
	    "show or record this kind; note by default"),
	OPT_INT(
	    'n', "limit", limit, "count", 0, INT_MAX, "show at most this many"),
	OPT_FLAG('r', "reverse", reverse, "show the oldest first"),
	OPT_STR(0, "since", since, "when", "show what happened since"),
	OPT_STR(0, "until", until, "when", "show what happened until"),
	OPT_STR(0, "grep", grep, "text", "show what contains this text"),
	OPT_STR(0, "from", from, "name", "who said it"),
	OPT_STR(0, "to", to, "name", "to whom"),
	OPT_STR(0, "with", with, "name", "who took part"),
	OPT_STR(0, "channel", channel, "name", "where: zoom, mail, fiverr"),
	OPT_FLAG(0, "off-platform", off_platform,
	    "it took place outside the order's platform"),
	OPT_STR(0, "url", url, "url", "where it can be seen"),
	OPT_STR(0, "duration", duration, "time", "how long: '45 min'"),
	OPT_STR(0, "captured", captured, "when",
	    "when the attached picture or file was taken"),
	OPT_LIST(0, "cites", cites, "entry:line",
	    "the line of a transcript it rests on"),
	OPT_RECORD(record),
	OPT_FLAG(0, "batch", batch,
	    "record entries from JSON lines on standard input"),
	OPT_END,
};

static const struct args defaults = { .limit = INT_MAX };

/*
 * Recording.
 */

static struct err *
put_keys(struct node *content, const struct kind *kind, const struct args *args,
    int64_t now)
{
	const struct record_pair pairs[] = {
		{ "from", args->from },
		{ "to", args->to },
		{ "with", args->with },
		{ "channel", args->channel },
		{ "url", args->url },
		{ "duration", args->duration },
		{ "captured", args->captured },
	};
	struct err *e = record_put_pairs(
	    content, kind, pairs, sizeof(pairs) / sizeof(pairs[0]), now);

	if (e != NULL)
		return e;
	if (args->off_platform)
		node_put_bool(content, "off_platform", true);
	return NULL;
}

/* The judge sees only what was said on the platform. */
static void
ask_for_recap(const struct record *r)
{
	const struct fact *f = record_fact(r, 0);
	char *id;

	if (!order_is_off_platform(r->order, f))
		return;
	id = order_short(r->order, f);
	say_note("this was said where the platform cannot look; sum it up "
		 "there: deed recap %s",
	    id);
	free(id);
}

static void
doubt(const char *what, const char *state, const struct near *near)
{
	say_warn("%s knows no state \"%.64s\"%s%s%s: it is kept, and starts "
		 "or ends nothing",
	    what, state, near->best != NULL ? "; did you mean \"" : "",
	    near->best != NULL ? near->best : "",
	    near->best != NULL ? "\"?" : "");
}

/* A word of the platform that its profile does not have. */
static void
doubt_platform(struct ctx *ctx, const struct order *o, const char *state)
{
	const struct profile *p = NULL;
	const struct node *known;
	struct near near;

	err_drop(clock_profile(&p, o, ctx->profiles)); /* told with clocks */
	known = p != NULL ? node_get(p->layers.tree, "states") : NULL;
	if (known == NULL || known->n == 0 || profile_state(p, state) != NULL)
		return;
	near_init(&near, state);
	for (size_t i = 0; i < known->n; i++)
		near_try(&near, known->keys[i]);
	doubt(p->title, state, &near);
}

static void
doubt_milestone(const char *state)
{
	static const char *const known[] = { "funded", "approved", "released",
		"paid" };
	struct near near;

	near_init(&near, state);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i], state) == 0)
			return;
		near_try(&near, known[i]);
	}
	doubt("a milestone", state, &near);
}

/* A fact is never refused, but a mistyped one helps nobody. */
static void
doubt_fact(struct ctx *ctx, const struct record *r)
{
	const struct fact *f = record_fact(r, 0);
	const char *state = node_text(f->content, "state");
	const char *text = node_text(f->content, "text");

	if (state != NULL && fact_is(f, "platform"))
		doubt_platform(ctx, r->order, state);
	if (state != NULL && fact_is(f, "milestone"))
		doubt_milestone(state);
	if (text != NULL && fact_is(f, "handover") && secret_is_told(text))
		say_warn("this tells the secret itself: say which login it is, "
			 "and how it was sent; see deed check");
}

static struct err *
vet_anything(const struct args *args, const char *text)
{
	if (text != NULL || args->record.attach.n > 0)
		return NULL;
	return err_hint(err_new(ERR_USAGE, "the text is empty"),
	    "say what happened with -m or -F, or attach a file");
}

static struct err *
record_one(struct ctx *ctx, const struct args *args)
{
	const struct kind *kind;
	struct record r = { 0 };
	struct node *content = NULL;
	char *text = NULL;
	struct err *e;

	if ((e = record_log_kind(
		 &kind, args->kind != NULL ? args->kind : "note")) != NULL ||
	    (e = record_text(&text, ctx, &args->record,
		 args->record.attach.n > 0 ? NULL : "\n# What happened?\n")) !=
		NULL ||
	    (e = vet_anything(args, text)) != NULL ||
	    (e = record_begin_fact(&r, ctx, NULL)) != NULL ||
	    (e = record_content(&content, &r, &args->record, kind, text)) !=
		NULL ||
	    (e = put_keys(content, kind, args, ctx->env.now)) != NULL ||
	    (e = record_cites(content, &r, &args->cites)) != NULL)
		goto done;
	e = record_add(&r, kind, content);
	content = NULL;
	if (e != NULL || (e = record_commit(&r, "log", text)) != NULL)
		goto done;
	record_explain(ctx, kind);
	ask_for_recap(&r);
	doubt_fact(ctx, &r);
	record_print(&r, 0, NULL);
done:
	node_free(content);
	free(text);
	record_end(&r);
	return e;
}

/*
 * Showing.
 */

static const struct out_col cols[] = {
	{ "happened", "HAPPENED", true },
	{ "id", "ENTRY", false, OUT_NAME },
	{ "kind", "KIND", false },
	{ "grade", "VOUCHED", false, OUT_WORD },
	{ "summary", "", false },
	{ NULL, NULL, false },
};

struct filter {
	const char *kind, *grep;
	int64_t since, until;
};

static struct err *
read_filter(struct filter *f, const struct args *args, int64_t now)
{
	const struct kind *kind;
	struct when when;
	struct err *e = NULL;

	*f = (struct filter){ args->kind, args->grep, INT64_MIN, INT64_MAX };
	if (args->kind != NULL && (e = kind_find(&kind, args->kind)) != NULL)
		return e;
	if (args->since != NULL) {
		if ((e = date_parse_loose(&when, args->since, now)) != NULL)
			return err_wrap(e, "--since");
		f->since = when.time;
	}
	if (args->until != NULL) {
		if ((e = date_parse_loose(&when, args->until, now)) != NULL)
			return err_wrap(e, "--until");
		f->until = when.time + (when.date_only ? DATE_DAY - 1 : 0);
	}
	return NULL;
}

/* Does any string below n contain the text, in either case? */
static bool
contains(const struct node *n, const char *text)
{
	if (n == NULL)
		return false;
	if (n->type == NODE_STR)
		return strcasestr(n->text, text) != NULL;
	for (size_t i = 0; i < n->n; i++)
		/* a nonce is chance, and may look like any short word */
		if (!(n->type == NODE_MAP &&
			strcmp(n->keys[i], "nonce") == 0) &&
		    contains(n->kids[i], text))
			return true;
	return false;
}

static bool
matches(const struct filter *filter, const struct fact *f)
{
	return (filter->kind == NULL || fact_is(f, filter->kind)) &&
	    f->happened >= filter->since && f->happened <= filter->until &&
	    (filter->grep == NULL || contains(f->content, filter->grep));
}

/* What was written down a day or more after it happened looks like it. */
static char *
summary_of(const struct order *o, const struct fact *f)
{
	char *summary = view_summary(o, f), *text;
	struct when recorded = { 0 };

	err_drop(date_parse(&recorded, f->entry->recorded)); /* a valid one */
	if (recorded.time - f->happened <
	    DATE_DAY + (f->date_only ? DATE_DAY : 0))
		return summary;
	text = mem_printf("%s%s[recorded %.10s]", summary,
	    summary[0] != '\0' ? " " : "", f->entry->recorded);
	free(summary);
	return text;
}

static struct node *
row(const struct ctx *ctx, const struct order *o, const struct fact *f)
{
	struct node *n = order_fact_node(o, f);
	char *id, *summary;

	if (ctx->common.json)
		return n;
	id = f->label != NULL ? mem_dup(f->label) : order_short(o, f);
	summary = summary_of(o, f);
	node_put_str(n, "id", id);
	node_put_str(n, "summary", summary);
	free(id);
	free(summary);
	return n;
}

static struct err *
show(struct ctx *ctx, const struct args *args)
{
	struct node *rows = node_list();
	struct filter filter;
	struct view v = { 0 };
	struct err *e;

	if ((e = read_filter(&filter, args, ctx->env.now)) != NULL ||
	    (e = view_open(&v, ctx, NULL)) != NULL)
		goto done;
	for (size_t i = 0; i < v.order->n; i++) {
		size_t k = args->reverse ? i : v.order->n - 1 - i;
		const struct fact *f = &v.order->v[v.order->replay[k]];

		if (rows->n == (size_t)args->limit)
			break;
		if (matches(&filter, f))
			node_push(rows, row(ctx, v.order, f));
	}
	out_table(ctx->out, cols, rows);
done:
	view_close(&v);
	node_free(rows);
	return e;
}

static bool
has_matter(const struct args *args)
{
	return args->record.messages.n > 0 || args->record.file != NULL ||
	    args->record.attach.n > 0;
}

/* Options that say something of an entry that is to be recorded. */
static bool
is_recording(const struct args *args)
{
	return has_matter(args) || args->record.sets.n > 0 ||
	    args->record.at != NULL || args->from != NULL || args->to != NULL ||
	    args->with != NULL || args->channel != NULL || args->url != NULL ||
	    args->duration != NULL || args->captured != NULL ||
	    args->off_platform || args->cites.n > 0;
}

static bool
is_filtering(const struct args *args)
{
	return args->since != NULL || args->until != NULL ||
	    args->grep != NULL || args->limit != defaults.limit ||
	    args->reverse;
}

/* Whatever else was given would have no meaning. */
static struct err *
vet_batch(const struct args *args)
{
	if (args->kind == NULL && !is_filtering(args) && !is_recording(args))
		return NULL;
	return err_hint(
	    err_new(ERR_USAGE, "--batch goes with no other option of log"),
	    "each line says what it records; see deed-log(1)");
}

/* What was to be recorded must not end as a list that somebody overlooks. */
static struct err *
vet_recording(const struct ctx *ctx, const struct args *args)
{
	if (is_filtering(args))
		return err_hint(
		    err_new(ERR_USAGE,
			"options that show and options that record do not go "
			"together"),
		    "see deed log -h, or deed-log(1)");
	if (has_matter(args) || (ctx->tty_in && ctx->tty_out))
		return NULL;
	return err_hint(err_new(ERR_USAGE, "there is nothing to record"),
	    "give the text with -m or -F, or a file with --attach");
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct err *e;

	if (args->batch)
		return (e = vet_batch(args)) != NULL ? e : batch_record(ctx);
	if (!is_recording(args))
		return show(ctx, args);
	e = vet_recording(ctx, args);
	return e != NULL ? e : record_one(ctx, args);
}

const struct command cmd_log = {
	.name = "log",
	.summary = "show what happened, or record it",
	.opts = opts,
	.defaults = &defaults,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER | CMD_PAGER,
	.run = run,
};
