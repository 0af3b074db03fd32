/* SPDX-License-Identifier: ISC */
#include "core/util/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/util/file_parts.h"
#include "core/util/path.h"

bool
file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool
file_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

struct err *
file_cannot(const char *verb, const char *path)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return err_new(
		    ERR_NOT_FOUND, "cannot %s %s: no such file", verb, path);
	return err_errno("cannot %s %s", verb, path);
}

struct err *
file_stat(struct stat *out, const char *path)
{
	return lstat(path, out) == 0 ? NULL : file_cannot("look at", path);
}

struct err *
file_open_dir(int *fd, const char *path)
{
	*fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? file_cannot("open", path) : NULL;
}

struct err *
file_stat_in(struct stat *out, int dir, const char *name)
{
	return fstatat(dir, name, out, AT_SYMLINK_NOFOLLOW) == 0 ?
	    NULL :
	    file_cannot("look at", name);
}

struct err *
file_read_fd(struct buf *out, int fd, const char *name, size_t max)
{
	size_t start = out->len;

	for (;;) {
		ssize_t n;

		buf_reserve(out, IO_CHUNK);
		n = read(fd, out->data + out->len, IO_CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno("cannot read %s", name);
		if (n == 0)
			break;
		out->len += (size_t)n;
		if (out->len - start > max)
			return err_new(ERR_LIMIT, "%s is larger than %zu bytes",
			    name, max);
	}
	out->data[out->len] = '\0';
	return NULL;
}

struct err *
file_read(struct buf *out, const char *path, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	struct err *e;

	if (fd < 0)
		return file_cannot("read", path);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size < (off_t)max)
		buf_reserve(out, (size_t)st.st_size + IO_CHUNK);
	e = file_read_fd(out, fd, path, max);
	close(fd);
	return e;
}

struct err *
file_map(struct file_map *out, const char *path, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	struct err *e = NULL;
	void *p;

	*out = (struct file_map){ buf_empty, 0 };
	if (fd < 0)
		return file_cannot("read", path);
	if (fstat(fd, &st) != 0) {
		e = err_errno("cannot read %s", path);
	} else if (st.st_size > (off_t)max) {
		e = err_new(
		    ERR_LIMIT, "%s is larger than %zu bytes", path, max);
	} else if (st.st_size > 0) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED)
			e = err_errno("cannot read %s", path);
		else
			*out = (struct file_map){ p, (size_t)st.st_size };
	}
	close(fd);
	return e;
}

void
file_unmap(struct file_map *m)
{
	if (m->len > 0)
		munmap(m->data, m->len);
	*m = (struct file_map){ buf_empty, 0 };
}

struct err *
file_list(struct strs *out, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	if (d == NULL)
		return file_cannot("list", dir);
	while ((entry = readdir(d)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			strs_add(out, entry->d_name);
	closedir(d);
	strs_sort(out);
	return NULL;
}

struct err *
file_write_fd(int fd, const void *p, size_t len, const char *name)
{
	const char *at = p;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno("cannot write %s", name);
		at += n;
		len -= (size_t)n;
	}
	return NULL;
}

struct err *
file_write_at(int fd, const void *p, size_t len, off_t at, const char *name)
{
	const char *from = p;

	while (len > 0) {
		ssize_t n = pwrite(fd, from, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno("cannot write %s", name);
		from += n;
		at += n;
		len -= (size_t)n;
	}
	return NULL;
}

struct err *
file_sync(int fd, const char *path)
{
	return fsync(fd) == 0 ? NULL : err_errno("cannot sync %s", path);
}

struct err *
file_sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct err *e;

	if (fd < 0)
		return file_cannot("open", path);
	e = file_sync(fd, path);
	close(fd);
	return e;
}

enum file_order
file_order_of(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) != 0)
		return FILE_UNORDERED;
	switch ((unsigned long)fs.f_type) {
	case EXT4_SUPER_MAGIC:
		return FILE_ORDERED_RENAMES;
	case XFS_SUPER_MAGIC:
		return FILE_ORDERED;
	default:
		return FILE_UNORDERED;
	}
}

struct err *
file_send(int fd, const char *path)
{
	if (sync_file_range(fd, 0, 0,
		SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
		    SYNC_FILE_RANGE_WAIT_AFTER) == 0)
		return NULL;
	return err_errno("cannot write %s", path);
}

void
file_send_early(int fd, off_t at, off_t len)
{
	/* it is only there to save time later */
	(void)sync_file_range(fd, at, len, SYNC_FILE_RANGE_WRITE);
}

void
file_let_go(int fd, off_t at, off_t len)
{
	(void)posix_fadvise(fd, at, len, POSIX_FADV_DONTNEED);
}

