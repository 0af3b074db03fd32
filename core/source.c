/* SPDX-License-Identifier: ISC */
#include "core/source.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ext/unpack.h"
#include "core/util/file.h"
#include "core/util/path.h"

/* A folder that is being listed. */
struct level {
	char *path, *name;
	struct strs names; /* sorted; a folder's end in "/" */
	size_t at;
};

struct source {
	struct source_member member;
	char *name, *path, *target;

	/* a commit */
	struct proc git;
	struct unpack *tar;
	char *root, *prefix;

	/* the work tree */
	VEC(struct level) levels;
	char *first_path, *first_name;
	int fd;
};

static struct source *
new_source(void)
{
	struct source *s = mem_zero(1, sizeof(*s));

	s->git = (struct proc){ -1, -1, -1, NULL };
	s->fd = -1;
	return s;
}

static void
forget(struct source *s)
{
	free(s->name);
	free(s->path);
	free(s->target);
	s->name = s->path = s->target = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->member = (struct source_member){ .folder = false };
}

/* Hand out what was put into s->name, s->path, s->target. */
static struct err *
lend(struct source *s, const struct source_member **m)
{
	s->member.zip.name = s->name;
	s->member.path = s->path;
	s->member.target = s->target;
	if (s->target != NULL) {
		s->member.zip.type = ZIP_LINK;
		s->member.zip.size = (int64_t)strlen(s->target);
	}
	*m = &s->member;
	return path_vet(s->name, s->path);
}

/* A commit. */

/* The stream has ended, or broke off: see how git did, who knows why. */
static struct err *
end_of_commit(struct source *s, struct err *e)
{
	char padding[4096];

	while (e == NULL && s->git.pid >= 0 &&
	    read(s->git.out, padding, sizeof(padding)) > 0)
		continue;
	return s->git.pid < 0 ? e : err_first(proc_finish(&s->git), e);
}

struct err *
source_of_commit(struct source **out, const struct checkout *c,
    const char *commit, const struct strs *drivers, const struct tree *tree,
    const char *root, const char *prefix)
{
	struct source *s = new_source();
	struct strs paths = VEC_INIT;
	struct err *e;

	s->root = mem_dup(root);
	s->prefix = mem_dup(prefix);
	if (root[0] != '\0')
		strs_add(&paths, root);
	e = checkout_stream(&s->git, c, commit, drivers, tree, &paths);
	if (e == NULL)
		e = unpack_open_tar(&s->tar, s->git.out, "git archive");
	if (e != NULL)
		e = end_of_commit(s, e);
	strs_release(&paths);
	if (e != NULL) {
		source_free(s);
		s = NULL;
	}
	*out = s;
	return e;
}

/* The name in the archive of a path in the commit; NULL: root's parents. */
static char *
rename_member(const struct source *s, const char *path)
{
	size_t len = strlen(s->root);
	const char *rest;

	if (strncmp(path, s->root, len) != 0 ||
	    (len > 0 && path[len] != '/' && path[len] != '\0'))
		return NULL;
	rest = path + len + (len > 0 && path[len] == '/');
	if (rest[0] == '\0')
		return s->prefix[0] != '\0' ? mem_dup(s->prefix) : NULL;
	if (s->prefix[0] == '\0')
		return mem_dup(rest);
	return mem_printf("%s/%s", s->prefix, rest);
}

static struct err *
next_of_commit(struct source *s, const struct source_member **m)
{
	const struct unpack_entry *entry = NULL;
	struct err *e;

	do {
		e = unpack_next(s->tar, &entry);
		if (e != NULL || entry == NULL)
			return end_of_commit(s, e);
		s->name = rename_member(s, entry->name);
	} while (s->name == NULL);
	s->path = mem_dup(entry->name);
	s->member.folder = entry->type == UNPACK_FOLDER;
	s->member.zip.type = entry->program ? ZIP_PROGRAM : ZIP_FILE;
	s->member.zip.size = entry->size;
	if (entry->type == UNPACK_LINK)
		s->target = mem_dup(entry->target);
	return lend(s, m);
}

/* The work tree. */

struct err *
source_of_path(struct source **out, const char *path, const char *prefix)
{
	struct source *s = new_source();
	struct stat st;
	struct err *e;

	*out = NULL;
	if ((e = file_stat(&st, path)) != NULL) {
		source_free(s);
		return e;
	}
	s->first_path = mem_dup(path);
	s->first_name = mem_dup(prefix);
	*out = s;
	return NULL;
}

static bool
is_skipped(const char *dir, const char *name)
{
	char *path;
	bool is_ledger;

	if (strcmp(name, ".git") == 0)
		return true;
	if (strcmp(name, ".deed") != 0)
		return false;
	path = mem_printf("%s/.deed/.git", dir);
	is_ledger = file_exists(path);
	free(path);
	return is_ledger;
}

/*
 * List a folder in the order of the full names below it: there "a.b" comes
 * before "a/x", so folders are sorted with their "/".
 */
