/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/util/zipdir.h"
#include "tests/fuzz/fuzz.h"

/*
 * The law of a ZIP's directory: of one that is taken, the members lie in the
 * file, in order, none within another.
 */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("zip", MFD_CLOEXEC);
	struct zipdir d;
	uint64_t at = 0;
	struct err *e = file_write_fd(fd, data, size, "zip");

	LAW(e == NULL);
	e = zipdir_read(&d, fd, (int64_t)size, "zip");
	for (size_t i = 0; e == NULL && i < d.members.n; i++) {
		const struct zipdir_member *m = &d.members.v[i];

		LAW(m->name != NULL);
		LAW(m->at >= at && m->end > m->at && m->end <= size);
		at = m->end;
	}
	LAW(!err_is(e, ERR_SYSTEM));
	err_drop(e); /* most inputs are no ZIP */
	zipdir_release(&d);
	close(fd);
	return 0;
}
