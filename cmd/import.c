/* SPDX-License-Identifier: ISC */
/* deed import: take in chats, mails, call transcripts and board exports. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/record.h"
#include "cmd/cli/say.h"
#include "core/attach.h"
#include "core/mailing.h"
#include "core/scratch.h"
#include "core/transcript.h"
#include "core/util/file.h"
#include "core/util/path.h"

struct args {
	struct record_args record;
	const char *format, *tz, *date_order, *start;
	const char *since, *until, *with, *channel;
	struct words keys;
	bool fetch_keys;
	struct words files;
};

static const char *const date_orders[] = { "dmy", "mdy", "ymd", NULL };

static const struct opt opts[] = {
	OPT_STR(0, "format", format, "name",
	    "what it is, if that cannot be told from its content"),
	OPT_STR(0, "tz", tz, "zone",
	    "the zone of times that name none: Europe/Berlin, +02:00"),
	OPT_ENUM(0, "date-order", date_order, "order", date_orders,
	    "how dates are written: dmy, mdy or ymd"),
	OPT_STR(0, "start", start, "when",
	    "when the recording began that times count from"),
	OPT_STR(0, "since", since, "when", "leave out what is older"),
	OPT_STR(0, "until", until, "when", "leave out what is newer"),
	OPT_STR(0, "with", with, "name",
	    "take only conversations this person is in"),
	OPT_STR(0, "channel", channel, "name", "take only this conversation"),
	OPT_LIST(0, "keys", keys, "file",
	    "check mails with the DNS records of keys in this file"),
	OPT_FLAG(
	    0, "fetch-keys", fetch_keys, "ask the DNS for the records of keys"),
	OPT_RECORD(record),
	OPT_ARGS("file", files, 0),
	OPT_END,
};

/* One thing to import. */
struct item {
	struct input *input;
	struct choice choice;
	struct intake_facts facts;
	struct mail_job mail;
	bool read;    /* it was not there yet when this began */
	size_t added; /* position among the entries added */
	char *known;  /* the id of the entry that has it already, or NULL */
};

struct run {
	struct ctx *ctx;
	const struct args *args;
	struct transcript_choices choices;
	struct sink_options options;
	enum date_order date_order;
	struct zone *zone;
	char *scratch, *text, *helper;
	struct strs keys; /* absolute */
	const char *resolver;
	VEC(struct item) items;
	struct record record;
};

/*
 * Options.
 */

/* When the recording began: a wall clock counts in the zone of --tz. */
static struct err *
read_start(struct run *run)
{
	const char *text = run->args->start;
	struct stamp at;
	struct when when;
	int64_t both[2];
	struct err *e;

	if (text == NULL)
		return NULL;
	run->options.has_start = true;
	if (run->zone != NULL && stamp_iso(&at, text, strlen(text)) &&
	    at.kind == STAMP_LOCAL) {
		zone_instants(both, run->zone, at.us / 1000000);
		run->options.start = both[0] * 1000000;
		return NULL;
	}
	if ((e = date_parse_loose(&when, text, run->ctx->env.now)) != NULL)
		return err_wrap(e, "--start");
	run->options.start = when.time * 1000000;
	return NULL;
}

static struct err *
read_bounds(struct run *run)
{
	const struct args *args = run->args;
	struct sink_options *o = &run->options;
	int64_t now = run->ctx->env.now;
	struct when when;
	struct err *e;

	o->since = INT64_MIN;
	o->until = INT64_MAX;
	if (args->since != NULL) {
		if ((e = date_parse_loose(&when, args->since, now)) != NULL)
			return err_wrap(e, "--since");
		o->since = when.time;
		o->wall = date_zone_at(when.time) * 60;
	}
	if (args->until != NULL) {
		if ((e = date_parse_loose(&when, args->until, now)) != NULL)
			return err_wrap(e, "--until");
		o->until = when.time + (when.date_only ? DATE_DAY - 1 : 0);
		if (args->since == NULL)
			o->wall = date_zone_at(when.time) * 60;
	}
	return NULL;
}

static struct err *
read_keys(struct run *run)
{
	const struct words *files = &run->args->keys;
	struct err *e = NULL;

	run->helper = path_join(run->ctx->env.libexec, "deed-mail");
	for (size_t i = 0; i < files->n; i++) {
		char *path = path_join(run->ctx->env.cwd, files->v[i]);

		strs_take(&run->keys, path);
		if (!file_exists(path))
			return err_new(ERR_NOT_FOUND,
			    "--keys: there is no file %s", files->v[i]);
	}
	if (run->args->fetch_keys)
		e = project_config(
		    &run->resolver, run->ctx->project, "deed.resolver", false);
	return e;
}

