/* SPDX-License-Identifier: ISC */
/* deed accept: record an acceptance; whatever the state, it is a fact. */

#include <stdlib.h>

#include "cmd/cli/record.h"

struct args {
	struct record_args record;
	const char *delivery, *kind, *from, *channel;
	struct words cites;
};

static const char *const ways[] = { "explicit", "button", "auto", "review",
	"tip", "use", NULL };

static const struct opt opts[] = {
	OPT_ENUM(0, "kind", kind, "how", ways,
	    "explicit, button, auto, review, tip or use"),
	OPT_LIST(0, "cites", cites, "entry:line",
	    "the line of a transcript that says so"),
	OPT_STR(0, "from", from, "name", "who said it"),
	OPT_STR(0, "channel", channel, "name", "where it was said"),
	OPT_RECORD(record),
	OPT_ARG("delivery", delivery, OPT_OPTIONAL),
	OPT_END,
};

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
	    (e = record_cites(content, &r, &args->cites)) != NULL)
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
