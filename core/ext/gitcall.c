/* SPDX-License-Identifier: ISC */
#include "core/ext/gitcall.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MAX (8u << 20) /* of what is read as a whole */

const char *const call_quiet[] = { CALL_QUIET, NULL };
const char *const call_with_empty[] = { CALL_QUIET, "DEED_EMPTY=", NULL };

struct err *
call_run(const char *dir, const char *const *argv, const char *const *env,
    const struct buf *in, struct buf *out, struct buf *errs, int *status)
{
	struct proc_spec spec = {
		.argv = argv,
		.dir = dir,
		.env = env != NULL ? env : call_quiet,
		.in = in != NULL ? in->data : NULL,
		.in_len = in != NULL ? in->len : 0,
		.out_max = ANSWER_MAX,
	};

	return proc_run(&spec, out, errs, status);
}

struct err *
call_said(const char *what, struct buf *errs)
{
	errs->data[strcspn(errs->data, "\r\n")] = '\0';
	return err_new(ERR_SYSTEM, "git %s failed: %s", what,
	    errs->data[0] != '\0' ? errs->data : "no reason given");
}

struct err *
call_ask(const char *dir, const char *const *argv, const char *const *env,
    const struct buf *in, struct buf *out)
{
	struct buf errs = BUF_INIT;
	int status;
	struct err *e = call_run(dir, argv, env, in, out, &errs, &status);

	if (e == NULL && status != 0)
		e = call_said(argv[1][0] == '-' ? "call" : argv[1], &errs);
	buf_release(&errs);
	return e;
}

struct err *
records_start(struct records *r, const char *dir, const char *const *argv,
    const char *const *env, const struct buf *in)
{
	struct proc_spec spec = {
		.argv = argv,
		.dir = dir,
		.env = env != NULL ? env : call_quiet,
		.in = in != NULL ? in->data : NULL,
		.in_len = in != NULL ? in->len : 0,
	};

	*r = (struct records){ .proc = { -1, -1, -1, NULL } };
	buf_init(&r->b);
	return proc_start(&r->proc, &spec);
}

struct err *
records_next(struct records *r, char **record)
{
	char *start, *nul;

	*record = NULL;
	for (;;) {
		ssize_t n;

		start = r->b.data + r->at;
		nul = memchr(start, '\0', r->b.len - r->at);
		if (nul != NULL) {
			*record = start;
			r->at = (size_t)(nul + 1 - r->b.data);
			return NULL;
		}
		if (r->ended)
			return NULL;
		memmove(r->b.data, start, r->b.len - r->at);
		buf_cut(&r->b, r->b.len - r->at);
		r->at = 0;
		if (r->b.len > ANSWER_MAX)
			return err_new(
			    ERR_LIMIT, "git gave a record without end");
		buf_reserve(&r->b, 64 << 10);
		do {
			n = read(r->proc.out, r->b.data + r->b.len, 64 << 10);
		} while (n < 0 && errno == EINTR);
		if (n < 0)
			return err_errno("cannot read from git");
		r->ended = n == 0;
		r->b.len += (size_t)n;
		r->b.data[r->b.len] = '\0';
	}
}

struct err *
records_end(struct records *r, struct err *e)
{
	buf_release(&r->b);
	return err_first(e, proc_finish(&r->proc));
}

void
call_set(struct strs *argv, const char *setting)
{
	strs_add(argv, "-c");
	strs_add(argv, setting);
}

void
call_neutral(struct strs *argv, const char *driver)
{
	static const char *const keys[] = { "clean", "smudge", "process",
		"required" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strchr(driver, '=') != NULL) {
			/* -c would end the name there */
			strs_take(argv,
			    mem_printf("--config-env=filter.%s.%s=DEED_EMPTY",
				driver, keys[i]));
			continue;
		}
		strs_add(argv, "-c");
		strs_take(argv,
		    mem_printf("filter.%s.%s=%s", driver, keys[i],
			strcmp(keys[i], "required") == 0 ? "false" : ""));
	}
}
