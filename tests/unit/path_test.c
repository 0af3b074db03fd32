/* SPDX-License-Identifier: ISC */
#include "core/util/path.h"

#include "tests/unit/unit.h"

static void
is_now(char *made, const char *wanted)
{
	assert_string_equal(made, wanted);
	free(made);
}

static void
joining_keeps_one_slash(void **state)
{
	(void)state;
	is_now(path_join("a", "b"), "a/b");
	is_now(path_join("a/", "b/c"), "a/b/c");
	is_now(path_join("a//", "b"), "a/b");
	is_now(path_join("/", "b"), "/b");
	is_now(path_join("a", "/b"), "/b");
	is_now(path_join("", "b"), "b");
	is_now(path_join("a/", "."), "a");
	is_now(path_join("a", ""), "a");
}

static void
base_and_parent_split_a_path(void **state)
{
	(void)state;
	assert_string_equal(path_base("a/b.c"), "b.c");
	assert_string_equal(path_base("b.c"), "b.c");
	is_now(path_parent("a/b/c"), "a/b");
	is_now(path_parent("c"), ".");
	is_now(path_parent("/c"), "/");
}

static void
a_clean_path_has_no_detours(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "a/./b//c/", "a/b/c" },
		{ "", "." },
		{ ".", "." },
		{ "/", "/" },
		{ "//a", "/a" },
		{ "a/..", "." },
		{ "a/../b", "b" },
		{ "../a", "../a" },
		{ "../../a/..", "../.." },
		{ "/..", "/" },
		{ "/../a", "/a" },
		{ "a/b/../../..", ".." },
		{ "...", "..." },
		{ "a/..b", "a/..b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_now(path_clean(cases[i].in), cases[i].out);
}

static void
a_strangers_name_stays_below_its_folder(void **state)
{
	static const char *const good[] = { "a", "a/b", "..a", "a..", "...",
		" a", "caf\xc3\xa9/\xe6\x97\xa5", "a\\b", "C:" };
	static const char *const bad[] = { "", "/a", "..", "../a", "a/../b",
		"a/..", ".", "a/./b", "a//b", "a/", "a\nb", "a\tb", "a\x7f",
		"\x1b[2J", "caf\xe9",
		"a\xc2\x85"
		"b",
		"a\xc2\x9b"
		"b",
		"a\xe2\x80\xa8"
		"b" };
	char *longest = mem_zero(1, PATH_NAME_MAX + 2);

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_ok(path_vet(good[i], "x.zip"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_err(path_vet(bad[i], "x.zip"), ERR_INVALID, "x.zip: ");
	memset(longest, 'a', PATH_NAME_MAX);
	assert_ok(path_vet(longest, "x.zip"));
	longest[PATH_NAME_MAX] = 'a';
	assert_err(path_vet(longest, "x.zip"), ERR_INVALID, "too long");
	free(longest);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joining_keeps_one_slash),
		cmocka_unit_test(base_and_parent_split_a_path),
		cmocka_unit_test(a_clean_path_has_no_detours),
		cmocka_unit_test(a_strangers_name_stays_below_its_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
