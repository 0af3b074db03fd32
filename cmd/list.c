/* SPDX-License-Identifier: ISC */
/* deed list: the orders of a ledger. */

#include <string.h>

#include "cmd/cli/command.h"
#include "cmd/cli/say.h"
#include "core/order.h"
#include "core/roster.h"

struct args {
	const char *state, *platform;
};

static const struct opt opts[] = {
	OPT_ENUM(0, "state", state, "state", order_states,
	    "only orders in this state"),
	OPT_STR(
	    0, "platform", platform, "name", "only orders of this platform"),
	OPT_END,
};

static const struct out_col cols[] = {
	{ "order", "ORDER", false, OUT_NAME },
	{ "state", "STATE", false, OUT_WORD },
	{ "due", "DUE", true },
	{ "platform", "PLATFORM", false },
	{ "buyer", "BUYER", false },
	{ "title", "TITLE", false },
	{ NULL, NULL, false },
};

/* The orders that were asked for. */
struct chosen {
	VEC(const struct roster_row *) rows;
};

static const char *
text(struct buf *made, const void *of, size_t row, size_t col)
{
	const struct chosen *chosen = of;
	const struct roster_row *r = chosen->rows.v[row];
	const char *const texts[] = { r->id, r->state, r->due, r->platform,
		r->buyer, r->title };

	(void)made;
	return texts[col];
}

static struct node *
object(const void *of, size_t row)
{
	const struct chosen *chosen = of;
	const struct roster_row *r = chosen->rows.v[row];
	struct node *n = node_map();

	node_put_str(n, "order", r->id);
	node_put(n, "platform", node_str(r->platform));
	node_put(n, "buyer", node_str(r->buyer));
	node_put(n, "title", node_str(r->title));
	node_put_str(n, "state", r->state);
	node_put(n, "due", node_str(r->due));
	return n;
}

static bool
is(const char *value, const char *wanted)
{
	return wanted == NULL || (value != NULL && strcmp(value, wanted) == 0);
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct roster *roster;
	struct chosen chosen = { VEC_INIT };
	struct out_rows rows = {
		.of = &chosen, .text = text, .object = object
	};
	struct err *e = ctx_vet_orders(ctx);

	if (e != NULL ||
	    (e = roster_load(&roster, ctx->ledger, ctx->profiles, ctx->env.now,
		 NULL)) != NULL)
		return e;
	for (size_t i = 0; i < roster_count(roster); i++) {
		const struct roster_row *r = roster_at(roster, i);

		if (ctx_means(ctx, r->id) && is(r->state, args->state) &&
		    is(r->platform, args->platform))
			vec_push(&chosen.rows, r);
	}
	if (roster_count(roster) == 0)
		say_note("there are no orders yet; start one: deed open ORDER");
	rows.n = chosen.rows.n;
	out_rows(ctx->out, cols, &rows);
	vec_release(&chosen.rows);
	roster_free(roster);
	return NULL;
}

const struct command cmd_list = {
	.name = "list",
	.summary = "list the orders",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER | CMD_PAGER,
	.run = run,
};
