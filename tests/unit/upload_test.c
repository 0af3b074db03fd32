/* SPDX-License-Identifier: ISC */
#include "core/upload.h"

#include <fcntl.h>
#include <stdio.h>

#include "core/cut.h"
#include "core/zip.h"

#include "tests/unit/tool.h"

#define MEMBERS 40
#define LIMIT 30000

/* An archive of many files and links, the fifth larger than the limit. */
static char *
make_archive(const char *dir)
{
	char *path = path_join(dir, "whole.zip"), name[40];
	struct zip_spec spec = { .path = path, .threads = 1 };
	struct zip_total total;
	struct zip *z;

	spec.fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(spec.fd >= 0);
	assert_ok(zip_new(&z, &spec));
	for (unsigned i = 0; i < MEMBERS; i++) {
		struct zip_member m = { name,
			i % 10 == 9 ? ZIP_LINK : ZIP_FILE };
		struct buf bytes = BUF_INIT;

		snprintf(name, sizeof(name), "n\xc3\xbc%02u", i);
		if (m.type == ZIP_LINK)
			buf_adds(&bytes, "a");
		else
			add_noise(&bytes, i == 4 ? 40000 : 500 * i, i);
		m.size = (int64_t)bytes.len;
		assert_ok(zip_begin(z, &m));
		assert_ok(zip_write(z, bytes.data, bytes.len));
		assert_ok(zip_end(z));
		buf_release(&bytes);
	}
	assert_ok(zip_finish(z, &total));
	zip_free(z);
	close(spec.fd);
	return path;
}

/* Write a part to a file of its own; its path, yours. */
static char *
write_part(const struct cut *c, size_t i, const char *dir)
{
	char name[40], *path, sha256[SHA256_HEX], found[SHA256_HEX];
	int64_t size;
	int fd;

	snprintf(name, sizeof(name), "part-%02zu.zip", i);
	path = path_join(dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_ok(cut_write(c, &c->parts.v[i], fd, path, sha256));
	close(fd);
	assert_ok(digest_file(path, found, &size));
	assert_string_equal(found, sha256);
	assert_int_equal(size, c->parts.v[i].size);
	return path;
}

static void
each_part_is_a_zip_and_together_they_are_the_whole(void **state)
{
	char *dir = scratch(), *whole = make_archive(dir);
	size_t members = 0, large = 0;
	struct cut c;

	(void)state;
	assert_ok(cut_open(&c, whole));
	assert_false(cut_at_most(&c, LIMIT)); /* one member is larger */
	for (size_t i = 0; i < c.parts.n; i++) {
		char *path = write_part(&c, i, dir);
		struct cut part;

		/* read as a stranger's: headers and directory agree */
		assert_ok(cut_open(&part, path));
		assert_int_equal(part.dir.members.n, c.parts.v[i].n);
		for (size_t k = 0; k < part.dir.members.n; k++, members++) {
			struct zipdir_member *a = &c.dir.members.v[members];
			struct zipdir_member *b = &part.dir.members.v[k];

			assert_string_equal(a->name, b->name);
			assert_int_equal(a->crc, b->crc);
			assert_int_equal(a->mode, b->mode);
			assert_int_equal(a->end - a->at, b->end - b->at);
		}
		large += c.parts.v[i].size > LIMIT;
		cut_close(&part);
		free(path);
	}
	assert_int_equal(members, MEMBERS);
	assert_int_equal(large, 1);
	cut_close(&c);
	file_remove_tree(dir);
	free(whole);
	free(dir);
}

static void
parts_are_as_large_as_the_limit_lets_them(void **state)
{
	char *dir = scratch(), *whole = make_archive(dir);
	struct cut c, exact;

	(void)state;
	assert_ok(cut_open(&c, whole));
	cut_at_most(&c, LIMIT);
	/* to the byte: what just fits is one part, what does not is two */
	assert_ok(cut_open(&exact, whole));
	cut_at_most(&exact, c.parts.v[0].size);
	assert_int_equal(exact.parts.v[0].n, c.parts.v[0].n);
	cut_close(&exact);
	assert_ok(cut_open(&exact, whole));
	cut_at_most(&exact, c.parts.v[0].size - 1);
	assert_int_equal(exact.parts.v[0].n, c.parts.v[0].n - 1);
	cut_close(&exact);
	cut_close(&c);
	file_remove_tree(dir);
	free(whole);
	free(dir);
}

static void
parts_that_were_recorded_must_come_out_again(void **state)
{
	char *dir = scratch(), *whole = make_archive(dir);
	struct node *archive = node_map(), *parts, *last;
	int64_t members;

	(void)state;
	assert_ok(upload_cut(&parts, whole, "FO1", "d2", 0));
	assert_null(parts); /* no limit */
	assert_ok(upload_cut(&parts, whole, "FO1", "d2", 1 << 30));
	assert_null(parts); /* small enough */
	assert_ok(upload_cut(&parts, whole, "FO1", "d2", LIMIT));
	assert_true(parts->n > 9);
	assert_string_equal(node_text(parts->kids[0], "name"),
	    "FO1-delivery-2-part-01-of-18.zip");
	node_put(archive, "parts", parts);
	assert_ok(upload_check(whole, archive));
	last = parts->kids[parts->n - 1];
	members = node_number(last, "members", 0);
	node_put_int(last, "members", members + 1);
	assert_err(upload_check(whole, archive), ERR_MISMATCH, "cut into");
	node_put_int(last, "members", members - 1);
	assert_err(upload_check(whole, archive), ERR_MISMATCH, "part 18");
	node_put_int(last, "members", members);
	node_put_str(parts->kids[0], "sha256", "0123");
	assert_err(upload_check(whole, archive), ERR_MISMATCH, "part 1 ");
	node_free(archive);
	file_remove_tree(dir);
	free(whole);
	free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_part_is_a_zip_and_together_they_are_the_whole),
		cmocka_unit_test(parts_are_as_large_as_the_limit_lets_them),
		cmocka_unit_test(parts_that_were_recorded_must_come_out_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
