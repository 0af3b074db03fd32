/* SPDX-License-Identifier: ISC */
/* deed export: the record in the formats of other programs. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/view.h"
#include "core/calendar.h"
#include "core/csv.h"
#include "core/util/path.h"

struct args {
	const char *format;
};

static const char *const formats[] = { "json", "csv", "ics", NULL };

static const struct opt opts[] = {
	OPT_ENUM(0, "format", format, "format", formats,
	    "json, csv or ics; json by default"),
	OPT_END,
};

static const char *const columns[] = { "order", "platform", "buyer", "title",
	"state", "entry", "kind", "label", "happened", "recorded", "grade",
	"withheld", "voided", "from", "channel", "text", "amount", "archive",
	"sha256" };
#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct export
{
	struct ctx *ctx;
	struct node *clocks; /* for a calendar */
	void (*add)(struct export *, const struct view *);
};

static struct node *
clocks_of(const struct view *v, const struct ctx *ctx)
{
	const struct clocks *clocks = &v->standing.clocks;
	struct node *list = node_list();

	for (size_t i = 0; i < clocks->n; i++)
		node_push(
		    list, clock_node(&clocks->v[i], v->order, ctx->env.now));
	return list;
}

/* One object an order, with all there is to know of it. */
static void
add_json(struct export *x, const struct view *v)
{
	const struct order *o = v->order;
	struct node *n = node_map(), *entries;

	node_put_str(n, "order", o->id);
	node_put_str(n, "state", order_state_name(o->state));
	node_put(n, "native_state", node_str(o->native_state));
	node_put(n, "terms", node_copy(o->terms));
	node_put(n, "requirements", order_requirements(o));
	node_put(n, "clocks", clocks_of(v, x->ctx));
	entries = node_put(n, "entries", node_list());
	for (size_t i = 0; i < o->n; i++)
		node_push(entries, order_fact_node(o, &o->v[o->replay[i]]));
	out_object(x->ctx->out, n, NULL);
	node_free(n);
}

/* A cell: of the entry, of its content, or of the order. */
static const char *
cell(const struct view *v, const struct node *fact, const char *column)
{
	const struct node *content = node_get(fact, "content");
	const struct node *terms = v->order->terms, *n;

	if (strcmp(column, "platform") == 0 || strcmp(column, "buyer") == 0 ||
	    strcmp(column, "title") == 0)
		return node_text(terms, column);
	if (strcmp(column, "state") == 0)
		return order_state_name(v->order->state);
	if (strcmp(column, "archive") == 0)
		return node_text(node_get(content, "archive"), "path");
	if (strcmp(column, "sha256") == 0)
		return node_text(node_get(content, "archive"), "sha256");
	if ((n = node_get(fact, column)) == NULL)
		return node_text(content, column);
	if (n->type == NODE_BOOL)
		return n->flag ? "yes" : NULL;
	return n->type == NODE_STR ? n->text : NULL;
}

/* A row an entry. */
static void
add_csv(struct export *x, const struct view *v)
{
	const struct order *o = v->order;
	const char *fields[N_COLUMNS];
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < o->n; i++) {
		struct node *fact = order_fact_node(o, &o->v[o->replay[i]]);

		for (size_t c = 0; c < N_COLUMNS; c++)
			fields[c] = cell(v, fact, columns[c]);
		csv_add_row(&b, fields, N_COLUMNS);
		node_free(fact);
	}
	out_bytes(x->ctx->out, b.data, b.len);
	buf_release(&b);
}

static void
add_ics(struct export *x, const struct view *v)
{
	struct node *clocks = clocks_of(v, x->ctx);

	for (size_t i = 0; i < clocks->n; i++)
		node_push(x->clocks, node_copy(clocks->kids[i]));
	node_free(clocks);
}

static struct err *
add_order(struct export *x, const char *id)
{
	struct view v;
	struct err *e = view_open(&v, x->ctx, id);

	if (e == NULL && (e = view_stand(&v, x->ctx)) == NULL)
		x->add(x, &v);
	view_close(&v);
	return e;
}

/* Those named, else all, the newest month first. */
static struct err *
add_all(struct export *x)
{
	const struct words *given = &x->ctx->common.orders;
	struct strs ids = VEC_INIT;
	struct err *e = NULL;

	for (size_t i = 0; i < given->n; i++)
		if (strs_find(&ids, given->v[i]) < 0)
			strs_add(&ids, given->v[i]);
	if (given->n == 0)
		e = ledger_orders(&ids, x->ctx->ledger);
	for (size_t i = 0; i < ids.n && e == NULL; i++)
		e = add_order(x, path_base(ids.v[i]));
	strs_release(&ids);
	return e;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct export x = { ctx, node_list(), add_json };
	struct buf b = BUF_INIT;
	struct err *e;

	if (strcmp(args->format, "csv") == 0) {
		x.add = add_csv;
		csv_add_row(&b, columns, N_COLUMNS);
		out_bytes(ctx->out, b.data, b.len);
	} else if (strcmp(args->format, "ics") == 0) {
		x.add = add_ics;
	} else {
		out_set_json(ctx->out);
	}
	e = add_all(&x);
	if (e == NULL && x.add == add_ics) {
		calendar_write(&b, x.clocks, ctx->env.now);
		out_bytes(ctx->out, b.data, b.len);
	}
	node_free(x.clocks);
	buf_release(&b);
	return e;
}

const struct command cmd_export = {
	.name = "export",
	.summary = "write the record in the formats of other programs",
	.opts = opts,
	.defaults = &(const struct args){ .format = "json" },
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
