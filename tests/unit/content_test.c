/* SPDX-License-Identifier: ISC */
#include "core/content.h"

#include <locale.h>
#include <sys/stat.h>

#include "tests/unit/tool.h"

#define PRINT_SUMS "find . -type f | LC_ALL=C sort | xargs -d '\\n' sha256sum"

/* A folder with names that are hard to sort and to escape. */
static char *
make_folder(void)
{
	char *dir = scratch();

	shell(dir,
	    "mkdir -p in/a in/a-b in/d/e && cd in && printf x >a/x && "
	    "printf y >a-b/y && printf z >a.c && printf b >'b\\ack\\\\slash' && "
	    "printf u >'\xc3\xbcn\xc3\xaf' && : >' lead' && printf q >'q\"uo`te$' && "
	    "printf p >d/e/prog && chmod 755 d/e/prog && "
	    "ln -s a.c link && ln -s ../a.c d/up && printf A >Z");
	return dir;
}

static void
assert_same_digest(const struct content *a, const struct content *b)
{
	char x[SHA256_HEX], y[SHA256_HEX];

	content_digest(x, a);
	content_digest(y, b);
	assert_string_equal(x, y);
}

static void
sums_are_what_sha256sum_prints(void **state)
{
	char *dir = make_folder(), *in = path_join(dir, "in");
	char *printed = shell_says(in, PRINT_SUMS);
	char *digest = shell_says(in, PRINT_SUMS " | sha256sum | cut -c1-64");
	char own[SHA256_HEX];
	struct buf sums = BUF_INIT;
	struct content c;

	(void)state;
	assert_ok(content_of_folder(&c, in));
	content_sums(&sums, &c);
	buf_cut(&sums, sums.len - 1);
	assert_string_equal(sums.data, printed);
	content_digest(own, &c);
	assert_string_equal(own, digest);
	assert_int_equal(c.files.n, 9);
	content_release(&c);
	buf_release(&sums);
	free(digest);
	free(printed);
	file_remove_tree(dir);
	free(in);
	free(dir);
}

static void
any_container_of_the_same_files_has_the_same_content(void **state)
{
	static const char *const archives[] = { "x.zip", "x0.zip", "x.tar",
		"x.tar.gz", "x.tar.xz", "x.tar.zst", "x.7z" };
	const struct unpack_limits known = { .known = true };
	char *dir = make_folder(), *in = path_join(dir, "in");
	struct content folder;

	(void)state;
	assert_ok(content_of_folder(&folder, in));
	shell(dir,
	    "cd in && zip -qry ../x.zip . && zip -qry0 ../x0.zip . && "
	    "tar -cf ../x.tar . && gzip -k ../x.tar && xz -k ../x.tar && "
	    "bsdtar --zstd -cf ../x.tar.zst . && "
	    "bsdtar --format 7zip -cf ../x.7z .");
	for (size_t i = 0; i < sizeof(archives) / sizeof(archives[0]); i++) {
		char *path = path_join(dir, archives[i]);
		struct content c;

		assert_ok(content_of_archive(&c, path, &known));
		assert_same_digest(&c, &folder);
		assert_int_equal(c.shape.n, 3);
		content_release(&c);
		free(path);
	}
	content_release(&folder);
	file_remove_tree(dir);
	free(in);
	free(dir);
}

static void
names_are_utf_8_in_every_locale(void **state)
{
	char *dir = scratch(), *path = path_join(dir, "x.zip");
	char *tar = path_join(dir, "x.tar.gz");
	struct content c;

	(void)state;
	shell(dir,
	    "printf u >'\xc3\xbcn\xc3\xaf' && printf e >'\xf0\x9f\x93\xa6' && "
	    "zip -q x.zip ??* && tar -czf x.tar.gz '\xf0\x9f\x93\xa6'");
	setlocale(LC_ALL, "C");
	assert_ok(content_of_archive(&c, path, NULL));
	assert_int_equal(c.files.n, 2);
	assert_string_equal(c.files.v[0].name, "\xc3\xbcn\xc3\xaf");
	assert_string_equal(c.files.v[1].name, "\xf0\x9f\x93\xa6");
	content_release(&c);
	assert_ok(content_of_archive(&c, tar, NULL));
	assert_string_equal(c.files.v[0].name, "\xf0\x9f\x93\xa6");
	content_release(&c);
	file_remove_tree(dir);
	free(tar);
	free(path);
	free(dir);
}

