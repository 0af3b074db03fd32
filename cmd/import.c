/* SPDX-License-Identifier: ISC */
/* deed import: take in chats, mails, call transcripts, boards and deliveries. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/say.h"
#include "cmd/cli/taking.h"
#include "core/util/path.h"

struct args {
	struct record_args record;
	struct taking_args taking;
	struct words files;
};

static const struct opt opts[] = {
	OPT_STR(0, "format", taking.format, "name",
	    "what it is, if that cannot be told from its content"),
	OPT_STR(0, "tz", taking.tz, "zone",
	    "the zone of times that name none: Europe/Berlin, +02:00"),
	OPT_ENUM(0, "date-order", taking.date_order, "order",
	    taking_date_orders, "how dates are written: dmy, mdy or ymd"),
	OPT_STR(0, "start", taking.start, "when",
	    "when the recording began that times count from"),
	OPT_STR(0, "since", taking.since, "when", "leave out what is older"),
	OPT_STR(0, "until", taking.until, "when", "leave out what is newer"),
	OPT_STR(0, "with", taking.with, "name",
	    "take only conversations this person is in"),
	OPT_STR(0, "channel", taking.channel, "name",
	    "take only this conversation"),
	OPT_LIST(0, "keys", taking.keys, "file",
	    "check mails with the DNS records of keys in this file"),
	OPT_FLAG(0, "fetch-keys", taking.fetch_keys,
	    "ask the DNS for the records of keys"),
	OPT_RECORD(record),
	OPT_ARGS("file", files, 0),
	OPT_END,
};

/* What one run of the command holds. */
struct run {
	struct ctx *ctx;
	struct taking taking;
	struct record record;
};

/*
 * Output.
 */

static struct node *
archive_node(const struct run *run, const struct node *content)
{
	struct node *n = node_copy(node_get(content, "archive"));
	char *path;

	if (node_text(n, "path") == NULL)
		return n;
	path = path_join(run->ctx->ledger->dir, node_text(n, "path"));
	node_put_str(n, "path", path);
	free(path);
	return n;
}

static void
say_signatures(const struct node *content)
{
	const struct node *dkim = node_get(content, "dkim");

	for (size_t i = 0; i < node_count(dkim); i++) {
		const struct node *s = node_at(dkim, i);
		const char *domain = node_text(s, "domain");

		if (node_get(s, "count") != NULL)
			say_note("dkim %s: %s, %lld mails",
			    node_text(s, "result"),
			    domain != NULL ? domain : "no signature",
			    (long long)node_number(s, "count", 0));
		else
			say_note("dkim %s: %s%s%s", node_text(s, "result"),
			    domain != NULL ? domain : "",
			    domain != NULL ? ": " : "", node_text(s, "detail"));
	}
}

/* How it goes on from an earlier export of the same conversation. */
static void
say_comparison(const struct node *content)
{
	const char *earlier = node_text(content, "continues");
	const struct node *c = node_get(content, "compared");

	if (earlier == NULL)
		return;
	say_note("it goes on from %.8s: %lld new, %lld edited, %lld deleted; "
		 "what they said before stays there",
	    earlier, (long long)node_number(c, "new", 0),
	    (long long)node_number(c, "edited", 0),
	    (long long)node_number(c, "deleted", 0));
}

/* The delivery that counts. */
static const struct fact *
first_of(const struct fact *f)
{
	return f->first != NULL ? f->first : f;
}

static void
say_item(const struct taken *item, const struct fact *f)
{
	const struct node *content = f->content;
	const struct node *warnings = node_get(content, "warnings");
	int64_t mails = node_number(content, "mails", 0);

	if (item->known != NULL) {
		say_note("%s is in the ledger already; nothing new is recorded",
		    item->input->name);
		return;
	}
	if (item->detached != NULL) {
		say_note("%s: a delivery, %lld files%s", item->input->name,
		    (long long)node_number(
			node_get(first_of(f)->content, "archive"), "files", 0),
		    f->first != NULL ? ", delivered before" : "");
		return;
	}
	if (mail_reads(item->choice.reader)) {
		say_note("%s: %s, %lld mail%s", item->input->name,
		    item->choice.reader->title, (long long)mails,
		    mails == 1 ? "" : "s");
		say_signatures(content);
	} else {
		int64_t n = node_number(content, "messages", 0);

		say_note("%s: %s, %lld message%s", item->input->name,
		    item->choice.reader->title, (long long)n,
		    n == 1 ? "" : "s");
	}
	say_comparison(content);
	for (size_t i = 0; i < node_count(warnings); i++)
		say_warn("%s", node_as_text(node_at(warnings, i)));
}

static void
put_delivery(struct node *n, const struct fact *f)
{
	static const char *const keys[] = { "source", "run" };

	node_put(n, "delivery", node_str(first_of(f)->label));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (node_get(f->content, keys[i]) != NULL)
			node_put(n, keys[i],
			    node_copy(node_get(f->content, keys[i])));
}

static void
print_item(struct run *run, const struct taken *item)
{
	struct record *r = &run->record;
	const struct fact *f = item->known != NULL ?
	    order_fact(r->order, item->known) :
	    record_fact(r, item->added);
	struct node *n = item->known != NULL ? record_fact_node(r, f) :
					       record_node(r, item->added);
	char *text = item->detached != NULL && first_of(f)->label != NULL ?
	    mem_dup(first_of(f)->label) :
	    order_short(r->order, f);

	if (item->detached != NULL)
		put_delivery(n, f);
	else if (fact_is(f, "mail"))
		node_put(n, "mail", mailing_view(f->content));
	else
		node_put(n, "transcript", transcript_view(f->content));
	node_put(n, "archive", archive_node(run, first_of(f)->content));
	if (item->known != NULL || f->first != NULL)
		node_put_bool(n, "also", true);
	if (!run->ctx->common.json)
		say_item(item, f);
	out_result(run->ctx->out, n, text);
	free(text);
	node_free(n);
}

static struct err *
record_all(struct run *run, const struct args *args, const char *text)
{
	struct taking *t = &run->taking;
	struct record *r = &run->record;
	struct err *e = record_begin(r, run->ctx, NULL);

	if (e == NULL)
		e = taking_record(t, r, &args->record, text);
	if (e == NULL && r->added.n > 0)
		e = record_commit(r, "import", t->items.v[0].input->name);
	for (size_t i = 0; i < t->items.n && e == NULL; i++)
		print_item(run, &t->items.v[i]);
	return e;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct run run = { .ctx = ctx };
	char *id = NULL, *text = NULL;
	struct err *e;

	/* a wrong order is better said before the work than after it */
	if ((e = ctx_order(&id, ctx, true)) == NULL &&
	    (e = ledger_exists(ctx->ledger, id)) == NULL &&
	    (e = record_text(&text, ctx, &args->record, NULL)) == NULL &&
	    (e = taking_begin(&run.taking, ctx, &args->taking)) == NULL &&
	    (e = taking_read(&run.taking, &args->files, id)) == NULL)
		e = record_all(&run, args, text);
	record_end(&run.record);
	taking_end(&run.taking);
	free(text);
	free(id);
	return e;
}

const struct command cmd_import = {
	.name = "import",
	.summary =
	    "take in chats, mails, call transcripts, boards and deliveries",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
