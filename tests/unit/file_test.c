/* SPDX-License-Identifier: ISC */
#include "core/util/file.h"

#include <fcntl.h>
#include <time.h>

#include "core/util/path.h"
#include "tests/unit/unit.h"

struct place {
	char *dir, *file;
};

static int
enter(void **state)
{
	struct place *at = mem_zero(1, sizeof(*at));

	at->dir = scratch();
	at->file = path_join(at->dir, "file");
	*state = at;
	return 0;
}

static int
leave(void **state)
{
	struct place *at = *state;

	file_remove_tree(at->dir);
	assert_false(file_exists(at->dir));
	free(at->dir);
	free(at->file);
	free(at);
	return 0;
}

static void
holds(const char *path, const char *text)
{
	struct buf b = BUF_INIT;

	assert_ok(file_read(&b, path, 1000));
	assert_bytes(&b, text);
	buf_release(&b);
}

static void
replacing_leaves_the_new_file_and_nothing_else(void **state)
{
	struct place *at = *state;
	struct strs names = VEC_INIT;
	struct stat st;

	assert_ok(file_replace(at->file, "old", 3, 0600));
	assert_ok(file_replace(at->file, "newer", 5, 0640));
	holds(at->file, "newer");
	assert_ok(file_stat(&st, at->file));
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_ok(file_list(&names, at->dir));
	assert_int_equal(names.n, 1);
	strs_release(&names);
}

static void
a_replacement_that_fails_leaves_the_old_file(void **state)
{
	struct place *at = *state;
	char *inside = path_join(at->file, "x");

	assert_ok(file_create(at->file, "old", 3, 0600));
	assert_err(
	    file_replace(inside, "new", 3, 0600), ERR_NOT_FOUND, at->file);
	holds(at->file, "old");
	assert_err(file_replace(at->dir, "new", 3, 0600), ERR_SYSTEM, at->dir);
	free(inside);
}

static void
creating_never_overwrites(void **state)
{
	struct place *at = *state;

	assert_ok(file_create(at->file, "first", 5, 0600));
	assert_err(
	    file_create(at->file, "second", 6, 0600), ERR_EXISTS, at->file);
	holds(at->file, "first");
}

static void
reading_has_a_limit(void **state)
{
	struct place *at = *state;
	struct buf b = BUF_INIT;

	assert_ok(file_create(at->file, "12345", 5, 0600));
	assert_ok(file_read(&b, at->file, 5));
	assert_ok(file_read(&b, at->file, 5));
	assert_bytes(&b, "1234512345");
	assert_err(file_read(&b, at->file, 4), ERR_LIMIT, at->file);
	assert_err(file_read(&b, at->dir, 4), ERR_SYSTEM, at->dir);
	assert_ok(file_unlink(at->file));
	assert_ok(file_unlink(at->file));
	assert_err(file_read(&b, at->file, 5), ERR_NOT_FOUND, at->file);
	buf_release(&b);
}

static void
a_mapped_file_is_the_file_and_stays_as_it_is(void **state)
{
	struct place *at = *state;
	struct file_map map;

	assert_ok(file_create(at->file, "12345", 5, 0600));
	assert_ok(file_map(&map, at->file, 5));
	assert_int_equal(map.len, 5);
	assert_memory_equal(map.data, "12345", 5);
	map.data[0] = '9';
	holds(at->file, "12345");
	assert_ok(file_replace(at->file, "", 0, 0600));
	assert_memory_equal(map.data, "92345", 5);
	file_unmap(&map);
	assert_ok(file_map(&map, at->file, 5));
	assert_int_equal(map.len, 0);
	file_unmap(&map);
	assert_ok(file_replace(at->file, "123456", 6, 0600));
	assert_err(file_map(&map, at->file, 5), ERR_LIMIT, at->file);
	file_unmap(&map);
	assert_err(file_map(&map, at->dir, 1 << 20), ERR_SYSTEM, at->dir);
	assert_ok(file_unlink(at->file));
	assert_err(file_map(&map, at->file, 5), ERR_NOT_FOUND, at->file);
	file_unmap(&map);
}

static void
a_full_disk_is_noticed(void **state)
{
	int fd = open("/dev/full", O_WRONLY);

	(void)state;
	assert_true(fd >= 0);
	assert_err(file_write_fd(fd, "x", 1, "the disk"), ERR_SYSTEM,
	    "cannot write the disk");
	close(fd);
}

