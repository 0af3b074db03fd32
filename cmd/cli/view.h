/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_VIEW_H
#define DEED_CMD_CLI_VIEW_H

#include "cmd/cli/command.h"
#include "core/check.h"
#include "core/standing.h"
#include "core/stats.h"

/* An order opened to look at, and how entries and findings are shown. */
struct view {
	char *id;
	struct stream *stream;
	struct order *order;
	struct standing standing; /* after view_stand() */
};

/* id NULL: the order the command line or the project means. */
struct err *view_open(
    struct view *v, struct ctx *ctx, const char *id) MUST_CHECK;
void view_close(struct view *v);
/* Warn of each entry whose content was changed. */
void view_forged(const struct order *o);
/* Where it stands now; the order's state is then the one at this hour. */
struct err *view_stand(struct view *v, struct ctx *ctx) MUST_CHECK;
/*
 * Count the orders of the ledger: those of one platform (NULL: all), those meant
 * by -o, but not the one that is called skip (NULL: none).
 */
struct err *view_count(struct stats *into, struct ctx *ctx,
    const char *platform, bool meant, const char *skip) MUST_CHECK;
/* Say once for each that of these platforms no rules are known. */
void view_unknown(struct strs *told, const struct view *v);

/* Whose turn it is: "you", "the buyer", "you and the buyer", "Fiverr". */
const char *view_who(const struct clock *c);

/* "in 47 hours", "3 days ago"; yours. */
char *view_span(int64_t time, int64_t now);

/* One line about an entry: its label, or what it says first.  Yours. */
char *view_summary(const struct order *o, const struct fact *f);

/*
 * What is checked, with all that rules rest on.  A profile that cannot be read
 * is left out: whoever reads the clocks was told.
 */
struct check view_check(
    struct ctx *ctx, const struct order *o, enum check_for before);

/*
 * What the order's platform may hold in a text to paste: findings of
 * core/wording.h, yours; for people they are told, too.
 */
struct node *view_wording(
    struct ctx *ctx, const struct order *o, const char *text);

/*
 * The template of this name with its values, within the length of the
 * platform's box, appended; and what the platform may hold in it, as
 * view_wording() does.
 */
struct err *view_draft(struct buf *out, struct node **findings, struct ctx *ctx,
    const struct order *o, const char *template,
    const struct node *values) MUST_CHECK;

/* Findings as lines: severity, what, why, and the command that mends it. */
void view_findings(struct buf *out, const struct node *findings);

/* {"ok":...,"findings":[...]}, or the lines on standard error; sets status. */
void view_refusal(struct ctx *ctx, struct node *findings);

#endif
