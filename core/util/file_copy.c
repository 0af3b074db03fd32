/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/util/file_parts.h"
#include "core/util/path.h"

#define SEND (16 << 20) /* of a copy, sent while the rest is made */

static struct err *
copy_bytes(int from, int to, const char *path)
{
	off_t done = 0, sent = 0;
	char *chunk;
	struct err *e = NULL;

	if (ioctl(to, FICLONE, from) == 0)
		return NULL;
	chunk = mem_alloc(IO_CHUNK);
	while (e == NULL) {
		ssize_t n = read(from, chunk, IO_CHUNK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			e = n < 0 ? err_errno("cannot read %s", path) : NULL;
			break;
		}
		e = file_write_fd(to, chunk, (size_t)n, path);
		done += n;
		if (done - sent >= SEND) {
			file_send_early(to, sent, done - sent);
			sent = done;
		}
	}
	free(chunk);
	return e;
}

struct err *
file_share(const char *from, const char *to, bool may_link)
{
	int in, out;
	struct err *e;

	if (may_link && link(from, to) == 0)
		return NULL;
	if (may_link && errno == EEXIST)
		return err_new(ERR_EXISTS, "%s exists already", to);
	in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return file_cannot("read", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (out < 0) {
		e = errno == EEXIST ?
		    err_new(ERR_EXISTS, "%s exists already", to) :
		    file_cannot("create", to);
		close(in);
		return e;
	}
	e = copy_bytes(in, out, to);
	if (e == NULL)
		e = file_sync(out, to);
	if (e != NULL)
		unlink(to);
	close(in);
	close(out);
	return e;
}

struct err *
file_copy(const char *from, const char *to, mode_t mode)
{
	struct file_draft d = { .fd = -1 };
	char *dir = path_parent(to);
	int in = open(from, O_RDONLY | O_CLOEXEC);
	struct err *e = in < 0 ? file_cannot("read", from) : NULL;

	if (e == NULL && (e = file_draft(&d, dir)) == NULL &&
	    (e = copy_bytes(in, d.fd, to)) == NULL)
		e = file_publish(&d, to, mode);
	file_drop(&d);
	if (in >= 0)
		close(in);
	free(dir);
	return e;
}
