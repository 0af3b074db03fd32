/* SPDX-License-Identifier: ISC */
/* deed due: until when somebody must act, and what silence will cause. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/calendar.h"
#include "core/util/file.h"
#include "core/util/path.h"

struct args {
	const char *within, *ics;
	bool exit_code;
};

static const struct opt opts[] = {
	OPT_STR(0, "within", within, "time",
	    "only what ends by then: 3d, '12 hours' or a date"),
	OPT_FLAG(0, "exit-code", exit_code, "exit 1 if something is shown"),
	OPT_STR(
	    0, "ics", ics, "file", "write a calendar; - is standard output"),
	OPT_END,
};

static const struct out_col cols[] = {
	{ "earliest", "ENDS", true },
	{ "latest", "OR AS LATE AS", true },
	{ "order", "ORDER", false, OUT_NAME },
	{ "whose", "WHO ACTS", false },
	{ "name", "CLOCK", false },
	{ "dated", "AS OF", false },
	{ "if_missed", "IF NOTHING IS DONE", false },
	{ NULL, NULL, false },
};

/* What is to be shown. */
struct list {
	struct ctx *ctx;
	struct node *rows;
	int64_t limit; /* what ends later is left out */
	bool for_people;
};

/* "3d" is in three days; else any time or date, a date to its end. */
static struct err *
read_limit(int64_t *out, const char *text, int64_t now)
{
	char *span = mem_printf("in %s", text);
	struct when when;
	struct err *e = date_parse_loose(&when, span, now);

	if (e != NULL) {
		err_drop(e); /* then it is no span of time */
		e = date_parse_loose(&when, text, now);
	}
	free(span);
	*out = when.time + (when.date_only ? DATE_DAY - 1 : 0);
	return err_wrap(e, "--within");
}

/* A clock as a row: for people some columns are put in other words. */
static struct node *
row(const struct list *list, const struct view *v, const struct clock *c)
{
	const struct ctx *ctx = list->ctx;
	struct node *n = clock_node(c, v->order, ctx->env.now);
	const char *mine = node_text(n, "override");
	char *text;

	if (!list->for_people)
		return n;
	if (c->latest == c->earliest && !ctx->common.nul)
		node_put(n, "latest", node_null());
	node_put_str(n, "whose", view_who(c));
	text = mem_printf("%s%s", node_text(n, "as_of"),
	    node_flag(n, "stale") ? ", old" : "");
	node_put_str(n, "dated", text);
	free(text);
	if (mine == NULL)
		return n;
	text = mem_printf(
	    "%s [your own rule, %s]", node_text(n, "if_missed"), mine);
	node_put_str(n, "if_missed", text);
	free(text);
	return n;
}

static struct err *
add_order(struct list *list, const char *id, struct strs *told)
{
	const struct clocks *clocks;
	struct view v;
	struct err *e;

	if ((e = view_open(&v, list->ctx, id)) != NULL ||
	    (e = view_stand(&v, list->ctx)) != NULL)
		goto done;
	view_unknown(told, &v);
	clocks = &v.standing.clocks;
	for (size_t i = 0; i < clocks->n; i++)
		if (clocks->v[i].earliest <= list->limit)
			node_push(list->rows, row(list, &v, &clocks->v[i]));
done:
	view_close(&v);
	return e;
}

/* All orders but those of which it is known that no clock runs. */
static struct err *
those_with_clocks(struct strs *ids, struct ctx *ctx)
{
	struct roster *roster;
	struct err *e = roster_load(
	    &roster, ctx->ledger, ctx->profiles, ctx->env.now, NULL);

	if (e != NULL) {
		err_drop(e); /* what is wrong is said of its order */
		return ledger_orders(ids, ctx->ledger);
	}
	for (size_t i = 0; i < roster_count(roster); i++)
		if (!roster_at(roster, i)->idle)
			strs_add(ids, roster_at(roster, i)->name);
	roster_free(roster);
	return NULL;
}

/* One that cannot be read must not hide what the others have. */
static struct err *
add_all(struct list *list)
{
	struct strs ids = VEC_INIT, told = VEC_INIT;
	const struct words *given = &list->ctx->common.orders;
	struct err *e = NULL;

	for (size_t i = 0; i < given->n; i++)
		strs_add(&ids, given->v[i]);
	if (given->n == 0)
		e = those_with_clocks(&ids, list->ctx);
	for (size_t i = 0; i < ids.n; i++)
		e = err_first(e, add_order(list, path_base(ids.v[i]), &told));
	strs_release(&told);
	strs_release(&ids);
	return e;
}

/* Times in UTC sort as texts do. */
static int
by_end(const void *a, const void *b)
{
	const struct node *x = *(struct node *const *)a;
	const struct node *y = *(struct node *const *)b;
	int order = strcmp(node_text(x, "earliest"), node_text(y, "earliest"));

	if (order == 0)
		order = strcmp(node_text(x, "order"), node_text(y, "order"));
	return order != 0 ? order :
			    strcmp(node_text(x, "name"), node_text(y, "name"));
}

static void
warn_stale(const struct node *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++)
		n += node_flag(rows->kids[i], "stale");
	if (n > 0)
		say_warn("%zu of these rules %s last confirmed more than a "
			 "year ago: check %s on the platform; "
			 "deed-platform(5) says how to put in your own",
		    n, n == 1 ? "was" : "were", n == 1 ? "it" : "them");
}

static struct err *
write_calendar(struct ctx *ctx, const struct node *rows, const char *file)
{
	struct buf b = BUF_INIT;
	struct err *e = NULL;
	char *path;

	calendar_write(&b, rows, ctx->env.now);
	if (strcmp(file, "-") == 0) {
		out_bytes(ctx->out, b.data, b.len);
	} else {
		path = path_join(ctx->env.cwd, file);
		e = file_replace(path, b.data, b.len, 0600);
		free(path);
	}
	buf_release(&b);
	return e;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct list list = { ctx, node_list(), INT64_MAX,
		!ctx->common.json && args->ics == NULL };
	struct node *rows = list.rows;
	struct err *e = NULL, *later = NULL;

	if (args->within != NULL)
		e = read_limit(&list.limit, args->within, ctx->env.now);
	if (e != NULL)
		goto done;
	later = add_all(&list);
	if (rows->n > 1)
		qsort(rows->kids, rows->n, sizeof(struct node *), by_end);
	warn_stale(rows);
	if (args->ics != NULL)
		e = write_calendar(ctx, rows, args->ics);
	else
		out_table(ctx->out, cols, rows);
	ctx->status = args->exit_code && rows->n > 0;
done:
	node_free(rows);
	return err_first(e, later);
}

const struct command cmd_due = {
	.name = "due",
	.summary = "until when somebody must act, and what silence will cause",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER | CMD_PAGER,
	.run = run,
};
