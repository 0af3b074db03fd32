/* SPDX-License-Identifier: ISC */
#include "core/evidence/bagcheck.h"

#include <fcntl.h>
#include <unistd.h>

#include "core/evidence/bag.h"
#include "core/util/path.h"
#include "core/verdict.h"
#include "tests/unit/unit.h"

#define MANIFEST \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" \
	"  data/abc\n"
#define V0_96 "BagIt-Version: 0.96\nTag-File-Character-Encoding: UTF-8\n"
#define V0_97 "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"
#define V1 "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

static char *root; /* of the test that runs */

static void
put(const char *name, const char *text)
{
	char *path = path_join(root, name);

	assert_ok(file_mkdir_for(path, 0700));
	assert_ok(file_replace(path, text, strlen(text), 0600));
	free(path);
}

static int
begin(void **state)
{
	(void)state;
	root = scratch();
	put("bagit.txt", V1);
	put("manifest-sha256.txt", MANIFEST);
	put("data/abc", "abc");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	file_remove_tree(root);
	free(root);
	return 0;
}

/* Is the bag at path valid?  *warned, if some reader might stumble. */
static bool
is_valid(const char *path, bool *warned)
{
	struct node *checks = node_list();
	struct bagcheck *b = NULL;
	struct parcel *p = NULL;
	bool valid;

	assert_ok(parcel_open(&p, path));
	assert_ok(bagcheck_run(&b, checks, p));
	valid = verdict_passed(checks);
	if (warned != NULL)
		*warned = b->warnings;
	bagcheck_free(b);
	parcel_close(p);
	node_free(checks);
	return valid;
}

#define assert_valid() assert_true(is_valid(root, NULL))
#define assert_invalid() assert_false(is_valid(root, NULL))

static void
the_smallest_bag_is_valid(void **state)
{
	(void)state;
	assert_valid();
}

static void
bagit_txt_has_two_lines_in_one_form(void **state)
{
	static const char *const bad[] = {
		"",
		"BagIt-Version: 1.0\n",
		"BagIt-Version: 1.0 \nTag-File-Character-Encoding: UTF-8\n",
		"BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n",
		"BagIt-Version:  1.0\nTag-File-Character-Encoding: UTF-8\n",
		"BagIt-Version:1.0\nTag-File-Character-Encoding: UTF-8\n",
		"BagIt-Version: .97\nTag-File-Character-Encoding: UTF-8\n",
		"BagIt-Version: 1\nTag-File-Character-Encoding: UTF-8\n",
		"BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n",
		"BagIt-Version: 0.92\nTag-File-Character-Encoding: UTF-8\n",
		"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-16\n",
		"BagIt-Version: 1.0\nTag-File-Character-Encoding: EBCDIC\n",
		"BagIt-Version: 1.0\nTag-File-Character-Encoding: \n",
		"Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n",
		V1 "More: 1\n",
		"\xef\xbb\xbf" V1,
		"BagIt-Version: 1.0\xff\nTag-File-Character-Encoding: UTF-8\n",
	};
	static const char *const good[] = {
		"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8",
		"BagIt-Version: 1.0\r\nTag-File-Character-Encoding: UTF-8\r\n",
		"BagIt-Version: 0.93\nTag-File-Character-Encoding: utf-8\n",
		"BagIt-Version: 0.97\nTag-File-Character-Encoding: "
		"ISO-8859-1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put("bagit.txt", bad[i]);
		assert_invalid();
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		put("bagit.txt", good[i]);
		assert_valid();
	}
}

static void
a_manifest_lists_each_payload_file_once(void **state)
{
	(void)state;
	put("manifest-sha256.txt", MANIFEST MANIFEST);
	assert_invalid();
	put("manifest-sha256.txt", "");
	assert_invalid();
	put("manifest-sha256.txt", MANIFEST "\n");
	assert_valid();
	put("data/more", "");
	assert_invalid();
}

static void
digests_may_be_in_capitals(void **state)
{
	char *upper = mem_dup(MANIFEST);

	(void)state;
	for (size_t i = 0; i < 64; i++)
		if (upper[i] >= 'a')
			upper[i] = (char)(upper[i] - 'a' + 'A');
	put("manifest-sha256.txt", upper);
	assert_valid();
	free(upper);
}

static void
paths_lead_nowhere_else(void **state)
{
	static const char *const paths[] = { "/data/abc", "../data/abc",
		"data/../data/abc", "data/../../x", "~/data/abc", "~root/x",
		"C:\\data\\abc", "c:data/abc", "data\\abc", "\\\\x\\y",
		"bagit.txt", "data", "data/", "data//abc", "data/./abc",
		"*data/abc", "data/abc\\" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char *line =
		    mem_printf(MANIFEST "%.64s  %s\n", MANIFEST, paths[i]);

		put("manifest-sha256.txt", line);
		assert_invalid();
		free(line);
	}
}

