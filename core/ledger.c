/* SPDX-License-Identifier: ISC */
#include "core/ledger.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ext/doc.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/proc.h"

#define SMALL_FILE_MAX (64u << 10)

/*
 * Opening.
 */

bool
ledger_is_there(const char *dir)
{
	char *git = path_join(dir, ".git");
	bool there = file_is_dir(git);

	free(git);
	return there;
}

/* Does this line of safe.directory mean the folder? */
static bool
is_safe_line(const char *line, size_t len, const char *dir)
{
	return (len == 1 && *line == '*') ||
	    (len == strlen(dir) && memcmp(line, dir, len) == 0);
}

/* Does the user's or the system's git config call this folder safe? */
static bool
is_declared_safe(const char *dir)
{
	static const char *const scopes[] = { "--system", "--global" };
	bool safe = false;

	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		const char *const argv[] = { "git", "config", scopes[i],
			"--type=path", "--get-all", "safe.directory", NULL };
		struct proc_spec spec = { .argv = argv, .dir = "/" };
		struct buf out = BUF_INIT;
		int status;

		/* no answer is a no */
		err_drop(proc_run(&spec, &out, NULL, &status));
		for (const char *p = out.data; *p != '\0';) {
			size_t len = strcspn(p, "\n");

			/* an empty one takes all before it back */
			safe = len > 0 && (safe || is_safe_line(p, len, dir));
			p += len + (p[len] == '\n');
		}
		buf_release(&out);
	}
	return safe;
}

static bool
is_ours(const struct stat *st, const struct env *env)
{
	return st->st_uid == geteuid() ||
	    (geteuid() == 0 && env->sudo_uid == (long)st->st_uid);
}

/* git's rule: what somebody else owns may hold a trap. */
static struct err *
vet_owner(const char *dir, const struct env *env)
{
	char *git = path_join(dir, ".git");
	struct stat top, inner;
	struct err *e;

	if ((e = file_stat(&top, dir)) == NULL &&
	    (e = file_stat(&inner, git)) == NULL &&
	    !(is_ours(&top, env) && is_ours(&inner, env)) &&
	    !is_declared_safe(dir))
		e = err_hint(err_new(ERR_INVALID,
				 "the ledger %s belongs to another user", dir),
		    "if that is meant: git config --global --add "
		    "safe.directory '%s'",
		    dir);
	free(git);
	return e;
}

struct err *
ledger_vet_format(const struct buf *text, const char *name)
{
	struct node *doc = NULL;
	int64_t format;
	struct err *e;

	if ((e = doc_vet(text->data, text->len, name, 1)) != NULL ||
	    (e = doc_parse(&doc, text->data, text->len, name, 1)) != NULL)
		return e;
	format = node_number(doc, "format", 0);
	if (format > LEDGER_FORMAT)
		e = err_hint(
		    err_new(ERR_UNSUPPORTED,
			"%s: the ledger has format %lld, newer than this deed",
			name, (long long)format),
		    "install a newer deed");
	else if (format != LEDGER_FORMAT)
		e = err_new(ERR_SYNTAX, "%s:1: expected \"format: 1\"", name);
	node_free(doc);
	return e;
}

/* Does the last commit have deed.yaml, whatever became of the work tree? */
static bool
is_committed(const char *dir)
{
	struct repo *repo = NULL;
	struct buf text = BUF_INIT;
	char head[REPO_HEX] = "";
	bool found;
	struct err *e = repo_open(&repo, dir);

	if (e == NULL && (e = repo_head(repo, head)) == NULL)
		e = repo_read(repo, head, "deed.yaml", &text);
	found = e == NULL;
	err_drop(e); /* the answer is no */
	buf_release(&text);
	repo_close(repo);
	return found;
}

static struct err *
no_mark(const char *dir)
{
	if (is_committed(dir))
		return err_hint(err_new(ERR_INVALID,
				    "%s lacks deed.yaml, though its last "
				    "commit has it",
				    dir),
		    "put back what is gone: git -C '%s' checkout HEAD -- .",
		    dir);
	return err_hint(err_new(ERR_INVALID,
			    "%s is a git repository but not a ledger: it has "
			    "no deed.yaml",
			    dir),
	    "make a ledger elsewhere: deed init --ledger PATH");
}

static struct err *
vet_format(const char *dir)
{
	char *path = path_join(dir, "deed.yaml");
	struct buf text = BUF_INIT;
	struct err *e = file_read(&text, path, SMALL_FILE_MAX);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* said in terms of the ledger */
		e = no_mark(dir);
	} else if (e == NULL) {
		e = ledger_vet_format(&text, path);
	}
	buf_release(&text);
	free(path);
	return e;
}

