/* SPDX-License-Identifier: ISC */
/* What was written for a commit that is not to be, taken back. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ext/repo.h"
#include "core/ext/repo_parts.h"
#include "core/util/mem.h"
#include "core/util/path.h"

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

/*
 * A blob that was new makes the folders above it new: nothing else can name
 * them.  What was there before is left alone.
 */
void
repo_undo(struct repo *r, git_tree *top)
{
	for (size_t i = 0; i < r->fresh.n; i++) {
		char *folder = r->fresh.v[i].path, *slash;
		git_tree_entry *entry;

		unlink_object(r, &r->fresh.v[i].id);
		while (top != NULL && (slash = strrchr(folder, '/')) != NULL) {
			*slash = '\0';
			if (git_tree_entry_bypath(&entry, top, folder) != 0)
				continue;
			unlink_object(r, git_tree_entry_id(entry));
			git_tree_entry_free(entry);
		}
	}
	if (r->fresh.n > 0 && top != NULL)
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
