/* SPDX-License-Identifier: ISC */
#include "cmd/cli/taking.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/delivering.h"
#include "core/attach.h"
#include "core/compare.h"
#include "core/scratch.h"
#include "core/util/file.h"
#include "core/util/path.h"

const char *const taking_date_orders[] = { "dmy", "mdy", "ymd", NULL };

/*
 * Options.
 */

/* The first second of the day an instant is in, there where --tz is, or here. */
static int64_t
day_of(const struct zone *zone, int64_t time)
{
	int east =
	    zone != NULL ? zone_offset(zone, time) : date_zone_at(time) * 60;
	int64_t second = (time + east) % DATE_DAY;

	return time - (second < 0 ? second + DATE_DAY : second);
}

/* When the recording began: a wall clock counts in the zone of --tz. */
static struct err *
read_start(struct taking *t)
{
	const char *text = t->args->start;
	struct stamp at;
	struct when when = { 0 };
	int64_t both[2];
	struct err *e = NULL;

	if (text == NULL)
		return NULL;
	if (t->zone != NULL && stamp_iso(&at, text, strlen(text)) &&
	    at.kind == STAMP_LOCAL) {
		zone_instants(both, t->zone, at.us / 1000000);
		when.time = both[0];
	} else {
		e = date_parse_loose(&when, text, t->ctx->env.now);
	}
	t->options.has_start = true;
	t->options.start = when.time * 1000000;
	t->options.start_day = day_of(t->zone, when.time) * 1000000;
	return err_wrap(e, "--start");
}

