/* SPDX-License-Identifier: ISC */
/*
 * What clang-tidy cannot see for itself, which looks at one file at a time: an
 * error that was made is there, and stays so when it is wrapped.
 */
#ifndef DEED_TESTS_LINT_TIDY_H
#define DEED_TESTS_LINT_TIDY_H

#include <stddef.h>

#include "core/util/err.h"

static inline struct err *
tidy_made(struct err *e)
{
	if (e == NULL)
		__builtin_unreachable();
	return e;
}

static inline struct err *
tidy_kept(const struct err *before, struct err *e)
{
	if ((before == NULL) != (e == NULL))
		__builtin_unreachable();
	return e;
}

#pragma clang diagnostic ignored "-Wshadow" /* one in another */
/* clang-format off */
#define err_new(...) tidy_made(err_new(__VA_ARGS__))
#define err_errno(...) tidy_made(err_errno(__VA_ARGS__))
#define err_wrap(E, ...) \
	({ struct err *e_ = (E); tidy_kept(e_, err_wrap(e_, __VA_ARGS__)); })
#define err_hint(E, ...) \
	({ struct err *e_ = (E); tidy_kept(e_, err_hint(e_, __VA_ARGS__)); })
/* clang-format on */

#endif