struct err *
ledger_open(struct ledger **out, const struct env *env, const char *dir)
{
	char *merge;
	struct err *e;

	*out = NULL;
	if (!ledger_is_there(dir))
		return err_hint(
		    err_new(ERR_NOT_FOUND, "%s is not a ledger", dir),
		    "make one there: deed init --ledger '%s'", dir);
	if ((e = vet_owner(dir, env)) != NULL || (e = vet_format(dir)) != NULL)
		return e;
	*out = mem_zero(1, sizeof(**out));
	(*out)->dir = mem_dup(dir);
	(*out)->own = path_join(dir, ".git/deed");
	merge = path_join(dir, ".git/MERGE_HEAD");
	(*out)->conflicted = file_exists(merge);
	free(merge);
	(*out)->env = env;
	return NULL;
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	repo_close(l->repo);
	free(l->own);
	free(l->dir);
	free(l);
}

struct err *
ledger_repo(struct repo **out, struct ledger *l)
{
	struct err *e = NULL;

	if (l->repo == NULL && (e = repo_open(&l->repo, l->dir)) == NULL)
		e = repo_use_config(
		    l->repo, l->env->git_global, l->env->git_system);
	*out = l->repo;
	return e;
}

/*
 * Finding.
 */

char *
ledger_default_dir(const struct env *env)
{
	return env->data_home == NULL ?
	    NULL :
	    path_join(env->data_home, "deed/ledger");
}

struct err *
ledger_vet_untracked(const char *top)
{
	bool tracked;
	struct err *e = project_tracks(&tracked, top, ".deed");

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* no git here, so no project that could track */
		return NULL;
	}
	if (e == NULL && tracked)
		e = err_hint(err_new(ERR_INVALID,
				 "%s/.deed came with the project, so it is "
				 "somebody else's",
				 top),
		    "name your own: deed init --ledger PATH");
	return e;
}

/* The top of the project, if that is a work tree linked to another? */
static bool
is_linked(const char *dir, struct project *project)
{
	char *git = path_join(dir, ".git");
	/* git is asked only where its answer matters */
	bool linked = file_exists(git) && !file_is_dir(git) &&
	    project_top(project) != NULL &&
	    strcmp(project_top(project), dir) == 0;

	free(git);
	return linked;
}

/* A .deed in this folder or one above, or in the main work tree; yours. */
static struct err *
find_here(char **out, const struct env *env, struct project *project)
{
	char *dir = mem_dup(env->cwd), *up;
	bool crossed = false; /* once: the main one may lie in the linked one */
	struct err *e;

	*out = path_join(dir, ".deed");
	while (!ledger_is_there(*out) && strcmp(dir, "/") != 0) {
		if (!crossed && is_linked(dir, project)) {
			crossed = true;
			up = mem_dup(project_main_top(project));
		} else {
			up = path_parent(dir);
		}
		free(dir);
		free(*out);
		dir = up;
		*out = path_join(dir, ".deed");
	}
	e = ledger_is_there(*out) ? ledger_vet_untracked(dir) : NULL;
	if (e != NULL || !ledger_is_there(*out)) {
		free(*out);
		*out = NULL;
	}
	free(dir);
	return e;
}

struct err *
ledger_named_dir(char **out, const struct env *env, struct project *project)
{
	struct err *e;

	*out = NULL;
	if (env->ledger != NULL) {
		*out = path_join(env->cwd, env->ledger);
		return NULL;
	}
	e = project_folder(out, project, "deed.ledger", true);
	if (e == NULL && *out == NULL)
		e = find_here(out, env, project);
	if (e == NULL && *out == NULL)
		e = project_folder(out, project, "deed.ledger", false);
	return e;
}

struct err *
ledger_find(struct ledger **out, const struct env *env, struct project *project)
{
	char *dir = NULL, *clean;
	struct err *e = ledger_named_dir(&dir, env, project);

	*out = NULL;
	if (e != NULL)
		return e;
	if (dir == NULL) {
		dir = ledger_default_dir(env);
		if (dir == NULL || !ledger_is_there(dir)) {
			free(dir);
			return err_hint(
			    err_new(ERR_NOT_FOUND, "there is no ledger yet"),
			    "make one: deed init");
		}
	}
	clean = path_clean(dir);
	e = ledger_open(out, env, clean);
	free(clean);
	free(dir);
	return e;
}
