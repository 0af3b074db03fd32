/* SPDX-License-Identifier: ISC */
#include "core/util/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/mem.h"

struct err {
	enum err_code code;
	char *text;
	char *advice;
};

static struct err *
make(enum err_code code, char *text)
{
	struct err *e = mem_alloc(sizeof(*e));

	e->code = code;
	e->text = text;
	e->advice = NULL;
	return e;
}

struct err *
err_new(enum err_code code, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	return make(code, text);
}

/* What a user can do about it, where there is something; else NULL. */
static const char *
remedy(int number)
{
	switch (number) {
	case ENOSPC:
	case EDQUOT:
		return "make room on that disk, then do it again";
	case EFBIG:
		return "that is more than a file may have there: see ulimit -f";
	case EROFS:
		return "it can only be read there: mount it for writing, or "
		       "name another place";
	case EACCES:
	case EPERM:
		return "this user may not: ls -ld shows who may";
	case EMFILE:
	case ENFILE:
		return "too many files are open at once: see ulimit -n";
	case EIO:
		return "the disk may be failing: copy what is on it first";
	default:
		return NULL;
	}
}

struct err *
err_errno(const char *fmt, ...)
{
	char why[128];
	int number = errno;
	const char *reason = strerror_r(number, why, sizeof(why));
	const char *hint = remedy(number);
	struct err *e;
	va_list ap;
	char *what, *text;

	va_start(ap, fmt);
	what = mem_vprintf(fmt, ap);
	va_end(ap);
	text = mem_printf("%s: %s", what, reason);
	free(what);
	e = make(ERR_SYSTEM, text);
	return hint != NULL ? err_hint(e, "%s", hint) : e;
}

struct err *
err_wrap(struct err *e, const char *fmt, ...)
{
	va_list ap;
	char *intent, *text;

	if (e == NULL)
		return NULL;
	va_start(ap, fmt);
	intent = mem_vprintf(fmt, ap);
	va_end(ap);
	text = mem_printf("%s: %s", intent, e->text);
	free(intent);
	free(e->text);
	e->text = text;
	return e;
}

struct err *
err_hint(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return NULL;
	free(e->advice);
	va_start(ap, fmt);
	e->advice = mem_vprintf(fmt, ap);
	va_end(ap);
	return e;
}

struct err *
err_first(struct err *e, struct err *later)
{
	if (e == NULL)
		return later;
	err_drop(later);
	return e;
}

bool
err_is(const struct err *e, enum err_code code)
{
	return e != NULL && e->code == code;
}

const char *
err_name(const struct err *e)
{
	static const char *const names[] = {
		[ERR_USAGE] = "usage",
		[ERR_NOT_FOUND] = "not-found",
		[ERR_EXISTS] = "exists",
		[ERR_SYNTAX] = "syntax",
		[ERR_INVALID] = "invalid",
		[ERR_CONFLICT] = "conflict",
		[ERR_MISMATCH] = "mismatch",
		[ERR_LIMIT] = "limit",
		[ERR_UNSUPPORTED] = "unsupported",
		[ERR_SYSTEM] = "system",
	};

	return names[e->code];
}

const char *
err_text(const struct err *e)
{
	return e->text;
}

const char *
err_advice(const struct err *e)
{
	return e->advice;
}

void
err_drop(struct err *e)
{
	if (e == NULL)
		return;
	free(e->text);
	free(e->advice);
	free(e);
}
