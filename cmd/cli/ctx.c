/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/command.h"
#include "cmd/cli/record.h"
#include "cmd/cli/say.h"
#include "core/journal.h"
#include "core/order.h"
#include "core/util/path.h"
#include "core/util/proc.h"

struct err *
ctx_ledger(struct ctx *ctx)
{
	enum journal_found found;
	struct err *e = ledger_find(&ctx->ledger, &ctx->env, ctx->project);

	if (e == NULL && (e = journal_mend(ctx->ledger, &found)) == NULL)
		record_say_found(found);
	profiles_free(ctx->profiles);
	ctx->profiles = profiles_new(
	    &ctx->env, ctx->ledger != NULL ? ctx->ledger->dir : NULL);
	return e;
}

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
	else if (e == NULL && ctx->ledger != NULL && is_inside(ctx->ledger))
		e = ledger_setting(out, ctx->ledger);
	return e;
}

struct err *
ctx_roster(struct roster **out, struct ctx *ctx, const char *like)
{
	struct err *e =
	    roster_load(out, ctx->ledger, ctx->profiles, ctx->env.now, like);

	if (e == NULL)
		return NULL;
	err_drop(e); /* perhaps a mistake in a profile; else it comes again */
	return roster_load(out, ctx->ledger, NULL, ctx->env.now, like);
}

static bool
is_active(const struct roster_row *row)
{
	return strcmp(row->state, order_state_name(ORDER_CANCELLED)) != 0 &&
	    strcmp(row->state, order_state_name(ORDER_CLOSED)) != 0;
}

/* The only active order; an error that says what to do otherwise. */
static struct err *
only_active(char **out, struct ctx *ctx)
{
	struct roster *roster;
	struct buf names = BUF_INIT;
	size_t n = 0;
	struct err *e = ctx_roster(&roster, ctx, NULL);

	if (e != NULL)
		return e;
	for (size_t i = 0; i < roster_count(roster) && n < 8; i++) {
		const char *id = roster_at(roster, i)->id;

		if (!is_active(roster_at(roster, i)))
			continue;
		buf_addf(&names, "%s%s", n++ > 0 ? ", " : "", id);
		free(*out);
		*out = mem_dup(id);
	}
	if (n == 0)
		e = err_hint(err_new(ERR_NOT_FOUND,
				 "no order is meant, and none is "
				 "active"),
		    roster_count(roster) > 0 ?
			"start one: deed open ORDER; or name one of 'deed "
			"list': -o ORDER" :
			"start one: deed open ORDER");
	else if (n > 1)
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
	roster_free(roster);
	return e;
}

struct err *
ctx_same_order(const struct ctx *ctx, const char *id)
{
	const struct words *given = &ctx->common.orders;

	for (size_t i = 0; i < given->n; i++)
		if (strcmp(given->v[i], id) != 0)
			return err_new(ERR_USAGE,
			    "-o says another order than %s: %s", id,
			    given->v[i]);
	return NULL;
}

bool
ctx_means(const struct ctx *ctx, const char *id)
{
	const struct words *given = &ctx->common.orders;

	for (size_t i = 0; i < given->n; i++)
		if (strcmp(given->v[i], id) == 0)
			return true;
	return given->n == 0;
}

struct err *
ctx_vet_orders(const struct ctx *ctx)
{
	const struct words *given = &ctx->common.orders;
	struct err *e = NULL;

	for (size_t i = 0; i < given->n && e == NULL; i++)
		e = ledger_exists(ctx->ledger, given->v[i]);
	return e;
}

struct err *
ctx_named_order(char **out, struct ctx *ctx)
{
	const struct words *given = &ctx->common.orders;

	*out = NULL;
	if (given->n > 1)
		return err_hint(
		    err_new(ERR_USAGE, "this command takes one order"),
		    "give -o once");
	if (given->n == 0)
		return chosen(out, ctx);
	*out = mem_dup(given->v[0]);
	return NULL;
}

struct err *
ctx_order(char **out, struct ctx *ctx, bool to_record)
{
	struct err *e = ctx_named_order(out, ctx);

	if (e != NULL || *out != NULL)
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

bool
ctx_remembers(const struct ctx *ctx)
{
	return project_top(ctx->project) != NULL || is_inside(ctx->ledger);
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
	if (!ctx_remembers(ctx)) {
		say_note("this folder is in no git project that could remember "
			 "its order: give -o %s, or export DEED_ORDER=%s",
		    id, id);
		return NULL;
	}
	e = proc_run(&spec, &text, NULL, &status);
	if (e == NULL && status != 0)
		e = err_new(ERR_SYSTEM, "git config could not set deed.order");
	buf_release(&text);
	return e;
}
