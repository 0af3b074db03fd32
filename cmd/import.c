/* SPDX-License-Identifier: ISC */
/* deed import: take in chats, call transcripts and board exports. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/record.h"
#include "cmd/cli/say.h"
#include "core/attach.h"
#include "core/scratch.h"
#include "core/transcript.h"
#include "core/util/path.h"

struct args {
	struct record_args record;
	const char *format, *tz, *date_order, *start;
	const char *since, *until, *with, *channel;
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
	OPT_RECORD(record),
	OPT_ARGS("file", files, 0),
	OPT_END,
};

/* One thing to import. */
struct item {
	struct input *input;
	struct choice choice;
	struct intake_facts facts;
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
	char *scratch, *text;
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
	if ((e = read_start(run)) != NULL)
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

/* Is it in the ledger, as far as can be told without its lock? */
static struct err *
is_known(struct run *run, const struct item *item, const char *id, bool *known)
{
	struct stream *stream = NULL;
	struct order *order = NULL;
	struct err *e = ledger_load(&stream, run->ctx->ledger, id);

	*known = false;
	if (e == NULL)
		e = order_replay(&order, stream, id);
	if (e == NULL)
		*known =
		    transcript_same(order, item->input, &run->choices) != NULL;
	order_free(order);
	stream_free(stream);
	return e;
}

static struct err *
read_item(struct run *run, struct item *item)
{
	struct err *e =
	    reader_choose(&item->choice, item->input, run->args->format);

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

static struct err *
record_item(struct run *run, struct item *item)
{
	const struct kind *kind = record_kind("transcript");
	struct record *r = &run->record;
	const struct fact *same =
	    transcript_same(r->order, item->input, &run->choices);
	struct node *content = NULL;
	char *path = NULL;
	struct err *e;

	if (same != NULL) {
		item->known = mem_dup(same->entry->id);
		return NULL;
	}
	if (!item->read && (e = read_item(run, item)) != NULL)
		return e;
	if ((e = record_content(
		 &content, r, &run->args->record, kind, run->text)) == NULL &&
	    (e = keep_archive(&path, run, item)) == NULL) {
		transcript_describe(content, &item->choice, item->input,
		    &item->facts, &run->choices, path);
		item->added = r->added.n;
		e = record_add(r, kind, content);
		content = NULL;
	}
	free(path);
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
say_item(const struct item *item, const struct fact *f)
{
	const struct node *content = f->content;
	const struct node *warnings = node_get(content, "warnings");

	if (item->known != NULL) {
		say_note("%s is in the ledger already; nothing new is recorded",
		    item->input->name);
		return;
	}
	say_note("%s: %s, %lld messages", item->input->name,
	    item->choice.reader->title,
	    (long long)node_number(content, "messages", 0));
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
		free(item->known);
	}
	vec_release(&run->items);
	zone_close(run->zone);
	scratch_free(run->scratch);
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
	.summary = "take in chats, call transcripts and board exports",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
