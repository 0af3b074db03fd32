/* SPDX-License-Identifier: ISC */
/* The commits of a ledger compared and walked. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/ext/repo.h"
#include "core/ext/repo_parts.h"
#include "core/util/mem.h"
#include "core/util/path.h"

/* What differs, and how much was looked at. */
struct difference {
	struct repo *r;
	struct strs *out;
	size_t bytes; /* of all paths so far, each folder's as well */
};

static struct err *compare(struct difference *d, const git_tree *a,
    const git_tree *b, const char *above) MUST_CHECK;

/*
 * A few objects can be a tree with more files than there are atoms, for each
 * folder may hold another one many times.
 */
static struct err *
vet_amount(struct difference *d, const char *path)
{
	size_t len = strlen(path);

	d->bytes += len;
	if (len <= PATH_NAME_MAX && d->bytes <= REPO_PATHS_MAX)
		return NULL;
	return err_new(ERR_LIMIT,
	    len > PATH_NAME_MAX ?
		"a commit has a path of more than 4096 bytes" :
		"a commit has more files than a ledger can hold");
}

/* What stands in both places under one name; either may be NULL. */
static struct err *
compare_entries(struct difference *d, const git_tree_entry *a,
    const git_tree_entry *b, const char *above)
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
	e = vet_amount(d, path);
	for (size_t i = 0; i < 2 && e == NULL; i++) {
		if (both[i] == NULL)
			continue;
		if (git_tree_entry_type(both[i]) != GIT_OBJECT_TREE)
			file = true;
		else if (git_tree_lookup(&trees[i], d->r->git,
			     git_tree_entry_id(both[i])) != 0)
			e = repo_failed("cannot read a tree");
	}
	if (e == NULL && file)
		strs_add(d->out, path);
	if (e == NULL && (trees[0] != NULL || trees[1] != NULL)) {
		inside = mem_printf("%s/", path);
		e = compare(d, trees[0], trees[1], inside);
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
compare(struct difference *d, const git_tree *a, const git_tree *b,
    const char *above)
{
	size_t n_a = a != NULL ? git_tree_entrycount(a) : 0;
	size_t n_b = b != NULL ? git_tree_entrycount(b) : 0;
	struct err *e = NULL;

	for (size_t i = 0; i < n_b && e == NULL; i++) {
		const git_tree_entry *new = git_tree_entry_byindex(b, i);

		e = compare_entries(d,
		    a != NULL ?
			git_tree_entry_byname(a, git_tree_entry_name(new)) :
			NULL,
		    new, above);
	}
	for (size_t i = 0; i < n_a && e == NULL; i++) {
		const git_tree_entry *old = git_tree_entry_byindex(a, i);

		if (b == NULL ||
		    git_tree_entry_byname(b, git_tree_entry_name(old)) == NULL)
			e = compare_entries(d, old, NULL, above);
	}
	return e;
}

struct err *
repo_changed(struct repo *r, const char *old, const char *new, struct strs *out)
{
	struct difference d = { .r = r, .out = out };
	git_tree *a = NULL, *b = NULL;
	struct err *e;

	if ((e = repo_tree(r, old, &a)) == NULL &&
	    (e = repo_tree(r, new, &b)) == NULL)
		e = compare(&d, a, b, "");
	git_tree_free(a);
	git_tree_free(b);
	return e;
}

/*
 * Would some file system take this component for .git?  Windows drops dots and
 * blanks at the end and what follows a colon, macOS marks that are not shown.
 */
static bool
is_git_dir(const char *name, size_t len)
{
	char plain[8] = "";
	size_t n = 0;

	for (size_t i = 0; i < len && name[i] != ':'; i++)
		if (((unsigned char)name[i] & 0x80) == 0 && n < sizeof(plain))
			plain[n++] = (char)tolower((unsigned char)name[i]);
	while (n > 0 && (plain[n - 1] == '.' || plain[n - 1] == ' '))
		n--;
	return (n == 4 && memcmp(plain, ".git", 4) == 0) ||
	    (n == 5 && memcmp(plain, "git~1", 5) == 0);
}

static bool
stays_inside(const char *path)
{
	for (;;) {
		size_t len = strcspn(path, "/");

		if (len == 0 || is_git_dir(path, len) ||
		    (path[0] == '.' &&
			(len == 1 || (len == 2 && path[1] == '.'))))
			return false;
		if (path[len] == '\0')
			return true;
		path += len + 1;
	}
}

static struct err *
vet_file(struct repo *r, const char *commit, const char *path)
{
	git_tree_entry *entry = NULL;
	git_filemode_t mode;
	struct err *e;

	if (!stays_inside(path))
		return err_new(ERR_INVALID,
		    "commit %.12s has a file outside of its folder: %s", commit,
		    path);
	if ((e = repo_entry(r, commit, path, &entry)) != NULL || entry == NULL)
		return e;
	mode = git_tree_entry_filemode(entry);
	git_tree_entry_free(entry);
	if (mode == GIT_FILEMODE_LINK || mode == GIT_FILEMODE_COMMIT)
		return err_new(ERR_INVALID, "commit %.12s has %s: %s", commit,
		    mode == GIT_FILEMODE_LINK ? "a symbolic link" :
						"a submodule",
		    path);
	return NULL;
}

struct err *
repo_vet(struct repo *r, const char *old, const char *new)
{
	struct strs paths = VEC_INIT;
	struct err *e = repo_changed(r, old, new, &paths);

	for (size_t i = 0; i < paths.n && e == NULL; i++)
		e = vet_file(r, new, paths.v[i]);
	strs_release(&paths);
	return e;
}

struct err *
repo_base(
    char out[static REPO_HEX], struct repo *r, const char *a, const char *b)
{
	git_oid x, y, base;
	int rc;

	out[0] = '\0';
	if (*a == '\0' || *b == '\0')
		return NULL;
	if (git_oid_fromstr(&x, a) != 0 || git_oid_fromstr(&y, b) != 0)
		return repo_failed("cannot compare two histories");
	rc = git_merge_base(&base, r->git, &x, &y);
	if (rc == GIT_ENOTFOUND)
		return NULL;
	if (rc != 0)
		return repo_failed("cannot compare two histories");
	git_oid_tostr(out, REPO_HEX, &base);
	return NULL;
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
	git_commit_free(c);
	return NULL;
}

struct err *
repo_message(char **out, struct repo *r, const char *commit)
{
	git_commit *c = NULL;
	git_oid id;

	*out = NULL;
	if (git_oid_fromstr(&id, commit) != 0 ||
	    git_commit_lookup(&c, r->git, &id) != 0)
		return repo_failed("cannot read a commit");
	*out = mem_dup(git_commit_message(c));
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
	for (size_t i = 0; i < n; i++)
		strs_release(&v[i].parents);
	free(v);
}
