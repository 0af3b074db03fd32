/* SPDX-License-Identifier: ISC */
/* deed list: the orders of a ledger. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/view.h"
#include "core/util/path.h"

struct args {
	const char *state, *platform;
};

static const char *const states[] = { "open", "delivered", "submitted",
	"revision", "accepted", "exposed", "disputed", "cancelled", "closed",
	NULL };

static const struct opt opts[] = {
	OPT_ENUM(
	    0, "state", state, "state", states, "only orders in this state"),
	OPT_STR(
	    0, "platform", platform, "name", "only orders of this platform"),
	OPT_END,
};

static const struct out_col cols[] = {
	{ "order", "ORDER", false },
	{ "state", "STATE", false },
	{ "due", "DUE", true },
	{ "platform", "PLATFORM", false },
	{ "buyer", "BUYER", false },
	{ "title", "TITLE", false },
	{ NULL, NULL, false },
};

static struct node *
row(const struct view *v)
{
	static const char *const keys[] = { "platform", "buyer", "title" };
	const struct order *o = v->order;
	struct node *n = node_map();

	node_put_str(n, "order", o->id);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		node_put(n, keys[i], node_str(node_text(o->terms, keys[i])));
	node_put_str(n, "state", order_state_name(o->state));
	node_put(n, "due", standing_due(&v->standing, o));
	return n;
}

static bool
wanted(const struct node *row, const char *key, const char *value)
{
	const char *text = node_text(row, key);

	return value == NULL || (text != NULL && strcmp(text, value) == 0);
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct strs ids = VEC_INIT;
	struct node *rows = node_list(), *n;
	struct err *e = ledger_orders(&ids, ctx->ledger);

	for (size_t i = 0; i < ids.n && e == NULL; i++) {
		struct view v;

		if ((e = view_open(&v, ctx, path_base(ids.v[i]))) == NULL &&
		    (e = view_stand(&v, ctx)) == NULL) {
			n = row(&v);
			if (wanted(n, "state", args->state) &&
			    wanted(n, "platform", args->platform))
				node_push(rows, n);
			else
				node_free(n);
		}
		view_close(&v);
	}
	if (e == NULL)
		out_table(ctx->out, cols, rows);
	node_free(rows);
	strs_release(&ids);
	return e;
}

const struct command cmd_list = {
	.name = "list",
	.summary = "list the orders",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
