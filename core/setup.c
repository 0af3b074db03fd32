/* SPDX-License-Identifier: ISC */
#include "core/setup.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ext/repo.h"
#include "core/hooks.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/proc.h"

static const char building[] = ".deed-init"; /* inside the new ledger */

static struct err *
git_in(const char *dir, const char *const argv[])
{
	struct proc_spec spec = { .argv = argv, .dir = dir };
	struct buf out = BUF_INIT, errs = BUF_INIT;
	int status;
	struct err *e = proc_run(&spec, &out, &errs, &status);

	if (e == NULL && status != 0)
		e = err_new(ERR_SYSTEM, "git %s failed: %.*s", argv[1],
		    (int)strcspn(errs.data, "\n"), errs.data);
	buf_release(&out);
	buf_release(&errs);
	return e;
}

/* Is there a program of this name to be run? */
static bool
is_installed(const char *name)
{
	const char *path = getenv("PATH");
	bool found = false;

	while (path != NULL && *path != '\0' && !found) {
		size_t len = strcspn(path, ":");
		char *file = mem_printf("%.*s/%s", (int)len, path, name);

		found = access(file, X_OK) == 0;
		path += len + (path[len] == ':');
		free(file);
	}
	return found;
}

static struct err *
configure(const char *dir)
{
	static const char *const settings[][2] = {
		{ "core.hooksPath", ".git/hooks" },
		{ "core.autocrlf", "false" },
		{ "core.splitIndex", "false" },
		{ "core.checkStat", "minimal" },
		{ "core.trustctime", "false" },
		{ "core.fsmonitor", "false" },
		{ "core.untrackedCache", "false" },
		{ "gc.auto", "2000" },
		{ "merge.deed.name", "union of deed's order streams" },
		{ "merge.deed.driver", "deed __merge %A %B" },
	};
	/* what "git lfs install --local --skip-repo" sets */
	static const char *const lfs[][2] = {
		{ "lfs.repositoryformatversion", "0" },
		{ "filter.lfs.process", "git-lfs filter-process" },
		{ "filter.lfs.required", "true" },
		{ "filter.lfs.clean", "git-lfs clean -- %f" },
		{ "filter.lfs.smudge", "git-lfs smudge -- %f" },
	};
	struct err *e = repo_configure(
	    dir, settings, sizeof(settings) / sizeof(settings[0]));

	/* without git-lfs everything but push and clone works */
	if (e == NULL && is_installed("git-lfs"))
		e = repo_configure(dir, lfs, sizeof(lfs) / sizeof(lfs[0]));
	return e;
}

static struct err *
equip(const char *dir)
{
	struct err *e = configure(dir);

	return e != NULL ? e : hooks_install(dir);
}

struct first_file {
	const char *name, *text;
};

#define ATTRIBUTES_ALL "* -text"
#define ATTRIBUTES_ORDERS "orders/** -text diff merge=deed"
#define ATTRIBUTES_ARCHIVES "archives/** -text -merge filter=lfs diff=lfs"

const char *const setup_attributes[] = { ATTRIBUTES_ALL, ATTRIBUTES_ORDERS,
	ATTRIBUTES_ARCHIVES, NULL };

static const struct first_file first_files[] = {
	{ ".gitattributes",
	    ATTRIBUTES_ALL "\n" ATTRIBUTES_ORDERS "\n" ATTRIBUTES_ARCHIVES
			   "\n" },
	{ "deed.yaml", "format: 1\n" },
	{ ".npmignore", "*\n" }, /* last: for a ledger inside a project */
};

/* The commit that every ledger begins with. */
static struct err *
first_commit(const char *dir, bool here, int64_t now)
{
	size_t n = sizeof(first_files) / sizeof(first_files[0]) - !here;
	struct repo_person who = { "deed", "deed@localhost", now, 0 };
	struct repo_file files[3];
	struct strs paths = VEC_INIT;
	struct repo *repo = NULL;
	char id[REPO_HEX];
	struct err *e = repo_open(&repo, dir);

	for (size_t i = 0; i < n && e == NULL; i++) {
		const struct first_file *f = &first_files[i];
		char *path = path_join(dir, f->name);

		files[i] =
		    (struct repo_file){ f->name, f->text, strlen(f->text) };
		strs_add(&paths, f->name);
		e = file_replace(path, f->text, strlen(f->text), 0600);
		free(path);
	}
	if (e != NULL ||
	    (e = repo_commit(repo, "", NULL, files, n, "init: a ledger\n", &who,
		 id)) != NULL ||
	    (e = repo_advance(repo, "", id, "deed init", &who)) != NULL)
		goto done;
	e = repo_index(repo, id, &paths);
done:
	strs_release(&paths);
	repo_close(repo);
	return e;
}

