/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_FILE_H
#define DEED_CORE_UTIL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "core/util/buf.h"
#include "core/util/vec.h"

/*
 * The file system.  Everything deed writes goes through here, so this is the
 * one place where writing can fail, and where tests make it fail.  Errors are
 * ERR_SYSTEM and name the path, unless said otherwise.
 */

bool file_exists(const char *path); /* anything; a link is not followed */
bool file_is_dir(const char *path);
struct err *file_stat(struct stat *out, const char *path) MUST_CHECK;
/*
 * A folder of which many files are asked for: the way to it is gone once.
 * Close *fd.
 */
struct err *file_open_dir(int *fd, const char *path) MUST_CHECK;
struct err *file_stat_in(
    struct stat *out, int dir, const char *name) MUST_CHECK;

/*
 * Whole contents behind what is in out already.  ERR_NOT_FOUND if there is no
 * such file, ERR_LIMIT beyond max bytes.
 */
struct err *file_read(struct buf *out, const char *path, size_t max) MUST_CHECK;
struct err *file_read_fd(
    struct buf *out, int fd, const char *name, size_t max) MUST_CHECK;

/*
 * The bytes of a file that is only ever replaced as a whole, without a copy:
 * a large one costs half as much as by file_read().  What is changed in them
 * stays in memory.  Errors as there; release it also after one.
 */
struct file_map {
	char *data;
	size_t len;
};
struct err *file_map(
    struct file_map *out, const char *path, size_t max) MUST_CHECK;
void file_unmap(struct file_map *m);

/* Names in a folder, sorted as bytes, without "." and "..". */
struct err *file_list(struct strs *out, const char *dir) MUST_CHECK;
/* Remove files in a folder whose names begin so: what was never finished. */
void file_drop_begun(const char *dir, const char *start);

/* Write all of it, whatever the kernel cuts it into. */
struct err *file_write_fd(
    int fd, const void *p, size_t len, const char *name) MUST_CHECK;
struct err *file_write_at(
    int fd, const void *p, size_t len, off_t at, const char *name) MUST_CHECK;

/*
 * Put contents in place so that a reader sees the old file or the new one,
 * and the new one is on disk when this returns.
 */
struct err *file_replace(
    const char *path, const void *p, size_t len, mode_t mode) MUST_CHECK;
/* The same with the temporary file in temp_dir, on the same file system. */
struct err *file_replace_via(const char *temp_dir, const char *path,
    const void *p, size_t len, mode_t mode) MUST_CHECK;

/*
 * What a file system promises of changes that were not flushed, once a later
 * one has been: on ext4 and xfs the journal holds them in order, so that what
 * came before is on disk too, provided its bytes were sent (file_send()).  A
 * rename over a file does that by itself on ext4.
 */
enum file_order { FILE_UNORDERED, FILE_ORDERED, FILE_ORDERED_RENAMES };
enum file_order file_order_of(const char *path);

/* Send the bytes written so far to the device, without flushing that. */
struct err *file_send(int fd, const char *path) MUST_CHECK;
/* Have the kernel begin to send these bytes, and wait for nothing. */
void file_send_early(int fd, off_t at, off_t len);
/*
 * These bytes will not be read again soon: what of them was sent need not be
 * held in memory, which is better lent to what comes next.
 */
void file_let_go(int fd, off_t at, off_t len);
/* Flush a file by its name. */
struct err *file_sync_path(const char *path) MUST_CHECK;

/*
 * As file_replace_via(), but where changes keep their order it is on disk only
 * when a later change is.
 */
struct err *file_replace_in_order(const char *temp_dir, const char *path,
    const void *p, size_t len, mode_t mode) MUST_CHECK;

/*
 * The two halves of that, for several files: all that can fail for want of
 * room is done by the first.  *temp, the name of the finished file, is yours.
 */
struct err *file_stage(char **temp, const char *temp_dir, const char *path,
    const void *p, size_t len, mode_t mode) MUST_CHECK;
struct err *file_settle(const char *temp, const char *path) MUST_CHECK;

/* Behind what is there already; the file is made if it is not there. */
struct err *file_append(const char *path, const void *p, size_t len) MUST_CHECK;
/* A new file, on disk when this returns; ERR_EXISTS if there is one. */
struct err *file_create(
    const char *path, const void *p, size_t len, mode_t mode) MUST_CHECK;

/* An open, empty, private file in dir; *temp is its name, yours. */
struct err *file_temp(char **temp, int *fd, const char *dir) MUST_CHECK;
/*
 * A file for a folder that is not ours, which gets its name when it is whole:
 *
 *	file_draft(&d, dir), write to d.fd,
 *	file_publish(&d, path)	flushed, ERR_EXISTS if the name is taken
 *	file_drop(&d)		always
 *
 * Where the file system can, it has no name until then, so that nothing is
 * left of it if we are killed.  shown is for messages.
 */
struct file_draft {
	int fd;
	char *temp; /* its private name, where it needs one */
	const char *shown;
};
struct err *file_draft(struct file_draft *d, const char *dir) MUST_CHECK;
struct err *file_publish(
    struct file_draft *d, const char *path, mode_t mode) MUST_CHECK;
void file_drop(struct file_draft *d);

/* A private folder in dir; *temp is its name, yours. */
struct err *file_temp_dir(char **temp, const char *dir) MUST_CHECK;

/* Wait for a lock on a folder, which closing *fd releases. */
struct err *file_lock_dir(int *fd, const char *dir) MUST_CHECK;

struct err *file_mkdirs(const char *path, mode_t mode) MUST_CHECK;
struct err *file_mkdir_for(const char *path, mode_t mode) MUST_CHECK;
struct err *file_rename(const char *from, const char *to) MUST_CHECK;
struct err *file_unlink(const char *path) MUST_CHECK; /* absent is fine */
struct err *file_sync(int fd, const char *path) MUST_CHECK;
struct err *file_sync_dir(const char *path) MUST_CHECK;
struct err *file_chmod(const char *path, mode_t mode) MUST_CHECK;
struct err *file_set_mtime(const char *path, int64_t time) MUST_CHECK;

/*
 * The same bytes under a second name, which must not exist: a hard link if
 * may_link and the file system can, else a clone of the blocks, else a copy.
 */
struct err *file_share(
    const char *from, const char *to, bool may_link) MUST_CHECK;
/* A new file that is seen when it is whole and on disk. */
struct err *file_appear(
    const char *path, const void *p, size_t len, mode_t mode) MUST_CHECK;
/* Such a copy under a name that is seen when it is whole and on disk. */
struct err *file_copy(const char *from, const char *to, mode_t mode) MUST_CHECK;

void file_remove_tree(const char *path); /* as far as it goes */

#endif
