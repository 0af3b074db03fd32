/* SPDX-License-Identifier: ISC */
#include "core/ext/repo.h"

#include <git2.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/ext/repo_parts.h"
#include "core/util/mem.h"
#include "core/util/path.h"

/* bytes: the folder of a month of 25,000 orders, and of all that is kept */
#define KEPT_TREE (1 << 20)
#define KEPT_MAX (4 << 20)
#define MAPPED_WINDOW (2 << 20)
#define MAPPED_MAX (8 << 20)

#ifndef DEED_SLIM
/*
 * Debian's libgit2 would read every root certificate of the system when it
 * starts, most of what a short command costs, although nothing here ever uses
 * its network half.  It goes on without them when this fails.
 */
int mbedtls_x509_crt_parse_file(void *chain, const char *path);

int
mbedtls_x509_crt_parse_file(void *chain, const char *path)
{
	(void)chain;
	(void)path;
	return -1;
}
#endif

struct err *
repo_failed(const char *what)
{
	const git_error *why = git_error_last();

	return err_new(ERR_SYSTEM, "%s: %s", what,
	    why != NULL && why->message != NULL ? why->message :
						  "no reason given");
}

/*
 * Shall libgit2 flush every object and ref as it writes them, 19 times for one
 * entry?  Where changes keep their order a commit is flushed twice instead.
 */
static void
flush_each(bool each)
{
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, each ? 1 : 0);
}

/*
 * libgit2 keeps trees up to 4 KiB.  The folder of a month outgrows that with a
 * hundred orders, and would be read four times for one entry.  Of packs it
 * would map everything, however large they are.
 */
static void
bound_memory(void)
{
	git_libgit2_opts(
	    GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, (size_t)KEPT_TREE);
	git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)KEPT_MAX);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)MAPPED_WINDOW);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)MAPPED_MAX);
}

struct err *
repo_begin(void)
{
	if (git_libgit2_init() < 1)
		return repo_failed("cannot start libgit2");
	git_error_clear(); /* of the certificates */
	/* who owns it has been asked where the ledger was found */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	bound_memory();
	return NULL;
}

struct err *
repo_open(struct repo **out, const char *dir)
{
	char *path = path_join(dir, ".git");
	git_repository *git = NULL;
	struct err *e = NULL;

	*out = NULL;
	if ((e = repo_begin()) != NULL)
		goto done;
	if (git_repository_open_ext(
		&git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) != 0) {
		e = err_wrap(repo_failed("not a git repository"), "%s", dir);
		git_libgit2_shutdown();
		goto done;
	}
	*out = mem_zero(1, sizeof(**out));
	(*out)->git = git;
	(*out)->dir = mem_dup(dir);
	(*out)->order = file_order_of(path);
	flush_each((*out)->order == FILE_UNORDERED);
done:
	free(path);
	return e;
}

void
repo_close(struct repo *r)
{
	if (r == NULL)
		return;
	repo_unlock(r);
	repo_keep(r);
	git_repository_free(r->git);
	free(r->dir);
	free(r);
	git_libgit2_shutdown();
}

/* HEAD names a commit: why, and how to end it. */
static struct err *
on_no_branch(struct repo *r)
{
	switch (git_repository_state(r->git)) {
	case GIT_REPOSITORY_STATE_REBASE:
	case GIT_REPOSITORY_STATE_REBASE_INTERACTIVE:
	case GIT_REPOSITORY_STATE_REBASE_MERGE:
		return err_hint(err_new(ERR_CONFLICT,
				    "a rebase was begun with git in the "
				    "ledger, and is not at its end"),
		    "end it: git -C '%s' rebase --continue; or give it up: "
		    "git -C '%s' rebase --abort; then deed sync",
		    r->dir, r->dir);
	default:
		return err_hint(
		    err_new(ERR_CONFLICT, "the ledger's HEAD is on no branch"),
		    "put it back: git -C '%s' switch -", r->dir);
	}
}

struct err *
repo_branch(struct repo *r, char **out)
{
	git_reference *head = NULL;
	struct err *e = NULL;

	*out = NULL;
	if (git_reference_lookup(&head, r->git, "HEAD") != 0)
		return repo_failed("cannot read HEAD");
	if (git_reference_type(head) != GIT_REFERENCE_SYMBOLIC)
		e = on_no_branch(r);
	else
		*out = mem_dup(git_reference_symbolic_target(head));
	git_reference_free(head);
	return e;
}

struct err *
repo_on_branch(struct repo *r)
{
	char *name;
	struct err *e = repo_branch(r, &name);

	free(name);
	return e;
}

struct err *
repo_head(struct repo *r, char out[static REPO_HEX])
{
	git_oid id;
	int rc = git_reference_name_to_id(&id, r->git, "HEAD");

	out[0] = '\0';
	if (rc == GIT_ENOTFOUND)
		return NULL;
	if (rc != 0)
		return repo_failed("cannot read HEAD");
	git_oid_tostr(out, REPO_HEX, &id);
	return NULL;
}

struct err *
repo_resolve(struct repo *r, const char *rev, char out[static REPO_HEX])
{
	git_object *object = NULL, *commit = NULL;
	struct err *e = NULL;

	out[0] = '\0';
	if (git_revparse_single(&object, r->git, rev) != 0 ||
	    git_object_peel(&commit, object, GIT_OBJECT_COMMIT) != 0)
		e = err_new(ERR_NOT_FOUND, "there is no commit %.80s", rev);
	else
		git_oid_tostr(out, REPO_HEX, git_object_id(commit));
	git_object_free(commit);
	git_object_free(object);
	return e;
}

