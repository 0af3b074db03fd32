/* SPDX-License-Identifier: ISC */
/* What was written for a commit that is not to be, taken back. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ext/repo.h"
#include "core/ext/repo_parts.h"
#include "core/util/mem.h"
#include "core/util/path.h"

#define LOG_MAX (256u << 20)

struct err *
repo_same(
    bool *out, struct repo *r, const char *a, const char *b, const char *path)
{
	git_tree_entry *x = NULL, *y = NULL;
	struct err *e;

	*out = false;
	if ((e = repo_entry(r, a, path, &x)) == NULL &&
	    (e = repo_entry(r, b, path, &y)) == NULL)
		*out = x == NULL || y == NULL ?
		    x == y :
		    git_oid_equal(git_tree_entry_id(x), git_tree_entry_id(y));
	git_tree_entry_free(x);
	git_tree_entry_free(y);
	return e;
}

static void
unlink_object(const struct repo *r, const git_oid *id)
{
	char *path = repo_loose_path(r, id);

	unlink(path);
	free(path);
}

void
repo_keep(struct repo *r)
{
	for (size_t i = 0; i < r->fresh.n; i++)
		free(r->fresh.v[i].path);
	vec_release(&r->fresh);
}

/* Does the tree hold this blob at its path? */
static bool
holds(git_tree *top, const struct fresh *f)
{
	git_tree_entry *entry;
	bool same;

	if (git_tree_entry_bypath(&entry, top, f->path) != 0)
		return false;
	same = git_oid_equal(git_tree_entry_id(entry), &f->id);
	git_tree_entry_free(entry);
	return same;
}

/* The folders above path, the lowest first. */
static void
unlink_folders(const struct repo *r, git_tree *top, char *path)
{
	git_tree_entry *entry;
	char *slash;

	while ((slash = strrchr(path, '/')) != NULL) {
		*slash = '\0';
		if (git_tree_entry_bypath(&entry, top, path) != 0)
			continue;
		unlink_object(r, git_tree_entry_id(entry));
		git_tree_entry_free(entry);
	}
}

/*
 * A blob that was new makes the folders that hold it new, and nothing else can
 * name them.  A tree that does not hold it may be the one of HEAD: what was
 * there before is left alone.
 */
void
repo_undo(struct repo *r, git_tree *top)
{
	bool is_new = false;

	for (size_t i = 0; i < r->fresh.n; i++) {
		struct fresh *f = &r->fresh.v[i];

		unlink_object(r, &f->id);
		if (top == NULL || !holds(top, f))
			continue;
		unlink_folders(r, top, f->path);
		is_new = true;
	}
	if (is_new)
		unlink_object(r, git_tree_id(top));
	repo_keep(r);
}

void
repo_forget(struct repo *r, const char *commit)
{
	git_tree *top = NULL;
	git_oid id;

	if (git_oid_fromstr(&id, commit) != 0)
		return;
	/* what cannot be read need not be taken back: it lies loose */
	err_drop(repo_tree(r, commit, &top));
	unlink_object(r, &id);
	repo_undo(r, top);
	git_tree_free(top);
}

/* Cut off the last lines of a log that tell of a commit, and half a line. */
static void
unlog(const struct repo *r, const char *name, const char *commit)
{
	char *path = mem_printf("%s/.git/logs/%s", r->dir, name);
	struct buf text = BUF_INIT;
	struct err *e = file_read(&text, path, LOG_MAX);
	size_t len = text.len;

	while (e == NULL && len > 0) {
		const char *end = memrchr(
		    text.data, '\n', len - (text.data[len - 1] == '\n'));
		size_t start = end == NULL ? 0 : (size_t)(end - text.data) + 1;

		if (text.data[len - 1] == '\n' &&
		    (len - start < 2 * REPO_HEX ||
			strncmp(text.data + start + REPO_HEX, commit,
			    REPO_HEX - 1) != 0))
			break;
		len = start;
	}
	if (e == NULL && len < text.len && truncate(path, (off_t)len) != 0)
		e = err_errno("cannot shorten %s", path);
	err_drop(e); /* a log tells too much then, the branch is right */
	buf_release(&text);
	free(path);
}

void
repo_unlog(struct repo *r, const char *commit)
{
	char *branch = NULL;

	unlog(r, "HEAD", commit);
	err_drop(repo_branch(r, &branch)); /* on none, there is no log */
	if (branch != NULL)
		unlog(r, branch, commit);
	free(branch);
}

/* Objects that were not finished: nothing will. */
static void
sweep_objects(const struct repo *r)
{
	char *folder = path_join(r->dir, ".git/objects");
	struct strs names = VEC_INIT;

	err_drop(file_list(&names, folder)); /* nothing there to sweep */
	for (size_t i = 0; i < names.n; i++) {
		char *path = path_join(folder, names.v[i]);

		if (strncmp(names.v[i], "tmp_object_git2_", 16) == 0)
			unlink(path);
		free(path);
	}
	strs_release(&names);
	free(folder);
}

/* A lock of git that outlives a while: a living one would be done with it. */
static void
drop_lock(const struct repo *r, const char *name)
{
	char *lock = mem_printf("%s/.git/%s.lock", r->dir, name);

	for (int i = 0; i < LOCK_TRIES && file_exists(lock); i++)
		repo_nap();
	unlink(lock);
	free(lock);
}

void
repo_sweep(struct repo *r)
{
	char *branch = NULL;

	sweep_objects(r);
	drop_lock(r, "HEAD");
	err_drop(repo_branch(r, &branch)); /* on none, there is no lock */
	if (branch != NULL)
		drop_lock(r, branch);
	free(branch);
}