/* A disk that could not remove a lock file would leave it to all who come. */
static void
drop_locks(const char *dir)
{
	static const char end[] = ".lock";
	struct strs names = VEC_INIT;

	/* what cannot be listed has no locks that we know */
	err_drop(file_list(&names, dir));
	for (size_t i = 0; i < names.n; i++) {
		size_t len = strlen(names.v[i]);
		char *path = path_join(dir, names.v[i]);

		if (len > strlen(end) &&
		    strcmp(names.v[i] + len - strlen(end), end) == 0)
			unlink(path);
		free(path);
	}
	strs_release(&names);
}

/* The whole ledger, in a folder of its own. */
static struct err *
build(const char *dir, bool here, int64_t now)
{
	const char *const init[] = { "git", "init", "--quiet",
		"--template=", "--object-format=sha1", NULL };
	/* until all is done this says that somebody is at it: core/journal.h */
	char *own = path_join(dir, ".git/deed/tmp");
	char *git_dir = path_join(dir, ".git");
	char *heads = path_join(dir, ".git/refs/heads");
	struct err *e;

	if ((e = git_in(dir, init)) == NULL && (e = equip(dir)) == NULL &&
	    (e = file_mkdirs(own, 0700)) == NULL)
		e = first_commit(dir, here, now);
	drop_locks(git_dir);
	drop_locks(heads);
	free(heads);
	free(git_dir);
	free(own);
	return e;
}

/* Move what build() made to where it belongs; .git, which counts, last. */
static struct err *
move_in(const char *from, const char *dir, bool here)
{
	size_t n = sizeof(first_files) / sizeof(first_files[0]) - !here;
	struct err *e = NULL;

	for (size_t i = 0; i <= n && e == NULL; i++) {
		const char *name = i < n ? first_files[i].name : ".git";
		char *old = path_join(from, name), *new = path_join(dir, name);

		e = file_rename(old, new);
		free(old);
		free(new);
	}
	return e == NULL ? file_sync_dir(dir) : e;
}

/* Whole or not there at all: nothing else is left of the work on it. */
static void
end_building(const char *dir, const char *temp)
{
	char *tmp = path_join(dir, ".git/deed/tmp");

	file_remove_tree(temp);
	file_remove_tree(tmp);
	free(tmp);
	if (ledger_is_there(dir))
		return;
	for (size_t i = 0; i < sizeof(first_files) / sizeof(first_files[0]);
	     i++) {
		char *path = path_join(dir, first_files[i].name);

		unlink(path);
		free(path);
	}
}

/* Left by a killed init, or about to be moved by one that runs now. */
static bool
is_of_init(const char *name)
{
	for (size_t i = 0; i < sizeof(first_files) / sizeof(first_files[0]);
	     i++)
		if (strcmp(name, first_files[i].name) == 0)
			return true;
	return strcmp(name, building) == 0;
}

/* Only an empty or absent folder will do. */
static struct err *
vet_place(const char *dir)
{
	struct strs names = VEC_INIT;
	bool begun = false;
	struct err *e = NULL;

	if (file_exists(dir) && !file_is_dir(dir))
		e = err_hint(
		    err_new(ERR_EXISTS, "%s is a file, not a folder", dir),
		    "name an empty folder or a new one");
	else if (file_exists(dir))
		e = file_list(&names, dir);
	for (size_t i = 0; i < names.n; i++)
		begun |= strcmp(names.v[i], building) == 0;
	for (size_t i = 0; i < names.n && e == NULL; i++)
		if (!begun || !is_of_init(names.v[i]))
			e = err_hint(
			    err_new(ERR_EXISTS,
				"%s is there already and is not a ledger", dir),
			    "name an empty folder or a new one");
	strs_release(&names);
	return e;
}

/*
 * One init at a time: the folder is locked, so what lies in it is a dead
 * one's.  A ledger is there as soon as its .git is, and then it is whole.
 */
static struct err *
make(const char *dir, bool here, int64_t now, bool *made)
{
	char *temp = path_join(dir, building);
	bool was_there = file_exists(dir);
	int lock = -1;
	struct err *e;

	if ((e = vet_place(dir)) != NULL && ledger_is_there(dir)) {
		err_drop(e); /* another init has just made it */
		e = NULL;
		goto done;
	}
	if (e != NULL || (e = file_mkdir_for(dir, 0755)) != NULL ||
	    (e = file_mkdirs(dir, 0700)) != NULL ||
	    (e = file_lock_dir(&lock, dir)) != NULL || ledger_is_there(dir))
		goto done;
	file_remove_tree(temp);
	if ((e = file_chmod(dir, 0700)) == NULL &&
	    (e = file_mkdirs(temp, 0700)) == NULL &&
	    (e = build(temp, here, now)) == NULL)
		e = move_in(temp, dir, here);
	end_building(dir, temp);
	*made = e == NULL;
	if (e != NULL && !was_there)
		rmdir(dir);
done:
	if (lock >= 0)
		close(lock);
	free(temp);
	return e;
}

