/* SPDX-License-Identifier: ISC */
#include "cmd/cli/record.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/editor.h"
#include "core/check.h"
#include "core/util/file.h"
#include "core/util/utf8.h"

#define TEXT_MAX (1u << 20)

/* What the user writes of an entry: -m, -F or the editor, and --anyway. */

static struct err *
read_text(struct buf *out, const char *file)
{
	if (strcmp(file, "-") == 0)
		return file_read_fd(
		    out, STDIN_FILENO, "standard input", TEXT_MAX);
	return file_read(out, file, TEXT_MAX);
}

static struct err *
vet_text(const struct buf *text, const char *from)
{
	if (text->len > TEXT_MAX)
		return err_new(
		    ERR_LIMIT, "%s: the text is longer than 1 MiB", from);
	if (memchr(text->data, '\0', text->len) != NULL)
		return err_new(ERR_INVALID, "%s: the text holds NUL", from);
	if (!utf8_valid(text->data, text->len))
		return err_hint(
		    err_new(ERR_INVALID, "%s: the text is not UTF-8", from),
		    "convert it first, for example with iconv");
	return NULL;
}

static bool
is_blank(const char *text)
{
	return strspn(text, " \t\r\n") == strlen(text);
}

struct err *
record_text(char **out, struct ctx *ctx, const struct record_args *args,
    const char *template)
{
	struct buf text = BUF_INIT;
	const char *from = "-m";
	struct err *e = NULL;

	*out = NULL;
	if (args->messages.n > 0 && args->file != NULL)
		return err_new(ERR_USAGE, "-m and -F exclude each other");
	if (args->messages.n > 0) {
		for (size_t i = 0; i < args->messages.n; i++)
			buf_addf(&text, "%s%s", i > 0 ? "\n\n" : "",
			    args->messages.v[i]);
	} else if (args->file != NULL) {
		from = args->file;
		e = read_text(&text, args->file);
		while (e == NULL && text.len > 0 &&
		    text.data[text.len - 1] == '\n')
			buf_cut(&text, text.len - 1);
	} else if (template != NULL && ctx->tty_in && ctx->tty_out) {
		from = "the editor";
		e = editor_text(&text, ctx, template);
	} else {
		return NULL;
	}
	if (e == NULL)
		e = vet_text(&text, from);
	if (e == NULL && (args->keep_blank || !is_blank(text.data)))
		*out = buf_steal(&text);
	buf_release(&text);
	return e;
}

struct err *
record_vet_anyway(const char *reason)
{
	if (reason == NULL)
		return NULL;
	if (!utf8_valid(reason, strlen(reason)))
		return err_new(ERR_INVALID, "--anyway: the text is not UTF-8");
	if (is_blank(reason))
		return err_new(ERR_USAGE, "--anyway needs a reason");
	return NULL;
}

void
record_anyway(
    struct node *content, const char *reason, const struct node *findings)
{
	if (reason == NULL || !check_blocks(findings))
		return;
	node_put_str(content, "anyway", reason);
	node_put(content, "blockers", check_blockers(findings));
}
