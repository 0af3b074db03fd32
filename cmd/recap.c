/* SPDX-License-Identifier: ISC */
/* deed recap: a neutral summary of a talk to post on the platform. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/record.h"
#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/clock.h"
#include "core/draft.h"
#include "core/wording.h"

struct args {
	struct record_args record;
	const char *entry, *channel;
	bool posted;
};

static const struct opt opts[] = {
	OPT_FLAG(0, "posted", posted, "record that it was posted"),
	OPT_STR(0, "channel", channel, "name",
	    "where it was posted; default the order's platform"),
	OPT_RECORD(record),
	OPT_ARG("entry", entry, 0),
	OPT_END,
};

static struct err *
vet_talk(const struct fact *f)
{
	const char *kind = f->entry->kind->name;

	if (f->content == NULL)
		return err_new(
		    ERR_INVALID, "the content of this entry is not here");
	if (strcmp(kind, "call") != 0 && strcmp(kind, "message") != 0 &&
	    strcmp(kind, "transcript") != 0)
		return err_hint(
		    err_new(ERR_INVALID, "%s %s is no talk to sum up",
			kind_article(f->entry->kind), kind),
		    "recap a call, a message or a transcript");
	return NULL;
}

/* The name of another place may be what the platform holds a message for. */
static bool
is_held(struct ctx *ctx, const struct order *o, const char *channel)
{
	struct node *findings = node_list();
	const struct profile *p = NULL;
	bool held;

	err_drop(clock_profile(&p, o, ctx->profiles)); /* then nothing is */
	wording_check(findings, channel, p, o);
	held = findings->n > 0;
	node_free(findings);
	return held;
}

/* Plain words, from recorded facts only. */
static struct err *
draft(struct buf *out, struct node **findings, struct ctx *ctx,
    const struct order *o, const struct fact *f)
{
	const char *channel = node_text(f->content, "channel");
	struct node *values;
	struct err *e;

	if (channel != NULL && is_held(ctx, o, channel))
		channel = NULL;
	values = draft_recap_values(f, channel);
	e = view_draft(out, findings, ctx, o, "recap", values);
	node_free(values);
	return e;
}

static struct err *
print_draft(struct ctx *ctx, const struct args *args)
{
	const struct fact *f;
	struct view v = { 0 };
	struct buf text = BUF_INIT;
	struct node *n, *findings;
	unsigned line;
	struct err *e;

	if ((e = view_open(&v, ctx, NULL)) != NULL ||
	    (e = order_resolve(&f, &line, v.order, args->entry)) != NULL ||
	    (e = vet_talk(f)) != NULL ||
	    (e = draft(&text, &findings, ctx, v.order, f)) != NULL)
		goto done;
	if (node_text(f->content, "text") == NULL)
		say_note("nothing is recorded of what was said: put it into "
			 "the text, or first into the record: deed correct "
			 "%s --set text='what was said' -m 'in words'",
		    args->entry);
	n = node_map();
	node_put_str(n, "order", v.id);
	node_put_str(n, "entry", f->entry->id);
	node_put_str(n, "paste", text.data);
	node_put(n, "findings", findings);
	out_object(ctx->out, n, text.data);
	node_free(n);
done:
	buf_release(&text);
	view_close(&v);
	return e;
}

static struct err *
record_posted(struct ctx *ctx, const struct args *args)
{
	const struct kind *kind = record_kind("recap");
	struct record r = { 0 };
	struct node *content = NULL;
	const struct fact *f;
	const char *channel = args->channel;
	struct buf text = BUF_INIT;
	struct node *findings = NULL;
	char *own = NULL;
	unsigned line;
	struct err *e;

	if ((e = record_text(&own, ctx, &args->record, NULL)) != NULL ||
	    (e = record_begin(&r, ctx, NULL)) != NULL ||
	    (e = order_resolve(&f, &line, r.order, args->entry)) != NULL ||
	    (e = vet_talk(f)) != NULL)
		goto done;
	if (own != NULL)
		buf_adds(&text, own);
	else if ((e = draft(&text, &findings, ctx, r.order, f)) != NULL)
		goto done;
	if (channel == NULL)
		channel = node_text(r.order->terms, "platform");
	e = record_content(&content, &r, &args->record, kind, text.data);
	if (e != NULL)
		goto done;
	node_put_str(content, "target", f->entry->id);
	node_put_bool(content, "posted", true);
	node_put_str(content, "channel", channel);
	e = record_add(&r, kind, content);
	content = NULL;
	if (e != NULL || (e = record_commit(&r, "recap", own)) != NULL)
		goto done;
	record_print(&r, 0, NULL);
done:
	node_free(content);
	node_free(findings);
	free(own);
	buf_release(&text);
	record_end(&r);
	return e;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	const struct record_args *record = &args->record;

	if (!args->posted &&
	    (record->messages.n > 0 || record->file != NULL ||
		record->at != NULL || record->sets.n > 0 ||
		record->attach.n > 0 || args->channel != NULL))
		return err_hint(err_new(ERR_USAGE, "nothing is recorded yet"),
		    "once the text is posted, say so with --posted");
	return args->posted ? record_posted(ctx, args) : print_draft(ctx, args);
}

const struct command cmd_recap = {
	.name = "recap",
	.summary = "sum up a talk to post on the platform",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
