/* SPDX-License-Identifier: ISC */
#include "cmd/cli/buildlog.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/say.h"
#include "core/util/file.h"
#include "core/util/path.h"

static struct err *
append(struct ctx *ctx, const char *file, const struct buf *text)
{
	char *path = path_join(ctx->env.cwd, file);
	struct err *e = file_append(path, text->data, text->len);

	free(path);
	return e;
}

/* What later steps read: "name=value". */
static struct err *
write_outputs(struct ctx *ctx, const struct ci *ci, const struct node *result)
{
	static const struct {
		const char *name, *key;
	} outputs[] = { { "order", "order" }, { "delivery", "delivery" },
		{ "entry", "entry" }, { "archive", "archive.path" },
		{ "sha256", "archive.sha256" },
		{ "content", "archive.content" }, { "commit", "source.commit" },
		{ "detached", "detached.path" },
		{ "detached_sha256", "detached.sha256" } };
	char mark[CI_MARK];
	struct buf b = BUF_INIT;
	struct err *e;

	if (ci->output == NULL)
		return NULL;
	if ((e = ci_mark(mark)) != NULL)
		return e;
	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
		const struct node *n = node_find(result, outputs[i].key);

		if (n != NULL && n->type == NODE_STR)
			ci_put_output(&b, ci, outputs[i].name, n->text, mark);
	}
	ci_put_output(
	    &b, ci, "also", node_flag(result, "also") ? "true" : "false", mark);
	e = append(ctx, ci->output, &b);
	buf_release(&b);
	return err_wrap(e, "the outputs of this step");
}

static void
add_row(struct buf *b, const char *title, const char *value)
{
	if (value == NULL)
		return;
	buf_addf(b, "| %s | ", title);
	ci_add_markdown(b, value);
	buf_adds(b, " |\n");
}

static void
add_findings(struct buf *b, const struct node *findings)
{
	if (node_count(findings) > 0)
		buf_adds(b, "\n");
	for (size_t i = 0; i < node_count(findings); i++) {
		const struct node *f = node_at(findings, i);

		buf_adds(b, "- **");
		ci_add_markdown(b, node_text(f, "severity"));
		buf_adds(b, "** ");
		ci_add_markdown(b, node_text(f, "what"));
		if (node_text(f, "why") != NULL) {
			buf_adds(b, ": ");
			ci_add_markdown(b, node_text(f, "why"));
		}
		buf_adds(b, "\n");
	}
}

static void
add_result(struct buf *b, const struct node *result)
{
	const struct node *archive = node_get(result, "archive");
	const char *label = node_text(result, "delivery");
	const char *order = node_text(result, "order");
	const char *path = node_find(result, "detached.path") != NULL ?
	    node_find(result, "detached.path")->text :
	    node_text(archive, "path");
	int64_t n = node_number(archive, "files", 0);
	char *size = mem_printf("%" PRId64 " file%s, %" PRId64 " bytes", n,
	    n == 1 ? "" : "s", node_number(archive, "size", 0));

	buf_adds(b, "### deed: ");
	ci_add_markdown(b, label != NULL ? label : "a delivery");
	if (order != NULL) {
		buf_adds(b, " of ");
		ci_add_markdown(b, order);
	}
	if (node_flag(result, "also"))
		buf_adds(b, ", once more");
	buf_adds(b, "\n\n| | |\n|---|---|\n");
	add_row(b, "file", path != NULL ? path_base(path) : NULL);
	add_row(b, "holds", size);
	add_row(b, "SHA-256", node_text(archive, "sha256"));
	add_row(b, "content", node_text(archive, "content"));
	add_row(b, "commit", node_text(node_get(result, "source"), "commit"));
	add_row(b, "entry", node_text(result, "entry"));
	free(size);
}

/* A finding as a command of the host: "::warning title=...::what". */
static void
annotate(const struct ci *ci, const struct node *findings)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; ci->commands && i < node_count(findings); i++) {
		const struct node *f = node_at(findings, i);
		const char *severity = node_text(f, "severity");

		buf_addf(&b, "::%s title=deed %s::",
		    strcmp(severity, "block") == 0    ? "error" :
			strcmp(severity, "warn") == 0 ? "warning" :
							"notice",
		    node_text(f, "rule"));
		for (const char *p = node_text(f, "what"); *p != '\0'; p++)
			if (strchr("%\r\n", *p) != NULL)
				buf_addf(&b, "%%%02X", (unsigned)*p);
			else
				buf_addc(&b, *p);
		buf_addc(&b, '\n');
	}
	if (b.len > 0)
		say_text(b.data);
	buf_release(&b);
}

static struct err *
write_summary(struct ctx *ctx, const struct ci *ci, const struct buf *text)
{
	if (ci->summary == NULL)
		return NULL;
	return err_wrap(
	    append(ctx, ci->summary, text), "the summary of this step");
}

struct err *
buildlog_write(struct ctx *ctx, const struct ci *ci, const struct node *result)
{
	const struct node *findings = node_get(result, "findings");
	struct buf b = BUF_INIT;
	struct err *e = write_outputs(ctx, ci, result);

	add_result(&b, result);
	add_findings(&b, findings);
	buf_addc(&b, '\n');
	annotate(ci, findings);
	if (e == NULL)
		e = write_summary(ctx, ci, &b);
	buf_release(&b);
	return e;
}

struct err *
buildlog_write_refusal(
    struct ctx *ctx, const struct ci *ci, const struct node *findings)
{
	struct buf b = BUF_INIT;
	struct err *e;

	buf_adds(&b, "### deed: nothing was delivered\n");
	add_findings(&b, findings);
	buf_addc(&b, '\n');
	annotate(ci, findings);
	e = write_summary(ctx, ci, &b);
	buf_release(&b);
	return e;
}