/* A ledger inside a project is found by its place; others by the config. */
static struct err *
tell_place(
    const struct ledger *l, struct project *project, enum ledger_place place)
{
	const char *value;
	struct err *e;

	if (place == LEDGER_JOIN && strcmp(path_base(l->dir), ".deed") != 0)
		return project_set(project, "deed.ledger", l->dir);
	e = project_config(&value, project, "deed.ledger", true);
	if (e == NULL && value != NULL && place == LEDGER_HERE)
		e = project_set(project, "deed.ledger", NULL);
	return e;
}

/* The project's current order may be one of the ledger it had before. */
static struct err *
forget_order(const struct ledger *l, struct project *project)
{
	const char *order;
	struct err *e = project_config(&order, project, "deed.order", true);

	if (e != NULL || order == NULL || (e = ledger_exists(l, order)) == NULL)
		return e;
	err_drop(e); /* it is not here, whatever it is */
	return project_set(project, "deed.order", NULL);
}

static struct err *
tell_project(
    const struct ledger *l, struct project *project, enum ledger_place place)
{
	struct err *e = NULL;

	if (project_top(project) != NULL &&
	    (e = tell_place(l, project, place)) == NULL)
		e = forget_order(l, project);
	return e;
}

struct err *
setup_equip(struct ledger *l)
{
	struct repo *repo;
	char *driver = NULL;
	struct err *e = ledger_repo(&repo, l);

	if (e == NULL)
		e = repo_config(&driver, repo, "merge.deed.driver");
	if (e == NULL && driver == NULL)
		e = equip(l->dir);
	free(driver);
	return e;
}

struct err *
setup_furnish(const char *dir)
{
	char *own = path_join(dir, ".git/deed");
	struct err *e;

	if ((e = file_chmod(dir, 0700)) == NULL && (e = equip(dir)) == NULL)
		e = file_mkdirs(own, 0700);
	free(own);
	return e;
}

struct err *
setup_join(struct ledger **out, const struct env *env, struct project *project,
    const char *dir)
{
	struct err *e = ledger_open(out, env, dir);

	if (e == NULL &&
	    (e = tell_project(*out, project, LEDGER_JOIN)) != NULL) {
		ledger_close(*out);
		*out = NULL;
	}
	return e;
}

/* The folder a new ledger gets, yours. */
static struct err *
choose_dir(char **out, const struct env *env, struct project *project,
    enum ledger_place place)
{
	const char *top;
	struct err *e = NULL;

	if (place == LEDGER_HERE) {
		top = project_main_top(project);
		*out = path_join(top != NULL ? top : env->cwd, ".deed");
		return NULL;
	}
	if ((e = ledger_named_dir(out, env, project)) != NULL || *out != NULL)
		return e;
	*out = ledger_default_dir(env);
	if (*out == NULL)
		e = err_hint(err_new(ERR_NOT_FOUND,
				 "there is no home folder "
				 "to put a ledger in"),
		    "say where: deed init --ledger PATH");
	return e;
}

struct err *
setup_init(struct ledger **out, const struct env *env, struct project *project,
    enum ledger_place place, bool *made)
{
	char *chosen = NULL, *dir = NULL;
	struct err *e;

	*out = NULL;
	*made = false;
	if ((e = choose_dir(&chosen, env, project, place)) != NULL)
		return e;
	dir = path_clean(chosen);
	if (place == LEDGER_HERE && ledger_is_there(dir)) {
		char *top = path_parent(dir);

		e = ledger_vet_untracked(top);
		free(top);
	}
	/* before there is anything that git could see */
	if (e == NULL && place == LEDGER_HERE && project_top(project) != NULL)
		e = project_exclude(project, "/.deed/");
	if (e == NULL && !ledger_is_there(dir))
		e = make(dir, place == LEDGER_HERE, env->now, made);
	if (e == NULL)
		e = ledger_open(out, env, dir);
	if (e == NULL && !*made)
		e = setup_equip(*out);
	if (e == NULL)
		e = tell_project(*out, project, place);
	if (e != NULL) {
		ledger_close(*out);
		*out = NULL;
	}
	free(dir);
	free(chosen);
	return e;
}
