/* SPDX-License-Identifier: ISC */
/* deed stats: rates over all orders, and what one more would do. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/view.h"

struct args {
	const char *platform;
};

static const struct opt opts[] = {
	OPT_STR(
	    0, "platform", platform, "name", "only orders of this platform"),
	OPT_END,
};

static void
add_rate(struct buf *b, const char *what, const struct node *n)
{
	const char *rate = node_text(n, "rate");

	buf_addf(b, "%-14s%lld completed, %lld cancelled", what,
	    (long long)node_number(n, "completed", 0),
	    (long long)node_number(n, "cancelled", 0));
	if (rate != NULL)
		buf_addf(b, ": %s %%; one more cancellation: %s %%", rate,
		    node_text(n, "rate_after_one_more"));
	buf_addc(b, '\n');
}

static void
add_tallies(struct buf *b, const char *what, const struct node *list)
{
	for (size_t i = 0; i < node_count(list); i++)
		buf_addf(b, "%-14s%lld  %s\n", i == 0 ? what : "",
		    (long long)node_number(node_at(list, i), "cancelled", 0),
		    node_text(node_at(list, i), "name"));
}

static void
add_buyers(struct buf *b, const struct node *list)
{
	for (size_t i = 0; i < node_count(list); i++)
		buf_addf(b, "%-14s%lld completed, %lld cancelled  %s\n",
		    i == 0 ? "buyers" : "",
		    (long long)node_number(node_at(list, i), "completed", 0),
		    (long long)node_number(node_at(list, i), "cancelled", 0),
		    node_text(node_at(list, i), "name"));
}

static void
add_responses(struct buf *b, const struct node *n)
{
	int64_t answered = node_number(n, "answered", 0);
	int64_t waiting = node_number(n, "waiting", 0);

	if (answered + waiting == 0)
		return;
	buf_addf(b, "%-14s%lld, %lld of them within 24 hours", "answers",
	    (long long)answered, (long long)node_number(n, "within_24h", 0));
	if (answered > 0)
		buf_addf(b, ", the middle one after %lld hours",
		    (long long)node_number(n, "median_hours", 0));
	if (waiting > 0)
		buf_addf(b, "; %lld still wait%s", (long long)waiting,
		    waiting == 1 ? "s" : "");
	buf_addc(b, '\n');
}

static char *
text_of(const struct node *n)
{
	const struct node *windows = node_get(n, "windows");
	const struct node *time = node_get(n, "on_time");
	const struct node *revisions = node_get(n, "revisions");
	const struct node *silence = node_get(n, "silence");
	struct buf b = BUF_INIT;

	buf_addf(&b, "%-14s%lld, %lld of them open\n", "orders",
	    (long long)node_number(n, "orders", 0),
	    (long long)node_number(n, "open", 0));
	add_rate(&b, "in all", n);
	for (size_t i = 0; i < node_count(windows); i++) {
		const struct node *w = node_at(windows, i);
		char *what = mem_printf(
		    "%lld days", (long long)node_number(w, "days", 0));

		add_rate(&b, what, w);
		free(what);
	}
	add_tallies(&b, "reasons", node_get(n, "reasons"));
	add_tallies(&b, "asked by", node_get(n, "initiators"));
	add_buyers(&b, node_get(n, "buyers"));
	buf_addf(&b, "%-14s%lld on time, %lld late, %lld unknown\n",
	    "handed in", (long long)node_number(time, "on_time", 0),
	    (long long)node_number(time, "late", 0),
	    (long long)node_number(time, "unknown", 0));
	buf_addf(&b, "%-14s%lld in %lld orders, %lld of them formal",
	    "revisions", (long long)node_number(revisions, "requests", 0),
	    (long long)node_number(revisions, "orders", 0),
	    (long long)node_number(revisions, "formal", 0));
	if (node_text(revisions, "per_order") != NULL)
		buf_addf(
		    &b, ": %s an order", node_text(revisions, "per_order"));
	buf_addc(&b, '\n');
	add_responses(&b, node_get(n, "responses"));
	if (node_text(silence, "order") != NULL)
		buf_addf(&b, "%-14s%lld hours, in order %s\n", "longest wait",
		    (long long)node_number(silence, "hours", 0),
		    node_text(silence, "order"));
	return buf_steal(&b);
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct stats *stats = stats_new(ctx->env.now);
	struct node *n = NULL;
	struct err *e = ctx_vet_orders(ctx);
	char *text;

	if (e == NULL)
		e = view_count(stats, ctx, args->platform, true, NULL);
	if (e == NULL) {
		n = stats_node(stats);
		text = text_of(n);
		out_object(ctx->out, n, text);
		free(text);
	}
	node_free(n);
	stats_free(stats);
	return e;
}

const struct command cmd_stats = {
	.name = "stats",
	.summary = "rates over all orders, and what one more would do",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER | CMD_PAGER,
	.run = run,
};
