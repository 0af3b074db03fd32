/* SPDX-License-Identifier: ISC */
/* Histories made anew. */

#include <stdlib.h>
#include <string.h>

#include "core/ext/repo.h"
#include "core/ext/repo_parts.h"
#include "core/util/mem.h"

/* What became of a blob, wherever it lies under this path. */
struct remade {
	char *path;
	git_oid was, is;
	bool same, gone;
};

struct rewrite {
	struct repo *repo;
	const struct repo_rewriting *how;
	VEC(struct remade) blobs;
	VEC(struct repo_renamed) commits;
};

/*
 * Files.
 */

static struct err *
remake_blob(struct remade *out, struct rewrite *w, git_blob *blob)
{
	struct buf data = BUF_INIT, made = BUF_INIT;
	struct err *e;

	buf_add(
	    &data, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	e = w->how->file(
	    &made, &out->same, &out->gone, out->path, &data, w->how->arg);
	if (e == NULL && !out->same && !out->gone &&
	    git_blob_create_from_buffer(
		&out->is, w->repo->git, made.data, made.len) != 0)
		e = repo_failed("cannot write a blob");
	buf_release(&data);
	buf_release(&made);
	return e;
}

/* Each blob is asked about once. */
static struct err *
find_blob(const struct remade **out, struct rewrite *w, const char *path,
    const git_oid *id)
{
	git_blob *blob = NULL;
	struct remade *b;
	struct err *e;

	for (size_t i = w->blobs.n; i-- > 0;) {
		b = &w->blobs.v[i];
		if (git_oid_equal(&b->was, id) && strcmp(b->path, path) == 0) {
			*out = b;
			return NULL;
		}
	}
	if (git_blob_lookup(&blob, w->repo->git, id) != 0)
		return repo_failed("cannot read a blob");
	b = vec_add(&w->blobs);
	b->path = mem_dup(path);
	b->was = *id;
	e = remake_blob(b, w, blob);
	*out = b;
	git_blob_free(blob);
	return e;
}

/* Change or take away one file of a tree, if it is there. */
static struct err *
remake_file(struct rewrite *w, git_tree **tree, const char *path)
{
	git_tree_entry *entry = NULL;
	git_tree_update update = { .path = path,
		.filemode = GIT_FILEMODE_BLOB };
	const struct remade *b = NULL;
	git_oid id;
	int rc = git_tree_entry_bypath(&entry, *tree, path);
	struct err *e = NULL;

	if (rc == GIT_ENOTFOUND)
		return NULL;
	if (rc != 0)
		return repo_failed("cannot read a tree");
	if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB)
		e = find_blob(&b, w, path, git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	if (e != NULL || b == NULL || b->same)
		return e;
	update.action =
	    b->gone ? GIT_TREE_UPDATE_REMOVE : GIT_TREE_UPDATE_UPSERT;
	update.id = b->is;
	if (git_tree_create_updated(&id, w->repo->git, *tree, 1, &update) != 0)
		return repo_failed("cannot write a tree");
	git_tree_free(*tree);
	*tree = NULL;
	return git_tree_lookup(tree, w->repo->git, &id) != 0 ?
	    repo_failed("cannot read a tree") :
	    NULL;
}

static struct err *
remake_tree(git_tree **tree, struct rewrite *w, git_commit *c)
{
	struct strs paths = VEC_INIT;
	char hex[REPO_HEX];
	struct err *e;

	git_oid_tostr(hex, sizeof(hex), git_commit_id(c));
	if (git_commit_tree(tree, c) != 0)
		return repo_failed("cannot read a tree");
	e = w->how->paths(&paths, w->repo, hex, w->how->arg);
	for (size_t i = 0; i < paths.n && e == NULL; i++)
		e = remake_file(w, tree, paths.v[i]);
	strs_release(&paths);
	return e;
}

/*
 * Commits.
 */

/* The newest is asked for most. */
const char *
repo_new_name(const struct repo_renamed *renamed, size_t n, const char *commit)
{
	for (size_t i = n; i-- > 0;)
		if (strcmp(renamed[i].was, commit) == 0)
			return renamed[i].is;
	return NULL;
}

static void
follow(const struct rewrite *w, git_oid *id)
{
	char hex[REPO_HEX];
	const char *now;

	git_oid_tostr(hex, sizeof(hex), id);
	now = repo_new_name(w->commits.v, w->commits.n, hex);
	if (now != NULL)
		git_oid_fromstr(id, now);
}

struct parents {
	const git_commit **v;
	size_t n;
	bool changed;
};

static struct err *
find_parents(struct parents *out, const struct rewrite *w, git_commit *c)
{
	size_t n = git_commit_parentcount(c);

	*out = (struct parents){ mem_zero(n + 1, sizeof(*out->v)), 0, false };
	for (; out->n < n; out->n++) {
		git_oid id = *git_commit_parent_id(c, (unsigned)out->n);
		git_commit *parent = NULL;

		follow(w, &id);
		out->changed |= !git_oid_equal(
		    &id, git_commit_parent_id(c, (unsigned)out->n));
		if (git_commit_lookup(&parent, w->repo->git, &id) != 0)
			return repo_failed("cannot read a commit");
		out->v[out->n] = parent;
	}
	return NULL;
}

static void
release_parents(struct parents *p)
{
	for (size_t i = 0; i < p->n; i++)
		git_commit_free((git_commit *)p->v[i]);
	free(p->v);
}

static struct err *
remake_commit(struct rewrite *w, git_commit *c)
{
	struct parents parents = { 0 };
	git_tree *tree = NULL;
	char *message = NULL;
	struct repo_renamed *renamed;
	git_oid id;
	struct err *e;

	if ((e = find_parents(&parents, w, c)) != NULL ||
	    (e = remake_tree(&tree, w, c)) != NULL)
		goto done;
	message = w->how->message(git_commit_message_raw(c), w->how->arg);
	if (!parents.changed && message == NULL &&
	    git_oid_equal(git_tree_id(tree), git_commit_tree_id(c)))
		goto done;
	if (git_commit_create(&id, w->repo->git, NULL, git_commit_author(c),
		git_commit_committer(c), git_commit_message_encoding(c),
		message != NULL ? message : git_commit_message_raw(c), tree,
		parents.n, parents.v) != 0) {
		e = repo_failed("cannot write a commit");
		goto done;
	}
	renamed = vec_add(&w->commits);
	git_oid_tostr(renamed->was, REPO_HEX, git_commit_id(c));
	git_oid_tostr(renamed->is, REPO_HEX, &id);
done:
	release_parents(&parents);
	git_tree_free(tree);
	free(message);
	return e;
}

static struct err *
walk(struct rewrite *w, const struct strs *tips)
{
	git_revwalk *walk = NULL;
	git_oid id;
	int rc = git_revwalk_new(&walk, w->repo->git);
	struct err *e = NULL;

	if (rc == 0)
		rc = git_revwalk_sorting(
		    walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE);
	for (size_t i = 0; i < tips->n && rc == 0; i++) {
		rc = git_oid_fromstr(&id, tips->v[i]);
		if (rc == 0)
			rc = git_revwalk_push(walk, &id);
	}
	while (
	    rc == 0 && e == NULL && (rc = git_revwalk_next(&id, walk)) == 0) {
		git_commit *c = NULL;

		if (git_commit_lookup(&c, w->repo->git, &id) != 0)
			e = repo_failed("cannot read a commit");
		else
			e = remake_commit(w, c);
		git_commit_free(c);
	}
	if (e == NULL && rc != GIT_ITEROVER)
		e = repo_failed("cannot walk the history");
	git_revwalk_free(walk);
	return e;
}

struct err *
repo_rewrite(struct repo *r, const struct repo_rewriting *how,
    const struct strs *tips, struct repo_renamed **out, size_t *n)
{
	struct rewrite w = { .repo = r, .how = how };
	struct remade *b;
	struct err *e = walk(&w, tips);

	vec_each (b, &w.blobs)
		free(b->path);
	vec_release(&w.blobs);
	*out = w.commits.v;
	*n = w.commits.n;
	if (e != NULL) {
		free(*out);
		*out = NULL;
		*n = 0;
	}
	return e;
}
