/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_EDITOR_H
#define DEED_CMD_CLI_EDITOR_H

#include "cmd/cli/command.h"

/*
 * Let the user write a text in his editor, as git commit does: lines that
 * begin with # are comments, and an empty text means he thought better of it
 * (ERR_USAGE).  template is what stands there first.  As with git, the file
 * stays until the next edit, so that nothing written is lost by an error.
 */
struct err *editor_text(
    struct buf *out, const struct ctx *ctx, const char *template) MUST_CHECK;

/* The same, with comments and all. */
struct err *editor_edit(
    struct buf *out, const struct ctx *ctx, const char *template) MUST_CHECK;

/* The file that is edited; yours. */
char *editor_path(const struct ctx *ctx);

#endif
