/* SPDX-License-Identifier: ISC */
/* deed deliver: pack what is handed over, and the text that goes with it. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/buildlog.h"
#include "cmd/cli/delivering.h"
#include "cmd/cli/outbox.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/record.h"
#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/attestation.h"
#include "core/check.h"
#include "core/delivery.h"
#include "core/detached.h"
#include "core/draft.h"
#include "core/scratch.h"
#include "core/upload.h"
#include "core/util/file.h"
#include "core/util/path.h"

struct args {
	struct record_args record;
	const char *ref, *covers, *milestone, *outbox, *anyway;
	const char *detach;
	struct words paths, adds, attestations;
	bool recurse, ci;
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
	OPT_FLAG(0, "ci", ci, "in a build: ask nothing, record the run"),
	OPT_LIST(0, "attestation", attestations, "file",
	    "keep a provenance attestation with it"),
	OPT_STR(0, "detach", detach, "file",
	    "write it to a file to import elsewhere; needs no ledger"),
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
	struct ci ci;
	struct strs attestations, attested; /* paths and names */
	struct packed *packed;
	struct record record;
	struct upload upload;
	char *bytes; /* of what is uploaded; NULL: where it will be recorded */
	struct delivering delivering;
	struct node *findings;
	struct buf untaken; /* keys that a known delivery has otherwise */
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
	for (size_t i = 0; e == NULL && i < run->packed->findings->n; i++)
		node_push(
		    run->findings, node_copy(run->packed->findings->kids[i]));
	return e;
}

/*
 * In a build.
 */

/* What the commit and the host say do not agree, or too little is here. */
static void
judge_build(struct run *run, bool shallow, bool tagged)
{
	const char *is = node_text(run->packed->source, "commit");
	const char *says = node_text(run->ci.run, "commit");
	const char *ref = ci_ref(&run->ci);
	bool tag = ref != NULL && strncmp(ref, "refs/tags/", 10) == 0;

	if (shallow && !tagged && run->args->record.messages.n == 0)
		check_add(run->findings, "shallow-clone", tag ? "warn" : "info",
		    tag ? "this clone is shallow and lacks the annotation of "
			  "the tag" :
			  "this clone is shallow and lacks tags and history",
		    "the first line of the commit is the message instead",
		    "git fetch --tags --force --unshallow");
	if (is != NULL && says != NULL && strcmp(is, says) != 0)
		check_add(run->findings, "other-commit", "warn",
		    "the commit that was packed is not the one the build is "
		    "for",
		    "a merge made for the build is in nobody's branch", NULL);
}

/* The message, unless there is one, and what the build lacks. */
static struct err *
look_at_build(struct run *run)
{
	struct ci_project here;
	struct err *e = ci_look(&here, run->ctx->env.cwd,
	    node_text(run->packed->source, "commit"), ci_ref(&run->ci));

	if (e != NULL)
		return e;
	judge_build(run, here.shallow, here.tagged);
	if (run->text == NULL)
		run->text = here.message;
	else
		free(here.message);
	return NULL;
}

static struct err *
find_attestations(struct run *run)
{
	const struct words *files = &run->args->attestations;

	for (size_t i = 0; i < files->n; i++) {
		char *path = path_join(run->ctx->env.cwd, files->v[i]);

		strs_take(&run->attestations, path);
		strs_add(&run->attested, path_base(files->v[i]));
		if (!file_exists(path))
			return err_new(ERR_NOT_FOUND,
			    "--attestation: there is no file %s", files->v[i]);
	}
	return NULL;
}

/* Each must be one, and should speak of what is delivered. */
static struct err *
judge_attestations(struct run *run)
{
	struct node *said = NULL;
	struct err *e = NULL;

	for (size_t i = 0; i < run->attestations.n && e == NULL; i++) {
		e = attestation_read(&said, run->attestations.v[i],
		    run->packed->sha256, &run->packed->sums);
		if (e == NULL && node_number(said, "matches", 0) == 0)
			check_add(run->findings, "other-attestation", "warn",
			    "an attestation speaks of none of these files",
			    "it proves nothing about this delivery", NULL);
		node_free(said);
	}
	return e;
}

