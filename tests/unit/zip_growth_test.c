/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <unistd.h>

#include "core/ext/deflate.h"
#include "core/zip.h"
#include "tests/unit/tool.h"

#define N_GROWTHS 5

/* Members that grow, in the order of their names. */
static const struct {
	const char *name;
	size_t len;
	bool hex;
} kinds[N_GROWTHS] = {
	{ "b-empty", 0 },
	{ "c-short", 77 },
	{ "d-piece", DEFLATE_PIECE },
	{ "e-pieces", DEFLATE_PIECE * 3, true },
	{ "f-long", DEFLATE_PIECE * 9 + 1 },
};

struct seen {
	char sha256[N_GROWTHS + 2][SHA256_HEX];
	size_t n;
};

static void
see(void *arg, const struct zip_record *record)
{
	struct seen *seen = arg;

	memcpy(seen->sha256[seen->n++], record->sha256, SHA256_HEX);
}

static int
open_file(const char *dir, const char *name)
{
	char *path = path_join(dir, name);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	free(path);
	return fd;
}

static void
put_plain(struct zip *z, const char *name)
{
	struct zip_member m = { .name = name, .size = 4 };

	assert_ok(zip_begin(z, &m));
	assert_ok(zip_write(z, "abcd", 4));
	assert_ok(zip_end(z));
}

/* Let all grow by turns, some bytes at a time, with a member in between. */
static void
grow_all(struct zip *z, const char *dir, const struct buf *bytes, size_t step)
{
	struct zip_growth *g[N_GROWTHS];
	int fds[N_GROWTHS];
	bool more = true;

	for (size_t i = 0; i < N_GROWTHS; i++) {
		fds[i] = open_file(dir, kinds[i].name);
		g[i] = zip_growth_new(z, fds[i], kinds[i].hex);
	}
	for (size_t at = 0; more; at += step) {
		more = false;
		for (size_t i = 0; i < N_GROWTHS; i++) {
			size_t left = at < kinds[i].len ? kinds[i].len - at : 0;

			assert_ok(zip_growth_add(g[i], bytes[i].data + at,
			    left < step ? left : step));
			more = more || left > step;
		}
	}
	for (size_t i = 0; i < N_GROWTHS; i++)
		assert_ok(zip_growth_end(g[i]));
	put_plain(z, "a");
	for (size_t i = 0; i < N_GROWTHS; i++)
		assert_ok(zip_growth_put(g[i], kinds[i].name));
	put_plain(z, "g");
	for (size_t i = 0; i < N_GROWTHS; i++)
		close(fds[i]);
}

/* out.zip of them in dir, whose digest is total. */
static void
make_zip(struct zip_total *total, const char *dir, const struct buf *bytes,
    unsigned threads, size_t step)
{
	struct seen seen = { .n = 0 };
	struct zip_spec spec = { .fd = open_file(dir, "out.zip"),
		.path = "out.zip",
		.threads = threads,
		.quick = true,
		.done = see,
		.arg = &seen };
	char sha256[SHA256_HEX];
	struct zip *z;

	assert_ok(zip_new(&z, &spec));
	grow_all(z, dir, bytes, step);
	assert_ok(zip_finish(z, total));
	zip_free(z);
	close(spec.fd);
	assert_int_equal(seen.n, N_GROWTHS + 2);
	for (size_t i = 0; i < N_GROWTHS; i++) {
		digest_of(bytes[i].data, bytes[i].len, sha256);
		assert_string_equal(seen.sha256[i + 1], sha256);
	}
}

static void
members_that_grow_are_the_same_whoever_packs_them(void **state)
{
	char *dir = scratch(), *from = path_join(dir, "from"), *said;
	struct buf bytes[N_GROWTHS];
	struct zip_total one, other;

	(void)state;
	for (size_t i = 0; i < N_GROWTHS; i++) {
		buf_init(&bytes[i]);
		add_text(&bytes[i], kinds[i].len, (unsigned)i);
		put_file(from, kinds[i].name, bytes[i].data, bytes[i].len);
	}
	put_file(from, "a", "abcd", 4);
	put_file(from, "g", "abcd", 4);
	make_zip(&one, dir, bytes, 1, 100003);
	make_zip(&other, dir, bytes, 4, DEFLATE_PIECE * 2);
	assert_string_equal(one.sha256, other.sha256);
	make_zip(&other, dir, bytes, 2, 333);
	assert_string_equal(one.sha256, other.sha256);
	said = shell_says(dir,
	    "unzip -tqq out.zip && 7z t out.zip >7z.log && mkdir to && cd to && "
	    "unzip -q ../out.zip && diff -r . ../from && "
	    "sha256sum <../out.zip | cut -c1-64");
	assert_string_equal(said, one.sha256);
	free(said);
	for (size_t i = 0; i < N_GROWTHS; i++)
		buf_release(&bytes[i]);
	file_remove_tree(dir);
	free(from);
	free(dir);
}

static void
one_that_never_gets_its_place_is_in_no_archive(void **state)
{
	char *dir = scratch();
	struct buf text = BUF_INIT;
	struct zip_spec spec = { .fd = open_file(dir, "out.zip"),
		.path = "out.zip",
		.quick = true };
	int fd = open_file(dir, "packed");
	struct zip_total total;
	struct zip *z;

	(void)state;
	add_text(&text, DEFLATE_PIECE * 2, 1);
	assert_ok(zip_new(&z, &spec));
	assert_ok(
	    zip_growth_add(zip_growth_new(z, fd, false), text.data, text.len));
	put_plain(z, "only");
	assert_ok(zip_finish(z, &total));
	assert_int_equal(total.members, 1);
	zip_free(z);
	shell(dir, "unzip -tqq out.zip && test $(stat -c %s out.zip) -lt 200");
	buf_release(&text);
	close(fd);
	close(spec.fd);
	file_remove_tree(dir);
	free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    members_that_grow_are_the_same_whoever_packs_them),
		cmocka_unit_test(
		    one_that_never_gets_its_place_is_in_no_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
