/* SPDX-License-Identifier: ISC */
/* deed deliver: pack what is handed over, and the text that goes with it. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/progress.h"
#include "cmd/cli/record.h"
#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/check.h"
#include "core/delivery.h"
#include "core/draft.h"
#include "core/scratch.h"
#include "core/util/path.h"

struct args {
	struct record_args record;
	const char *ref, *covers, *milestone, *outbox, *anyway;
	struct words paths, adds;
	bool recurse;
};

static const struct opt opts[] = {
	OPT_STR(0, "ref", ref, "rev", "pack this commit, tag or branch"),
	OPT_LIST(0, "add", adds, "path", "add a file or folder beside it"),
	OPT_STR(
	    0, "covers", covers, "list", "the requirements it delivers: r1,r2"),
	OPT_STR(
	    0, "milestone", milestone, "label", "the milestone it belongs to"),
	OPT_STR('O', "outbox", outbox, "dir", "put the files to upload there"),
	OPT_FLAG(0, "recurse-submodules", recurse, "include submodules"),
	OPT_STR(0, "anyway", anyway, "reason",
	    "record it in spite of what was found"),
	OPT_RECORD(record),
	OPT_ARGS("path", paths, OPT_OPTIONAL),
	OPT_END,
};

/* What one run of the command holds. */
struct run {
	struct ctx *ctx;
	const struct args *args;
	char *text;
	char *scratch;
	struct packed *packed;
	struct record record;
	struct upload upload;
	char *label;
	struct node *findings;
};

static struct err *
pack(struct run *run)
{
	const struct args *args = run->args;
	struct progress progress;
	struct packing packing = {
		.cwd = run->ctx->env.cwd,
		.temp_dir = run->scratch,
		.ref = args->ref,
		.paths = args->paths.v,
		.n_paths = args->paths.n,
		.adds = args->adds.v,
		.n_adds = args->adds.n,
		.recurse_submodules = args->recurse,
		.progress = progress_step,
		.arg = &progress,
	};
	struct err *e;

	progress_start(&progress, run->ctx, "packing");
	e = packing_run(&run->packed, &packing);
	progress_end(&progress);
	return e;
}

/* What speaks against it: what was found in the files, and the order. */
static void
judge(struct run *run)
{
	const struct order *o = run->record.order;
	const char *note = run->text;
	struct check check;

	for (size_t i = 0; i < run->packed->findings->n; i++)
		node_push(
		    run->findings, node_copy(run->packed->findings->kids[i]));
	check = view_check(run->ctx, o, CHECK_DELIVER);
	check_packed(run->findings, &check, &run->packed->sums,
	    run->packed->path, run->packed->size);
	check_over(run->findings, o);
	if (note != NULL && strspn(note, " \t\n") == strlen(note))
		check_add(run->findings, "blank-note", "block",
		    "the note is blank",
		    "a delivery with a blank box has been cancelled as "
		    "\"nothing delivered\"",
		    "deed deliver -m 'what this is'");
}

/* The folder the uploader's copy goes to; yours, NULL for none. */
static struct err *
outbox(char **out, const struct run *run)
{
	const struct env *env = &run->ctx->env;
	const char *dir = run->args->outbox;
	struct err *e = NULL;

	*out = NULL;
	if (dir == NULL)
		e = project_folder(
		    out, run->ctx->project, "deed.outbox", false);
	if (dir == NULL && !env->ci)
		dir = env->downloads;
	if (e == NULL && *out == NULL && dir != NULL)
		*out = path_join(env->cwd, dir);
	return e;
}

static struct err *
plan_upload(struct run *run)
{
	char *dir;
	struct err *e = outbox(&dir, run);

	if (e == NULL && dir != NULL)
		e = upload_plan(&run->upload, dir, run->record.id, run->label,
		    run->packed->sha256);
	free(dir);
	return e;
}

static struct err *
write_upload(struct run *run, const struct fact *f)
{
	const struct node *a = node_get(f->content, "archive");
	char *path;
	struct err *e;

	if (run->upload.zip == NULL)
		return NULL;
	path = delivery_path(run->ctx->ledger, f);
	e = upload_write(&run->upload, path, node_text(a, "sha256"),
	    node_text(a, "content"),
	    node_text(node_get(f->content, "source"), "commit"));
	free(path);
	return e;
}

static struct node *
archive_node(const struct run *run, const struct fact *f)
{
	const struct node *a = node_get(f->content, "archive");
	struct node *n = node_copy(a);
	char *path = delivery_path(run->ctx->ledger, f);

	node_put_str(n, "path", path);
	free(path);
	return n;
}

