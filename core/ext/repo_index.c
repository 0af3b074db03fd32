/* SPDX-License-Identifier: ISC */
/* The index of a ledger, and the lock that git keeps others out with. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ext/gitindex.h"
#include "core/ext/repo.h"
#include "core/ext/repo_parts.h"
#include "core/util/mem.h"
#include "core/util/path.h"

#define PATCH_MAX 16 /* files worth a patch of the index */

static struct err *
index_one(struct repo *r, git_index *index, bool conflicts, const char *commit,
    const char *path, const char *stand_in)
{
	git_index_entry ie = { .path = path, .mode = GIT_FILEMODE_BLOB };
	git_tree_entry *te;
	char *full = path_join(r->dir, stand_in != NULL ? stand_in : path);
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
	if (conflicts)
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
note_file(
    struct patch *p, const char *dir, const char *path, const char *stand_in)
{
	struct gitindex_file *new = &p->files[p->n_files];
	git_tree_entry *entry = NULL;
	char *full = path_join(dir, stand_in != NULL ? stand_in : path);
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

static const char *
stand_in(const struct repo_ahead *ahead, size_t i)
{
	return ahead != NULL && ahead->files != NULL ? ahead->files->v[i] :
						       NULL;
}

/* Without reading the index as a whole, if these files allow that. */
static struct err *
patch_index(bool *done, struct repo *r, git_tree *top, const struct strs *paths,
    const struct repo_ahead *ahead)
{
	struct patch p = { .top = top };
	char *git_dir = path_join(r->dir, ".git");
	bool good = true;
	struct err *e = NULL;

	for (size_t i = 0; i < paths->n && good; i++)
		good = note_file(&p, r->dir, paths->v[i], stand_in(ahead, i));
	if (good)
		e = gitindex_patch(done, git_dir,
		    ahead != NULL ? ahead->index : NULL, p.files, p.n_files,
		    p.trees, p.n_trees);
	for (size_t i = 0; i < p.n_trees; i++)
		free(p.trees[i].path);
	free(git_dir);
	return e;
}

/* A copy of the index for what is ahead; an empty one if it is unreadable. */
static struct err *
open_ahead(git_index **out, const char *path, const char *ahead)
{
	struct err *e =
	    file_exists(path) ? file_share(path, ahead, false) : NULL;

	if (e == NULL && git_index_open(out, ahead) != 0) {
		unlink(ahead);
		if (git_index_open(out, ahead) != 0)
			e = repo_failed("cannot read the index");
	}
	return e;
}

/* The index as it is now; yours. */
static struct err *
read_index(git_index **out, struct repo *r)
{
	return git_repository_index(out, r->git) == 0 &&
		git_index_read(*out, 1) == 0 ?
	    NULL :
	    repo_failed("cannot read the index");
}

/*
 * The index itself, or a copy of it for what is ahead.  One that was lost or
 * broken is made anew from the commit: without it git would take every file
 * for removed.
 */
static struct err *
open_index(git_index **out, struct repo *r, const char *commit,
    const struct repo_ahead *ahead)
{
	char *path = path_join(r->dir, ".git/index");
	git_tree *top = NULL;
	struct err *e = ahead != NULL ? open_ahead(out, path, ahead->index) :
					read_index(out, r);

	if (e == NULL && git_index_entrycount(*out) == 0 &&
	    (e = repo_tree(r, commit, &top)) == NULL && top != NULL &&
	    git_index_read_tree(*out, top) != 0)
		e = repo_failed("cannot read the last commit");
	git_tree_free(top);
	free(path);
	return e;
}

/* The whole index read and written, by libgit2. */
static struct err *
rewrite_index(struct repo *r, const char *commit, const struct strs *paths,
    const struct repo_ahead *ahead)
{
	git_index *index = NULL;
	int rc = GIT_ELOCKED;
	struct err *e = open_index(&index, r, commit, ahead);
	bool conflicts = e == NULL && git_index_has_conflicts(index);

	for (size_t i = 0; i < paths->n && e == NULL; i++)
		e = index_one(r, index, conflicts, commit, paths->v[i],
		    stand_in(ahead, i));
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

static struct err *
tell(struct repo *r, const char *commit, const struct strs *paths,
    const struct repo_ahead *ahead)
{
	git_tree *top;
	bool done = false;
	struct err *e = repo_tree(r, commit, &top);

	if (e == NULL && top != NULL)
		e = patch_index(&done, r, top, paths, ahead);
	git_tree_free(top);
	return e != NULL || done ? e : rewrite_index(r, commit, paths, ahead);
}

struct err *
repo_index(struct repo *r, const char *commit, const struct strs *paths)
{
	return tell(r, commit, paths, NULL);
}

struct err *
repo_index_ahead(struct repo *r, const char *commit, const struct strs *paths,
    const struct repo_ahead *ahead)
{
	return tell(r, commit, paths, ahead);
}

struct err *
repo_index_differs(struct repo *r, const char *commit, struct strs *out)
{
	git_index *index = NULL;
	git_diff *diff = NULL;
	git_tree *top = NULL;
	struct err *e = repo_tree(r, commit, &top);

	if (e != NULL)
		return e;
	e = read_index(&index, r);
	if (e == NULL &&
	    git_diff_tree_to_index(&diff, r->git, top, index, NULL) != 0)
		e = repo_failed("cannot read the index");
	for (size_t i = 0; e == NULL && i < git_diff_num_deltas(diff); i++)
		strs_add(out, git_diff_get_delta(diff, i)->new_file.path);
	git_diff_free(diff);
	git_index_free(index);
	git_tree_free(top);
	return e;
}

struct err *
repo_index_foreign(struct repo *r, const struct strs *paths, struct strs *out)
{
	git_index *index = NULL;
	struct err *e = read_index(&index, r);

	for (size_t i = 0; i < paths->n && e == NULL; i++) {
		const git_index_entry *entry =
		    git_index_get_bypath(index, paths->v[i], 0);
		char *full = path_join(r->dir, paths->v[i]);
		struct stat st;

		/* what core.checkStat=minimal looks at */
		if (entry != NULL && lstat(full, &st) == 0 &&
		    (entry->mtime.seconds != (int32_t)st.st_mtim.tv_sec ||
			entry->file_size != (uint32_t)st.st_size))
			strs_add(out, paths->v[i]);
		free(full);
	}
	git_index_free(index);
	return e;
}

/*
 * Conflicts.
 */

struct err *
repo_conflicts(struct repo *r, struct strs *out)
{
	const git_index_entry *sides[3];
	git_index_conflict_iterator *walk = NULL;
	git_index *index = NULL;
	int rc = 0;
	struct err *e = read_index(&index, r);

	if (e == NULL && git_index_conflict_iterator_new(&walk, index) != 0)
		e = repo_failed("cannot read the index");
	while (e == NULL &&
	    (rc = git_index_conflict_next(
		 &sides[0], &sides[1], &sides[2], walk)) == 0)
		for (size_t i = 0; i < 3; i++)
			if (sides[i] != NULL) {
				strs_add(out, sides[i]->path);
				break;
			}
	if (e == NULL && rc != GIT_ITEROVER)
		e = repo_failed("cannot read the index");
	git_index_conflict_iterator_free(walk);
	git_index_free(index);
	strs_sort(out);
	return e;
}

struct err *
repo_stage(struct repo *r, const char *path, int stage, struct buf *out)
{
	const git_index_entry *entry;
	git_index *index = NULL;
	git_blob *blob = NULL;
	struct err *e = read_index(&index, r);

	if (e != NULL)
		return e;
	entry = git_index_get_bypath(index, path, stage);
	if (entry == NULL)
		e = err_new(ERR_NOT_FOUND, "no such side of %s", path);
	else if (git_blob_lookup(&blob, r->git, &entry->id) != 0)
		e = repo_failed("cannot read a side of a conflict");
	else
		buf_add(out, git_blob_rawcontent(blob),
		    (size_t)git_blob_rawsize(blob));
	git_blob_free(blob);
	git_index_free(index);
	return e;
}

/*
 * The lock.
 */

static const char mark_text[] = "deed\n";

/* Is it the lock of a deed, and not of git? */
static bool
is_marked(const char *path)
{
	struct buf text = BUF_INIT;
	bool marked;

	/* gone meanwhile, or larger: not ours */
	err_drop(file_read(&text, path, sizeof(mark_text)));
	marked = strcmp(text.data, mark_text) == 0;
	buf_release(&text);
	return marked;
}

/* Take it with its mark in it, at once; false with errno. */
static bool
take(const char *mark, const char *lock)
{
	int fd;
	bool taken;

	if (link(mark, lock) == 0)
		return true;
	if (errno == EEXIST || errno == ENOSPC || errno == EROFS)
		return false;
	/* a file system without links */
	fd = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	taken = write(fd, mark_text, strlen(mark_text)) ==
	    (ssize_t)strlen(mark_text);
	close(fd);
	if (!taken)
		unlink(lock);
	return taken;
}

/* Why it is not ours yet; NULL: try again. */
static struct err *
hindered(struct repo *r, const char *lock, int tries, bool *stale)
{
	if (errno != EEXIST)
		return err_errno("cannot lock the index of %s", r->dir);
	if (is_marked(lock)) {
		*stale = true;
		return file_unlink(lock);
	}
	if (tries < LOCK_TRIES) {
		repo_nap();
		return NULL;
	}
	return err_hint(err_new(ERR_CONFLICT,
			    "git is at work in the ledger, or was killed "
			    "there: %s exists",
			    lock),
	    "if no git runs there: rm '%s'", lock);
}

struct err *
repo_lock(struct repo *r, const char *mark)
{
	char *lock = path_join(r->dir, ".git/index.lock");
	bool stale = false;
	struct err *e = NULL;

	if (!is_marked(mark))
		e = file_replace(mark, mark_text, strlen(mark_text), 0600);
	for (int i = 0; e == NULL && !take(mark, lock); i++)
		e = hindered(r, lock, i, &stale);
	if (e != NULL) {
		free(lock);
		return e;
	}
	r->lock = lock;
	if (stale)
		repo_sweep(r);
	return NULL;
}

void
repo_unlock(struct repo *r)
{
	if (r->lock != NULL)
		unlink(r->lock);
	free(r->lock);
	r->lock = NULL;
}