static void
names_come_sorted_as_bytes(void **state)
{
	static const char *const made[] = { "b", "a", "B", "\xc3\xa9", ".x" };
	static const char *const sorted[] = { ".x", "B", "a", "b", "\xc3\xa9" };
	struct place *at = *state;
	struct strs names = VEC_INIT;

	for (size_t i = 0; i < 5; i++) {
		char *path = path_join(at->dir, made[i]);

		assert_ok(file_create(path, "", 0, 0600));
		free(path);
	}
	assert_ok(file_list(&names, at->dir));
	assert_int_equal(names.n, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(names.v[i], sorted[i]);
	strs_release(&names);
}

static void
folders_are_made_on_the_way(void **state)
{
	struct place *at = *state;
	char *deep = path_join(at->dir, "a/b/c/d");
	char *below = path_join(at->file, "x/y");

	assert_ok(file_mkdir_for(deep, 0700));
	assert_false(file_exists(deep));
	assert_ok(file_mkdirs(deep, 0700));
	assert_ok(file_mkdirs(deep, 0700));
	assert_true(file_is_dir(deep));
	assert_ok(file_create(at->file, "", 0, 0600));
	assert_err(file_mkdirs(below, 0700), ERR_SYSTEM, at->file);
	assert_err(file_mkdirs(at->file, 0700), ERR_SYSTEM, at->file);
	free(deep);
	free(below);
}

static void
shared_bytes_are_linked_or_copied_and_never_written_over(void **state)
{
	struct place *at = *state;
	char *link = path_join(at->dir, "link");
	char *copy = path_join(at->dir, "copy");
	struct stat a, b;

	assert_ok(file_create(at->file, "bytes", 5, 0600));
	assert_ok(file_share(at->file, link, true));
	assert_ok(file_share(at->file, copy, false));
	assert_ok(file_stat(&a, at->file));
	assert_ok(file_stat(&b, link));
	assert_true(a.st_ino == b.st_ino);
	assert_ok(file_stat(&b, copy));
	assert_true(a.st_ino != b.st_ino);
	holds(copy, "bytes");
	assert_err(file_share(at->file, link, true), ERR_EXISTS, link);
	assert_err(file_share(at->file, copy, false), ERR_EXISTS, copy);
	free(link);
	free(copy);
}

static void
removing_a_tree_follows_no_link(void **state)
{
	struct place *at = *state;
	char *tree = path_join(at->dir, "tree/sub");
	char *link = path_join(at->dir, "tree/sub/out");
	char *top = path_join(at->dir, "tree");

	assert_ok(file_create(at->file, "kept", 4, 0600));
	assert_ok(file_mkdirs(tree, 0700));
	assert_int_equal(symlink(at->dir, link), 0);
	file_remove_tree(top);
	assert_false(file_exists(top));
	holds(at->file, "kept");
	free(tree);
	free(link);
	free(top);
}

static void
times_are_set_to_the_second(void **state)
{
	struct place *at = *state;
	struct stat st;

	assert_ok(file_create(at->file, "", 0, 0600));
	assert_ok(file_set_mtime(at->file, 1795301727));
	assert_ok(file_stat(&st, at->file));
	assert_int_equal(st.st_mtime, 1795301727);
	assert_int_equal(st.st_mtim.tv_nsec, 0);
}

#define IN_SCRATCH(F) cmocka_unit_test_setup_teardown(F, enter, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(replacing_leaves_the_new_file_and_nothing_else),
		IN_SCRATCH(a_replacement_that_fails_leaves_the_old_file),
		IN_SCRATCH(creating_never_overwrites),
		IN_SCRATCH(reading_has_a_limit),
		IN_SCRATCH(a_mapped_file_is_the_file_and_stays_as_it_is),
		cmocka_unit_test(a_full_disk_is_noticed),
		IN_SCRATCH(names_come_sorted_as_bytes),
		IN_SCRATCH(folders_are_made_on_the_way),
		IN_SCRATCH(
		    shared_bytes_are_linked_or_copied_and_never_written_over),
		IN_SCRATCH(removing_a_tree_follows_no_link),
		IN_SCRATCH(times_are_set_to_the_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