static struct node *
result_node(const struct run *run, const struct fact *f, const char *paste)
{
	struct node *n = run->record.added.n > 0 ?
	    record_node(&run->record, 0) :
	    record_fact_node(&run->record, f);
	struct node *upload = node_list();
	const struct node *source = node_get(f->content, "source");

	node_put_str(n, "delivery", f->label);
	node_put(n, "archive", archive_node(run, f));
	node_put(n, "source", source != NULL ? node_copy(source) : node_null());
	if (run->upload.zip != NULL) {
		node_push_str(upload, run->upload.zip);
		node_push_str(upload, run->upload.checksums);
	}
	node_put(n, "upload", upload);
	node_put_str(n, "paste", paste);
	node_put(n, "findings", node_copy(run->findings));
	return n;
}

static void
say_all(const struct run *run, const struct fact *f, const char *paste)
{
	const struct node *source = node_get(f->content, "source");
	struct buf b = BUF_INIT;

	view_findings(&b, run->findings);
	if (b.len > 0)
		say_text(b.data);
	if (node_flag(source, "dirty"))
		say_warn("tracked files differ from the commit; the delivery "
			 "holds the commit");
	if (node_count(node_get(f->content, "covers")) == 0)
		say_note("%s covers no requirement; to say which: deed "
			 "correct %s --set covers=r1,r2 -m WHY",
		    f->label, f->label);
	if (run->upload.zip != NULL)
		say_note("upload these two together: %s and %s",
		    run->upload.zip, path_base(run->upload.checksums));
	say_text("--- text to paste ---");
	say_text(paste);
}

static void
print(const struct run *run, const struct fact *f, bool again)
{
	char *paste = draft_delivery(run->record.order, f);
	struct node *n = result_node(run, f, paste);

	if (again)
		node_put_bool(n, "also", true);
	if (!run->ctx->common.json) {
		if (again)
			say_note("this is %s again; nothing new is recorded",
			    f->label);
		say_all(run, f, paste);
	}
	out_result(run->ctx->out, n, f->label);
	node_free(n);
	free(paste);
}

static struct err *
record_new(struct run *run)
{
	const struct kind *kind = record_kind("delivery");
	struct record *r = &run->record;
	struct node *content = NULL, *archive;
	struct err *e =
	    record_content(&content, r, &run->args->record, kind, run->text);

	if (e != NULL ||
	    (e = record_covers(content, r, run->args->covers)) != NULL)
		goto done;
	node_put_str(content, "milestone", run->args->milestone);
	record_anyway(content, run->args->anyway, run->findings);
	if ((e = delivery_keep(&archive, r->store, r->id, r->month, run->label,
		 run->packed, run->ctx->env.now)) != NULL)
		goto done;
	node_put(content, "archive", archive);
	if (run->packed->source != NULL)
		node_put(content, "source", node_copy(run->packed->source));
	e = record_add(r, kind, content);
	content = NULL;
	if (e == NULL)
		e = record_commit(r, "deliver", run->text);
	if (e == NULL)
		e = write_upload(run, record_fact(r, 0));
	if (e == NULL)
		print(run, record_fact(r, 0), false);
done:
	node_free(content);
	return e;
}

static struct err *
record_packed(struct run *run)
{
	struct record *r = &run->record;
	const struct fact *twin;
	struct err *e = record_begin(r, run->ctx, NULL);

	if (e != NULL)
		return e;
	judge(run);
	if (check_blocks(run->findings) && run->args->anyway == NULL) {
		view_refusal(run->ctx, node_copy(run->findings));
		return NULL;
	}
	twin = delivery_twin(r->order, run->packed);
	run->label = twin != NULL ?
	    mem_dup(node_text(twin->content, "label")) :
	    order_next_label(r->order, record_kind("delivery"));
	if ((e = plan_upload(run)) != NULL)
		return e;
	if (twin == NULL)
		return record_new(run);
	if ((e = write_upload(run, twin)) == NULL)
		print(run, twin, true);
	return e;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct run run = { .ctx = ctx, .args = args, .findings = node_list() };
	char *id = NULL;
	struct err *e;

	/* a wrong order is better said before the work than after it */
	if ((e = record_vet_anyway(args->anyway)) != NULL ||
	    (e = ctx_order(&id, ctx, true)) != NULL ||
	    (e = ledger_exists(ctx->ledger, id)) != NULL ||
	    (e = record_text(&run.text, ctx, &args->record, NULL)) != NULL ||
	    (e = scratch_new(&run.scratch, ctx->ledger)) != NULL ||
	    (e = pack(&run)) != NULL)
		goto done;
	e = record_packed(&run);
done:
	record_end(&run.record);
	upload_release(&run.upload);
	packed_free(run.packed);
	scratch_free(run.scratch);
	node_free(run.findings);
	free(run.label);
	free(run.text);
	free(id);
	return e;
}

const struct command cmd_deliver = {
	.name = "deliver",
	.summary = "pack what is handed over, with the text to paste",
	.opts = opts,
	.defaults = &(const struct args){ .record.keep_blank = true },
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
