/* SPDX-License-Identifier: ISC */
#ifndef DEED_TESTS_FUZZ_FOLDER_H
#define DEED_TESTS_FUZZ_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/util/path.h"
#include "tests/fuzz/fuzz.h"

/*
 * Inputs that are folders: each file follows a line "=== NAME".  Their place is
 * below folder_dir, which folder_start() makes once.
 */

#define FOLDER_FILES_MAX 32

static char *folder_dir;

static void
folder_end(void)
{
	file_remove_tree(folder_dir);
	free(folder_dir);
}

static inline void
folder_start(void)
{
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	struct err *e;

	if (folder_dir != NULL)
		return;
	e = file_temp_dir(&folder_dir, base);
	LAW(e == NULL);
	atexit(folder_end);
}

static inline void
folder_put_file(const char *path, const char *p, size_t len)
{
	FILE *f = fopen(path, "wb");

	LAW(f != NULL);
	LAW(fwrite(p, 1, len, f) == len);
	LAW(fclose(f) == 0);
}

/* Could it be the name of a file, at most two folders down? */
static inline bool
folder_is_name(const char *p, size_t len)
{
	size_t slashes = 0;

	for (size_t i = 0; i < len; i++) {
		slashes += p[i] == '/';
		if ((unsigned char)p[i] <= ' ' || (unsigned char)p[i] >= 0x7f)
			return false;
	}
	return len > 0 && len < 80 && slashes <= 2 && p[0] != '/' &&
	    p[0] != '.' && p[len - 1] != '/' &&
	    memmem(p, len, "/.", 2) == NULL && memmem(p, len, "//", 2) == NULL;
}

/* "=== NAME\n" at p: behind it, and the name; else NULL. */
static inline const char *
folder_separator(const char *p, const char *end, char **name)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));

	if (end - p < 6 || memcmp(p, "=== ", 4) != 0 || lf == NULL ||
	    !folder_is_name(p + 4, (size_t)(lf - p) - 4))
		return NULL;
	*name = mem_ndup(p + 4, (size_t)(lf - p) - 4);
	return lf + 1;
}

/* Make the folder; false if this is none. */
static inline bool
folder_put(const char *folder, const char *p, const char *end)
{
	char *name = NULL, *next_name = NULL;

	p = folder_separator(p, end, &name);
	if (p == NULL)
		return false;
	LAW(mkdir(folder, 0700) == 0);
	for (int i = 0; p != NULL && i < FOLDER_FILES_MAX; i++) {
		const char *at = p, *next = NULL;
		char *path = path_join(folder, name);

		while (at < end &&
		    (next = folder_separator(at, end, &next_name)) == NULL) {
			at = memchr(at, '\n', (size_t)(end - at));
			at = at == NULL ? end : at + 1;
		}
		struct err *e = file_mkdir_for(path, 0700);

		/* a name may be given twice, or as file and folder */
		if (e == NULL && access(path, F_OK) != 0)
			folder_put_file(path, p, (size_t)(at - p));
		err_drop(e);
		free(path);
		free(name);
		name = next_name;
		next_name = NULL;
		p = next;
	}
	free(name);
	return true;
}

#endif
