/* SPDX-License-Identifier: ISC */
#ifndef DEED_TESTS_UNIT_UNIT_H
#define DEED_TESTS_UNIT_UNIT_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/buf.h"
#include "core/util/err.h"
#include "core/util/file.h"

/*
 * What every unit test includes.  Tests run in the root of the repository;
 * their names are statements, and each is one promise.
 */

/* It went well; else its text is the failure. */
#define assert_ok(E) check_err((E), 0, NULL, __FILE__, __LINE__)

/* It is an error of this code, and WORDS (may be NULL) stand in its text. */
#define assert_err(E, CODE, WORDS) \
	check_err((E), (CODE), (WORDS), __FILE__, __LINE__)

/* The bytes in a struct buf are these. */
#define assert_bytes(B, TEXT) \
	do { \
		assert_string_equal((B)->data, (TEXT)); \
		assert_int_equal((B)->len, strlen(TEXT)); \
	} while (0)

static inline void
check_err(
    struct err *e, int code, const char *words, const char *file, int line)
{
	if (code == 0 && e != NULL) {
		print_error("an error: %s\n", err_text(e));
		_fail(file, line);
	}
	if (code != 0 && !err_is(e, (enum err_code)code)) {
		print_error("%s instead of \"%s\"\n",
		    e == NULL ? "no error" : err_text(e),
		    words == NULL ? "an error" : words);
		_fail(file, line);
	}
	if (words != NULL && strstr(err_text(e), words) == NULL) {
		print_error("\"%s\" does not say \"%s\"\n", err_text(e), words);
		_fail(file, line);
	}
	err_drop(e);
}

/* A numbers generator whose sequence is the same on every machine. */
static inline uint32_t
any(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % below;
}

/*
 * A folder of the samples, which lie beside the repository; the test is
 * skipped where they do not.
 */
static inline char *
samples(const char *folder)
{
	const char *root = getenv("DEED_SAMPLES");
	char *path = mem_printf(
	    "%s/%s", root != NULL ? root : "../shared/samples", folder);

	if (!file_is_dir(path)) {
		print_message("# skip: no samples at %s\n", path);
		free(path);
		skip();
	}
	return path;
}

/* A new empty folder; remove it with file_remove_tree(). */
static inline char *
scratch(void)
{
	const char *root = getenv("TMPDIR");
	char *path =
	    mem_printf("%s/deed-unit-XXXXXX", root != NULL ? root : "/tmp");

	assert_non_null(mkdtemp(path));
	return path;
}

#endif