/*
 * In the ledger.
 */

/* What speaks against it: what was found in the files, and the order. */
static void
judge(struct run *run)
{
	const struct order *o = run->record.order;
	const char *note = run->text;
	struct check check;

	if (o != NULL) {
		check = view_check(run->ctx, o, CHECK_DELIVER);
		check_packed(run->findings, &check, &run->packed->sums,
		    run->packed->path, run->packed->size);
		check_over(run->findings, o);
	}
	if (note != NULL && strspn(note, " \t\n") == strlen(note))
		check_add(run->findings, "blank-note", "block",
		    "the note is blank",
		    "a delivery with a blank box has been cancelled as "
		    "\"nothing delivered\"",
		    "deed deliver -m 'what this is'");
}

/*
 * Where the bytes of an earlier delivery are.  In a clone they may be missing,
 * and what was packed just now be the same.
 */
static struct err *
find_bytes(struct run *run, const struct fact *f)
{
	const struct node *a = node_get(f->content, "archive");

	run->bytes = delivery_bytes(run->ctx->ledger, f);
	if (run->bytes == NULL &&
	    node_text_is(a, "sha256", run->packed->sha256))
		run->bytes = mem_dup(run->packed->path);
	if (run->bytes != NULL)
		return NULL;
	return err_hint(err_new(ERR_NOT_FOUND,
			    "the bytes of %s are not in this ledger", f->label),
	    "get them: deed sync --fetch %s", f->label);
}

static struct err *
plan_upload(struct run *run)
{
	char *dir;
	struct err *e =
	    outbox_find(&dir, run->ctx, run->args->outbox, !run->args->ci);

	if (e == NULL && dir != NULL)
		e = upload_plan(&run->upload, dir, run->record.id,
		    run->delivering.label, run->packed->sha256,
		    run->delivering.parts);
	if (e == NULL && dir != NULL && run->delivering.first != NULL)
		e = find_bytes(run, run->delivering.first);
	free(dir);
	return e;
}

static struct err *
write_upload(struct run *run, const struct fact *f)
{
	const struct node *source = node_get(f->content, "source");

	if (run->upload.checksums == NULL)
		return NULL;
	if (run->bytes == NULL)
		run->bytes = delivery_path(run->ctx->ledger, f);
	return upload_write(&run->upload, run->bytes,
	    node_get(f->content, "archive"), node_text(source, "commit"));
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
	node_put(n, "archive", delivering_archive(&run->record, f));
	node_put(n, "source", source != NULL ? node_copy(source) : node_null());
	if (run->ci.run != NULL)
		node_put(n, "run", node_copy(run->ci.run));
	for (size_t i = 0; i < run->upload.zips.n; i++)
		node_push_str(upload, run->upload.zips.v[i]);
	if (run->upload.checksums != NULL)
		node_push_str(upload, run->upload.checksums);
	node_put(n, "upload", upload);
	node_put_str(n, "paste", paste);
	node_put(n, "findings", node_copy(run->findings));
	return n;
}

static void
say_findings(const struct run *run)
{
	struct buf b = BUF_INIT;

	view_findings(&b, run->findings);
	if (b.len > 0)
		say_text(b.data);
	buf_release(&b);
}

/* What to upload, in one sentence. */
static void
say_upload(const struct upload *u)
{
	struct buf names = BUF_INIT;

	if (u->checksums == NULL) {
		say_note("no folder for the files to upload was found; the "
			 "same again with -O DIR puts them there");
		return;
	}
	for (size_t i = 0; i < u->zips.n; i++)
		buf_addf(&names, "%s%s", i > 0 ? ", " : "",
		    i > 0 ? path_base(u->zips.v[i]) : u->zips.v[i]);
	say_note("upload these %s together: %s and %s",
	    u->zips.n > 1 ? "files" : "two", names.data,
	    path_base(u->checksums));
	buf_release(&names);
}