static void
the_shape_tells_links_and_modes_apart(void **state)
{
	char a[SHA256_HEX], b[SHA256_HEX];
	struct content c;

	(void)state;
	content_init(&c);
	content_shape(a, &c);
	content_add_program(&c, "run");
	content_sort(&c);
	content_shape(b, &c);
	assert_string_not_equal(a, b);
	content_add_link(&c, "link", "target");
	content_sort(&c);
	content_shape(a, &c);
	assert_string_not_equal(a, b);
	content_release(&c);

	/* in any order */
	content_add_link(&c, "link", "target");
	content_add_program(&c, "run");
	content_sort(&c);
	content_shape(b, &c);
	assert_string_equal(a, b);
	content_release(&c);
}

static void
sums_are_read_back(void **state)
{
	char *dir = make_folder(), *in = path_join(dir, "in");
	struct buf sums = BUF_INIT, again = BUF_INIT;
	struct content c, parsed;

	(void)state;
	assert_ok(content_of_folder(&c, in));
	content_sums(&sums, &c);
	assert_ok(content_parse(&parsed, sums.data, sums.len, "sums"));
	content_sums(&again, &parsed);
	assert_string_equal(again.data, sums.data);
	content_release(&parsed);

	assert_err(content_parse(&parsed, sums.data, sums.len - 1, "sums"),
	    ERR_SYNTAX, "sums:9: ");
	assert_err(
	    content_parse(&parsed, "x\n", 2, "sums"), ERR_SYNTAX, "sums:1: ");
	buf_clear(&again);
	buf_addf(&again, "\\%064d  ./a\\nb\n", 0);
	assert_err(content_parse(&parsed, again.data, again.len, "sums"),
	    ERR_SYNTAX, "sums:1: ");
	content_release(&c);
	buf_release(&again);
	buf_release(&sums);
	file_remove_tree(dir);
	free(in);
	free(dir);
}

static void
differences_are_told_by_name(void **state)
{
	char x[SHA256_HEX], y[SHA256_HEX];
	struct strs here = VEC_INIT, there = VEC_INIT, changed = VEC_INIT;
	struct content a, b;

	(void)state;
	digest_of("x", 1, x);
	digest_of("y", 1, y);
	content_init(&a);
	content_init(&b);
	content_add(&a, "both", x);
	content_add(&a, "edited", x);
	content_add(&a, "new", x);
	content_add(&b, "both", x);
	content_add(&b, "edited", y);
	content_add(&b, "old", x);
	assert_true(content_compare(&a, &a, &here, &there, &changed));
	assert_int_equal(here.n + there.n + changed.n, 0);
	assert_false(content_compare(&a, &b, &here, &there, &changed));
	assert_int_equal(here.n, 1);
	assert_string_equal(here.v[0], "new");
	assert_int_equal(there.n, 1);
	assert_string_equal(there.v[0], "old");
	assert_int_equal(changed.n, 1);
	assert_string_equal(changed.v[0], "edited");
	strs_release(&here);
	strs_release(&there);
	strs_release(&changed);
	content_release(&a);
	content_release(&b);
}

static void
a_folder_with_a_pipe_or_a_line_feed_in_a_name_is_refused(void **state)
{
	char *dir = scratch(), *pipe = path_join(dir, "pipe");
	struct content c;

	(void)state;
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_err(content_of_folder(&c, dir), ERR_INVALID, "pipe is neither");
	assert_ok(file_unlink(pipe));
	put_file(dir, "a\nb", "", 0);
	assert_err(content_of_folder(&c, dir), ERR_INVALID, "control");
	file_remove_tree(dir);
	free(pipe);
	free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_what_sha256sum_prints),
		cmocka_unit_test(
		    any_container_of_the_same_files_has_the_same_content),
		cmocka_unit_test(names_are_utf_8_in_every_locale),
		cmocka_unit_test(the_shape_tells_links_and_modes_apart),
		cmocka_unit_test(sums_are_read_back),
		cmocka_unit_test(differences_are_told_by_name),
		cmocka_unit_test(
		    a_folder_with_a_pipe_or_a_line_feed_in_a_name_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
