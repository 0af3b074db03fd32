/* SPDX-License-Identifier: ISC */
/* deed sync: fetch, merge by union, push. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/sync.h"

struct args {
	const char *remote; /* with --fetch: an entry */
	bool fetch;
};

static const struct opt opts[] = {
	OPT_FLAG(
	    0, "fetch", fetch, "download bytes; the word is then an entry"),
	OPT_ARG("remote", remote, OPT_OPTIONAL),
	OPT_END,
};

static struct err *
synchronise(struct ctx *ctx, const struct args *args)
{
	struct sync_result done;
	struct node *n;
	struct err *e = sync_run(&done, ctx->ledger, &ctx->env, args->remote);

	if (e != NULL)
		return e;
	n = node_map();
	node_put_bool(n, "merged", done.merged);
	node_put_bool(n, "pushed", done.pushed);
	node_put_str(n, "commit", done.commit);
	if (done.restored > 0) {
		say_warn("a commit made with plain git had lost %zu entr%s, "
			 "which %s put back",
		    done.restored, done.restored == 1 ? "y" : "ies",
		    done.restored == 1 ? "is" : "are");
		node_put_int(n, "restored", (int64_t)done.restored);
	}
	if (done.rewound[0] != '\0') {
		say_warn("the history of the remote was rewritten: it had "
			 "commit %.12s and did not hold it any more; what it "
			 "had is there again",
		    done.rewound);
		node_put_str(n, "rewound", done.rewound);
	}
	if (done.erased) {
		say_note("what was erased here is gone from the history of "
			 "the remote too; its keeper may still have the bytes");
		node_put_bool(n, "erased", true);
	}
	out_result(ctx->out, n,
	    done.merged && done.pushed ? "merged and pushed" :
		done.merged            ? "merged" :
		done.pushed            ? "pushed" :
					 "nothing new");
	node_free(n);
	return NULL;
}

/* The path of an entry's archive, yours. */
static struct err *
path_of(char **out, struct ctx *ctx, const char *entry)
{
	const struct fact *f;
	const char *path;
	struct view v = { 0 };
	unsigned line;
	struct err *e = view_open(&v, ctx, NULL);

	if (e == NULL)
		e = order_resolve(&f, &line, v.order, entry);
	if (e == NULL) {
		path = node_text(node_get(f->content, "archive"), "path");
		if (path == NULL)
			e = err_new(
			    ERR_INVALID, "entry %s names no archive", entry);
		else
			*out = mem_dup(path);
	}
	view_close(&v);
	return e;
}

static struct err *
fetch(struct ctx *ctx, const char *entry)
{
	struct node *n;
	char *path = NULL, *text;
	size_t count;
	struct err *e = NULL;

	if (entry != NULL)
		e = path_of(&path, ctx, entry);
	if (e == NULL)
		e = sync_fetch(&count, ctx->ledger, NULL, path);
	free(path);
	if (e != NULL)
		return e;
	n = node_map();
	node_put_int(n, "fetched", (int64_t)count);
	text = mem_printf("%zu archives fetched", count);
	out_result(ctx->out, n, text);
	free(text);
	node_free(n);
	return NULL;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	return args->fetch ? fetch(ctx, args->remote) : synchronise(ctx, args);
}

const struct command cmd_sync = {
	.name = "sync",
	.summary = "fetch, merge and push the ledger",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