/* How to say what it covers, of what there is; at first that may be nothing. */
static void
say_uncovered(const struct run *run, const struct fact *f)
{
	struct node *all = order_requirements(run->record.order);
	struct buf labels = BUF_INIT;

	for (size_t i = 0; i < all->n; i++)
		buf_addf(&labels, "%s%s", i > 0 ? "," : "",
		    node_text(all->kids[i], "label"));
	if (all->n == 0)
		buf_adds(&labels, "r1");
	say_note("%s covers no requirement; to say which: deed %scorrect %s "
		 "--set covers=%s -m WHY",
	    f->label, all->n == 0 ? "scope add -m WHAT, then deed " : "",
	    f->label, labels.data);
	buf_release(&labels);
	node_free(all);
}

static void
say_all(const struct run *run, const struct fact *f, const char *paste)
{
	const struct node *source = node_get(f->content, "source");

	say_findings(run);
	if (node_flag(source, "dirty"))
		say_warn("tracked files differ from the commit; the delivery "
			 "holds the commit");
	if (node_count(node_get(f->content, "covers")) == 0)
		say_uncovered(run, f);
	say_upload(&run->upload);
	node_free(view_wording(run->ctx, run->record.order, paste));
	say_text("--- text to paste ---");
	say_text(paste);
}

static void
say_again(const struct run *run, const struct fact *f)
{
	say_note("this is %s again; nothing new is recorded", f->label);
	if (run->untaken.len > 0 && !run->args->ci)
		say_note("it keeps its own %s; to change that: deed correct "
			 "%s --set KEY=VALUE -m WHY",
		    run->untaken.data, f->label);
}

static struct err *
print(const struct run *run, const struct fact *f, bool again)
{
	char *paste = draft_delivery(run->record.order, f);
	struct node *n = result_node(run, f, paste);
	struct err *e = NULL;

	if (again)
		node_put_bool(n, "also", true);
	if (again && run->record.added.n == 0)
		say_again(run, f);
	else if (again)
		say_note("this is %s again, by another run", f->label);
	if (run->args->ci)
		e = buildlog_write(run->ctx, &run->ci, n);
	if (run->args->ci && !run->ci.commands)
		say_findings(run);
	else if (!run->args->ci && !run->ctx->common.json)
		say_all(run, f, paste);
	out_result(run->ctx->out, n, f->label);
	node_free(n);
	free(paste);
	return e;
}

/* What the options say of it; yours. */
static struct err *
describe(struct node **out, struct run *run)
{
	struct record *r = &run->record;
	struct err *e = record_content(
	    out, r, &run->args->record, record_kind("delivery"), run->text);

	if (e != NULL)
		return e;
	if ((e = record_covers(*out, r, run->args->covers)) != NULL ||
	    (e = record_milestone(*out, r, run->args->milestone)) != NULL) {
		node_free(*out);
		*out = NULL;
		return e;
	}
	record_anyway(*out, run->args->anyway, run->findings);
	return NULL;
}

/* What was said of it now, and differs from what its entry holds. */
static void
find_untaken(struct run *run, const struct node *content)
{
	static const char *const keys[] = { "text", "covers", "milestone" };
	const struct node *first = run->delivering.first->content;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct node *now = node_get(content, keys[i]);
		const struct node *then = node_get(first, keys[i]);

		if (now != NULL && (then == NULL || !node_equal(now, then)))
			buf_addf(&run->untaken, "%s%s",
			    run->untaken.len > 0 ? ", " : "", keys[i]);
	}
}

