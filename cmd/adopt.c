/* SPDX-License-Identifier: ISC */
/* deed adopt: start an order for work that is already done. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/ask.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "cmd/cli/sketch.h"
#include "cmd/cli/taking.h"
#include "cmd/cli/terms.h"
#include "cmd/cli/view.h"
#include "core/adoption.h"
#include "core/delivery.h"
#include "core/util/path.h"

struct args {
	struct terms_args terms;
	const char *opened, *range, *covers;
	struct words refs, folders, chats;
	bool submitted, dry_run, yes;
	struct taking_args taking;
	struct record_args record;
	const char *id;
};

static const struct opt opts[] = {
	OPT_TERMS(terms),
	OPT_STR(0, "opened", opened, "when", "when the order came in"),
	OPT_STR(
	    0, "from", range, "range", "the commits of this order: v0.9..v1.0"),
	OPT_LIST(0, "deliver", refs, "rev",
	    "a commit or tag that was delivered; 'v1.0 @ 2026-10-20'"),
	OPT_LIST(0, "folder", folders, "path",
	    "files that were delivered; './sent @ 2026-10-20'"),
	OPT_STR(0, "covers", covers, "list",
	    "the requirements that the last delivery has: r1,r2"),
	OPT_FLAG(0, "submitted", submitted,
	    "each was handed in with the platform's own button"),
	OPT_LIST(0, "chat", chats, "file",
	    "an exported chat, mail or board, as import takes them"),
	OPT_STR(0, "tz", taking.tz, "zone",
	    "the zone of times in chats that name none"),
	OPT_ENUM(0, "date-order", taking.date_order, "order",
	    taking_date_orders, "how chats write dates: dmy, mdy or ymd"),
	OPT_STR(0, "since", taking.since, "when",
	    "leave out messages that are older"),
	OPT_STR(0, "until", taking.until, "when",
	    "leave out messages that are newer"),
	OPT_STR(0, "with", taking.with, "name",
	    "take only conversations this person is in"),
	OPT_FLAG('n', "dry-run", dry_run, "show what would be recorded"),
	OPT_FLAG(0, "yes", yes, "record what is proposed"),
	OPT_RECORD(record),
	OPT_ARG("id", id, 0),
	OPT_END,
};

/* What one run of the command holds. */
struct run {
	struct ctx *ctx;
	const struct args *args;
	struct terms_args terms; /* with the requirements that were found */
	struct strs found;
	struct adoption adoption;
	struct taking taking;
	VEC(struct packed *) packed; /* one for each delivery */
	struct record record;
};

/*
 * The plan.
 */

/* What the terms list is proposed, unless somebody names it himself. */
static struct err *
find_requirements(struct run *run)
{
	const struct words *files = &run->args->terms.terms;
	struct err *e = NULL;

	run->terms = run->args->terms;
	if (run->terms.requirements.n > 0)
		return NULL;
	for (size_t i = 0; i < files->n && e == NULL; i++) {
		char *path = path_join(run->ctx->env.cwd, files->v[i]);

		e = adoption_requirements(&run->found, path);
		free(path);
	}
	run->terms.requirements =
	    (struct words){ (const char **)run->found.v, run->found.n };
	return err_wrap(e, "--terms");
}

static struct err *
read_opened(struct run *run)
{
	const struct args *args = run->args;
	const char *text =
	    args->opened != NULL ? args->opened : args->record.at;
	struct when when;
	struct err *e;

	run->adoption.opened = INT64_MAX;
	if (args->opened != NULL && args->record.at != NULL)
		return err_new(
		    ERR_USAGE, "--opened and --at say the same: give one");
	if (text == NULL)
		return NULL;
	if ((e = date_parse_loose(&when, text, run->ctx->env.now)) != NULL)
		return err_wrap(e, "--opened");
	if (when.time > run->ctx->env.now)
		return err_new(
		    ERR_INVALID, "--opened: \"%.40s\" is still to come", text);
	run->adoption.opened = when.time;
	run->adoption.opened_by = "you";
	return NULL;
}

