/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_PROC_H
#define DEED_CORE_UTIL_PROC_H

#include "core/util/buf.h"

/*
 * Other programs, started without a shell: argv[0] is looked up on PATH and
 * every argument arrives as it is.
 */

struct proc_spec {
	const char *const *argv; /* ends in NULL */
	const char *dir;         /* to run in; NULL: here */
	const char *const *env;  /* "NAME=value" added to ours; may be NULL */
	const void *in;          /* bytes for its standard input */
	size_t in_len;
	size_t out_max; /* more output than this is ERR_LIMIT */
};

#define PROC_OUT_MAX (64u << 20)

/*
 * Run to the end; out gets its standard output, errs (may be NULL) the last
 * 256 KiB of its standard error.  *status is its exit status, 128 + N for a
 * signal.  ERR_NOT_FOUND if there is no such program.
 */
struct err *proc_run(const struct proc_spec *spec, struct buf *out,
    struct buf *errs, int *status) MUST_CHECK;

/*
 * Run with our own standard streams, as an editor needs; where there is an in,
 * as for a pager, that is its standard input.
 */
struct err *proc_attached(const struct proc_spec *spec, int *status) MUST_CHECK;

/*
 * Start it and forget it: it has nothing of ours but the environment, outlives
 * us, and whether it ever ran is not known.
 */
void proc_detach(const struct proc_spec *spec);

/* A running program whose standard output is read as a stream. */
struct proc {
	int pid;
	int out;  /* its standard output: read this to the end */
	int errs; /* what it said on standard error, in an unnamed file */
	const char *name;
};

struct err *proc_start(struct proc *p, const struct proc_spec *spec) MUST_CHECK;
/*
 * Wait for it.  An error if it failed, with the last line it said.  Safe to
 * call early: it is then killed, and only that is no error.
 */
struct err *proc_finish(struct proc *p) MUST_CHECK;

#endif
