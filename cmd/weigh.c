/* SPDX-License-Identifier: ISC */
/* deed weigh: the arithmetic of a refund, an arbitration, a cancellation. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/local.h"
#include "cmd/cli/view.h"
#include "core/clock.h"
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

/* stats_node() of the ledger, without the order called skip. */
static struct err *
count_orders(struct node **out, struct ctx *ctx, const char *skip)
{
	struct stats *stats = stats_new(ctx->env.now);
	struct err *e = view_count(stats, ctx, NULL, false, skip);

	if (e == NULL)
		*out = stats_node(stats);
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

static void
add_inputs(struct buf *b, const struct node *inputs)
{
	for (size_t i = 0; i < node_count(inputs); i++) {
		const struct node *in = node_at(inputs, i);
		const char *note = node_text(in, "note");

		buf_addf(
		    b, "%s: %s", node_text(in, "name"), node_text(in, "value"));
		if (note != NULL)
			buf_addf(b, " (%s)", note);
		add_sources(b, in);
	}
}

static void
add_steps(struct buf *b, const struct node *steps)
{
	for (size_t i = 0; i < node_count(steps); i++) {
		const struct node *s = node_at(steps, i);
		const char *before = node_text(s, "before");

		buf_addf(b, "%s = %s = %s", node_text(s, "name"),
		    node_text(s, "formula"), node_text(s, "result"));
		if (node_get(s, "before") != NULL)
			buf_addf(
			    b, " (now %s)", before != NULL ? before : "none");
		buf_addc(b, '\n');
	}
}

static void
add_rules(struct buf *b, const struct node *rules)
{
	for (size_t i = 0; i < node_count(rules); i++) {
		const struct node *r = node_at(rules, i);

		buf_addf(b, "- %s%s: %s",
		    node_get(r, "met") != NULL ? "NOT SO HERE: " : "",
		    node_text(r, "name"), node_text(r, "text"));
		add_sources(b, r);
	}
}

static char *
text_of(const struct node *n)
{
	const struct node *rules = node_get(n, "rules");
	struct buf b = BUF_INIT;
	char *text;

	add_inputs(&b, node_get(n, "inputs"));
	if (b.len > 0)
		buf_addc(&b, '\n');
	add_steps(&b, node_get(n, "steps"));
	if (node_count(rules) > 0)
		buf_adds(&b, "\nto check on the platform itself:\n");
	add_rules(&b, rules);
	text = local_money(b.data);
	buf_release(&b);
	return text;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	enum weigh_what what = which(args->what);
	struct weigh w = { .amount = args->amount };
	struct node *now = NULL, *others = NULL, *n = NULL;
	struct view v = { 0 };
	char *text;
	struct err *e;

	if ((e = view_open(&v, ctx, NULL)) != NULL ||
	    (e = clock_profile(&w.profile, v.order, ctx->profiles)) != NULL)
		goto done;
	if (what == WEIGH_CANCEL &&
	    ((e = count_orders(&now, ctx, NULL)) != NULL ||
		(e = count_orders(&others, ctx, v.id)) != NULL))
		goto done;
	w.order = v.order;
	w.now = now;
	w.others = others;
	if ((e = weigh(&n, what, &w)) != NULL)
		goto done;
	text = text_of(n);
	out_object(ctx->out, n, text);
	free(text);
done:
	node_free(n);
	node_free(now);
	node_free(others);
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