static struct err *
read_options(struct run *run)
{
	static const enum date_order orders[] = { DATE_DMY, DATE_MDY,
		DATE_YMD };
	const struct args *args = run->args;
	struct err *e;

	run->options.with = args->with;
	run->options.channel = args->channel;
	run->options.now = run->ctx->env.now;
	run->options.temp_dir = run->scratch;
	run->choices = (struct transcript_choices){ args->tz, args->start,
		args->date_order, args->since, args->until, args->with,
		args->channel };
	for (size_t i = 0; args->date_order != NULL && date_orders[i] != NULL;
	     i++)
		if (strcmp(args->date_order, date_orders[i]) == 0)
			run->date_order = orders[i];
	if (args->tz != NULL) {
		if ((e = zone_open(&run->zone, args->tz)) != NULL)
			return err_wrap(e, "--tz");
		run->options.zone = run->zone;
		run->options.zone_name = args->tz;
	}
	if ((e = read_start(run)) != NULL || (e = read_keys(run)) != NULL)
		return e;
	return read_bounds(run);
}

/*
 * Reading, before the ledger is locked: it may take a while.
 */

static struct err *
open_input(struct run *run, struct item *item, const char *file)
{
	char *path;
	struct err *e;

	if (strcmp(file, "-") == 0)
		return input_open(
		    &item->input, NULL, STDIN_FILENO, "stdin", run->scratch);
	path = path_join(run->ctx->env.cwd, file);
	e = input_open(&item->input, path, -1, NULL, run->scratch);
	free(path);
	return e;
}

/* Mails whose signatures may come to something else than they did. */
static bool
is_asked_anew(const struct run *run, const struct fact *same)
{
	return same != NULL && strcmp(same->entry->kind->name, "mail") == 0 &&
	    (run->keys.n > 0 || run->args->fetch_keys);
}

/* Is it in the ledger, as far as can be told without its lock? */
static struct err *
is_known(struct run *run, const struct item *item, const char *id, bool *known)
{
	struct stream *stream = NULL;
	struct order *order = NULL;
	const struct fact *same = NULL;
	struct err *e = ledger_load(&stream, run->ctx->ledger, id);

	if (e == NULL)
		e = order_replay(&order, stream, id);
	if (e == NULL)
		same = transcript_same(order, item->input, &run->choices);
	*known = same != NULL && !is_asked_anew(run, same);
	order_free(order);
	stream_free(stream);
	return e;
}

static struct err *
read_item(struct run *run, struct item *item)
{
	struct err *e =
	    reader_choose(&item->choice, item->input, run->args->format);

	item->mail = (struct mail_job){ .helper = run->helper,
		.keys = (const char *const *)run->keys.v,
		.n_keys = run->keys.n,
		.fetch = run->args->fetch_keys,
		.resolver = run->resolver,
		.now = run->ctx->env.now };
	run->options.mail = &item->mail;
	if (e == NULL)
		e = reader_run(&item->facts, &item->choice, item->input,
		    &run->options, run->date_order);
	item->read = e == NULL;
	return e;
}

static struct err *
read_files(struct run *run, const char *id)
{
	const struct words *files = &run->args->files;
	struct err *e = NULL;

	for (size_t i = 0; i < files->n && e == NULL; i++) {
		struct item *item = vec_add(&run->items);
		bool known;

		if ((e = open_input(run, item, files->v[i])) == NULL &&
		    (e = is_known(run, item, id, &known)) == NULL && !known)
			e = read_item(run, item);
	}
	return e;
}

/*
 * Recording.
 */

/* The archive becomes an object of the ledger; *path is its pointer, yours. */
static struct err *
keep_archive(char **path, struct run *run, struct item *item)
{
	struct record *r = &run->record;
	struct scribe_sums *sums = &item->facts.sums;
	char *stem = reader_stem(item->input->name);
	char *name = mem_printf("%s.zip", stem);
	struct err *e;

	*path = attach_path(
	    r->month, r->id, name, sums->archive, run->ctx->env.now);
	e = store_put_archive(
	    r->store, *path, sums->path, sums->archive, sums->size);
	if (e == NULL)
		store_trailer(r->store, "Deed-Archive", sums->archive);
	free(name);
	free(stem);
	return e;
}

/* The records of keys, beside the orders; *path is NULL if there are none. */
static struct err *
keep_keys(char **path, char sha256[static SHA256_HEX], struct run *run,
    struct item *item)
{
	struct record *r = &run->record;
	int64_t now = run->ctx->env.now;
	struct buf b = BUF_INIT;
	struct err *e = NULL;

	mailing_keys(&b, &item->mail, now);
	if (b.len > 0) {
		digest_of(b.data, b.len, sha256);
		*path = mailing_keys_path(r->month, r->id, sha256, now);
		e = store_put(r->store, *path, b.data, b.len);
	}
	buf_release(&b);
	return e;
}

/* A mail happened when it was sent, unless it claims to come from the future */
static void
date_mail(struct node *content, const struct run *run)
{
	const char *date = node_text(content, "date");
	char now[DATE_TEXT];

	date_format(now, run->ctx->env.now);
	if (run->args->record.at == NULL && date != NULL &&
	    strcmp(date, now) <= 0)
		node_put_str(content, "happened", date);
}

