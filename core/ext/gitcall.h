/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_GITCALL_H
#define DEED_CORE_EXT_GITCALL_H

#include <stdbool.h>

#include "core/util/proc.h"
#include "core/util/vec.h"

/*
 * How a project's git is called, for the files that do: always without locks,
 * questions, network, and objects in the place of others.
 */

#define CALL_QUIET \
	"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", \
	    "GIT_NO_LAZY_FETCH=1", \
	    "GIT_ALLOW_PROTOCOL=", "GIT_NO_REPLACE_OBJECTS=1", \
	    "GIT_ATTR_NOSYSTEM=1", "GIT_LITERAL_PATHSPECS=1", \
	    "GIT_GLOB_PATHSPECS=0", "GIT_NOGLOB_PATHSPECS=0", \
	    "GIT_ICASE_PATHSPECS=0", "LC_ALL=C"

extern const char *const call_quiet[];
/* The same, and DEED_EMPTY for call_neutral(). */
extern const char *const call_with_empty[];

/* Run git; *status as it is.  env, in and errs may be NULL. */
struct err *call_run(const char *dir, const char *const *argv,
    const char *const *env, const struct buf *in, struct buf *out,
    struct buf *errs, int *status) MUST_CHECK;
/* Run git, which must succeed. */
struct err *call_ask(const char *dir, const char *const *argv,
    const char *const *env, const struct buf *in, struct buf *out) MUST_CHECK;
/* What git said when it failed, on one line: an error. */
struct err *call_said(const char *what, struct buf *errs) MUST_CHECK;

/* Records that end in NUL, from a running git. */
struct records {
	struct proc proc;
	struct buf b;
	size_t at;
	bool ended;
};

struct err *records_start(struct records *r, const char *dir,
    const char *const *argv, const char *const *env,
    const struct buf *in) MUST_CHECK;
/* The next record, NULL after the last; good until the next call. */
struct err *records_next(struct records *r, char **record) MUST_CHECK;
/* To be called whatever e is; returns it, or what git ended with. */
struct err *records_end(struct records *r, struct err *e) MUST_CHECK;

/* Add "-c setting". */
void call_set(struct strs *argv, const char *setting);
/* No filter driver of that name does anything; needs call_with_empty. */
void call_neutral(struct strs *argv, const char *driver);

#endif
