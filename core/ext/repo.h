/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_REPO_H
#define DEED_CORE_EXT_REPO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/buf.h"
#include "core/util/vec.h"

/*
 * The git repository of a ledger (libgit2).  Only DIR/.git is ever opened.
 * libgit2 is started here, on the first repo_open(), and nowhere else: in
 * Debian's build that reads every root certificate of the system.
 *
 * Commits are hex of 40 digits; "" stands for none, as before the first.
 */

#define REPO_HEX 41

struct repo;

struct err *repo_open(struct repo **out, const char *dir) MUST_CHECK;
void repo_close(struct repo *r);

/* ERR_CONFLICT unless HEAD names a branch, which may have no commit yet. */
struct err *repo_on_branch(struct repo *r) MUST_CHECK;

/* Where HEAD's branch is; "" if it has no commit. */
struct err *repo_head(struct repo *r, char out[static REPO_HEX]) MUST_CHECK;

/* The commit a ref or revision names.  ERR_NOT_FOUND. */
struct err *repo_resolve(
    struct repo *r, const char *rev, char out[static REPO_HEX]) MUST_CHECK;

/* Does the history of commit hold ancestor (or is it that one)? */
struct err *repo_holds(bool *out, struct repo *r, const char *commit,
    const char *ancestor) MUST_CHECK;

/*
 * The file at path in a commit, behind what is in out.  ERR_NOT_FOUND if the
 * commit has no such file.
 */
struct err *repo_read(struct repo *r, const char *commit, const char *path,
    struct buf *out) MUST_CHECK;

/* The names directly below a folder ("" is the top); none if it is absent. */
struct err *repo_list(struct repo *r, const char *commit, const char *folder,
    struct strs *out) MUST_CHECK;

/*
 * The user's config and the system's lie elsewhere than usual, as
 * GIT_CONFIG_GLOBAL and GIT_CONFIG_SYSTEM say, which libgit2 does not know.
 * NULL: where they usually are; "": there is none.
 */
struct err *repo_use_config(
    struct repo *r, const char *global, const char *system) MUST_CHECK;

/* A config value of the repository or the user; *out is yours, NULL if unset */
struct err *repo_config(char **out, struct repo *r, const char *key) MUST_CHECK;
/* Put n pairs of a key and its value into .git/config below dir. */
struct err *repo_configure(
    const char *dir, const char *const settings[][2], size_t n) MUST_CHECK;

struct repo_person {
	const char *name, *email;
	int64_t time;
	int offset; /* minutes east of UTC */
};

/* A file of the next commit; len 0 with data NULL removes it. */
struct repo_file {
	const char *path;
	const void *data;
	size_t len;
};

/*
 * Write the objects of a commit on top of parent: no ref moves.  With another
 * parent (NULL: none) it is a merge.  The new id goes to out.
 */
struct err *repo_commit(struct repo *r, const char *parent, const char *other,
    const struct repo_file *files, size_t n, const char *message,
    const struct repo_person *who, char out[static REPO_HEX]) MUST_CHECK;

/*
 * The bytes of that commit without a signature, which is what gets signed.
 * Nothing is written.
 */
struct err *repo_draft(struct repo *r, const char *parent, const char *other,
    const struct repo_file *files, size_t n, const char *message,
    const struct repo_person *who, struct buf *out) MUST_CHECK;

/* The draft of a commit and its signature, armoured. */
struct repo_signed {
	const char *text, *signature;
};
/* Write the objects of the commit that was drafted with the same words. */
struct err *repo_commit_signed(struct repo *r, const char *parent,
    const char *other, const struct repo_file *files, size_t n,
    const struct repo_person *who, const struct repo_signed *draft,
    char out[static REPO_HEX]) MUST_CHECK;

/* Move the branch HEAD names from old to new; ERR_CONFLICT if it moved. */
struct err *repo_advance(struct repo *r, const char *old, const char *new,
    const char *why, const struct repo_person *who) MUST_CHECK;

#define REPO_PATHS_MAX (128u << 20) /* bytes of the paths of a commit */

/*
 * Paths that differ between two commits ("" for old: all of new).  ERR_LIMIT
 * beyond REPO_PATHS_MAX: what a remote sends may be small and yet endless.
 */
struct err *repo_changed(struct repo *r, const char *old, const char *new,
    struct strs *out) MUST_CHECK;

/* Add to out those paths that the index knows with another time or size. */
struct err *repo_index_foreign(
    struct repo *r, const struct strs *paths, struct strs *out) MUST_CHECK;

/*
 * May what new has and old ("": nothing) has not be put into a work tree?
 * ERR_INVALID names the first thing that may not: a path out of the folder or
 * into .git, which git itself never checks out, or what is no file.
 */
struct err *repo_vet(
    struct repo *r, const char *old, const char *new) MUST_CHECK;

/* The newest commit that both hold; "" if there is none. */
struct err *repo_base(char out[static REPO_HEX], struct repo *r, const char *a,
    const char *b) MUST_CHECK;

/* Files that git left in conflict, sorted. */
struct err *repo_conflicts(struct repo *r, struct strs *out) MUST_CHECK;
/*
 * What such a file is in the ancestor (1), here (2) and there (3), behind what
 * is in out.  ERR_NOT_FOUND where it is not.
 */
