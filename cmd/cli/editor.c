/* SPDX-License-Identifier: ISC */
#include "cmd/cli/editor.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/proc.h"

#define TEXT_MAX (1u << 20)

/* git knows where an editor may be named. */
static struct err *
find_editor(struct buf *out)
{
	const char *const argv[] = { "git", "var", "GIT_EDITOR", NULL };
	struct proc_spec spec = { .argv = argv };
	int status;
	struct err *e = proc_run(&spec, out, NULL, &status);

	if (e == NULL && (status != 0 || out->len < 2))
		e = err_hint(err_new(ERR_NOT_FOUND, "no editor is set"),
		    "give the text with -m, or set EDITOR");
	else if (e == NULL)
		buf_cut(out, out->len - 1);
	return e;
}

/* Drop comments, and blank lines at both ends. */
static void
strip(struct buf *out, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		if (text[0] != '#' && (len > 0 || out->len > 0)) {
			buf_add(out, text, len);
			buf_addc(out, '\n');
		}
		text += len + (text[len] == '\n');
	}
	while (out->len > 0 && out->data[out->len - 1] == '\n')
		buf_cut(out, out->len - 1);
}

char *
editor_path(const struct ctx *ctx)
{
	return path_join(ctx->ledger->own, "EDIT_TEXT");
}

struct err *
editor_edit(struct buf *out, const struct ctx *ctx, const char *template)
{
	struct buf editor = BUF_INIT;
	char *path = editor_path(ctx), *command = NULL;
	const char *argv[] = { "sh", "-c", NULL, "deed", path, NULL };
	struct proc_spec spec = { .argv = argv };
	int status;
	struct err *e;

	if ((e = find_editor(&editor)) != NULL ||
	    (e = file_replace(path, template, strlen(template), 0600)) != NULL)
		goto done;
	/* as git does: the editor's setting is a piece of shell */
	command = mem_printf("%s \"$@\"", editor.data);
	argv[2] = command;
	if ((e = proc_attached(&spec, &status)) != NULL)
		goto done;
	if (status != 0)
		e = err_new(
		    ERR_SYSTEM, "the editor ended with status %d", status);
	else
		e = file_read(out, path, TEXT_MAX);
done:
	free(command);
	free(path);
	buf_release(&editor);
	return e;
}

struct err *
editor_text(struct buf *out, const struct ctx *ctx, const char *template)
{
	struct buf raw = BUF_INIT;
	struct err *e = editor_edit(&raw, ctx, template);

	if (e == NULL)
		strip(out, raw.data);
	if (e == NULL && out->len == 0)
		e = err_new(ERR_USAGE, "nothing recorded: the text is empty");
	buf_release(&raw);
	return e;
}
