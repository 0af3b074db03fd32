/* SPDX-License-Identifier: ISC */
#include "core/evidence/bagcheck.h"
#include "core/evidence/inspect.h"
#include "core/signature.h"
#include "core/util/utf8.h"
#include "core/verdict.h"
#include "tests/fuzz/folder.h"

/*
 * The laws of packages from the other side: whatever the bytes are, each check
 * has a name and a result, and nobody is trusted.  Of a bag that passes, every
 * payload file stands in its manifest with the SHA-256 that it has.
 *
 * An input is a folder, as tests/fuzz/folder.h has it, or a ZIP.
 */

static void
result_law(const struct node *checks)
{
	struct buf json = BUF_INIT;

	for (size_t i = 0; i < node_count(checks); i++) {
		const struct node *n = node_at(checks, i);
		const char *result = node_text(n, "result");

		LAW(node_text(n, "name")[0] != '\0');
		LAW(strcmp(result, "pass") == 0 ||
		    strcmp(result, "fail") == 0 ||
		    strcmp(result, "skipped") == 0);
		LAW(node_get(n, "grade") == NULL ||
		    !node_text_is(n, "grade", "signed"));
	}
	node_write_json(&json, checks);
	LAW(utf8_valid(json.data, json.len));
	buf_release(&json);
}

/* Is every file below data/ in the manifest as it is? */
static void
payload_law(const struct bagcheck *b, const char *folder)
{
	const struct buf *manifest = bagcheck_text(b, "manifest-sha256.txt");

	for (size_t i = 0; manifest != NULL && i < b->files.n; i++) {
		const char *name = b->files.v[i].name;
		char *path = path_join(folder, name), sha256[SHA256_HEX];
		struct err *e = NULL;

		if (strncmp(name, "data/", 5) == 0) {
			e = digest_file(path, sha256, NULL);
			LAW(e == NULL);
			LAW(strcasestr(manifest->data, sha256) != NULL);
		}
		free(path);
	}
}

static void
check_bag(const char *path, bool is_folder)
{
	struct node *checks = node_list();
	struct bagcheck *b = NULL;
	struct parcel *p = NULL;
	struct err *e = parcel_open(&p, path);

	if (e == NULL && (e = bagcheck_run(&b, checks, p)) == NULL) {
		result_law(checks);
		if (is_folder && verdict_passed(checks))
			payload_law(b, path);
	}
	LAW(!err_is(e, ERR_SYSTEM));
	err_drop(e); /* most inputs are no bag */
	bagcheck_free(b);
	parcel_close(p);
	node_free(checks);
}

static void
check_package(const char *path)
{
	struct signers signers = SIGNERS_INIT;
	const struct judge judge = { .signers = &signers,
		.roots = "/dev/null",
		.helper = "/nowhere/deed-mail",
		.temp_dir = folder_dir,
		.threads = 1,
		.now = 1795000000 };
	const struct inspect_options options = { .judge = &judge };
	struct node *checks = node_list();
	struct err *e = inspect_package(checks, path, &options);

	if (e == NULL)
		result_law(checks);
	err_drop(e); /* most inputs are no package */
	node_free(checks);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size;
	char *path;
	bool is_folder;

	folder_start();
	if (size == 0 || size > 1u << 20)
		return 0;
	path = path_join(folder_dir, "bag");
	is_folder = folder_put(path, p, end);
	if (!is_folder)
		folder_put_file(path, p, size);
	check_bag(path, is_folder);
	check_package(path);
	file_remove_tree(path);
	free(path);
	return 0;
}
