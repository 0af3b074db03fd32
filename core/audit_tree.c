/* SPDX-License-Identifier: ISC */
#include "core/audit_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/lfs.h"
#include "core/setup.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/verdict.h"

#define SMALL_MAX (256u << 20) /* bytes of a file that is no archive */

static const char *const folders[] = { "orders", "archives", "proofs" };

#define N_FOLDERS (sizeof(folders) / sizeof(folders[0]))

static bool
is_below(const char *path, const char *folder)
{
	return strncmp(path, folder, strlen(folder)) == 0;
}

/*
 * What is no plain file.
 */

static struct err *
find_odd(
    bool *odd, struct node *checks, const struct ledger *l, const char *path)
{
	char *full = path_join(l->dir, path);
	struct strs names = VEC_INIT;
	struct stat st;
	struct err *e = NULL;

	if (lstat(full, &st) != 0) {
		e = errno == ENOENT ? NULL : err_errno("cannot read %s", full);
	} else if (S_ISDIR(st.st_mode)) {
		e = file_list(&names, full);
	} else if (!S_ISREG(st.st_mode)) {
		verdict_note(checks, "worktree", path, "fail",
		    S_ISLNK(st.st_mode) ? "it is a link, and no file" :
					  "it is neither a file nor a folder");
		*odd = true;
	}
	for (size_t i = 0; i < names.n && e == NULL; i++) {
		char *below = mem_printf("%s/%s", path, names.v[i]);

		e = find_odd(odd, checks, l, below);
		free(below);
	}
	strs_release(&names);
	free(full);
	return e;
}

struct err *
audit_plain(bool *odd, struct node *checks, const struct ledger *l)
{
	static const char *const files[] = { "deed.yaml", ".gitattributes" };
	struct err *e = NULL;

	*odd = false;
	for (size_t i = 0; i < N_FOLDERS && e == NULL; i++)
		e = find_odd(odd, checks, l, folders[i]);
	for (size_t i = 0; i < 2 && e == NULL; i++)
		e = find_odd(odd, checks, l, files[i]);
	return e;
}

/*
 * The index.
 */

struct err *
audit_index(struct node *checks, struct ledger *l, const char *head)
{
	struct strs paths = VEC_INIT;
	struct err *e = repo_index_differs(l->repo, head, &paths);

	if (e != NULL)
		verdict_error(checks, "index", ".git/index", e);
	else if (paths.n > 0)
		verdict_take(checks, "index", paths.v[0], "fail",
		    mem_printf("git would commit %zu file%s otherwise than "
			       "the last commit has %s: git reset",
			paths.n, paths.n == 1 ? "" : "s",
			paths.n == 1 ? "it" : "them"));
	strs_release(&paths);
	return NULL;
}

/*
 * The files.
 */

/* With the command that brings it back; of an archive, hex is its SHA-256. */
static void
note_missing(struct node *checks, const struct ledger *l, const char *path,
    const char *hex)
{
	char *object = hex == NULL ? NULL : lfs_object_path(l->dir, hex);

	if (object == NULL || file_exists(object))
		verdict_take(checks, "worktree", path, "fail",
		    mem_printf("it is missing; to put it back: git -C '%s' "
			       "restore '%s'",
			l->dir, path));
	else
		verdict_note(checks, "worktree", path, "fail",
		    "it is missing, and its bytes are not here: deed sync "
		    "--fetch, or copy what was uploaded to its place");
	free(object);
}

struct err *
audit_file(
    struct node *checks, struct ledger *l, const char *head, const char *path)
{
	struct buf here = BUF_INIT, there = BUF_INIT;
	char *full = path_join(l->dir, path);
	struct err *e = repo_read(l->repo, head, path, &there), *why = NULL;

	if (e == NULL)
		why = file_read(&here, full, SMALL_MAX);
	if (err_is(why, ERR_NOT_FOUND)) {
		note_missing(checks, l, path, NULL);
		err_drop(why); /* noted */
	} else if (why != NULL) {
		verdict_error(checks, "worktree", path, why);
	} else if (e == NULL &&
	    (here.len != there.len ||
		memcmp(here.data, there.data, here.len) != 0)) {
		verdict_note(checks, "worktree", path, "fail",
		    "not what the last commit holds");
	}
	buf_release(&here);
	buf_release(&there);
	free(full);
	return e;
}

