/* SPDX-License-Identifier: ISC */
#include "core/lfs.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/file.h"
#include "core/util/path.h"

static const char version_line[] =
    "version https://git-lfs.github.com/spec/v1\noid sha256:";

#define SECONDS_BACK 10

void
lfs_write_pointer(struct buf *out, const struct lfs_pointer *p)
{
	buf_addf(
	    out, "%s%s\nsize %" PRId64 "\n", version_line, p->oid, p->size);
}

bool
lfs_read_pointer(struct lfs_pointer *out, const char *text, size_t len)
{
	size_t head = sizeof(version_line) - 1;
	const char *p = text + head, *end = text + len;

	if (len > LFS_POINTER_MAX || len < head + SHA256_HEX + 7 ||
	    memcmp(text, version_line, head) != 0)
		return false;
	memcpy(out->oid, p, SHA256_HEX - 1);
	out->oid[SHA256_HEX - 1] = '\0';
	p += SHA256_HEX - 1;
	if (!digest_is_hex(out->oid) || memcmp(p, "\nsize ", 6) != 0)
		return false;
	out->size = 0;
	for (p += 6; p < end && isdigit((unsigned char)*p); p++) {
		if (out->size > INT64_MAX / 10 - 10)
			return false;
		out->size = out->size * 10 + (*p - '0');
	}
	return p + 1 == end && *p == '\n';
}

char *
lfs_object_path(const char *dir, const char *oid)
{
	return mem_printf(
	    "%s/.git/lfs/objects/%.2s/%.2s/%s", dir, oid, oid + 2, oid);
}

struct err *
lfs_take(const char *dir, const struct lfs_pointer *p, const char *temp)
{
	char *object = lfs_object_path(dir, p->oid);
	char *folder = path_parent(object);
	struct stat st;
	struct err *e;

	if (file_exists(object)) {
		e = file_unlink(temp);
		goto done;
	}
	if ((e = file_mkdirs(folder, 0700)) != NULL ||
	    (e = file_stat(&st, temp)) != NULL ||
	    (e = file_set_mtime(temp, st.st_mtime - SECONDS_BACK)) != NULL ||
	    (e = file_chmod(temp, 0444)) != NULL ||
	    (e = file_rename(temp, object)) != NULL)
		goto done;
	e = file_sync_dir(folder);
done:
	free(folder);
	free(object);
	return e;
}

struct err *
lfs_backdate(const char *path)
{
	struct stat st;
	struct err *e = file_stat(&st, path);

	/* whoever touched it changed it just then */
	if (e == NULL && st.st_mtime > st.st_ctime - SECONDS_BACK)
		e = file_set_mtime(path, st.st_ctime - SECONDS_BACK);
	return e;
}

struct err *
lfs_place(const char *dir, const struct lfs_pointer *p, const char *path)
{
	char *object = lfs_object_path(dir, p->oid);
	struct buf text = BUF_INIT;
	struct stat st;
	struct err *e;

	if ((e = file_unlink(path)) != NULL)
		goto done;
	if (!file_exists(object)) {
		lfs_write_pointer(&text, p);
		e = file_create(path, text.data, text.len, 0600);
		goto done;
	}
	if ((e = file_stat(&st, object)) != NULL ||
	    (e = file_share(object, path, true)) != NULL ||
	    (e = file_chmod(path, 0444)) != NULL)
		goto done;
	e = file_set_mtime(path, st.st_mtime);
done:
	buf_release(&text);
	free(object);
	return e;
}

char *
lfs_find(const char *dir, const char *path, const char *sha256)
{
	char *full = path_join(dir, path), *object;
	struct buf head = BUF_INIT;
	struct lfs_pointer pointer;
	struct stat st;

	if (lstat(full, &st) == 0 && S_ISREG(st.st_mode)) {
		struct err *e = st.st_size > LFS_POINTER_MAX ?
		    NULL :
		    file_read(&head, full, LFS_POINTER_MAX);
		bool is_pointer = e == NULL && head.len > 0 &&
		    lfs_read_pointer(&pointer, head.data, head.len);

		buf_release(&head);
		err_drop(e); /* whoever packs it will say why */
		if (!is_pointer)
			return full;
	}
	free(full);
	object = lfs_object_path(dir, sha256);
	if (file_exists(object))
		return object;
	free(object);
	return NULL;
}