static struct err *
plan(struct run *run)
{
	const struct args *args = run->args;
	struct adoption *a = &run->adoption;
	struct taken *item;
	int64_t first;
	struct err *e;

	a->cwd = run->ctx->env.cwd;
	a->now = run->ctx->env.now;
	a->range = args->range;
	if ((e = ledger_vet_new(run->ctx->ledger, args->id)) != NULL ||
	    (e = read_opened(run)) != NULL ||
	    (e = find_requirements(run)) != NULL ||
	    (e = taking_begin(&run->taking, run->ctx, &args->taking)) != NULL ||
	    (e = taking_read(&run->taking, &args->chats, NULL)) != NULL)
		return e;
	run->taking.as_it_was = true;
	if (a->opened_by == NULL)
		vec_each (item, &run->taking.items) {
			if (taken_time(&first, &item->facts.first))
				adoption_opened(a, first, "first message");
		}
	if ((e = adoption_propose(a, args->refs.v, args->refs.n,
		 args->folders.v, args->folders.n)) != NULL)
		return e;
	if (a->opened_by == NULL)
		return err_hint(
		    err_new(ERR_USAGE, "nothing says when the order came in"),
		    "say it: --opened 2026-10-01");
	return NULL;
}

static struct node *
plan_node(const struct run *run)
{
	const struct adoption *a = &run->adoption;
	struct node *n = node_map(), *list;
	char text[DATE_TEXT];

	date_format(text, a->opened);
	node_put_str(n, "order", run->args->id);
	node_put_str(n, "opened", text);
	node_put_str(n, "opened_by", a->opened_by);
	list = node_put(n, "requirements", node_list());
	for (size_t i = 0; i < run->terms.requirements.n; i++)
		node_push_str(list, run->terms.requirements.v[i]);
	list = node_put(n, "deliveries", node_list());
	for (size_t i = 0; i < a->deliveries.n; i++) {
		const struct proposal *p = &a->deliveries.v[i];
		struct node *row = node_push(list, node_map());

		node_put(row, "ref", node_str(p->ref));
		node_put(row, "folder", node_str(p->folder));
		node_put_str(row, "happened", p->when);
		node_put_str(row, "dated_by", p->dated_by);
		node_put_str(row, "text", p->text);
	}
	list = node_put(n, "transcripts", node_list());
	for (size_t i = 0; i < run->taking.items.n; i++) {
		const struct taken *t = &run->taking.items.v[i];
		struct node *row = node_push(list, node_map());

		node_put_str(row, "name", t->input->name);
		node_put_str(row, "format", t->choice.reader->name);
		node_put_int(row, "messages", (int64_t)t->facts.messages);
	}
	list = node_put(n, "work", node_list());
	for (size_t i = 0; i < a->work.n; i++)
		node_push_str(list, a->work.v[i]);
	node_put_int(n, "commits", (int64_t)a->commits);
	return n;
}

static void
add_work(struct buf *b, const struct adoption *a, bool agreed)
{
	if (a->work.n == 0 || agreed)
		return;
	buf_adds(b,
	    "What was done, by the history; of it, what was agreed is "
	    "a --requirement:\n");
	for (size_t i = 0; i < a->work.n; i++)
		buf_addf(b, "  - %s\n", a->work.v[i]);
	if (a->commits > a->work.n)
		buf_addf(b, "  and %zu more\n", a->commits - a->work.n);
}

static char *
plan_text(const struct run *run)
{
	const struct adoption *a = &run->adoption;
	const struct words *agreed = &run->terms.requirements;
	struct buf b = BUF_INIT;
	char text[DATE_TEXT];

	date_format_local(text, a->opened);
	buf_addf(&b, "Order %s, opened %s (by %s)\n", run->args->id, text,
	    a->opened_by);
	for (size_t i = 0; i < agreed->n; i++)
		buf_addf(&b, "  requirement r%zu: %s\n", i + 1, agreed->v[i]);
	for (size_t i = 0; i < a->deliveries.n; i++) {
		const struct proposal *p = &a->deliveries.v[i];

		date_format_local(text, p->time);
		buf_addf(&b, "  delivery of %s, %s (by %s): %s\n",
		    p->ref != NULL ? p->ref : p->folder, text, p->dated_by,
		    p->text);
		if (run->args->submitted)
			buf_adds(&b, "    and its submission\n");
	}
	if (a->deliveries.n == 0)
		buf_adds(&b,
		    "  no delivery: name one with --deliver or "
		    "--folder\n");
	for (size_t i = 0; i < run->taking.items.n; i++) {
		const struct taken *t = &run->taking.items.v[i];

		buf_addf(&b, "  %s: %s, %zu messages\n", t->input->name,
		    t->choice.reader->title, t->facts.messages);
	}
	date_format_local(text, run->ctx->env.now);
	buf_addf(&b,
	    "All of it is recorded as late: it happened then, and was "
	    "written down %s.\n",
	    text);
	add_work(&b, a, agreed->n > 0);
	return buf_steal(&b);
}

