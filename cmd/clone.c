/* SPDX-License-Identifier: ISC */
/* deed clone: join a ledger that is elsewhere. */

#include <stdlib.h>

#include "cmd/cli/command.h"
#include "cmd/cli/say.h"
#include "core/sync.h"
#include "core/util/path.h"

struct args {
	const char *url, *dir;
};

static const struct opt opts[] = {
	OPT_ARG("url", url, 0),
	OPT_ARG("dir", dir, OPT_OPTIONAL),
	OPT_END,
};

/* Where the clone goes: the folder given, else a person's own place. */
static struct err *
choose(char **out, const struct ctx *ctx, const char *dir)
{
	char *raw;

	if (dir == NULL)
		dir = ctx->env.ledger;
	raw = dir != NULL ? path_join(ctx->env.cwd, dir) :
			    ledger_default_dir(&ctx->env);
	if (raw == NULL)
		return err_hint(err_new(ERR_NOT_FOUND,
				    "there is no home "
				    "folder to put a "
				    "ledger in"),
		    "say where: deed clone URL DIR");
	*out = path_clean(raw);
	free(raw);
	return NULL;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct node *result;
	char *dir = NULL;
	struct err *e = choose(&dir, ctx, args->dir);

	if (e != NULL)
		return e;
	e = sync_clone(&ctx->ledger, &ctx->env, ctx->project, args->url, dir);
	if (err_is(e, ERR_SYSTEM) && err_advice(e) == NULL)
		e = err_hint(e, "does 'git ls-remote URL' reach it?");
	free(dir);
	if (e != NULL)
		return e;
	say_note("joined the ledger in %s; archives are fetched on demand: "
		 "deed sync --fetch",
	    ctx->ledger->dir);
	result = node_map();
	node_put_str(result, "ledger", ctx->ledger->dir);
	out_result(ctx->out, result, ctx->ledger->dir);
	node_free(result);
	return NULL;
}

const struct command cmd_clone = {
	.name = "clone",
	.summary = "join a ledger that is elsewhere",
	.opts = opts,
	.args_size = sizeof(struct args),
	.run = run,
};
