/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_ERR_H
#define DEED_CORE_UTIL_ERR_H

#include <stdbool.h>

#include "core/util/attr.h"

/*
 * Errors are values.  A function that can fail returns a struct err *: NULL
 * for success, else an error the caller now owns and must pass on (as it is,
 * or with err_wrap() saying what was being attempted) or err_drop(), with a
 * comment saying why that is right.
 *
 * Forgetting one is a compiler warning (MUST_CHECK) and, past that, a leak
 * which the sanitizer build reports.
 *
 * A text is lower case, has no full stop and names the thing that is wrong;
 * wrapped, it reads from the intent to the cause on one line.  Text that came
 * from outside is made safe for a terminal where it is printed.
 */

enum err_code {
	ERR_USAGE = 1, /* the command line makes no sense */
	ERR_NOT_FOUND,
	ERR_EXISTS,
	ERR_SYNTAX,   /* a file is not well formed */
	ERR_INVALID,  /* well formed, but against a rule */
	ERR_CONFLICT, /* somebody else changed it, or holds it */
	ERR_MISMATCH, /* a digest or signature does not agree */
	ERR_LIMIT,    /* more than a documented limit allows */
	ERR_UNSUPPORTED,
	ERR_SYSTEM, /* errno, or a library said so */
};

struct err;

struct err *err_new(enum err_code code, const char *fmt, ...)
    PRINTF(2, 3) MUST_CHECK;

/* From errno, whose meaning is appended; with advice where there is some. */
struct err *err_errno(const char *fmt, ...) PRINTF(1, 2) MUST_CHECK;

/* "text: " goes in front.  NULL stays NULL. */
struct err *err_wrap(struct err *e, const char *fmt, ...)
    PRINTF(2, 3) MUST_CHECK;

/* Advice, printed on its own line; replaces earlier advice.  NULL stays. */
struct err *err_hint(struct err *e, const char *fmt, ...)
    PRINTF(2, 3) MUST_CHECK;

/* The first of two errors, for clean-up that can fail too. */
struct err *err_first(struct err *e, struct err *later) MUST_CHECK;

bool err_is(const struct err *e, enum err_code code); /* e may be NULL */

const char *err_name(const struct err *e);   /* "not-found": for --json */
const char *err_text(const struct err *e);   /* until e is dropped */
const char *err_advice(const struct err *e); /* may be NULL */

void err_drop(struct err *e);

#endif