static struct err *
find_gaps(struct node *gaps, const struct run *run)
{
	return sketch_gaps(gaps, run->ctx,
	    &(struct sketch){ run->args->id, &run->terms, &run->adoption,
		run->args->covers, run->args->submitted });
}

/* What would be recorded, and what that would not show yet. */
static struct err *
print_plan(const struct run *run, struct node *n, const char *text)
{
	struct node *gaps = node_list();
	struct buf b = BUF_INIT;
	struct err *e = find_gaps(gaps, run);

	if (e != NULL) {
		node_free(gaps);
		return e;
	}
	buf_adds(&b, text);
	if (gaps->n > 0)
		buf_adds(&b, "What that would not show yet:\n");
	view_findings(&b, gaps);
	node_put(n, "gaps", gaps);
	node_put_bool(n, "dry_run", true);
	out_object(run->ctx->out, n, b.data);
	buf_release(&b);
	return NULL;
}

static const struct ask consent = { "Record it?", "nothing was recorded",
	"what is proposed needs your consent",
	"look at it with --dry-run, then say --yes" };

static struct err *
show_plan(const struct run *run)
{
	struct ctx *ctx = run->ctx;
	char *text = plan_text(run);
	struct node *n = plan_node(run);
	struct err *e = NULL;

	if (run->args->dry_run)
		e = print_plan(run, n, text);
	else if (!run->args->yes)
		say_always(text);
	else if (!ctx->common.json)
		say_text(text);
	if (!run->args->dry_run)
		e = ask(ctx, run->args->yes, &consent);
	free(text);
	node_free(n);
	return e;
}

/*
 * Recording.
 */

/* Before the ledger is locked: it may take a while. */
static struct err *
pack_all(struct run *run)
{
	struct adoption *a = &run->adoption;
	struct progress progress;
	struct err *e = NULL;

	progress_start(&progress, run->ctx, "packing");
	for (size_t i = 0; i < a->deliveries.n && e == NULL; i++) {
		const struct proposal *p = &a->deliveries.v[i];
		const char *folder = p->folder;
		struct packed *packed = NULL;
		struct packing packing = {
			.cwd = a->cwd,
			.temp_dir = run->taking.scratch,
			.ref = p->ref,
			.paths = folder != NULL ? &folder : NULL,
			.n_paths = folder != NULL,
			.progress = progress_step,
			.arg = &progress,
		};

		e = err_wrap(packing_run(&packed, &packing), "%s",
		    folder != NULL ? folder : p->ref);
		if (e == NULL)
			vec_push(&run->packed, packed);
	}
	progress_end(&progress);
	return e;
}

static struct err *
add_submission(struct run *run, const char *delivery, const char *when)
{
	const struct kind *kind = record_kind("submission");
	struct record_args bare = { .at = when };
	struct node *content;
	struct err *e =
	    record_content(&content, &run->record, &bare, kind, NULL);

	if (e != NULL)
		return e;
	node_put_str(content, "delivery", delivery);
	return record_add(&run->record, kind, content);
}

static struct err *
add_delivery(struct run *run, size_t i)
{
	const struct kind *kind = record_kind("delivery");
	const struct proposal *p = &run->adoption.deliveries.v[i];
	const struct packed *packed = run->packed.v[i];
	struct record_args bare = { .at = p->when };
	struct record *r = &run->record;
	struct node *content = NULL, *archive = NULL;
	struct err *e = record_content(&content, r, &bare, kind, p->text);

	if (e == NULL && i + 1 == run->packed.n)
		e = record_covers(content, r, run->args->covers);
	if (e == NULL)
		e = delivery_keep(&archive, r->store, r->id, r->month,
		    node_text(content, "label"), packed, NULL,
		    run->ctx->env.now);
	if (e != NULL) {
		node_free(content);
		return e;
	}
	node_put(content, "archive", archive);
	if (packed->source != NULL)
		node_put(content, "source", node_copy(packed->source));
	if ((e = record_add(r, kind, content)) != NULL || !run->args->submitted)
		return e;
	return add_submission(
	    run, record_fact(r, r->added.n - 1)->entry->id, p->when);
}