static struct err *
describe(struct node *content, struct run *run, struct item *item)
{
	char *path = NULL, *keys_path = NULL, sha256[SHA256_HEX];
	struct err *e = keep_archive(&path, run, item);

	if (e == NULL && !mail_reads(item->choice.reader)) {
		transcript_describe(content, &item->choice, item->input,
		    &item->facts, &run->choices, path);
	} else if (e == NULL &&
	    (e = keep_keys(&keys_path, sha256, run, item)) == NULL) {
		mailing_describe(content, &item->choice, item->input,
		    &item->facts, &item->mail, &run->choices, path, keys_path,
		    sha256);
		date_mail(content, run);
	}
	free(path);
	free(keys_path);
	return e;
}

static struct err *
record_item(struct run *run, struct item *item)
{
	struct record *r = &run->record;
	const struct fact *same =
	    transcript_same(r->order, item->input, &run->choices);
	bool anew = is_asked_anew(run, same);
	const struct kind *kind;
	struct node *content = NULL;
	struct err *e;

	if (!item->read && (same == NULL || anew) &&
	    (e = read_item(run, item)) != NULL)
		return e;
	if (same != NULL &&
	    (!anew || mailing_same_results(same->content, &item->mail))) {
		item->known = mem_dup(same->entry->id);
		return NULL;
	}
	kind = record_kind(
	    mail_reads(item->choice.reader) ? "mail" : "transcript");
	if ((e = record_content(
		 &content, r, &run->args->record, kind, run->text)) == NULL &&
	    (e = describe(content, run, item)) == NULL) {
		item->added = r->added.n;
		e = record_add(r, kind, content);
		content = NULL;
	}
	node_free(content);
	return e;
}

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

static void
say_item(const struct item *item, const struct fact *f)
{
	const struct node *content = f->content;
	const struct node *warnings = node_get(content, "warnings");
	int64_t mails = node_number(content, "mails", 0);

	if (item->known != NULL) {
		say_note("%s is in the ledger already; nothing new is recorded",
		    item->input->name);
		return;
	}
	if (mail_reads(item->choice.reader)) {
		say_note("%s: %s, %lld mail%s", item->input->name,
		    item->choice.reader->title, (long long)mails,
		    mails == 1 ? "" : "s");
		say_signatures(content);
	} else {
		say_note("%s: %s, %lld messages", item->input->name,
		    item->choice.reader->title,
		    (long long)node_number(content, "messages", 0));
	}
	for (size_t i = 0; i < node_count(warnings); i++)
		say_warn("%s", node_as_text(node_at(warnings, i)));
}

static void
print_item(struct run *run, const struct item *item)
{
	struct record *r = &run->record;
	const struct fact *f = item->known != NULL ?
	    order_fact(r->order, item->known) :
	    record_fact(r, item->added);
	struct node *n = item->known != NULL ? record_fact_node(r, f) :
					       record_node(r, item->added);
	char *text = order_short(r->order, f);

	if (strcmp(f->entry->kind->name, "mail") == 0)
		node_put(n, "mail", mailing_view(f->content));
	else
		node_put(n, "transcript", transcript_view(f->content));
	node_put(n, "archive", archive_node(run, f->content));
	if (item->known != NULL)
		node_put_bool(n, "also", true);
	if (!run->ctx->common.json)
		say_item(item, f);
	out_result(run->ctx->out, n, text);
	free(text);
	node_free(n);
}

static struct err *
record_all(struct run *run)
{
	struct record *r = &run->record;
	struct err *e = record_begin(r, run->ctx, NULL);

	for (size_t i = 0; i < run->items.n && e == NULL; i++)
		e = record_item(run, &run->items.v[i]);
	if (e == NULL && r->added.n > 0)
		e = record_commit(r, "import", run->items.v[0].input->name);
	for (size_t i = 0; i < run->items.n && e == NULL; i++)
		print_item(run, &run->items.v[i]);
	return e;
}

static void
release(struct run *run)
{
	struct item *item;

	record_end(&run->record);
	vec_each (item, &run->items) {
		intake_facts_release(&item->facts);
		input_close(item->input);
		mail_job_release(&item->mail);
		free(item->known);
	}
	vec_release(&run->items);
	zone_close(run->zone);
	scratch_free(run->scratch);
	strs_release(&run->keys);
	free(run->helper);
	free(run->text);
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct run run = { .ctx = ctx, .args = args };
	char *id = NULL;
	struct err *e;

	/* a wrong order is better said before the work than after it */
	if ((e = ctx_order(&id, ctx, true)) == NULL &&
	    (e = ledger_exists(ctx->ledger, id)) == NULL &&
	    (e = record_text(&run.text, ctx, &args->record, NULL)) == NULL &&
	    (e = scratch_new(&run.scratch, ctx->ledger)) == NULL &&
	    (e = read_options(&run)) == NULL &&
	    (e = read_files(&run, id)) == NULL)
		e = record_all(&run);
	release(&run);
	free(id);
	return e;
}

const struct command cmd_import = {
	.name = "import",
	.summary = "take in chats, mails, call transcripts and board exports",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
