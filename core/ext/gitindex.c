/* SPDX-License-Identifier: ISC */
#include "core/ext/gitindex.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ext/digest.h"
#include "core/util/file.h"
#include "core/util/mem.h"

/* gitformat-index(5), version 2; numbers are big-endian. */
#define INDEX_MAX (256u << 20)
#define HEADER 12
#define FIXED 62 /* of an entry, before its name */
#define AT_SIZE 36
#define AT_ID 40
#define AT_FLAGS 60
#define FLAG_NAME 0x0fffu
#define FLAGS_FOREIGN 0x7000u /* extended, or a stage of a conflict */

struct image {
	unsigned char *p;
	size_t len; /* without the checksum */
	const struct gitindex_file *files;
	size_t n;
	const struct gitindex_tree *trees;
	size_t n_trees;
};

static uint32_t
get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static void
put32(unsigned char *p, uint64_t value)
{
	for (int i = 3; i >= 0; i--, value >>= 8)
		p[i] = (unsigned char)value;
}

static void
patch_entry(unsigned char *p, const struct gitindex_file *f)
{
	const struct stat *st = &f->st;

	put32(p, (uint64_t)st->st_ctim.tv_sec);
	put32(p + 4, (uint64_t)st->st_ctim.tv_nsec);
	put32(p + 8, (uint64_t)st->st_mtim.tv_sec);
	put32(p + 12, (uint64_t)st->st_mtim.tv_nsec);
	put32(p + 16, st->st_dev);
	put32(p + 20, st->st_ino);
	/* the mode in between is git's and stays */
	put32(p + 28, st->st_uid);
	put32(p + 32, st->st_gid);
	put32(p + AT_SIZE, (uint64_t)st->st_size);
	memcpy(p + AT_ID, f->id, GITINDEX_ID);
}

/* Patch all files; *at moves behind the entries.  False: not ours to patch. */
static bool
patch_entries(struct image *m, size_t *at)
{
	uint32_t entries = get32(m->p + 8);
	size_t patched = 0;

	for (uint32_t i = 0; i < entries; i++) {
		unsigned char *p = m->p + *at;
		const unsigned char *nul;
		size_t room = m->len - *at, len;
		unsigned flags;

		if (room <= FIXED)
			return false;
		flags = (unsigned)p[AT_FLAGS] << 8 | p[AT_FLAGS + 1];
		nul = memchr(p + FIXED, '\0', room - FIXED);
		if (nul == NULL || (flags & FLAGS_FOREIGN) != 0)
			return false;
		len = (size_t)(nul - p) - FIXED;
		if ((flags & FLAG_NAME) != FLAG_NAME &&
		    (flags & FLAG_NAME) != len)
			return false;
		for (size_t j = 0; j < m->n; j++)
			if (strcmp((char *)p + FIXED, m->files[j].path) == 0) {
				patch_entry(p, &m->files[j]);
				patched++;
			}
		/* one to eight NUL, to a multiple of eight */
		len = (FIXED + len + 8) / 8 * 8;
		if (len > room)
			return false;
		*at += len;
	}
	return patched == m->n;
}

/*
 * One node of the cached trees and those below it: "NAME NUL FILES BLANK
 * FOLDERS LF", and an id unless FILES is negative: not cached.
 */
static bool
patch_node(
    struct image *m, size_t *at, size_t end, const char *above, int depth)
{
	const char *name = (char *)m->p + *at, *numbers;
	char *path, *after;
	long files, folders;
	bool good = depth < 64;

	if (memchr(name, '\0', end - *at) == NULL)
		return false;
	numbers = name + strlen(name) + 1;
	if (memchr(numbers, '\n', (size_t)((char *)m->p + end - numbers)) ==
	    NULL)
		return false;
	files = strtol(numbers, &after, 10);
	if (*after != ' ')
		return false;
	folders = strtol(after + 1, &after, 10);
	*at = (size_t)(after + 1 - (char *)m->p);
	if (*after != '\n' || (files >= 0 && end - *at < GITINDEX_ID))
		return false;
	path = mem_printf("%s%s%s", above, above[0] != '\0' ? "/" : "", name);
	for (size_t i = 0; files >= 0 && i < m->n_trees; i++)
		if (strcmp(m->trees[i].path, path) == 0)
			memcpy(m->p + *at, m->trees[i].id, GITINDEX_ID);
	if (files >= 0)
		*at += GITINDEX_ID;
	for (long i = 0; i < folders && good; i++)
		good = *at < end && patch_node(m, at, end, path, depth + 1);
	free(path);
	return good;
}

static bool
patch_extensions(struct image *m, size_t at)
{
	/* offsets, sizes and undone merges stay true */
	static const char *const kept[] = { "EOIE", "IEOT", "REUC" };

	while (at + 8 <= m->len) {
		const unsigned char *p = m->p + at;
		size_t len = get32(p + 4), node = at + 8;
		bool known = false;

		if (len > m->len - at - 8)
			return false;
		for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
			known |= memcmp(p, kept[i], 4) == 0;
		if (memcmp(p, "TREE", 4) == 0)
			known =
			    len == 0 || patch_node(m, &node, node + len, "", 0);
		if (!known)
			return false;
		at += 8 + len;
	}
	return at == m->len;
}

static void
put_checksum(struct image *m)
{
	struct digest *d = digest_new_named("sha1");
	char hex[DIGEST_HEX_MAX];

	digest_add(d, m->p, m->len);
	digest_hex_long(d, hex);
	digest_free(d);
	for (size_t i = 0; i < GITINDEX_ID; i++) {
		const char pair[] = { hex[2 * i], hex[2 * i + 1], '\0' };

		m->p[m->len + i] = (unsigned char)strtoul(pair, NULL, 16);
	}
}

/* The whole index, in a copy that nobody sees; false: not ours to patch. */
static bool
patch(struct image *m, const struct file_map *bytes)
{
	size_t at = HEADER;

	if (bytes->len < HEADER + GITINDEX_ID ||
	    memcmp(bytes->data, "DIRC\0\0\0\2", 8) != 0)
		return false;
	m->p = (unsigned char *)bytes->data;
	m->len = bytes->len - GITINDEX_ID;
	if (!patch_entries(m, &at) || !patch_extensions(m, at))
		return false;
	put_checksum(m);
	return true;
}

struct err *
gitindex_patch(bool *done, const char *git_dir, const char *temp,
    const struct gitindex_file *files, size_t n,
    const struct gitindex_tree *trees, size_t n_trees)
{
	struct image m = {
		.files = files, .n = n, .trees = trees, .n_trees = n_trees
	};
	char *index = mem_printf("%s/index", git_dir);
	char *lock =
	    temp != NULL ? mem_dup(temp) : mem_printf("%s.lock", index);
	int fd = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	struct file_map bytes = { NULL, 0 };
	struct err *e = NULL;

	*done = false;
	if (fd < 0)
		goto done;
	e = file_map(&bytes, index, INDEX_MAX);
	if (e == NULL && patch(&m, &bytes)) {
		e = file_write_fd(fd, bytes.data, bytes.len, lock);
		if (e == NULL && temp == NULL)
			e = file_rename(lock, index);
		*done = e == NULL;
	} else if (err_is(e, ERR_NOT_FOUND) || err_is(e, ERR_LIMIT)) {
		err_drop(e); /* more than a patch */
		e = NULL;
	}
	if (!*done)
		unlink(lock);
done:
	if (fd >= 0)
		close(fd);
	file_unmap(&bytes);
	free(lock);
	free(index);
	return e;
}