static void
only_line_ends_and_percent_are_encoded(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	put("manifest-sha256.txt",
	    MANIFEST
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	    "  data/100%25 %41\n");
	put("data/100% %41", "abc");
	assert_valid();
	bag_encode(&b, "a%b\r\nc %41 \xc3\xa9");
	assert_bytes(&b, "a%25b%0D%0Ac %2541 \xc3\xa9");
	buf_release(&b);
}

static void
all_manifests_count(void **state)
{
	(void)state;
	put("manifest-md5.txt", "900150983cd24fb0d6963f7d28e17f72  data/abc\n");
	put("manifest-sha1.txt",
	    "a9993e364706816aba3e25717850c26c9cd0d89d  data/abc\n");
	put("manifest-sha512.txt",
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
	    "  data/abc\n");
	assert_valid();
	put("manifest-sha224.txt",
	    "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"
	    "  data/abc\n");
	put("manifest-sha384.txt",
	    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	    "8086072ba1e7cc2358baeca134c825a7  data/abc\n");
	assert_valid();
	put("manifest-md5.txt", "900150983cd24fb0d6963f7d28e17f73  data/abc\n");
	assert_invalid();
	put("manifest-md5.txt", "");
	assert_invalid();
	put("bagit.txt", V0_97);
	assert_valid();
}

/* What drafts of BagIt let pass, and BagIt 1.0 does not. */
static void
drafts_are_read_as_they_were_meant(void **state)
{
	bool warned = false;

	(void)state;
	put("bagit.txt", V0_97);
	put("manifest-sha256.txt", MANIFEST MANIFEST);
	assert_true(is_valid(root, &warned));
	assert_true(warned);
	put("manifest-sha256.txt", MANIFEST "0" MANIFEST);
	assert_invalid();
	put("note.txt", "abc");
	put("manifest-sha256.txt",
	    MANIFEST
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	    "  note.txt\n");
	assert_invalid();
	put("bagit.txt", V0_96);
	assert_valid();
	put("note.txt", "abd");
	assert_invalid();
}

static void
an_algorithm_nobody_knows_is_not_enough(void **state)
{
	char *path = path_join(root, "manifest-sha256.txt");

	(void)state;
	put("manifest-sha3256.txt", "00  data/abc\n");
	assert_valid();
	assert_ok(file_unlink(path));
	assert_invalid();
	free(path);
}

static void
the_size_of_the_payload_must_be_the_announced(void **state)
{
	static const struct {
		const char *text;
		bool valid;
	} cases[] = {
		{ "Payload-Oxum: 3.1\n", true },
		{ "payload-oxum:3.1 \n", true },
		{ "Contact-Name: x\n", true },
		{ "Payload-Oxum: 3.2\n", false },
		{ "Payload-Oxum: 4.1\n", false },
		{ "Payload-Oxum: 3.11\n", false },
		{ "Payload-Oxum: 3\n", false },
		{ "Payload-Oxum: 3.1\nPayload-Oxum: 3.2\n", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put("bag-info.txt", cases[i].text);
		assert_int_equal(is_valid(root, NULL), cases[i].valid);
	}
}

static void
tag_files_that_are_listed_must_be_there_unchanged(void **state)
{
	(void)state;
	put("tagmanifest-sha256.txt",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	    "  note.txt\n");
	assert_invalid();
	put("note.txt", "abc");
	assert_valid();
	put("note.txt", "abd");
	assert_invalid();
	put("tagmanifest-sha256.txt", MANIFEST);
	assert_invalid();
}

static void
tag_files_that_would_fill_the_memory_are_refused(void **state)
{
	struct node *checks = node_list();
	struct bagcheck *b = NULL;
	struct parcel *p = NULL;
	struct err *e;

	(void)state;
	for (int i = 0; i < 5; i++) {
		char *path = mem_printf("%s/%d.txt", root, i);

		assert_ok(file_replace(path, "", 0, 0600));
		assert_int_equal(truncate(path, 15 << 20), 0);
		free(path);
	}
	assert_ok(parcel_open(&p, root));
	e = bagcheck_run(&b, checks, p);
	assert_err(e, ERR_LIMIT, "larger than 64 MiB together");
	parcel_close(p);
	node_free(checks);
}

static void
nothing_is_left_to_be_fetched(void **state)
{
	static const char *const bad[] = { "http://example.org/abc data/abc\n",
		"//example.org/abc 3 data/abc\n", "abc 3 data/abc\n",
		"http:/abc 3 data/abc\n", "http://example.org/abc x data/abc\n",
		"http://example.org/abc 3 \n" };

	(void)state;
	put("fetch.txt", "http://example.org/abc 3 data/abc\n");
	assert_valid();
	put("fetch.txt", "http://example.org/abc - data/more\n");
	assert_invalid();
	put("fetch.txt", "http://example.org/abc - /etc/passwd\n");
	assert_invalid();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put("fetch.txt", bad[i]);
		assert_invalid();
	}
}

