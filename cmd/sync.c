/* SPDX-License-Identifier: ISC */
/* deed sync: fetch, merge by union, push. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/record.h"
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

/* What somebody should know, besides what came and went. */
static void
say(const struct sync_result *done)
{
	if (done->restored > 0)
		say_warn("a commit made with plain git had lost %zu entr%s, "
			 "which %s put back",
		    done->restored, done->restored == 1 ? "y" : "ies",
		    done->restored == 1 ? "is" : "are");
	if (done->rewound[0] != '\0')
		say_warn("the history of the remote was rewritten: it had "
			 "commit %.12s and did not hold it any more; what it "
			 "had is there again",
		    done->rewound);
	if (done->erased)
		say_note("what was erased here is gone from the history of "
			 "the remote too; its keeper may still have the bytes");
	for (size_t i = 0; i < done->merged.twice.n; i++)
		say_warn("%s was changed on both sides: the greater in bytes "
			 "is kept, the other is in git's history",
		    done->merged.twice.v[i]);
}

static struct node *
result_node(const struct sync_result *done)
{
	const struct strs *twice = &done->merged.twice;
	struct node *n = node_map(), *list;

	node_put_bool(n, "merged", done->merged.any);
	node_put_bool(n, "pushed", done->pushed);
	node_put_str(n, "commit", done->commit);
	if (done->restored > 0)
		node_put_int(n, "restored", (int64_t)done->restored);
	if (done->rewound[0] != '\0')
		node_put_str(n, "rewound", done->rewound);
	if (done->erased)
		node_put_bool(n, "erased", true);
	if (twice->n > 0) {
		list = node_put(n, "twice", node_list());
		for (size_t i = 0; i < twice->n; i++)
			node_push_str(list, twice->v[i]);
	}
	return n;
}

static struct err *
synchronise(struct ctx *ctx, const struct args *args)
{
	struct sync_result done;
	struct node *n;
	struct err *e = sync_run(&done, ctx->ledger, args->remote);

	record_say_found(done.found);
	if (done.mended)
		say_note("finished the merge that git had left in conflict");
	if (e == NULL) {
		say(&done);
		ctx->ledger->conflicted = false;
		n = result_node(&done);
		out_result(ctx->out, n,
		    done.merged.any && done.pushed ? "merged and pushed" :
			done.merged.any            ? "merged" :
			done.pushed                ? "pushed" :
						     "nothing new");
		node_free(n);
	}
	sync_release(&done);
	return e;
}

/* Whatever an entry keeps among the archives. */
static void
add_paths(struct strs *out, const struct node *n)
{
	const char *path = node_text(n, "path");

	if (path != NULL && strncmp(path, "archives/", 9) == 0)
		strs_add(out, path);
	for (size_t i = 0; i < node_count(n); i++)
		add_paths(out, n->kids[i]);
}

static struct err *
paths_of(struct strs *out, struct ctx *ctx, const char *entry)
{
	const struct fact *f;
	struct view v = { 0 };
	unsigned line;
	struct err *e = view_open(&v, ctx, NULL);

	if (e == NULL)
		e = order_resolve(&f, &line, v.order, entry);
	if (e == NULL)
		add_paths(out, f->content);
	if (e == NULL && out->n == 0)
		e = err_new(ERR_INVALID, "entry %s keeps no archive", entry);
	view_close(&v);
	return e;
}

static struct err *
fetch(struct ctx *ctx, const char *entry)
{
	struct strs paths = VEC_INIT;
	struct node *n;
	char *text;
	size_t count;
	struct err *e = NULL;

	if (entry != NULL)
		e = paths_of(&paths, ctx, entry);
	if (e == NULL)
		e = sync_fetch(&count, ctx->ledger, &paths);
	strs_release(&paths);
	if (e != NULL)
		return e;
	n = node_map();
	node_put_int(n, "fetched", (int64_t)count);
	text =
	    mem_printf("%zu archive%s fetched", count, count == 1 ? "" : "s");
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
