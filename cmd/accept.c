/* SPDX-License-Identifier: ISC */
/* deed accept: record an acceptance; whatever the state, it is a fact. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/record.h"
#include "core/countersign.h"
#include "core/util/path.h"

struct args {
	struct record_args record;
	const char *delivery, *kind, *from, *channel;
	struct words cites, signers;
	const char *signature, *text;
};

static const struct opt opts[] = {
	OPT_ENUM(0, "kind", kind, "how", kind_ways,
	    "explicit, button, auto, review, tip or use"),
	OPT_LIST(0, "cites", cites, "entry:line",
	    "the line of a transcript that says so"),
	OPT_STR(0, "from", from, "name", "who said it"),
	OPT_STR(0, "channel", channel, "name", "where it was said"),
	OPT_STR(0, "signature", signature, "file",
	    "the buyer's own signature, as ssh-keygen -Y sign makes it"),
	OPT_STR(0, "signed", text, "file",
	    "what it signs; default its name without .sig"),
	OPT_LIST(0, "signer", signers, "principal",
	    "whose it is, perhaps with =FILE of the public key"),
	OPT_RECORD(record),
	OPT_ARG("delivery", delivery, OPT_OPTIONAL),
	OPT_END,
};

/* TEXT of TEXT.sig, as ssh-keygen names it; yours. */
static struct err *
find_text(char **out, struct ctx *ctx, const struct args *args)
{
	size_t len = strlen(args->signature);
	char *stem;

	if (args->text != NULL) {
		*out = path_join(ctx->env.cwd, args->text);
		return NULL;
	}
	if (len < 5 || strcmp(args->signature + len - 4, ".sig") != 0)
		return err_hint(
		    err_new(ERR_USAGE, "what does %s sign?", args->signature),
		    "name the text: --signed FILE");
	stem = mem_ndup(args->signature, len - 4);
	*out = path_join(ctx->env.cwd, stem);
	free(stem);
	return NULL;
}

static struct err *
take_signature(struct node *content, struct record *r, const struct args *args)
{
	struct countersign what = { .signers = args->signers.v,
		.n_signers = args->signers.n,
		.cwd = r->ctx->env.cwd };
	char *text = NULL, *signature;
	struct err *e;

	if (args->signature == NULL && args->text == NULL &&
	    args->signers.n == 0)
		return NULL;
	if (args->signature == NULL)
		return err_new(
		    ERR_USAGE, "--signed and --signer go with --signature");
	signature = path_join(r->ctx->env.cwd, args->signature);
	if ((e = find_text(&text, r->ctx, args)) == NULL) {
		what.text = text;
		what.signature = signature;
		e = countersign_take(content, r->store, r->month, r->id, &what,
		    r->ctx->env.temp_dir, r->ctx->env.now);
	}
	free(signature);
	free(text);
	return e;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	const struct kind *kind = record_kind("acceptance");
	struct record r = { 0 };
	struct node *content = NULL;
	char *text = NULL;
	struct err *e;

	if ((e = record_text(&text, ctx, &args->record, NULL)) != NULL ||
	    (e = record_begin(&r, ctx, NULL)) != NULL ||
	    (e = record_content(&content, &r, &args->record, kind, text)) !=
		NULL)
		goto done;
	node_put_str(content, "how", args->kind);
	node_put_str(content, "from", args->from);
	node_put_str(content, "channel", args->channel);
	if ((e = record_delivery(content, &r, args->delivery)) != NULL ||
	    (e = record_cites(content, &r, &args->cites)) != NULL ||
	    (e = take_signature(content, &r, args)) != NULL)
		goto done;
	e = record_add(&r, kind, content);
	content = NULL;
	if (e != NULL || (e = record_commit(&r, "accept", text)) != NULL)
		goto done;
	record_print(&r, 0, NULL);
done:
	node_free(content);
	free(text);
	record_end(&r);
	return e;
}

const struct command cmd_accept = {
	.name = "accept",
	.summary = "record the buyer's, the clock's or support's acceptance",
	.opts = opts,
	.defaults = &(const struct args){ .kind = "explicit" },
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