static struct err *
read_bounds(struct taking *t)
{
	const struct taking_args *args = t->args;
	struct sink_options *o = &t->options;
	int64_t now = t->ctx->env.now;
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
read_keys(struct taking *t)
{
	const struct words *files = &t->args->keys;
	struct err *e = NULL;

	t->helper = path_join(t->ctx->env.libexec, "deed-mail");
	for (size_t i = 0; i < files->n; i++) {
		char *path = path_join(t->ctx->env.cwd, files->v[i]);

		strs_take(&t->keys, path);
		if (!file_exists(path))
			return err_new(ERR_NOT_FOUND,
			    "--keys: there is no file %s", files->v[i]);
	}
	if (t->args->fetch_keys)
		e = project_config(
		    &t->resolver, t->ctx->project, "deed.resolver", false);
	return e;
}

static struct err *
read_options(struct taking *t)
{
	static const enum date_order orders[] = { DATE_DMY, DATE_MDY,
		DATE_YMD };
	const struct taking_args *args = t->args;
	struct err *e;

	t->options.with = args->with;
	t->options.channel = args->channel;
	t->options.now = t->ctx->env.now;
	t->options.temp_dir = t->scratch;
	t->choices = (struct transcript_choices){ args->tz, args->start,
		args->date_order, args->since, args->until, args->with,
		args->channel, args->format };
	for (size_t i = 0;
	     args->date_order != NULL && taking_date_orders[i] != NULL; i++)
		if (strcmp(args->date_order, taking_date_orders[i]) == 0)
			t->date_order = orders[i];
	if (args->tz != NULL) {
		if ((e = zone_open(&t->zone, args->tz)) != NULL)
			return err_wrap(e, "--tz");
		t->options.zone = t->zone;
		t->options.zone_name = args->tz;
	}
	if ((e = read_start(t)) != NULL || (e = read_keys(t)) != NULL)
		return e;
	return read_bounds(t);
}

/*
 * Reading, before the ledger is locked: it may take a while.
 */

static struct err *
open_input(struct taking *t, struct taken *item, const char *file)
{
	char *path;
	struct err *e;

	if (strcmp(file, "-") == 0)
		return input_open(
		    &item->input, NULL, STDIN_FILENO, "stdin", t->scratch);
	path = path_join(t->ctx->env.cwd, file);
	e = input_open(&item->input, path, -1, NULL, t->scratch);
	free(path);
	return e;
}

/* Mails whose signatures may come to something else than they did. */
static bool
is_asked_anew(const struct taking *t, const struct fact *same)
{
	return same != NULL && strcmp(same->entry->kind->name, "mail") == 0 &&
	    (t->keys.n > 0 || t->args->fetch_keys);
}

/* Is it in the ledger, as far as can be told without its lock? */
static struct err *
is_known(
    struct taking *t, const struct taken *item, const char *id, bool *known)
{
	struct stream *stream = NULL;
	struct order *order = NULL;
	const struct fact *same = NULL;
	struct err *e = ledger_load(&stream, t->ctx->ledger, id);

	if (e == NULL)
		e = order_replay(&order, stream, id);
	if (e == NULL)
		same = transcript_same(order, item->input, &t->choices);
	*known = same != NULL && !is_asked_anew(t, same);
	order_free(order);
	stream_free(stream);
	return e;
}

static struct err *
read_item(struct taking *t, struct taken *item)
{
	struct err *e =
	    reader_choose(&item->choice, item->input, t->args->format);

	item->mail = (struct mail_job){ .helper = t->helper,
		.keys = (const char *const *)t->keys.v,
		.n_keys = t->keys.n,
		.fetch = t->args->fetch_keys,
		.resolver = t->resolver,
		.now = t->ctx->env.now };
	t->options.mail = &item->mail;
	if (e == NULL)
		e = reader_run(&item->facts, &item->choice, item->input,
		    &t->options, t->date_order);
	item->read = e == NULL;
	return e;
}

struct err *
taking_begin(struct taking *t, struct ctx *ctx, const struct taking_args *args)
{
	struct err *e;

	memset(t, 0, sizeof(*t));
	t->ctx = ctx;
	t->args = args;
	if ((e = scratch_new(&t->scratch, ctx->ledger)) != NULL)
		return e;
	return read_options(t);
}

struct err *
taking_read(struct taking *t, const struct words *files, const char *id)
{
	struct err *e = NULL;

	for (size_t i = 0; i < files->n && e == NULL; i++) {
		struct taken *item = vec_add(&t->items);
		bool known = false;

		e = open_input(t, item, files->v[i]);
		if (e == NULL && t->args->format == NULL &&
		    detached_is(item->input)) {
			item->detached = mem_zero(1, sizeof(*item->detached));
			e = detached_read(item->detached, item->input);
			continue;
		}
		if (e == NULL && id != NULL)
			e = is_known(t, item, id, &known);
		if (e == NULL && !known)
			e = read_item(t, item);
	}
	return e;
}

void
taking_end(struct taking *t)
{
	struct taken *item;

	vec_each (item, &t->items) {
		intake_facts_release(&item->facts);
		if (item->detached != NULL)
			detached_release(item->detached);
		free(item->detached);
		input_close(item->input);
		mail_job_release(&item->mail);
		free(item->known);
	}
	vec_release(&t->items);
	zone_close(t->zone);
	scratch_free(t->scratch);
	strs_release(&t->keys);
	free(t->helper);
}

/*
 * Recording.
 */

/* Where the archive of an item goes in the ledger; yours. */
static char *
archive_path(const struct record *r, const struct taken *item)
{
	char *stem = reader_stem(item->input->name);
	char *name = mem_printf("%s.zip", stem);
	char *path = attach_path(
	    r->month, r->id, name, item->facts.sums.archive, r->ctx->env.now);

	free(name);
	free(stem);
	return path;
}

/* The archive becomes an object of the ledger, and path its pointer. */
static struct err *
keep_archive(const char *path, struct record *r, struct taken *item)
{
	struct scribe_sums *sums = &item->facts.sums;
	struct err *e = store_put_archive(
	    r->store, path, sums->path, sums->archive, sums->size);

	if (e == NULL)
		store_trailer(r->store, "Deed-Archive", sums->archive);
	return e;
}

/* The records of keys, beside the orders; *path is NULL if there are none. */
static struct err *
keep_keys(char **path, char sha256[static SHA256_HEX], struct record *r,
    struct taken *item)
{
	int64_t now = r->ctx->env.now;
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

bool
taken_time(int64_t *out, const struct stamp *stamp)
{
	struct civil c;

	switch (stamp->kind) {
	case STAMP_INSTANT:
	case STAMP_OFFSET:
		*out = stamp->us / 1000000;
		return true;
	case STAMP_LOCAL: /* nobody said which zone: then that of the user */
		c = date_civil(stamp->us / 1000000);
		*out = date_from_local(&c);
		return true;
	default:
		return false;
	}
}

/*
 * A mail happened when it was sent, unless it claims to come from the future;
 * so did a chat, if that is asked for.
 */
static void
date_it(struct node *content, const struct taking *t, const struct taken *item,
    const char *date)
{
	char now[DATE_TEXT], last[DATE_TEXT];
	int64_t time;

	if (date == NULL && t->as_it_was &&
	    taken_time(&time, &item->facts.last)) {
		date_format(last, time);
		date = last;
	}
	date_format(now, t->ctx->env.now);
	if (date != NULL && strcmp(date, now) <= 0)
		node_put_str(content, "happened", date);
}

static struct err *
describe(struct node *content, struct taking *t, struct record *r,
    struct taken *item)
{
	char *path = archive_path(r, item), *keys_path = NULL;
	char sha256[SHA256_HEX];
	struct err *e = NULL;

	if (!mail_reads(item->choice.reader)) {
		transcript_describe(content, &item->choice, item->input,
		    &item->facts, &t->choices, path);
		compare_with_order(
		    content, r->order, r->ctx->ledger, item->facts.sums.path);
	} else if ((e = keep_keys(&keys_path, sha256, r, item)) == NULL) {
		mailing_describe(content, &item->choice, item->input,
		    &item->facts, &item->mail, &t->choices, path, keys_path,
		    sha256);
	}
	if (e == NULL)
		e = keep_archive(path, r, item);
	free(path);
	free(keys_path);
	return e;
}

/* The entry for one thing; text may be NULL. */
static struct err *
add_entry(struct taking *t, struct record *r, const struct record_args *args,
    const char *text, struct taken *item)
{
	const struct kind *kind = record_kind(
	    mail_reads(item->choice.reader) ? "mail" : "transcript");
	struct node *content;
	struct err *e = record_content(&content, r, args, kind, text);

	if (e != NULL)
		return e;
	if ((e = describe(content, t, r, item)) != NULL) {
		node_free(content);
		return e;
	}
	if (args->at == NULL)
		date_it(content, t, item, node_text(content, "date"));
	item->added = r->added.n;
	return record_add(r, kind, content);
}

struct err *
taking_record(struct taking *t, struct record *r,
    const struct record_args *args, const char *text)
{
	struct taken *item;
	struct err *e = NULL;

	vec_each (item, &t->items) {
		const struct fact *same;
		bool anew;

		if (item->detached != NULL) {
			item->added = r->added.n;
			e = delivering_import(
			    &item->known, r, args, text, item->detached);
			if (e != NULL)
				return err_wrap(e, "%s", item->input->name);
			continue;
		}
		same = transcript_same(r->order, item->input, &t->choices);
		anew = is_asked_anew(t, same);

		if (!item->read && (same == NULL || anew))
			e = read_item(t, item);
		if (e != NULL)
			return e;
		if (same != NULL &&
		    (!anew || mailing_same_results(same->content, &item->mail)))
			item->known = mem_dup(same->entry->id);
		else if ((e = add_entry(t, r, args, text, item)) != NULL)
			return e;
	}
	return NULL;
}