/* A bad option is refused also where the delivery is known already. */
static struct err *
record_new(struct run *run)
{
	struct node *content;
	struct err *e = describe(&content, run);

	if (e != NULL)
		return e;
	if (run->delivering.known) {
		find_untaken(run, content);
		node_free(content);
		return NULL;
	}
	e = delivering_record(&run->delivering, content);
	if (e == NULL)
		e = record_commit(&run->record, "deliver", run->text);
	return e;
}

static struct err *
refuse(struct run *run)
{
	struct err *e = NULL;

	if (run->args->ci)
		e = buildlog_write_refusal(run->ctx, &run->ci, run->findings);
	view_refusal(run->ctx, node_copy(run->findings));
	return e;
}

static struct err *
record_packed(struct run *run)
{
	struct record *r = &run->record;
	struct delivering *d = &run->delivering;
	const struct fact *f;
	struct err *e = record_begin(r, run->ctx, NULL);

	if (e != NULL)
		return e;
	judge(run);
	if (check_blocks(run->findings) && run->args->anyway == NULL)
		return refuse(run);
	*d = (struct delivering){ .record = r,
		.packed = run->packed,
		.run = run->ci.run,
		.attestations = &run->attestations,
		.attested = &run->attested };
	if ((e = delivering_find(d, run->args->ci)) != NULL ||
	    (e = plan_upload(run)) != NULL || (e = record_new(run)) != NULL)
		return e;
	f = d->first != NULL ? d->first : record_fact(r, 0);
	e = err_hint(
	    err_wrap(write_upload(run, f),
		"%s is recorded, but not the copy to upload", f->label),
	    "deliver the same again: it only makes the copy");
	if (e == NULL)
		e = print(run, f, d->first != NULL);
	return e;
}

/*
 * Without a ledger.
 */

/* What goes into the file beside what packing knows; yours. */
static struct node *
detached_facts(const struct run *run, const char *id)
{
	const struct env *env = &run->ctx->env;
	const char *covers = run->args->covers;
	struct node *n = node_map(), *list;
	char now[DATE_TEXT];

	node_put_str(n, "order", id);
	date_format(now, env->now);
	node_put_str(n, "packed", now);
	if (env->clock_given)
		node_put_str(n, "clock", "given");
	node_put_str(n, "text", run->text);
	list = covers != NULL ? node_put(n, "covers", node_list()) : NULL;
	while (covers != NULL && *covers != '\0') {
		size_t len = strcspn(covers, ", ");

		if (len > 0)
			node_push(list, node_strn(covers, len));
		covers += len + strspn(covers + len, ", ");
	}
	node_put_str(n, "milestone", run->args->milestone);
	if (run->ci.run != NULL)
		node_put(n, "run", node_copy(run->ci.run));
	return n;
}

static struct err *
print_detached(const struct run *run, const char *path, const char *id)
{
	const struct packed *p = run->packed;
	struct node *n = node_map(), *a, *file;
	char sha256[SHA256_HEX];
	int64_t size;
	struct err *e = digest_file(path, sha256, &size);

	if (e == NULL) {
		node_put(n, "order", node_str(id));
		file = node_put(n, "detached", node_map());
		node_put_str(file, "path", path);
		node_put_str(file, "sha256", sha256);
		node_put_int(file, "size", size);
		a = node_put(n, "archive", node_map());
		node_put_str(a, "sha256", p->sha256);
		node_put_int(a, "size", p->size);
		node_put_int(a, "files", (int64_t)p->files);
		node_put_str(a, "content", p->content);
		node_put(n, "source",
		    p->source != NULL ? node_copy(p->source) : node_null());
		if (run->ci.run != NULL)
			node_put(n, "run", node_copy(run->ci.run));
		node_put(n, "findings", node_copy(run->findings));
		if (run->args->ci)
			e = buildlog_write(run->ctx, &run->ci, n);
		if (!run->ci.commands)
			say_findings(run);
		say_note("take it in where the ledger is: deed import %s",
		    path_base(path));
		out_result(run->ctx->out, n, path);
	}
	node_free(n);
	return e;
}

