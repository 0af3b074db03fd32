/* SPDX-License-Identifier: ISC */
/* deed submit: record that a delivery was handed in on the platform. */

#include <stdlib.h>

#include "cmd/cli/record.h"

struct args {
	struct record_args record;
	const char *delivery;
	struct words proofs;
};

static const struct opt opts[] = {
	OPT_LIST(0, "proof", proofs, "file", "a screenshot that shows it"),
	OPT_RECORD(record),
	OPT_ARG("delivery", delivery, OPT_OPTIONAL),
	OPT_END,
};

static struct err *
put_proofs(struct node *content, struct record *r, const struct words *files)
{
	struct node *list = node_get(content, "files"), *file;
	struct err *e = NULL;

	if (list == NULL && files->n > 0)
		list = node_put(content, "files", node_list());
	for (size_t i = 0; i < files->n && e == NULL; i++)
		if ((e = record_attach(&file, r, files->v[i])) == NULL)
			node_push(list, file);
	return e;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	const struct kind *kind = record_kind("submission");
	struct record r = { 0 };
	struct node *content = NULL;
	char *text = NULL;
	struct err *e;

	if ((e = record_text(&text, ctx, &args->record, NULL)) != NULL ||
	    (e = record_begin(&r, ctx, NULL)) != NULL ||
	    (e = record_content(&content, &r, &args->record, kind, text)) !=
		NULL ||
	    (e = record_delivery(content, &r, args->delivery)) != NULL ||
	    (e = put_proofs(content, &r, &args->proofs)) != NULL)
		goto done;
	e = record_add(&r, kind, content);
	content = NULL;
	if (e != NULL || (e = record_commit(&r, "submit", text)) != NULL)
		goto done;
	record_print(&r, 0, NULL);
done:
	node_free(content);
	free(text);
	record_end(&r);
	return e;
}

const struct command cmd_submit = {
	.name = "submit",
	.summary = "record that a delivery was handed in on the platform",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
