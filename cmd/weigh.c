/* SPDX-License-Identifier: ISC */
/* deed weigh: the arithmetic of a refund, an arbitration, a cancellation. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/view.h"
#include "core/clock.h"
#include "core/stats.h"
#include "core/util/path.h"
#include "core/weigh.h"

struct args {
	const char *what, *amount;
};

static const char *const whats[] = { "refund", "arbitration", "cancel", NULL };

static const struct opt opts[] = {
	OPT_STR(0, "amount", amount, "amount",
	    "what is offered, or at stake; default the price"),
	OPT_ARG_ENUM("refund|arbitration|cancel", what, whats, 0),
	OPT_END,
};

static enum weigh_what
which(const char *name)
{
	for (int i = 0; whats[i] != NULL; i++)
		if (strcmp(whats[i], name) == 0)
			return (enum weigh_what)i;
	return WEIGH_CANCEL;
}

static struct err *
count_orders(struct node **out, struct ctx *ctx)
{
	struct stats *stats = stats_new(ctx->env.now);
	struct strs ids = VEC_INIT;
	struct err *e = ledger_orders(&ids, ctx->ledger);

	for (size_t i = 0; i < ids.n && e == NULL; i++) {
		struct view v;

		if ((e = view_open(&v, ctx, path_base(ids.v[i]))) == NULL)
			stats_add(stats, v.order);
		view_close(&v);
	}
	*out = stats_node(stats);
	strs_release(&ids);
	stats_free(stats);
	return e;
}

static void
add_sources(struct buf *b, const struct node *n)
{
	const char *source = node_text(n, "source");
	const char *as_of = node_text(n, "as_of");

	if (source != NULL)
		buf_addf(b, "  [%s%s%s]", source,
		    as_of != NULL ? ", as of " : "",
		    as_of != NULL ? as_of : "");
	buf_addc(b, '\n');
}

static char *
text_of(const struct node *n)
{
	const struct node *inputs = node_get(n, "inputs");
	const struct node *steps = node_get(n, "steps");
	const struct node *rules = node_get(n, "rules");
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < node_count(inputs); i++) {
		const struct node *in = node_at(inputs, i);

		buf_addf(&b, "%s: %s", node_text(in, "name"),
		    node_text(in, "value"));
		add_sources(&b, in);
	}
	buf_addc(&b, '\n');
	for (size_t i = 0; i < node_count(steps); i++) {
		const struct node *s = node_at(steps, i);

		buf_addf(&b, "%s = %s = %s\n", node_text(s, "name"),
		    node_text(s, "formula"), node_text(s, "result"));
	}
	if (node_count(rules) > 0)
		buf_adds(&b, "\nto check on the platform itself:\n");
	for (size_t i = 0; i < node_count(rules); i++) {
		buf_addf(&b, "- %s", node_text(node_at(rules, i), "text"));
		add_sources(&b, node_at(rules, i));
	}
	return buf_steal(&b);
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	enum weigh_what what = which(args->what);
	struct profiles *profiles = NULL;
	struct weigh w = { .amount = args->amount };
	struct node *stats = NULL, *n = NULL;
	struct view v = { 0 };
	char *text;
	struct err *e = view_open(&v, ctx, NULL);

	if (e != NULL)
		goto done;
	profiles = profiles_new(&ctx->env, ctx->ledger->dir);
	w.order = v.order;
	if ((e = clock_profile(&w.profile, v.order, profiles)) != NULL)
		goto done;
	if (what == WEIGH_CANCEL && (e = count_orders(&stats, ctx)) != NULL)
		goto done;
	w.stats = stats;
	if ((e = weigh(&n, what, &w)) != NULL)
		goto done;
	text = text_of(n);
	out_object(ctx->out, n, text);
	free(text);
done:
	node_free(n);
	node_free(stats);
	profiles_free(profiles);
	view_close(&v);
	return e;
}

const struct command cmd_weigh = {
	.name = "weigh",
	.summary = "the arithmetic of a decision",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
