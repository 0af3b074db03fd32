/* SPDX-License-Identifier: ISC */
/* The commits of a ledger compared and walked. */

#include <stdlib.h>
#include <string.h>

#include "core/ext/repo.h"
#include "core/ext/repo_parts.h"
#include "core/util/mem.h"

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
repo_history(
    struct repo *r, const char *since, struct repo_commit **out, size_t *n)
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
		    git_revwalk_push_head(walk) != 0 ||
		    (*since != '\0' &&
			(git_oid_fromstr(&id, since) != 0 ||
			    git_revwalk_hide(walk, &id) != 0)))
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
