/* SPDX-License-Identifier: ISC */
#include "core/ledger.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ext/doc.h"
#include "core/hooks.h"
#include "core/util/file.h"
#include "core/util/near.h"
#include "core/util/path.h"
#include "core/util/proc.h"

#define SMALL_FILE_MAX (64u << 10)

static const char building[] = ".deed-init"; /* inside the new ledger */

/*
 * Names.
 */

static bool
is_device_name(const char *id)
{
	static const char *const names[] = { "con", "prn", "aux", "nul" };
	size_t stem = strcspn(id, ".");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (stem == 3 && strncasecmp(id, names[i], 3) == 0)
			return true;
	return stem == 4 && isdigit((unsigned char)id[3]) && id[3] != '0' &&
	    (strncasecmp(id, "com", 3) == 0 || strncasecmp(id, "lpt", 3) == 0);
}

struct err *
ledger_vet_id(const char *id)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	size_t len = strlen(id);
	const char *why = NULL;

	if (len == 0 || len > LEDGER_ID_MAX)
		why = "must have 1 to 64 characters";
	else if (strspn(id, allowed) != len)
		why = "may hold letters, digits, dot, dash and underscore";
	else if (!isalnum((unsigned char)id[0]))
		why = "begins with a letter or a digit";
	else if (id[len - 1] == '.')
		why = "may not end in a dot";
	else if (is_device_name(id))
		why = "may not be the name of a Windows device";
	if (why == NULL)
		return NULL;
	return err_hint(
	    err_new(ERR_INVALID, "\"%.80s\" is no order id: it %s", id, why),
	    "keep what the platform prints with --set native_id=...");
}

char *
ledger_order_path(const char *month, const char *id)
{
	return mem_printf("orders/%s/%s.yaml", month, id);
}

/*
 * Opening.
 */

static bool
has_git(const char *dir)
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
			"--get-all", "safe.directory", NULL };
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

static struct err *
vet_format(const char *dir)
{
	char *path = path_join(dir, "deed.yaml");
	struct buf text = BUF_INIT;
	struct node *doc = NULL;
	int64_t format;
	struct err *e = file_read(&text, path, SMALL_FILE_MAX);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* said in terms of the ledger */
		e = err_hint(err_new(ERR_INVALID,
				 "%s is a git repository but not a ledger: "
				 "it has no deed.yaml",
				 dir),
		    "make a ledger elsewhere: deed init --ledger PATH");
	}
	if (e != NULL || (e = doc_parse(&doc, text.data, text.len, path, 1)))
		goto done;
	format = node_number(doc, "format", 0);
	if (format > LEDGER_FORMAT)
		e = err_hint(
		    err_new(ERR_UNSUPPORTED,
			"the ledger %s has format %lld, newer than this deed",
			dir, (long long)format),
		    "install a newer deed");
	else if (format != LEDGER_FORMAT)
		e = err_new(ERR_SYNTAX, "%s:1: expected \"format: 1\"", path);
done:
	node_free(doc);
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
	if (!has_git(dir))
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

/* A .deed that the project tracks came from somebody else. */
static struct err *
vet_untracked(const char *top)
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

/* A .deed in this folder or one above, or in the main work tree; yours. */
static struct err *
find_here(char **out, const struct env *env, struct project *project)
{
	char *dir = mem_dup(env->cwd), *found = NULL;
	struct err *e = NULL;

	for (;;) {
		char *candidate = path_join(dir, ".deed"), *git, *up;
		bool linked;

		if (has_git(candidate)) {
			found = candidate;
			break;
		}
		free(candidate);
		git = path_join(dir, ".git");
		linked = file_exists(git) && !file_is_dir(git);
		free(git);
		if (linked && project_main_top(project) != NULL) {
			free(dir);
			dir = mem_dup(project_main_top(project));
			candidate = path_join(dir, ".deed");
			if (has_git(candidate)) {
				found = candidate;
				break;
			}
			free(candidate);
		}
		if (strcmp(dir, "/") == 0)
			break;
		up = path_parent(dir);
		free(dir);
		dir = up;
	}
	if (found != NULL && (e = vet_untracked(dir)) != NULL) {
		free(found);
		found = NULL;
	}
	free(dir);
	*out = found;
	return e;
}