/* An archive that no entry may name: its bytes are those of its pointer. */
static struct err *
compare_archive(
    struct node *checks, struct ledger *l, const char *head, const char *path)
{
	struct buf text = BUF_INIT;
	struct lfs_pointer pointer;
	char *full = path_join(l->dir, path);
	bool sound = false;
	struct err *e = repo_read(l->repo, head, path, &text);

	if (e == NULL)
		sound = lfs_read_pointer(&pointer, text.data, text.len);
	if (e == NULL && !file_exists(full))
		note_missing(checks, l, path, sound ? pointer.oid : NULL);
	else if (e == NULL && !sound)
		verdict_note(checks, "pointer", path, "fail",
		    "the last commit has no Git LFS pointer in its place");
	buf_release(&text);
	free(full);
	return e;
}

/* Files below a folder that the last commit does not have. */
static struct err *
find_strangers(struct node *checks, const struct ledger *l, const char *folder,
    const struct strs *known)
{
	char *full = path_join(l->dir, folder);
	struct strs names = VEC_INIT;
	struct err *e = file_is_dir(full) ? file_list(&names, full) : NULL;

	for (size_t i = 0; i < names.n && e == NULL; i++) {
		char *path = mem_printf("%s/%s", folder, names.v[i]);
		char *at = path_join(l->dir, path);
		struct stat st;

		if (lstat(at, &st) != 0)
			e = err_errno("cannot read %s", at);
		else if (S_ISDIR(st.st_mode))
			e = find_strangers(checks, l, path, known);
		else if (!strs_has(known, path))
			verdict_note(checks, "worktree", path, "fail",
			    "the last commit has no such file");
		free(at);
		free(path);
	}
	strs_release(&names);
	free(full);
	return e;
}

static size_t
slashes(const char *path)
{
	size_t n = 0;

	for (; *path != '\0'; path++)
		n += *path == '/';
	return n;
}

/* What deed has no use for, and plain git has committed all the same. */
static void
note_foreign(struct node *checks, const char *path)
{
	bool kept = is_below(path, "orders/") ?
	    ledger_split_path(NULL, NULL, path) :
	    is_below(path, "proofs/stamps/") ? slashes(path) == 2 :
	    is_below(path, "archives/") || is_below(path, "proofs/") ?
					       slashes(path) == 3 :
					       true;

	if (kept &&
	    (slashes(path) == 0 ||
		strcmp(path_base(path), ".gitattributes") != 0))
		return;
	verdict_note(checks, "worktree", path, "pass",
	    "warning: deed keeps nothing there");
}

/* Other attributes would change the bytes of another clone. */
static struct err *
audit_attributes(struct node *checks, struct ledger *l, const char *head)
{
	struct buf text = BUF_INIT;
	const char *missing = NULL;
	char *whole;
	struct err *e = repo_read(l->repo, head, ".gitattributes", &text);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* then it has none of the lines */
		e = NULL;
	}
	whole = mem_printf("\n%s", text.data);
	for (size_t i = 0; e == NULL && setup_attributes[i] != NULL; i++) {
		char *line = mem_printf("\n%s\n", setup_attributes[i]);

		if (missing == NULL && strstr(whole, line) == NULL)
			missing = setup_attributes[i];
		free(line);
	}
	if (missing != NULL)
		verdict_take(checks, "worktree", ".gitattributes", "pass",
		    mem_printf("warning: it lacks the line \"%s\", and git may "
			       "change bytes",
			missing));
	free(whole);
	buf_release(&text);
	return e;
}

struct err *
audit_files(struct node *checks, struct ledger *l, const char *head)
{
	struct strs paths = VEC_INIT;
	struct err *e = repo_changed(l->repo, "", head, &paths);

	strs_sort(&paths);
	if (e == NULL)
		e = audit_attributes(checks, l, head);
	for (size_t i = 0; i < paths.n && e == NULL; i++) {
		note_foreign(checks, paths.v[i]);
		if (is_below(paths.v[i], "archives/"))
			e = compare_archive(checks, l, head, paths.v[i]);
		else
			e = audit_file(checks, l, head, paths.v[i]);
	}
	for (size_t i = 0; i < N_FOLDERS && e == NULL; i++)
		e = find_strangers(checks, l, folders[i], &paths);
	strs_release(&paths);
	return e;
}
