/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/ext/unpack.h"
#include "core/util/file.h"
#include "core/util/mem.h"
#include "core/util/path.h"
#include "tests/fuzz/fuzz.h"

/*
 * The law of strangers' archives: whatever the bytes are, names that come out
 * may be vetted, sizes are as declared, and no more comes out than the limits
 * allow.
 */

static void
member_law(struct unpack *u, const struct unpack_entry *m, uint64_t *sum)
{
	int64_t declared = m->size, read = 0;
	size_t len = 1;
	struct err *e = path_vet(m->name, "a member");

	LAW(e == NULL);
	if (m->type != UNPACK_FILE)
		return;
	while (e == NULL && len > 0) {
		const void *p;

		e = unpack_read(u, &p, &len);
		if (e == NULL)
			read += (int64_t)len;
	}
	if (e == NULL && declared >= 0)
		LAW(read == declared);
	*sum += (uint64_t)read;
	err_drop(e); /* a stranger's archive may be broken */
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("archive", MFD_CLOEXEC);
	char *path = mem_printf("/proc/self/fd/%d", fd);
	const struct unpack_entry *m = NULL;
	struct unpack *u = NULL;
	uint64_t sum = 0;
	struct err *e = file_write_fd(fd, data, size, "archive");

	LAW(e == NULL);
	if ((e = unpack_open(&u, path, NULL)) == NULL)
		while ((e = unpack_next(u, &m)) == NULL && m != NULL)
			member_law(u, m, &sum);
	LAW(sum <= UNPACK_FREE + (uint64_t)size * UNPACK_RATIO);
	err_drop(e); /* most inputs are no archive */
	unpack_close(u);
	free(path);
	close(fd);
	return 0;
}
