/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/ledger.h"
#include "core/lfs.h"
#include "tests/fuzz/fuzz.h"

/*
 * The laws of the small files of a ledger, which a clone brings along:
 * deed.yaml is taken in the one format there is; a Git LFS pointer that is
 * taken is written the same again; a path that is taken for an order's leads
 * to no other folder.
 */

static void
format_law(const char *p, size_t len)
{
	struct buf text = BUF_INIT;
	struct err *e;

	buf_add(&text, p, len);
	e = ledger_vet_format(&text, "deed.yaml");
	if (e == NULL)
		LAW(memmem(p, len, "format", 6) != NULL);
	else
		LAW(strstr(err_text(e), "deed.yaml") != NULL);
	err_drop(e); /* most inputs are another file */
	buf_release(&text);
}

static void
pointer_law(const char *p, size_t len)
{
	struct lfs_pointer pointer;
	struct buf again = BUF_INIT;
	size_t size;

	if (!lfs_read_pointer(&pointer, p, len))
		return;
	LAW(pointer.size >= 0);
	lfs_write_pointer(&again, &pointer);
	/* but for zeros before the size */
	size = (size_t)(strstr(again.data, "size ") - again.data);
	LAW(again.len <= len && memcmp(again.data, p, size) == 0);
	buf_release(&again);
}

static void
path_law(const char *text)
{
	char *month, *id, *back;

	if (!ledger_split_path(&month, &id, text))
		return;
	LAW(strlen(month) == 7 && strchr(month, '.') == NULL);
	LAW(strchr(id, '/') == NULL && id[0] != '.');
	back = ledger_order_path(month, id);
	LAW(strcmp(back, text) == 0);
	free(back);
	free(month);
	free(id);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_ndup((const char *)data, size);

	format_law(text, size);
	pointer_law(text, size);
	path_law(text);
	free(text);
	return 0;
}
