/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_GIT_H
#define DEED_CORE_EXT_GIT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/util/proc.h"
#include "core/util/vec.h"

/*
 * A checkout: the repository of the work that is delivered, and its work tree.
 * It is asked through the user's own git, which understands every format,
 * filter and setting that it has.  Nothing in it is changed, no lock is taken
 * and no network used.
 *
 * What comes from outside never becomes an option: revisions that begin with
 * "-" are refused, paths follow "--" and are taken literally.
 */

struct checkout {
	char *top;    /* the work tree, absolute */
	char *common; /* its .git folder, the one linked work trees share */
};

/*
 * The checkout that dir is in.  ERR_NOT_FOUND if it is in none, or git is not
 * installed; ERR_INVALID if git refuses its owner, with the line that helps.
 */
struct err *checkout_open(struct checkout **out, const char *dir) MUST_CHECK;
void checkout_free(struct checkout *c);

#define COMMIT_HEX 65 /* room for SHA-1 and SHA-256 */

struct revision {
	char commit[COMMIT_HEX];
	int64_t time; /* of the committer */
	char *ref;    /* "refs/tags/v1", else what was asked for; or NULL */
};

/*
 * The commit that rev names; NULL is HEAD.  ERR_NOT_FOUND if there is none,
 * ERR_INVALID for "-...".  Release it with revision_release(), in any case.
 */
struct err *checkout_resolve(
    struct revision *out, const struct checkout *c, const char *rev) MUST_CHECK;
void revision_release(struct revision *r);

/*
 * Do tracked files differ from HEAD or the index?  And how many files are
 * neither tracked nor ignored?
 */
struct err *checkout_state(
    bool *dirty, int64_t *untracked, const struct checkout *c) MUST_CHECK;

/*
 * What the one who made the commit says of it: the annotation of the tag ref,
 * else of any tag there, without its signature; else the first line of the
 * commit.  ref may be NULL.  Yours.  *tagged says which of the two it is.
 */
struct err *checkout_message(char **out, bool *tagged, const struct checkout *c,
    const char *commit, const char *ref) MUST_CHECK;

/* Does it lack the history before some commit? */
struct err *checkout_is_shallow(bool *out, const struct checkout *c) MUST_CHECK;

/* Names of the filter drivers that any configuration knows, sorted. */
struct err *checkout_drivers(
    struct strs *out, const struct checkout *c) MUST_CHECK;

/* What git, which must succeed, says to these words; argv ends in NULL. */
struct err *checkout_ask(struct buf *out, const struct checkout *c,
    const char *const *argv) MUST_CHECK;

/* The folder that holds its LFS objects; yours. */
struct err *checkout_lfs_store(
    char **store, const struct checkout *c) MUST_CHECK;

/* The bytes of a file in a commit, at most max of them. */
struct err *checkout_file(struct buf *out, const struct checkout *c,
    const char *commit, const char *path, size_t max) MUST_CHECK;

/* A file of which attributes say something special. */
struct special {
	char *path;
	char *driver; /* its filter, or NULL */
	bool subst;   /* export-subst */
	bool local;   /* .git/info/attributes, which no clone has, touch it */
};

/* What has to be known of a commit before its content can be judged. */
struct tree {
	VEC(struct special) specials; /* sorted by path */
	struct strs submodules;       /* paths, sorted */
	struct strs modules;          /* the commit of each */
	bool converts; /* some files are not written as their blobs are */
};

/*
 * scratch is a folder in which temporary files may be made.  Release the tree
 * in any case.
 */
struct err *checkout_tree(struct tree *out, const struct checkout *c,
    const char *commit, const char *scratch) MUST_CHECK;
void tree_release(struct tree *t);
const struct special *tree_special(const struct tree *t, const char *path);

/*
 * Start "git archive": a tar stream on stream->out, made so that no setting of
 * this machine changes it.  drivers are those of checkout_drivers(); paths,
 * from the top of the work tree, may be none.  proc_finish() ends it.
 */
struct err *checkout_stream(struct proc *stream, const struct checkout *c,
    const char *commit, const struct strs *drivers, const struct tree *tree,
    const struct strs *paths) MUST_CHECK;

#endif
