/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/command.h"
#include "core/standing.h"
#include "core/util/path.h"
#include "core/util/proc.h"

/* deed.order of a ledger inside a folder that is no git project. */
static struct err *
ledger_setting(char **out, const struct ledger *l)
{
	const char *const argv[] = { "git", "config", "--local", "--get",
		"deed.order", NULL };
	struct proc_spec spec = { .argv = argv, .dir = l->dir };
	struct buf text = BUF_INIT;
	int status;
	struct err *e = proc_run(&spec, &text, NULL, &status);

	if (e == NULL && status == 0 && text.len > 1)
		*out = mem_ndup(text.data, text.len - 1);
	buf_release(&text);
	return e;
}

static bool
is_inside(const struct ledger *l)
{
	return strcmp(path_base(l->dir), ".deed") == 0;
}

/* What this project has chosen; yours, or NULL. */
static struct err *
chosen(char **out, struct ctx *ctx)
{
	const char *value = NULL;
	struct err *e;

	*out = NULL;
	if (ctx->env.order != NULL) {
		*out = mem_dup(ctx->env.order);
		return NULL;
	}
	e = project_config(&value, ctx->project, "deed.order", true);
	if (e == NULL && value != NULL)
		*out = mem_dup(value);
	else if (e == NULL && is_inside(ctx->ledger))
		e = ledger_setting(out, ctx->ledger);
	return e;
}

static struct err *
is_active(bool *out, struct ctx *ctx, const char *id)
{
	struct stream *stream = NULL;
	struct order *order = NULL;
	struct standing standing = { 0 };
	struct err *e = ledger_load(&stream, ctx->ledger, id);

	if (e == NULL)
		e = order_replay(&order, stream, id);
	if (e == NULL)
		/* with a mistake in a profile the recorded state will do */
		err_drop(standing_find(
		    &standing, order, ctx->profiles, ctx->env.now));
	if (e == NULL)
		*out = order->state != ORDER_CANCELLED &&
		    order->state != ORDER_CLOSED;
	standing_release(&standing);
	order_free(order);
	stream_free(stream);
	return e;
}

/* The only active order; an error that says what to do otherwise. */
static struct err *
only_active(char **out, struct ctx *ctx)
{
	struct strs all = VEC_INIT;
	struct buf names = BUF_INIT;
	size_t n = 0;
	struct err *e = ledger_orders(&all, ctx->ledger);

	for (size_t i = 0; i < all.n && e == NULL && n < 8; i++) {
		const char *id = path_base(all.v[i]);
		bool active = false;

		e = is_active(&active, ctx, id);
		if (!active)
			continue;
		buf_addf(&names, "%s%s", n++ > 0 ? ", " : "", id);
		free(*out);
		*out = mem_dup(id);
	}
	if (e == NULL && n == 0)
		e = err_hint(err_new(ERR_NOT_FOUND,
				 "no order is meant, and none is "
				 "active"),
		    all.n > 0 ? "name one: -o ORDER (see 'deed list')" :
				"start one: deed open ID");
	else if (e == NULL && n > 1)
		e = err_hint(
		    err_new(ERR_INVALID,
			"it is ambiguous which order is meant: %s", names.data),
		    "name one with -o, or choose it for this project: deed "
		    "switch ORDER");
	if (e != NULL) {
		free(*out);
		*out = NULL;
	}
	buf_release(&names);
	strs_release(&all);
	return e;
}

struct err *
ctx_order(char **out, struct ctx *ctx, bool to_record)
{
	const struct words *given = &ctx->common.orders;
	struct err *e;

	*out = NULL;
	if (given->n > 1)
		return err_hint(
		    err_new(ERR_USAGE, "this command takes one order"),
		    "give -o once");
	if (given->n == 1) {
		*out = mem_dup(given->v[0]);
		return NULL;
	}
	if ((e = chosen(out, ctx)) != NULL || *out != NULL)
		return e;
	if (to_record && !ctx->tty_in)
		return err_hint(err_new(ERR_NOT_FOUND, "no order is meant"),
		    "name one: -o ORDER, DEED_ORDER, or deed switch ORDER");
	return only_active(out, ctx);
}

struct err *
ctx_orders(struct strs *out, struct ctx *ctx)
{
	const struct words *given = &ctx->common.orders;
	char *id;
	struct err *e;

	for (size_t i = 0; i < given->n; i++)
		if (strs_find(out, given->v[i]) < 0)
			strs_add(out, given->v[i]);
	if (given->n > 0)
		return NULL;
	e = ctx_order(&id, ctx, false);
	if (e == NULL)
		strs_take(out, id);
	return e;
}

struct err *
ctx_switch(struct ctx *ctx, const char *id)
{
	const char *const argv[] = { "git", "config", "--local", "deed.order",
		id, NULL };
	struct proc_spec spec = { .argv = argv, .dir = ctx->ledger->dir };
	struct buf text = BUF_INIT;
	int status;
	struct err *e = NULL;

	if (project_top(ctx->project) != NULL)
		return project_set(ctx->project, "deed.order", id);
	if (!is_inside(ctx->ledger))
		return NULL; /* nothing here could remember it */
	e = proc_run(&spec, &text, NULL, &status);
	if (e == NULL && status != 0)
		e = err_new(ERR_SYSTEM, "git config could not set deed.order");
	buf_release(&text);
	return e;
}