static void
a_bag_may_lie_in_a_folder_of_its_own(void **state)
{
	char *inner = root, *outer = scratch();
	char *to = path_join(outer, "case");

	(void)state;
	assert_ok(file_rename(inner, to));
	free(to);
	free(inner);
	root = outer;
	assert_valid();
	put("beside.txt", "");
	assert_invalid();
}

static void
links_are_refused(void **state)
{
	char *path = path_join(root, "data/link");
	struct parcel *p = NULL;

	(void)state;
	assert_int_equal(symlink("abc", path), 0);
	assert_err(parcel_open(&p, root), ERR_INVALID, "neither a file");
	free(path);
}

/*
 * The bags of the conformance suite, and of bagit-java: what they are by the
 * stricter reading.
 */

static void
expect(const char *bags, const char *name, bool valid, bool warned)
{
	char *path = mem_printf("%s/%s", bags, name);
	bool warnings = false;

	if (is_valid(path, &warnings) != valid)
		fail_msg("%s should be %s", name, valid ? "valid" : "invalid");
	if (warned && !warnings)
		fail_msg("%s deserves a warning", name);
	free(path);
}

static void
expect_all(const char *bags, const char *folder, bool valid)
{
	char *path = mem_printf("%s/%s", bags, folder);
	struct strs names = VEC_INIT;

	assert_ok(file_list(&names, path));
	assert_true(names.n > 0);
	for (size_t i = 0; i < names.n; i++)
		expect(path, names.v[i], valid, false);
	strs_release(&names);
	free(path);
}

static void
the_conformance_suite_is_read_as_it_wants_to_be(void **state)
{
	char *bags = samples("bagit");
	char *suite = path_join(bags, "conformance-suite");
	static const char *const valid[] = { "v0.93/valid", "v0.94/valid",
		"v0.96/valid", "v0.97/valid" };
	static const char *const invalid[] = { "v0.97/invalid",
		"v0.97/linux-only", "v0.97/windows-only", "v1.0/invalid" };

	(void)state;
	for (size_t i = 0; i < sizeof(valid) / sizeof(valid[0]); i++)
		expect_all(suite, valid[i], true);
	for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++)
		expect_all(suite, invalid[i], false);
	expect(suite, "v0.97/warning/made-with-md5sum-tools", true, true);
	expect(suite, "v0.97/warning/relative-path", true, true);
	expect(suite, "v0.97/warning/duplicate-file-with-different-case", false,
	    false);
	expect(suite, "v0.97/warning/special-system-files", false, false);
	free(suite);
	free(bags);
}

static void
the_bags_of_bagit_java_are_told_apart(void **state)
{
	char *bags = samples("bagit/bagit-java");

	(void)state;
	expect(bags, "UTF-16-encoded-tag-files", true, false);
	expect(bags, "tagManifestsDiffer", true, false);
	expect(bags, "dotKeepExampleBag", false, false);
	expect(bags, "sha3Bag", false, false);
	free(bags);
}

#define IN_BAG(F) cmocka_unit_test_setup_teardown(F, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BAG(the_smallest_bag_is_valid),
		IN_BAG(bagit_txt_has_two_lines_in_one_form),
		IN_BAG(a_manifest_lists_each_payload_file_once),
		IN_BAG(digests_may_be_in_capitals),
		IN_BAG(paths_lead_nowhere_else),
		IN_BAG(only_line_ends_and_percent_are_encoded),
		IN_BAG(all_manifests_count),
		IN_BAG(drafts_are_read_as_they_were_meant),
		IN_BAG(an_algorithm_nobody_knows_is_not_enough),
		IN_BAG(the_size_of_the_payload_must_be_the_announced),
		IN_BAG(tag_files_that_are_listed_must_be_there_unchanged),
		IN_BAG(tag_files_that_would_fill_the_memory_are_refused),
		IN_BAG(nothing_is_left_to_be_fetched),
		IN_BAG(a_bag_may_lie_in_a_folder_of_its_own),
		IN_BAG(links_are_refused),
		cmocka_unit_test(
		    the_conformance_suite_is_read_as_it_wants_to_be),
		cmocka_unit_test(the_bags_of_bagit_java_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
