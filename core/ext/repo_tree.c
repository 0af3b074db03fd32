/* SPDX-License-Identifier: ISC */
/* The commits of a ledger compared, walked, and told to the index. */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/ext/gitindex.h"
#include "core/ext/repo.h"
#include "core/ext/repo_parts.h"
#include "core/util/mem.h"
#include "core/util/path.h"

#define PATCH_MAX 16 /* files worth a patch of the index */

static struct err *compare(struct repo *r, const git_tree *a, const git_tree *b,
    const char *above, struct strs *out);

/* What stands in both places under one name; either may be NULL. */
static struct err *
compare_entries(struct repo *r, const git_tree_entry *a,
    const git_tree_entry *b, const char *above, struct strs *out)
{
	const git_tree_entry *both[] = { a, b };
	git_tree *trees[2] = { NULL, NULL };
	char *path = mem_printf(
		 "%s%s", above, git_tree_entry_name(a != NULL ? a : b)),
	     *inside;
	bool file = false;
	struct err *e = NULL;

	if (a != NULL && b != NULL &&
	    git_oid_equal(git_tree_entry_id(a), git_tree_entry_id(b)) &&
	    git_tree_entry_filemode(a) == git_tree_entry_filemode(b))
		goto done;
	for (size_t i = 0; i < 2 && e == NULL; i++) {
		if (both[i] == NULL)
			continue;
		if (git_tree_entry_type(both[i]) != GIT_OBJECT_TREE)
			file = true;
		else if (git_tree_lookup(&trees[i], r->git,
			     git_tree_entry_id(both[i])) != 0)
			e = repo_failed("cannot read a tree");
	}
	if (e == NULL && file)
		strs_add(out, path);
	if (e == NULL && (trees[0] != NULL || trees[1] != NULL)) {
		inside = mem_printf("%s/", path);
		e = compare(r, trees[0], trees[1], inside, out);
		free(inside);
	}
done:
	git_tree_free(trees[0]);
	git_tree_free(trees[1]);
	free(path);
	return e;
}

/*
 * Folders that are equal are not looked into, which git_diff would do; and it
 * would read the whole index, to ask for attributes.
 */
static struct err *
compare(struct repo *r, const git_tree *a, const git_tree *b, const char *above,
    struct strs *out)
{
	size_t n_a = a != NULL ? git_tree_entrycount(a) : 0;
	size_t n_b = b != NULL ? git_tree_entrycount(b) : 0;
	struct err *e = NULL;

	for (size_t i = 0; i < n_b && e == NULL; i++) {
		const git_tree_entry *new = git_tree_entry_byindex(b, i);

		e = compare_entries(r,
		    a != NULL ?
			git_tree_entry_byname(a, git_tree_entry_name(new)) :
			NULL,
		    new, above, out);
	}
	for (size_t i = 0; i < n_a && e == NULL; i++) {
		const git_tree_entry *old = git_tree_entry_byindex(a, i);

		if (b == NULL ||
		    git_tree_entry_byname(b, git_tree_entry_name(old)) == NULL)
			e = compare_entries(r, old, NULL, above, out);
	}
	return e;
}

struct err *
repo_changed(struct repo *r, const char *old, const char *new, struct strs *out)
{
	git_tree *a = NULL, *b = NULL;
	struct err *e;

	if ((e = repo_tree(r, old, &a)) == NULL &&
	    (e = repo_tree(r, new, &b)) == NULL)
		e = compare(r, a, b, "", out);
	git_tree_free(a);
	git_tree_free(b);
	return e;
}

static struct err *
index_one(
    struct repo *r, git_index *index, const char *commit, const char *path)
{
	git_index_entry ie = { .path = path, .mode = GIT_FILEMODE_BLOB };
	git_tree_entry *te;
	char *full = path_join(r->dir, path);
	struct stat st;
	struct err *e = repo_entry(r, commit, path, &te);

	if (e != NULL)
		goto done;
	if (te == NULL) {
		git_index_remove(index, path, 0);
		goto done;
	}
	ie.id = *git_tree_entry_id(te);
	git_tree_entry_free(te);
	if (lstat(full, &st) == 0) {
		ie.ctime.seconds = (int32_t)st.st_ctim.tv_sec;
		ie.ctime.nanoseconds = (uint32_t)st.st_ctim.tv_nsec;
		ie.mtime.seconds = (int32_t)st.st_mtim.tv_sec;
		ie.mtime.nanoseconds = (uint32_t)st.st_mtim.tv_nsec;
		ie.dev = (uint32_t)st.st_dev;
		ie.ino = (uint32_t)st.st_ino;
		ie.uid = st.st_uid;
		ie.gid = st.st_gid;
		ie.file_size = (uint32_t)st.st_size;
	}
	/* git_index_add() leaves the stages of a conflict where they are */
	if (git_index_has_conflicts(index))
		git_index_conflict_remove(index, path);
	if (git_index_add(index, &ie) != 0)
		e = repo_failed("cannot add to the index");
done:
	free(full);
	return e;
}

/* What the index is told, as far as it goes. */
struct patch {
	git_tree *top;
	struct gitindex_file files[PATCH_MAX];
	struct gitindex_tree trees[PATCH_MAX];
	size_t n_files, n_trees;
};

