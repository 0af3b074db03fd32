/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/attestation.h"
#include "core/util/file.h"
#include "tests/fuzz/folder.h"

/*
 * The law of attestations: no more subjects are found in a delivery than there
 * are, and what is none is refused by an error that names the file.
 */

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf sums = BUF_INIT;
	struct node *n = NULL;
	char *path;
	struct err *e;

	folder_start();
	path = path_join(folder_dir, "bundle.json");
	folder_put_file(path, (const char *)data, size);
	buf_adds(&sums, ABC "  ./abc\n");
	e = attestation_read(&n, path, ABC, &sums);
	LAW((e == NULL) == (n != NULL));
	if (n != NULL) {
		LAW(node_text(n, "form") != NULL);
		LAW(node_number(n, "matches", -1) >= 0);
		LAW(node_number(n, "matches", 0) <=
		    node_number(n, "subjects", -1));
	} else {
		LAW(strstr(err_text(e), "bundle.json") != NULL);
	}
	err_drop(e); /* most inputs are none */
	node_free(n);
	buf_release(&sums);
	free(path);
	return 0;
}
