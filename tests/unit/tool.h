/* SPDX-License-Identifier: ISC */
#ifndef DEED_TESTS_UNIT_TOOL_H
#define DEED_TESTS_UNIT_TOOL_H

#include "core/util/path.h"
#include "core/util/proc.h"
#include "tests/unit/unit.h"

/*
 * Other people's programs, for tests that compare with them.  They run in dir,
 * with a home of their own, so no setting of the machine changes what they do.
 */

/* Run a shell script; its exit status. */
static inline int
shell_status(const char *dir, const char *script, struct buf *out)
{
	char *home = mem_printf("HOME=%s", dir);
	const char *const argv[] = { "sh", "-ec", script, NULL };
	const char *const env[] = { home, "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=A U Thor", "GIT_AUTHOR_EMAIL=a@example.org",
		"GIT_COMMITTER_NAME=C O Mitter",
		"GIT_COMMITTER_EMAIL=c@example.org",
		"GIT_AUTHOR_DATE=2026-11-23T10:15:02Z",
		"GIT_COMMITTER_DATE=2026-11-23T10:15:03Z", "LC_ALL=C.UTF-8",
		NULL };
	struct proc_spec spec = { .argv = argv, .dir = dir, .env = env };
	struct buf errs = BUF_INIT;
	int status;

	assert_ok(proc_run(&spec, out, &errs, &status));
	if (status != 0)
		print_message("%s\n%s%s\n", script, out->data, errs.data);
	buf_release(&errs);
	free(home);
	return status;
}

/* Run a shell script, which must succeed. */
static inline void
shell(const char *dir, const char *script)
{
	struct buf out = BUF_INIT;

	assert_int_equal(shell_status(dir, script, &out), 0);
	buf_release(&out);
}

/* What it prints, without the last line feed; yours. */
static inline char *
shell_says(const char *dir, const char *script)
{
	struct buf out = BUF_INIT;

	assert_int_equal(shell_status(dir, script, &out), 0);
	if (out.len > 0 && out.data[out.len - 1] == '\n')
		buf_cut(&out, out.len - 1);
	return buf_steal(&out);
}

/* Bytes that do not compress. */
static inline void
add_noise(struct buf *b, size_t len, uint64_t seed)
{
	buf_reserve(b, len);
	for (size_t i = 0; i < len; i++)
		b->data[b->len++] = (char)any(&seed, 256);
	b->data[b->len] = '\0';
}

/* Lines that do. */
static inline void
add_text(struct buf *b, size_t len, uint64_t seed)
{
	while (b->len < len)
		buf_addf(
		    b, "line %u of %u\n", any(&seed, 10000), any(&seed, 100));
	buf_cut(b, len);
}

static inline void
put_file(const char *dir, const char *name, const char *p, size_t len)
{
	char *path = path_join(dir, name);

	assert_ok(file_mkdir_for(path, 0755));
	assert_ok(file_create(path, p, len, 0644));
	free(path);
}

#endif