struct err *repo_stage(
    struct repo *r, const char *path, int stage, struct buf *out) MUST_CHECK;

/*
 * Tell the index that these paths are as in commit, with the stat data the
 * work tree has now, and write it.
 */
struct err *repo_index(
    struct repo *r, const char *commit, const struct strs *paths) MUST_CHECK;

/*
 * The same for the holder of repo_lock(): the new index is a file of its own,
 * to be renamed.  The files, too, may still wait to be renamed into place.
 */
struct repo_ahead {
	const struct strs
	    *files;        /* absolute, one for each path; NULL: placed */
	const char *index; /* where the new index goes */
};
struct err *repo_index_ahead(struct repo *r, const char *commit,
    const struct strs *paths, const struct repo_ahead *ahead) MUST_CHECK;

/* Paths that the index has otherwise than the commit. */
struct err *repo_index_differs(
    struct repo *r, const char *commit, struct strs *out) MUST_CHECK;

/*
 * Hold git's index.lock: no git commits an index that it read before ours is
 * in place, which would take entries back.  A git that holds it is waited for,
 * then ERR_CONFLICT.  To be called under the ledger's own lock: the lock of a
 * deed, known by what mark, a file of ours, has in it, is then that of a dead
 * one.  It is taken over, and what was left half-written among objects and
 * refs removed.
 */
struct err *repo_lock(struct repo *r, const char *mark) MUST_CHECK;
void repo_unlock(struct repo *r);

/* Is the file at path the same in both commits, or in neither? */
struct err *repo_same(bool *out, struct repo *r, const char *a, const char *b,
    const char *path) MUST_CHECK;

/* Take back the objects of the commit just written, which no ref names. */
void repo_forget(struct repo *r, const char *commit);

/*
 * The branch did not come to be at this commit: its log, which is written
 * first, shall not say so.
 */
void repo_unlog(struct repo *r, const char *commit);

/*
 * Every commit that HEAD reaches, newest first, with its parents; not those
 * that since reaches, if that is not "".
 */
struct repo_commit {
	char id[REPO_HEX];
	struct strs parents;
};
struct err *repo_history(struct repo *r, const char *since,
    struct repo_commit **out, size_t *n) MUST_CHECK;
void repo_history_free(struct repo_commit *v, size_t n);
/* What a commit says; yours. */
struct err *repo_message(
    char **out, struct repo *r, const char *commit) MUST_CHECK;

/*
 * A history made anew: every commit that tips reach, with other bytes in some
 * of its files and another message, where the caller says so, and nothing
 * else changed but the ids of its parents.  What need not change stays the
 * very commit; signatures of the others are gone.  The same wishes give the
 * same ids anywhere.
 */
struct repo_rewriting {
	/* Append the paths to look at in a commit; they need not be there. */
	struct err *(*paths)(
	    struct strs *out, struct repo *r, const char *commit, void *arg);
	/*
	 * The bytes a file has from now on, appended to out; *is_same leaves
	 * it as it is, *is_gone takes it away.
	 */
	struct err *(*file)(struct buf *out, bool *is_same, bool *is_gone,
	    const char *path, struct buf *data, void *arg);
	/* Then its message, yours to free; NULL leaves it as it is. */
	char *(*message)(const char *message, void *arg);
	void *arg;
};
struct repo_renamed {
	char was[REPO_HEX], is[REPO_HEX];
};
/* *out (yours to free) lists the commits that were made anew, parents first. */
struct err *repo_rewrite(struct repo *r, const struct repo_rewriting *how,
    const struct strs *tips, struct repo_renamed **out, size_t *n) MUST_CHECK;
/* What a commit is called now; NULL if it is the same.  Borrowed. */
const char *repo_new_name(
    const struct repo_renamed *renamed, size_t n, const char *commit);

/* The refs whose names begin so, without that beginning, sorted. */
struct err *repo_refs(
    struct repo *r, const char *prefix, struct strs *out) MUST_CHECK;
/* Make a ref, or move it wherever it is: not for branches. */
struct err *repo_set_ref(
    struct repo *r, const char *name, const char *commit) MUST_CHECK;
/* The branch HEAD names, "refs/heads/main", yours.  ERR_CONFLICT without. */
struct err *repo_branch(struct repo *r, char **name) MUST_CHECK;
/* The commits a ref was at, as far as its log goes, newest first. */
struct err *repo_was_at(
    struct repo *r, const char *name, struct strs *out) MUST_CHECK;
/* Loose objects whose bytes are not what their names say. */
struct err *repo_rotten(struct repo *r, struct strs *out) MUST_CHECK;
/* Is there such a commit, reached by anything or not? */
bool repo_has(struct repo *r, const char *commit);

/*
 * The armoured signature of a commit, what it signs, and the time of its
 * committer, which is set in any case.  ERR_NOT_FOUND if it has none.
 */
struct err *repo_signature(struct repo *r, const char *commit,
    struct buf *signature, struct buf *text, int64_t *time) MUST_CHECK;

#endif