static struct err *
open_level(struct source *s, const char *path, const char *name)
{
	struct strs names = VEC_INIT;
	struct level *level;
	struct stat st;
	struct err *e = file_list(&names, path);

	level = vec_add(&s->levels);
	level->path = mem_dup(path);
	level->name = mem_dup(name);
	for (size_t i = 0; e == NULL && i < names.n; i++) {
		char *child;

		if (is_skipped(path, names.v[i]))
			continue;
		child = path_join(path, names.v[i]);
		e = file_stat(&st, child);
		if (e == NULL && S_ISDIR(st.st_mode))
			strs_take(&level->names, mem_printf("%s/", names.v[i]));
		else if (e == NULL)
			strs_add(&level->names, names.v[i]);
		free(child);
	}
	strs_sort(&level->names);
	strs_release(&names);
	return e;
}

static void
close_level(struct source *s)
{
	struct level *level = &s->levels.v[--s->levels.n];

	free(level->path);
	free(level->name);
	strs_release(&level->names);
}

static struct err *
read_link(char **target, const char *path)
{
	char text[PATH_MAX];
	ssize_t n = readlink(path, text, sizeof(text) - 1);

	if (n < 0)
		return err_errno("cannot read %s", path);
	*target = mem_ndup(text, (size_t)n);
	return NULL;
}

/* Make the file, link or folder at s->path the member, or open the folder. */
static struct err *
take_path(struct source *s, bool *taken)
{
	struct stat st;
	struct err *e = file_stat(&st, s->path);

	*taken = false;
	if (e != NULL)
		return e;
	if (S_ISDIR(st.st_mode))
		return open_level(s, s->path, s->name);
	*taken = true;
	if (S_ISLNK(st.st_mode))
		return read_link(&s->target, s->path);
	if (!S_ISREG(st.st_mode))
		return err_new(ERR_INVALID,
		    "%s is neither a file, a folder nor a link", s->path);
	/* what lies there may be another thing by now: ask what was opened */
	s->fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (s->fd < 0 || fstat(s->fd, &st) != 0)
		return err_errno("cannot read %s", s->path);
	if (!S_ISREG(st.st_mode))
		return err_new(
		    ERR_CONFLICT, "%s changed while it was read", s->path);
	s->member.zip.type = st.st_mode & S_IXUSR ? ZIP_PROGRAM : ZIP_FILE;
	s->member.zip.size = (int64_t)st.st_size;
	return NULL;
}

/* Put the next path into s->path and s->name; false after the last. */
static bool
next_path(struct source *s)
{
	if (s->first_path != NULL) {
		s->path = s->first_path;
		s->name = s->first_name;
		s->first_path = s->first_name = NULL;
		return true;
	}
	while (s->levels.n > 0) {
		struct level *level = &s->levels.v[s->levels.n - 1];
		char *name;
		size_t len;

		if (level->at == level->names.n) {
			close_level(s);
			continue;
		}
		name = level->names.v[level->at++];
		len = strlen(name);
		if (name[len - 1] == '/')
			name[len - 1] = '\0';
		s->path = path_join(level->path, name);
		s->name = path_join(level->name, name);
		return true;
	}
	return false;
}

static struct err *
next_of_tree(struct source *s, const struct source_member **m)
{
	bool taken = false;

	while (!taken) {
		struct err *e;

		forget(s);
		if (!next_path(s))
			return NULL;
		if ((e = take_path(s, &taken)) != NULL)
			return e;
	}
	return lend(s, m);
}

struct err *
source_next(struct source *s, const struct source_member **m)
{
	*m = NULL;
	forget(s);
	return s->tar != NULL ? next_of_commit(s, m) : next_of_tree(s, m);
}

struct err *
source_pour(struct source *s, struct zip *z)
{
	const void *p;
	size_t len;
	struct err *e;

	if (s->tar == NULL)
		return zip_pour(z, s->fd, s->path);
	while ((e = unpack_read(s->tar, &p, &len)) == NULL && len > 0)
		if ((e = zip_write(z, p, len)) != NULL)
			break;
	return e;
}

struct err *
source_text(struct source *s, struct buf *out)
{
	const void *p;
	size_t len;
	struct err *e;

	if (s->tar == NULL)
		return file_read_fd(
		    out, s->fd, s->path, (size_t)s->member.zip.size);
	while ((e = unpack_read(s->tar, &p, &len)) == NULL && len > 0)
		buf_add(out, p, len);
	return e;
}

void
source_free(struct source *s)
{
	if (s == NULL)
		return;
	forget(s);
	unpack_close(s->tar);
	/* a stream that was not read to its end is of no interest any more */
	err_drop(proc_finish(&s->git));
	while (s->levels.n > 0)
		close_level(s);
	vec_release(&s->levels);
	free(s->first_path);
	free(s->first_name);
	free(s->root);
	free(s->prefix);
	free(s);
}
