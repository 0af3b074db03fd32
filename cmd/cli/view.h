/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_VIEW_H
#define DEED_CMD_CLI_VIEW_H

#include "cmd/cli/command.h"
#include "core/order.h"

/* An order opened to look at, and how entries and findings are shown. */
struct view {
	char *id;
	struct stream *stream;
	struct order *order;
};

/* id NULL: the order the command line or the project means. */
struct err *view_open(
    struct view *v, struct ctx *ctx, const char *id) MUST_CHECK;
void view_close(struct view *v);

/* One line about an entry: its label, or what it says first.  Yours. */
char *view_summary(const struct order *o, const struct fact *f);

/* Findings as lines: severity, what, why, and the command that mends it. */
void view_findings(struct buf *out, const struct node *findings);

/* {"ok":...,"findings":[...]}, or the lines on standard error; sets status. */
void view_refusal(struct ctx *ctx, struct node *findings);

#endif