struct err *
repo_holds(bool *out, struct repo *r, const char *commit, const char *ancestor)
{
	git_oid a, b;
	int rc;

	*out = strcmp(commit, ancestor) == 0;
	if (*out)
		return NULL;
	if (git_oid_fromstr(&a, commit) != 0 ||
	    git_oid_fromstr(&b, ancestor) != 0)
		return repo_failed("not a commit id");
	rc = git_graph_descendant_of(r->git, &a, &b);
	*out = rc == 1;
	return rc < 0 ? repo_failed("cannot walk the history") : NULL;
}

struct err *
repo_tree(struct repo *r, const char *commit, git_tree **out)
{
	git_commit *c = NULL;
	git_oid id;
	int rc;

	*out = NULL;
	if (commit[0] == '\0')
		return NULL;
	if (git_oid_fromstr(&id, commit) != 0 ||
	    git_commit_lookup(&c, r->git, &id) != 0)
		return repo_failed("cannot read a commit");
	rc = git_commit_tree(out, c);
	git_commit_free(c);
	return rc == 0 ? NULL : repo_failed("cannot read a tree");
}

struct err *
repo_entry(
    struct repo *r, const char *commit, const char *path, git_tree_entry **out)
{
	git_tree *tree;
	int rc;
	struct err *e = repo_tree(r, commit, &tree);

	*out = NULL;
	if (e != NULL || tree == NULL)
		return e;
	rc = git_tree_entry_bypath(out, tree, path);
	git_tree_free(tree);
	if (rc != 0 && rc != GIT_ENOTFOUND)
		return repo_failed("cannot read a tree");
	return NULL;
}

struct err *
repo_read(struct repo *r, const char *commit, const char *path, struct buf *out)
{
	git_tree_entry *entry;
	git_blob *blob = NULL;
	struct err *e = repo_entry(r, commit, path, &entry);

	if (e != NULL)
		return e;
	if (entry == NULL || git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
		e = err_new(ERR_NOT_FOUND, "no file %s in this commit", path);
	else if (git_blob_lookup(&blob, r->git, git_tree_entry_id(entry)) != 0)
		e = repo_failed("cannot read a blob");
	else
		buf_add(out, git_blob_rawcontent(blob),
		    (size_t)git_blob_rawsize(blob));
	git_blob_free(blob);
	git_tree_entry_free(entry);
	return e;
}

struct err *
repo_list(
    struct repo *r, const char *commit, const char *folder, struct strs *out)
{
	git_tree_entry *entry = NULL;
	git_tree *tree = NULL;
	struct err *e;

	if (folder[0] == '\0') {
		e = repo_tree(r, commit, &tree);
	} else {
		e = repo_entry(r, commit, folder, &entry);
		if (e == NULL && entry != NULL &&
		    git_tree_lookup(&tree, r->git, git_tree_entry_id(entry)) !=
			0)
			e = repo_failed("cannot read a tree");
	}
	for (size_t i = 0; tree != NULL && i < git_tree_entrycount(tree); i++)
		strs_add(
		    out, git_tree_entry_name(git_tree_entry_byindex(tree, i)));
	git_tree_free(tree);
	git_tree_entry_free(entry);
	return e;
}

void
repo_nap(void)
{
	struct timespec ms = { .tv_nsec = 1000000 };

	nanosleep(&ms, NULL);
}

static struct err *
flush_ref(const struct repo *r, const char *name)
{
	char *path = mem_printf("%s/.git/%s", r->dir, name);
	struct err *e = file_sync_path(path);

	free(path);
	return e;
}

struct err *
repo_advance(struct repo *r, const char *old, const char *new, const char *why,
    const struct repo_person *who)
{
	char *branch = NULL;
	git_oid from, to;
	git_reference *ref = NULL;
	int rc = 0;
	struct err *e = repo_branch(r, &branch);

	if (e != NULL)
		return e;
	/* the reflog line takes its name from here, whatever config says */
	git_repository_set_ident(r->git, who->name, who->email);
	git_oid_fromstr(&to, new);
	if (old[0] != '\0')
		git_oid_fromstr(&from, old);
	/* a ref is renamed into place: without the ext4 rule it could be empty
	 */
	flush_each(r->order != FILE_ORDERED_RENAMES);
	for (int i = 0; i < LOCK_TRIES; i++) {
		rc = old[0] == '\0' ?
		    git_reference_create(&ref, r->git, branch, &to, 0, why) :
		    git_reference_create_matching(
			&ref, r->git, branch, &to, 1, &from, why);
		if (rc != GIT_ELOCKED)
			break;
		repo_nap();
	}
	if (rc == GIT_EMODIFIED || rc == GIT_EEXISTS)
		e = err_new(ERR_CONFLICT,
		    "another program has committed to the ledger meanwhile");
	else if (rc != 0)
		e = repo_failed("cannot move the branch");
	flush_each(r->order == FILE_UNORDERED);
	if (e == NULL && r->order == FILE_ORDERED_RENAMES)
		e = flush_ref(r, branch);
	git_reference_free(ref);
	free(branch);
	return e;
}