/* Where the ledger should be, without the default; yours, or NULL. */
static struct err *
named_dir(char **out, const struct env *env, struct project *project)
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
	struct err *e = named_dir(&dir, env, project);

	*out = NULL;
	if (e != NULL)
		return e;
	if (dir == NULL) {
		dir = ledger_default_dir(env);
		if (dir == NULL || !has_git(dir)) {
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

/*
 * Making.
 */

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
	struct err *e = NULL;

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		const char *const argv[] = { "git", "config", "--local",
			settings[i][0], settings[i][1], NULL };

		if ((e = git_in(dir, argv)) != NULL)
			break;
	}
	if (e == NULL) {
		const char *const lfs[] = { "git", "lfs", "install", "--local",
			"--skip-repo", NULL };

		/* without git-lfs everything but push and clone works */
		err_drop(git_in(dir, lfs));
	}
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

static const struct first_file first_files[] = {
	{ ".gitattributes",
	    "* -text\n"
	    "orders/** -text diff merge=deed\n"
	    "archives/** -text -merge filter=lfs diff=lfs\n" },
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

/* The whole ledger, in a folder of its own. */
static struct err *
build(const char *dir, bool here, int64_t now)
{
	const char *const init[] = { "git", "init", "--quiet",
		"--template=", "--object-format=sha1", NULL };
	char *own = path_join(dir, ".git/deed");
	struct err *e;

	if ((e = git_in(dir, init)) == NULL && (e = equip(dir)) == NULL &&
	    (e = file_mkdirs(own, 0700)) == NULL)
		e = first_commit(dir, here, now);
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
	struct err *e = file_exists(dir) ? file_list(&names, dir) : NULL;

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

	if ((e = vet_place(dir)) != NULL && has_git(dir)) {
		err_drop(e); /* another init has just made it */
		e = NULL;
		goto done;
	}
	if (e != NULL || (e = file_mkdir_for(dir, 0755)) != NULL ||
	    (e = file_mkdirs(dir, 0700)) != NULL ||
	    (e = file_lock_dir(&lock, dir)) != NULL || has_git(dir))
		goto done;
	file_remove_tree(temp);
	if ((e = file_chmod(dir, 0700)) == NULL &&
	    (e = file_mkdirs(temp, 0700)) == NULL &&
	    (e = build(temp, here, now)) == NULL)
		e = move_in(temp, dir, here);
	file_remove_tree(temp);
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
tell_project(
    const struct ledger *l, struct project *project, enum ledger_place place)
{
	const char *value;
	struct err *e;

	if (project_top(project) == NULL)
		return NULL;
	if (place == LEDGER_JOIN && strcmp(path_base(l->dir), ".deed") != 0)
		return project_set(project, "deed.ledger", l->dir);
	e = project_config(&value, project, "deed.ledger", true);
	if (e == NULL && value != NULL && place == LEDGER_HERE)
		e = project_set(project, "deed.ledger", NULL);
	return e;
}

struct err *
ledger_equip(struct ledger *l)
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
ledger_adopt(struct ledger **out, const struct env *env,
    struct project *project, const char *dir)
{
	struct err *e;

	*out = NULL;
	if ((e = file_chmod(dir, 0700)) != NULL || (e = equip(dir)) != NULL ||
	    (e = ledger_open(out, env, dir)) != NULL)
		return e;
	if ((e = file_mkdirs((*out)->own, 0700)) == NULL)
		e = tell_project(*out, project, LEDGER_JOIN);
	if (e != NULL) {
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
	if ((e = named_dir(out, env, project)) != NULL || *out != NULL)
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
ledger_init(struct ledger **out, const struct env *env, struct project *project,
    enum ledger_place place, bool *made)
{
	char *chosen = NULL, *dir = NULL;
	struct err *e;

	*out = NULL;
	*made = false;
	if ((e = choose_dir(&chosen, env, project, place)) != NULL)
		return e;
	dir = path_clean(chosen);
	if (place == LEDGER_HERE && has_git(dir)) {
		char *top = path_parent(dir);

		e = vet_untracked(top);
		free(top);
	}
	/* before there is anything that git could see */
	if (e == NULL && place == LEDGER_HERE && project_top(project) != NULL)
		e = project_exclude(project, "/.deed/");
	if (e == NULL && !has_git(dir))
		e = make(dir, place == LEDGER_HERE, env->now, made);
	if (e == NULL)
		e = ledger_open(out, env, dir);
	if (e == NULL && !*made)
		e = ledger_equip(*out);
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

/*
 * Orders.
 */

static int
newest_first(const void *a, const void *b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

static bool
is_month(const char *name)
{
	return strlen(name) == 7 && name[4] == '-' &&
	    strspn(name, "0123456789-") == 7;
}

static struct err *
months(struct strs *out, const struct ledger *l)
{
	char *orders = path_join(l->dir, "orders");
	struct err *e = file_list(out, orders);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* no order yet */
		e = NULL;
	}
	vec_sort(out, newest_first);
	free(orders);
	return e;
}

struct err *
ledger_orders(struct strs *out, const struct ledger *l)
{
	struct strs all = VEC_INIT;
	struct err *e = months(&all, l);

	for (size_t i = 0; i < all.n && e == NULL; i++) {
		struct strs names = VEC_INIT;
		char *sub = mem_printf("%s/orders/%s", l->dir, all.v[i]);

		if (is_month(all.v[i]))
			e = file_list(&names, sub);
		for (size_t j = 0; j < names.n; j++) {
			size_t len = strlen(names.v[j]);

			if (len > 5 &&
			    strcmp(names.v[j] + len - 5, ".yaml") == 0)
				strs_take(out,
				    mem_printf("%s/%.*s", all.v[i],
					(int)len - 5, names.v[j]));
		}
		strs_release(&names);
		free(sub);
	}
	strs_release(&all);
	return e;
}

/* "no order X", with the nearest name that exists. */
static struct err *
no_such_order(const struct ledger *l, const char *id)
{
	struct strs all = VEC_INIT;
	struct near near;
	struct err *e;

	/* this only helps to word an error that is made anyway */
	err_drop(ledger_orders(&all, l));
	near_init(&near, id);
	for (size_t i = 0; i < all.n; i++)
		near_try(&near, path_base(all.v[i]));
	e = err_new(ERR_NOT_FOUND, "there is no order %.80s", id);
	if (near.best != NULL)
		e = err_hint(e, "did you mean %s?", near.best);
	else if (all.n > 0)
		e = err_hint(e, "see which there are: deed list");
	else
		e = err_hint(e, "start it: deed open %.80s", id);
	strs_release(&all);
	return e;
}

struct err *
ledger_month(char **out, const struct ledger *l, const char *id)
{
	struct strs all = VEC_INIT;
	struct err *e;

	*out = NULL;
	if ((e = ledger_vet_id(id)) != NULL)
		return e;
	e = months(&all, l);
	for (size_t i = 0; i < all.n && e == NULL && *out == NULL; i++) {
		char *path = ledger_order_path(all.v[i], id);
		char *full = path_join(l->dir, path);

		if (is_month(all.v[i]) && file_exists(full))
			*out = mem_dup(all.v[i]);
		free(full);
		free(path);
	}
	strs_release(&all);
	if (e == NULL && *out == NULL)
		e = no_such_order(l, id);
	return e;
}

struct err *
ledger_exists(const struct ledger *l, const char *id)
{
	char *month;
	struct err *e = ledger_month(&month, l, id);

	free(month);
	return e;
}

static bool
has_conflict(const struct buf *bytes)
{
	return strncmp(bytes->data, "<<<<<<< ", 8) == 0 ||
	    strstr(bytes->data, "\n<<<<<<< ") != NULL;
}

/* What the last commit holds, instead of what git left half merged. */
static struct err *
read_ours(struct buf *bytes, struct ledger *l, const char *path)
{
	struct repo *repo;
	char head[REPO_HEX];
	struct err *e = ledger_repo(&repo, l);

	buf_clear(bytes);
	if (e == NULL && (e = repo_head(repo, head)) == NULL)
		e = repo_read(repo, head, path, bytes);
	return e;
}

struct err *
ledger_load(struct stream **out, struct ledger *l, const char *id)
{
	struct buf bytes = BUF_INIT;
	char *month, *path, *full;
	struct err *e = ledger_month(&month, l, id);

	*out = NULL;
	if (e != NULL)
		return e;
	path = ledger_order_path(month, id);
	full = path_join(l->dir, path);
	e = file_read(&bytes, full, STREAM_MAX);
	if (e == NULL && has_conflict(&bytes))
		e = read_ours(&bytes, l, path);
	if (e == NULL)
		e = stream_parse(out, &bytes, path);
	buf_release(&bytes);
	free(full);
	free(path);
	free(month);
	return e;
}
