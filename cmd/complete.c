/* SPDX-License-Identifier: ISC */
/* deed complete: the seller's last hand-in, checked first. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/record.h"
#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/draft.h"

struct args {
	struct record_args record;
	bool submitted;
	const char *anyway;
};

static const struct opt opts[] = {
	OPT_FLAG(0, "submitted", submitted,
	    "it was handed in with the platform's own button"),
	OPT_STR(0, "anyway", anyway, "reason",
	    "record it in spite of what is missing"),
	OPT_RECORD(record),
	OPT_END,
};

/* The newest delivery and what the uploader should take along. */
static void
put_delivery(struct node *content, const struct order *o)
{
	const struct fact *d = order_last(o, "delivery");

	if (d == NULL)
		return;
	node_put_str(content, "delivery", d->entry->id);
	node_put(content, "upload", draft_upload_names(o, d));
}

static struct err *
add_submission(struct record *r, const struct args *args)
{
	const struct kind *kind = record_kind("submission");
	struct record_args bare = { .at = args->record.at };
	struct node *content = NULL;
	struct err *e = record_content(&content, r, &bare, kind, NULL);

	if (e == NULL)
		e = record_delivery(content, r, NULL);
	if (e == NULL)
		return record_add(r, kind, content);
	node_free(content);
	return e;
}

static void
print(struct record *r, const struct node *findings)
{
	const struct fact *f = record_fact(r, 0);
	struct node *n = record_node(r, 0);
	struct buf warnings = BUF_INIT;
	char *paste = draft_completion(r->order, f);

	node_put(n, "upload",
	    node_get(f->content, "upload") == NULL ?
		node_list() :
		node_copy(node_get(f->content, "upload")));
	node_put_str(n, "paste", paste);
	node_put(n, "findings", node_copy(findings));
	if (!r->ctx->common.json) {
		view_findings(&warnings, findings);
		if (warnings.len > 0)
			say_text(warnings.data);
		node_free(view_wording(r->ctx, r->order, paste));
		say_text(paste);
	}
	record_print(r, 0, n);
	free(paste);
	buf_release(&warnings);
	node_free(n);
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	const struct kind *kind = record_kind("completion");
	struct node *content = NULL, *findings = node_list();
	struct record r = { 0 };
	struct check check;
	char *text = NULL;
	struct err *e;

	if ((e = record_vet_anyway(args->anyway)) != NULL ||
	    (e = record_text(&text, ctx, &args->record,
		 "\n# The text for the platform's delivery box.\n")) != NULL ||
	    (e = record_begin(&r, ctx, NULL)) != NULL)
		goto done;
	check = view_check(ctx, r.order, CHECK_COMPLETE);
	check.has_text = true;
	check.submitting = args->submitted;
	check.text = text;
	check_run(findings, &check);
	check_over(findings, r.order);
	if (check_blocks(findings) && args->anyway == NULL) {
		view_refusal(ctx, findings);
		findings = NULL;
		goto done;
	}
	e = record_content(&content, &r, &args->record, kind, text);
	if (e != NULL)
		goto done;
	put_delivery(content, r.order);
	node_put_bool(content, "submitted", args->submitted);
	record_anyway(content, args->anyway, findings);
	e = record_add(&r, kind, content);
	content = NULL;
	if (e == NULL && args->submitted)
		e = add_submission(&r, args);
	if (e != NULL || (e = record_commit(&r, "complete", text)) != NULL)
		goto done;
	print(&r, findings);
done:
	node_free(findings);
	node_free(content);
	free(text);
	record_end(&r);
	return e;
}

const struct command cmd_complete = {
	.name = "complete",
	.summary = "hand in the whole, after a check",
	.opts = opts,
	.defaults = &(const struct args){ .record.keep_blank = true },
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