static bool
is_among(const char *path, const char *cwd, const struct words *packed)
{
	bool found = false;

	for (size_t i = 0; i < packed->n && !found; i++) {
		char *raw = path_join(cwd, packed->v[i]);
		char *given = path_clean(raw);

		found = strcmp(given, path) == 0;
		free(given);
		free(raw);
	}
	return found;
}

/* The file of --detach: neither a folder nor what is delivered. */
static struct err *
vet_detached(const struct run *run, const char *path)
{
	const char *cwd = run->ctx->env.cwd;

	if (file_is_dir(path))
		return err_new(ERR_INVALID, "--detach: %s is a folder", path);
	if (is_among(path, cwd, &run->args->paths) ||
	    is_among(path, cwd, &run->args->adds))
		return err_hint(
		    err_new(ERR_INVALID, "--detach: %s is packed itself", path),
		    "name another file: it would be written over");
	return NULL;
}

static struct err *
detach(struct run *run, const char *id)
{
	char *raw = path_join(run->ctx->env.cwd, run->args->detach);
	char *path = path_clean(raw), *folder = path_parent(path);
	struct node *facts = NULL;
	struct err *e = vet_detached(run, path);

	if (e != NULL)
		goto done;
	judge(run);
	if (check_blocks(run->findings) && run->args->anyway == NULL) {
		e = refuse(run);
		goto done;
	}
	facts = detached_facts(run, id);
	if ((e = detached_write(
		 path, folder, run->packed, facts, &run->attestations)) == NULL)
		e = print_detached(run, path, id);
done:
	node_free(facts);
	free(folder);
	free(path);
	free(raw);
	return e;
}

/* The order, if anything names one: a file may be for whatever runs there. */
static struct err *
named_order(char **id, struct ctx *ctx)
{
	struct err *e = ctx_named_order(id, ctx);

	return e != NULL || *id == NULL ? e : ledger_vet_id(*id);
}

/* A wrong order is better said before the work than after it. */
static struct err *
prepare(struct run *run, char **id)
{
	static const char template[] =
	    "\n# What do you hand over, and how is it checked?\n";
	struct ctx *ctx = run->ctx;
	const struct args *args = run->args;
	struct err *e;

	if (args->ci) {
		ctx->tty_in = ctx->tty_out = false; /* nobody is there */
		ci_find(&run->ci, &ctx->env);
	}
	if ((e = record_vet_anyway(args->anyway)) != NULL ||
	    (e = find_attestations(run)) != NULL)
		return e;
	if (args->detach != NULL)
		e = named_order(id, ctx);
	else if ((e = ctx_ledger(ctx)) == NULL &&
	    (e = ctx_order(id, ctx, true)) == NULL)
		e = ledger_exists(ctx->ledger, *id);
	if (e == NULL)
		e = record_text(&run->text, ctx, &args->record,
		    args->detach != NULL ? NULL : template);
	if (e == NULL)
		e = args->detach != NULL ?
		    file_temp_dir(&run->scratch, ctx->env.temp_dir) :
		    scratch_new(&run->scratch, ctx->ledger);
	return e;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct run run = { .ctx = ctx,
		.args = args,
		.findings = node_list(),
		.untaken = BUF_INIT };
	char *id = NULL;
	struct err *e;

	if ((e = prepare(&run, &id)) != NULL || (e = pack(&run)) != NULL ||
	    (args->ci && (e = look_at_build(&run)) != NULL) ||
	    (e = judge_attestations(&run)) != NULL)
		goto done;
	e = args->detach != NULL ? detach(&run, id) : record_packed(&run);
done:
	record_end(&run.record);
	delivering_release(&run.delivering);
	upload_release(&run.upload);
	free(run.bytes);
	packed_free(run.packed);
	scratch_free(run.scratch);
	ci_release(&run.ci);
	strs_release(&run.attestations);
	strs_release(&run.attested);
	node_free(run.findings);
	buf_release(&run.untaken);
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
	.run = run,
};