struct err *
file_sync_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct err *e;

	if (fd < 0)
		return file_cannot("open", path);
	e = file_sync(fd, path);
	close(fd);
	return e;
}

struct err *
file_temp(char **temp, int *fd, const char *dir)
{
	*temp = mem_printf("%s/.deed-XXXXXX", dir);
	*fd = mkostemp(*temp, O_CLOEXEC);
	if (*fd >= 0)
		return NULL;
	free(*temp);
	*temp = NULL;
	return file_cannot("create a file in", dir);
}

struct err *
file_draft(struct file_draft *d, const char *dir)
{
	d->temp = NULL;
	d->shown = dir;
	d->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (d->fd >= 0)
		return NULL;
	/* an old kernel sees a folder opened for writing */
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
		return file_cannot("create a file in", dir);
	return file_temp(&d->temp, &d->fd, dir);
}

static int
give_name(const struct file_draft *d, const char *path)
{
	char self[40];

	if (d->temp != NULL)
		return link(d->temp, path);
	snprintf(self, sizeof(self), "/proc/self/fd/%d", d->fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

/* Some file systems know no second name: there the first one is changed. */
static int
change_name(struct file_draft *d, const char *path)
{
	int rc = renameat2(AT_FDCWD, d->temp, AT_FDCWD, path, RENAME_NOREPLACE);

	if (rc != 0 && errno == EINVAL && !file_exists(path))
		rc = rename(d->temp, path);
	if (rc == 0) {
		free(d->temp);
		d->temp = NULL;
	}
	return rc;
}

struct err *
file_publish(struct file_draft *d, const char *path, mode_t mode)
{
	char *dir;
	struct err *e;

	if (fchmod(d->fd, mode) != 0)
		return err_errno("cannot set the mode of %s", path);
	if ((e = file_sync(d->fd, path)) != NULL)
		return e;
	if (give_name(d, path) != 0 &&
	    (errno == EEXIST || d->temp == NULL || change_name(d, path) != 0))
		return errno == EEXIST ?
		    err_new(ERR_EXISTS, "%s exists already", path) :
		    file_cannot("create", path);
	if (d->temp != NULL)
		unlink(d->temp);
	free(d->temp);
	d->temp = NULL;
	dir = path_parent(path);
	e = file_sync_dir(dir);
	free(dir);
	return e;
}

void
file_drop(struct file_draft *d)
{
	if (d->temp != NULL)
		unlink(d->temp);
	free(d->temp);
	if (d->fd >= 0)
		close(d->fd);
	d->temp = NULL;
	d->fd = -1;
}

struct err *
file_temp_dir(char **temp, const char *dir)
{
	*temp = mem_printf("%s/.deed-XXXXXX", dir);
	if (mkdtemp(*temp) != NULL)
		return NULL;
	free(*temp);
	*temp = NULL;
	return file_cannot("create a folder in", dir);
}

struct err *
file_rename(const char *from, const char *to)
{
	return rename(from, to) == 0 ? NULL : file_cannot("rename", from);
}

struct err *
file_unlink(const char *path)
{
	if (unlink(path) == 0 || errno == ENOENT)
		return NULL;
	return err_errno("cannot remove %s", path);
}

struct err *
file_replace(const char *path, const void *p, size_t len, mode_t mode)
{
	char *dir = path_parent(path);
	struct err *e = file_replace_via(dir, path, p, len, mode);

	free(dir);
	return e;
}

/* A finished file in temp_dir, to be path later: its name goes to *out. */
static struct err *
prepare(char **out, const char *temp_dir, const char *path, const void *p,
    size_t len, mode_t mode, bool in_order)
{
	int fd = -1;
	struct err *e = file_temp(out, &fd, temp_dir);

	if (e != NULL)
		return e;
	if (fchmod(fd, mode) != 0)
		e = err_errno("cannot set the mode of %s", *out);
	if (e == NULL && (e = file_write_fd(fd, p, len, path)) == NULL)
		e = in_order ? file_send(fd, path) : file_sync(fd, path);
	close(fd);
	if (e != NULL) {
		unlink(*out);
		free(*out);
		*out = NULL;
	}
	return e;
}

static struct err *
settle(const char *temp, const char *path, bool in_order)
{
	char *dir;
	struct err *e;

	if (rename(temp, path) != 0)
		return file_cannot("replace", path);
	if (in_order)
		return NULL;
	dir = path_parent(path);
	e = file_sync_dir(dir);
	free(dir);
	return e;
}

static struct err *
replace(const char *temp_dir, const char *path, const void *p, size_t len,
    mode_t mode, bool in_order)
{
	char *temp = NULL;
	struct err *e = prepare(&temp, temp_dir, path, p, len, mode, in_order);

	if (e == NULL && (e = settle(temp, path, in_order)) != NULL)
		unlink(temp);
	free(temp);
	return e;
}

struct err *
file_replace_via(const char *temp_dir, const char *path, const void *p,
    size_t len, mode_t mode)
{
	return replace(temp_dir, path, p, len, mode, false);
}

struct err *
file_replace_in_order(const char *temp_dir, const char *path, const void *p,
    size_t len, mode_t mode)
{
	return replace(temp_dir, path, p, len, mode,
	    file_order_of(temp_dir) != FILE_UNORDERED);
}

struct err *
file_stage(char **temp, const char *temp_dir, const char *path, const void *p,
    size_t len, mode_t mode)
{
	return prepare(temp, temp_dir, path, p, len, mode,
	    file_order_of(temp_dir) != FILE_UNORDERED);
}

struct err *
file_settle(const char *temp, const char *path)
{
	char *dir = path_parent(path);
	bool in_order = file_order_of(dir) != FILE_UNORDERED;

	free(dir);
	return settle(temp, path, in_order);
}

struct err *
file_append(const char *path, const void *p, size_t len)
{
	int fd = open(
	    path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644);
	struct err *e;

	if (fd < 0)
		return err_errno("cannot write to %s", path);
	e = file_write_fd(fd, p, len, path);
	if (close(fd) != 0 && e == NULL)
		e = err_errno("cannot write to %s", path);
	return e;
}

struct err *
file_create(const char *path, const void *p, size_t len, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	char *dir;
	struct err *e;

	if (fd < 0 && errno == EEXIST)
		return err_new(ERR_EXISTS, "%s exists already", path);
	if (fd < 0)
		return file_cannot("create", path);
	e = file_write_fd(fd, p, len, path);
	if (e == NULL)
		e = file_sync(fd, path);
	close(fd);
	if (e != NULL) {
		unlink(path);
		return e;
	}
	dir = path_parent(path);
	e = file_sync_dir(dir);
	free(dir);
	return e;
}

struct err *
file_mkdirs(const char *path, mode_t mode)
{
	char *parent;
	struct err *e;

	if (mkdir(path, mode) == 0 || (errno == EEXIST && file_is_dir(path)))
		return NULL;
	if (errno != ENOENT)
		return err_errno("cannot make the folder %s", path);
	parent = path_parent(path);
	e = file_mkdirs(parent, mode);
	free(parent);
	if (e != NULL)
		return e;
	if (mkdir(path, mode) == 0 || errno == EEXIST)
		return NULL;
	return err_errno("cannot make the folder %s", path);
}

struct err *
file_mkdir_for(const char *path, mode_t mode)
{
	char *parent = path_parent(path);
	struct err *e = file_mkdirs(parent, mode);

	free(parent);
	return e;
}

struct err *
file_lock_dir(int *fd, const char *dir)
{
	*fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return file_cannot("lock", dir);
	while (flock(*fd, LOCK_EX) != 0)
		if (errno != EINTR)
			return err_errno("cannot lock %s", dir);
	return NULL;
}

struct err *
file_chmod(const char *path, mode_t mode)
{
	return chmod(path, mode) == 0 ? NULL :
					file_cannot("set the mode of", path);
}

struct err *
file_set_mtime(const char *path, int64_t time)
{
	struct timespec times[2] = {
		{ .tv_nsec = UTIME_OMIT },
		{ .tv_sec = (time_t)time },
	};

	if (utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0)
		return NULL;
	return file_cannot("set the time of", path);
}

struct err *
file_appear(const char *path, const void *p, size_t len, mode_t mode)
{
	struct file_draft d = { .fd = -1 };
	char *dir = path_parent(path);
	struct err *e = file_draft(&d, dir);

	if (e == NULL && (e = file_write_fd(d.fd, p, len, path)) == NULL)
		e = file_publish(&d, path, mode);
	file_drop(&d);
	free(dir);
	return e;
}

void
file_remove_tree(const char *path)
{
	struct strs names = VEC_INIT;
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		/* what cannot be listed cannot be removed either */
		err_drop(file_list(&names, path));
		for (size_t i = 0; i < names.n; i++) {
			char *child = path_join(path, names.v[i]);

			file_remove_tree(child);
			free(child);
		}
		rmdir(path);
	} else {
		unlink(path);
	}
	strs_release(&names);
}

void
file_drop_begun(const char *dir, const char *start)
{
	struct strs names = VEC_INIT;

	/* what cannot be listed is left for the next time */
	err_drop(file_list(&names, dir));
	for (size_t i = 0; i < names.n; i++) {
		char *path = path_join(dir, names.v[i]);

		if (strncmp(names.v[i], start, strlen(start)) == 0)
			unlink(path);
		free(path);
	}
	strs_release(&names);
}