/* The folder that is the first len bytes of path; false if it cannot be. */
static bool
note_tree(struct patch *p, const char *path, size_t len)
{
	struct gitindex_tree *new = &p->trees[p->n_trees];
	char *folder = mem_ndup(path, len);
	git_tree_entry *entry = NULL;
	bool known = false;

	for (size_t i = 0; i < p->n_trees; i++)
		known |= strcmp(p->trees[i].path, folder) == 0;
	if (!known && p->n_trees < PATCH_MAX &&
	    (len == 0 || git_tree_entry_bypath(&entry, p->top, folder) == 0)) {
		memcpy(new->id,
		    (len > 0 ? git_tree_entry_id(entry) : git_tree_id(p->top))
			->id,
		    GITINDEX_ID);
		new->path = folder;
		p->n_trees++;
		git_tree_entry_free(entry);
		return true;
	}
	free(folder);
	return known;
}

/* A file as commit and work tree have it; false if it is not in both. */
static bool
note_file(struct patch *p, const char *dir, const char *path)
{
	struct gitindex_file *new = &p->files[p->n_files];
	git_tree_entry *entry = NULL;
	char *full = path_join(dir, path);
	bool good = p->n_files < PATCH_MAX && lstat(full, &new->st) == 0 &&
	    git_tree_entry_bypath(&entry, p->top, path) == 0 &&
	    note_tree(p, path, 0);

	free(full);
	if (good) {
		new->path = path;
		memcpy(new->id, git_tree_entry_id(entry)->id, GITINDEX_ID);
		p->n_files++;
	}
	git_tree_entry_free(entry);
	for (const char *slash = strchr(path, '/'); good && slash != NULL;
	     slash = strchr(slash + 1, '/'))
		good = note_tree(p, path, (size_t)(slash - path));
	return good;
}

/* Without reading the index as a whole, if these files allow that. */
static struct err *
patch_index(bool *done, struct repo *r, git_tree *top, const struct strs *paths)
{
	struct patch p = { .top = top };
	char *git_dir = path_join(r->dir, ".git");
	bool good = true;
	struct err *e = NULL;

	for (size_t i = 0; i < paths->n && good; i++)
		good = note_file(&p, r->dir, paths->v[i]);
	if (good)
		e = gitindex_patch(
		    done, git_dir, p.files, p.n_files, p.trees, p.n_trees);
	for (size_t i = 0; i < p.n_trees; i++)
		free(p.trees[i].path);
	free(git_dir);
	return e;
}

/* The whole index read and written, by libgit2. */
static struct err *
rewrite_index(struct repo *r, const char *commit, const struct strs *paths)
{
	git_index *index = NULL;
	int rc = GIT_ELOCKED;
	struct err *e = NULL;

	if (git_repository_index(&index, r->git) != 0 ||
	    git_index_read(index, 1) != 0)
		e = repo_failed("cannot read the index");
	for (size_t i = 0; i < paths->n && e == NULL; i++)
		e = index_one(r, index, commit, paths->v[i]);
	for (int i = 0; i < LOCK_TRIES && e == NULL && rc == GIT_ELOCKED; i++) {
		rc = git_index_write(index);
		if (rc == GIT_ELOCKED)
			repo_nap();
	}
	if (e == NULL && rc != 0)
		e = repo_failed("cannot write the index");
	git_index_free(index);
	return e;
}

struct err *
repo_index(struct repo *r, const char *commit, const struct strs *paths)
{
	git_tree *top;
	bool done = false;
	struct err *e = repo_tree(r, commit, &top);

	if (e == NULL && top != NULL)
		e = patch_index(&done, r, top, paths);
	git_tree_free(top);
	return e != NULL || done ? e : rewrite_index(r, commit, paths);
}

static struct err *
note_commit(struct repo *r, const git_oid *id, struct repo_commit *out)
{
	git_commit *c = NULL;
	char hex[REPO_HEX];

	if (git_commit_lookup(&c, r->git, id) != 0)
		return repo_failed("cannot read a commit");
	git_oid_tostr(out->id, REPO_HEX, id);
	for (unsigned i = 0; i < git_commit_parentcount(c); i++) {
		git_oid_tostr(hex, REPO_HEX, git_commit_parent_id(c, i));
		strs_add(&out->parents, hex);
	}
	out->message = mem_dup(git_commit_message(c));
	git_commit_free(c);
	return NULL;
}

struct err *
repo_history(struct repo *r, struct repo_commit **out, size_t *n)
{
	VEC(struct repo_commit) commits = VEC_INIT;
	git_revwalk *walk = NULL;
	char head[REPO_HEX];
	git_oid id;
	int rc = 0;
	struct err *e = repo_head(r, head);

	if (e == NULL && head[0] != '\0') {
		if (git_revwalk_new(&walk, r->git) != 0 ||
		    git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL) != 0 ||
		    git_revwalk_push_head(walk) != 0)
			e = repo_failed("cannot walk the history");
		while (e == NULL && (rc = git_revwalk_next(&id, walk)) == 0)
			e = note_commit(r, &id, vec_add(&commits));
		if (e == NULL && rc != GIT_ITEROVER)
			e = repo_failed("cannot walk the history");
	}
	git_revwalk_free(walk);
	*out = commits.v;
	*n = commits.n;
	return e;
}

void
repo_history_free(struct repo_commit *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		strs_release(&v[i].parents);
		free(v[i].message);
	}
	free(v);
}