static struct err *
add_deliveries(struct run *run)
{
	struct err *e = NULL;

	for (size_t i = 0; i < run->packed.n && e == NULL; i++)
		if (delivery_twin(run->record.order, run->packed.v[i]) != NULL)
			say_note("%s is what was delivered before; it counts "
				 "once",
			    run->adoption.deliveries.v[i].text);
		else
			e = add_delivery(run, i);
	return e;
}

static struct err *
add_order(struct run *run, const char *text)
{
	struct record *r = &run->record;
	struct record_args record = run->args->record;
	struct node *content = NULL;
	char opened[DATE_TEXT];
	struct err *e;

	date_format(opened, run->adoption.opened);
	if (record.at == NULL)
		record.at =
		    run->args->opened != NULL ? run->args->opened : opened;
	if ((e = terms_content(&content, r, &record, &run->terms, text)) !=
	    NULL) {
		node_free(content);
		return e;
	}
	return record_add(r, record_kind("order"), content);
}

static struct err *
record_all(struct run *run, const char *text)
{
	const struct record_args bare = { 0 };
	struct record *r = &run->record;
	const char *title = run->args->terms.title;
	struct err *e;

	if ((e = record_begin_new(r, run->ctx, run->args->id)) != NULL ||
	    (e = add_order(run, text)) != NULL ||
	    (e = add_deliveries(run)) != NULL ||
	    (e = taking_record(&run->taking, r, &bare, NULL)) != NULL ||
	    (e = record_commit(
		 r, "adopt", title != NULL ? title : "done before")) != NULL)
		return e;
	return ctx_switch(run->ctx, run->args->id);
}

/*
 * What was recorded, and what is missing.
 */

static void
add_packing(struct node *findings, const struct run *run)
{
	for (size_t i = 0; i < run->packed.n; i++) {
		const struct node *list = run->packed.v[i]->findings;

		for (size_t j = 0; j < node_count(list); j++)
			node_push(findings, node_copy(list->kids[j]));
	}
}

static void
print(const struct run *run)
{
	const struct record *r = &run->record;
	struct node *n = record_node(r, 0), *list, *findings = node_list();
	struct check check = view_check(run->ctx, r->order, CHECK_DISPUTE);
	struct buf text = BUF_INIT;

	add_packing(findings, run);
	check_run(findings, &check);
	list = node_put(n, "entries", node_list());
	for (size_t i = 0; i < r->added.n; i++)
		node_push(list, record_node(r, i));
	view_findings(&text, findings);
	if (!run->ctx->common.json && text.len > 0) {
		say_note("what the record does not show yet:");
		say_text(text.data);
	}
	node_put(n, "gaps", findings);
	out_result(run->ctx->out, n, run->args->id);
	buf_release(&text);
	node_free(n);
}

static void
release(struct run *run)
{
	record_end(&run->record);
	for (size_t i = 0; i < run->packed.n; i++)
		packed_free(run->packed.v[i]);
	vec_release(&run->packed);
	taking_end(&run->taking);
	adoption_release(&run->adoption);
	strs_release(&run->found);
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct run run = { .ctx = ctx, .args = args };
	char *text = NULL;
	struct err *e = ctx_same_order(ctx, args->id);

	if (e == NULL &&
	    (e = record_text(&text, ctx, &args->record, NULL)) == NULL &&
	    (e = plan(&run)) == NULL && (e = show_plan(&run)) == NULL &&
	    !args->dry_run && (e = pack_all(&run)) == NULL &&
	    (e = record_all(&run, text)) == NULL)
		print(&run);
	release(&run);
	free(text);
	return e;
}

const struct command cmd_adopt = {
	.name = "adopt",
	.summary = "start an order for work already done",
	.opts = opts,
	.defaults = &(const struct args){ .terms.revisions = -1 },
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
