/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_CI_H
#define DEED_CORE_CI_H

#include "core/env.h"
#include "core/util/buf.h"
#include "core/util/node.h"

/*
 * What a build machine says of the run that is going on: GitHub Actions,
 * Gitea and Forgejo Actions, GitLab CI, Jenkins, CircleCI; anything else by
 * the variables DEED_CI_..., which also overrule what the others say.
 */

struct ci {
	const char *title;   /* "GitHub Actions", or NULL: no system known */
	const char *output;  /* a file for what later steps read, or NULL */
	const char *summary; /* a file for a summary in Markdown, or NULL */
	bool blocks;   /* output takes texts of several lines: NAME<<MARK */
	bool commands; /* lines on standard error can be commands, "::..." */
	/*
	 * {system, run, job, attempt, actor, commit, ref, url}, as far as known;
	 * only printable text of a bounded length.  NULL if nothing is.
	 */
	struct node *run;
};

void ci_find(struct ci *out, const struct env *env);
void ci_release(struct ci *c);

/* Are these two runs of deliver the same run by the same actor? */
bool ci_is_same_run(const struct node *a, const struct node *b);

/* "refs/tags/v1" or another name of what is built, or NULL; borrowed. */
const char *ci_ref(const struct ci *c);

/* What the checkout that is built says of itself. */
struct ci_project {
	char *message; /* of the tag, else of the commit; NULL without either */
	bool tagged;   /* it is a tag's annotation */
	bool shallow;  /* there is more history than this clone has */
};

/*
 * Look at the project around cwd; commit NULL is HEAD, ref as ci_ref().  Where
 * there is no project all stays empty.  The message is yours.
 */
struct err *ci_look(struct ci_project *out, const char *cwd, const char *commit,
    const char *ref) MUST_CHECK;

/* A word that occurs nowhere else. */
#define CI_MARK 65
struct err *ci_mark(char out[static CI_MARK]) MUST_CHECK;

/*
 * "name=value", or a block for a value of several lines, between marks as
 * ci_mark() makes them.  Without blocks only the first line is kept.
 */
void ci_put_output(struct buf *out, const struct ci *c, const char *name,
    const char *value, const char *mark);

/* A text in a summary: what Markdown or HTML would take for its own is not. */
void ci_add_markdown(struct buf *out, const char *text);

#endif
