/* SPDX-License-Identifier: ISC */
/* deed recap: a neutral summary of a talk to post on the platform. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/record.h"
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
	wording_check(findings, channel, p);
	held = findings->n > 0;
	node_free(findings);
	return held;
}

/* Plain words, from recorded facts only. */
static char *
draft(struct ctx *ctx, const struct order *o, const struct fact *f)
{
	const char *kind = f->entry->kind->name;
	const char *channel = node_text(f->content, "channel");
	const char *text = node_text(f->content, "text");
	const char *duration = node_text(f->content, "duration");
	char day[DATE_TEXT];
	struct buf b = BUF_INIT;

	date_format(day, f->happened);
	day[10] = '\0';
	buf_addf(&b, "Hi, a short recap of our %s",
	    strcmp(kind, "call") == 0 ? "call" : "talk");
	if (channel != NULL && !is_held(ctx, o, channel))
		buf_addf(&b, " on %s", channel);
	buf_addf(&b, " of %s", day);
	if (duration != NULL)
		buf_addf(&b, " (%s)", duration);
	buf_adds(&b, ", so that it is noted here too:\n\n");
	if (text != NULL)
		draft_add_plain(&b, text);
	buf_adds(&b,
	    "\n\nPlease tell me here if I got something wrong or "
	    "left something out.\n");
	return buf_steal(&b);
}

static struct err *
print_draft(struct ctx *ctx, const struct args *args)
{
	const struct fact *f;
	struct view v = { 0 };
	struct node *n;
	unsigned line;
	char *text;
	struct err *e;

	if ((e = view_open(&v, ctx, NULL)) != NULL ||
	    (e = order_resolve(&f, &line, v.order, args->entry)) != NULL ||
	    (e = vet_talk(f)) != NULL)
		goto done;
	text = draft(ctx, v.order, f);
	n = node_map();
	node_put_str(n, "order", v.id);
	node_put_str(n, "entry", f->entry->id);
	node_put_str(n, "paste", text);
	node_put(n, "findings", view_wording(ctx, v.order, text));
	out_object(ctx->out, n, text);
	node_free(n);
	free(text);
done:
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
	char *text = NULL, *own = NULL;
	unsigned line;
	struct err *e;

	if ((e = record_text(&own, ctx, &args->record, NULL)) != NULL ||
	    (e = record_begin(&r, ctx, NULL)) != NULL ||
	    (e = order_resolve(&f, &line, r.order, args->entry)) != NULL ||
	    (e = vet_talk(f)) != NULL)
		goto done;
	text = own != NULL ? mem_dup(own) : draft(ctx, r.order, f);
	if (channel == NULL)
		channel = node_text(r.order->terms, "platform");
	e = record_content(&content, &r, &args->record, kind, text);
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
	free(own);
	free(text);
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
