/* SPDX-License-Identifier: ISC */
#include "core/ledger.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ext/doc.h"
#include "core/util/file.h"
#include "core/util/near.h"
#include "core/util/path.h"
#include "core/util/proc.h"

#define SMALL_FILE_MAX (64u << 10)

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

/* "MONTH/ID" of a file ID.yaml, or NULL: it is no order's. */
static char *
order_name(const char *month, const char *file)
{
	size_t len = strlen(file), end = strlen(".yaml");
	char *id, *name = NULL;
	struct err *e;

	if (len <= end || strcmp(file + len - end, ".yaml") != 0)
		return NULL;
	id = mem_ndup(file, len - end);
	if ((e = ledger_vet_id(id)) == NULL)
		name = mem_printf("%s/%s", month, id);
	err_drop(e); /* the answer is no */
	free(id);
	return name;
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
			char *name = order_name(all.v[i], names.v[j]);

			if (name != NULL)
				strs_take(out, name);
		}
		strs_release(&names);
		free(sub);
	}
	strs_release(&all);
	return e;
}

char *
ledger_committed(struct ledger *l, const char *id)
{
	struct strs all = VEC_INIT;
	struct buf bytes = BUF_INIT;
	struct repo *repo;
	char head[REPO_HEX], *found = NULL;
	struct err *e = ledger_repo(&repo, l);

	if (e == NULL && (e = repo_head(repo, head)) == NULL)
		e = repo_list(repo, head, "orders", &all);
	for (size_t i = 0; i < all.n && e == NULL && found == NULL; i++) {
		char *path = ledger_order_path(all.v[i], id);

		e = repo_read(repo, head, path, &bytes);
		if (e == NULL)
			found = path;
		else
			free(path);
		if (err_is(e, ERR_NOT_FOUND)) {
			err_drop(e); /* another month may have it */
			e = NULL;
		}
	}
	err_drop(e); /* what cannot be looked up was not found */
	buf_release(&bytes);
	strs_release(&all);
	return found;
}

static struct err *
order_is_gone(const struct ledger *l, const char *id, const char *path)
{
	return err_hint(err_new(ERR_NOT_FOUND,
			    "the file of order %s is gone, "
			    "though the last commit has it",
			    id),
	    "put it back: git -C '%s' restore '%s'", l->dir, path);
}

/* "no order X", with the nearest name that exists. */
static struct err *
no_such_order(const struct ledger *l, const char *id)
{
	/* the repository is opened, and answers the same */
	char *lost = ledger_committed((struct ledger *)l, id);
	struct strs all = VEC_INIT;
	struct near near;
	struct err *e;

	if (lost != NULL) {
		e = order_is_gone(l, id, lost);
		free(lost);
		return e;
	}
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

struct err *
ledger_vet_new(struct ledger *l, const char *id)
{
	struct strs all = VEC_INIT;
	char *lost = NULL;
	struct err *e;

	if ((e = ledger_vet_id(id)) == NULL)
		e = ledger_orders(&all, l);
	for (size_t i = 0; i < all.n && e == NULL; i++)
		if (strcasecmp(path_base(all.v[i]), id) == 0)
			e = err_hint(
			    err_new(ERR_EXISTS, "there is an order %s already",
				path_base(all.v[i])),
			    "make it the current one: deed switch %s",
			    path_base(all.v[i]));
	if (e == NULL && (lost = ledger_committed(l, id)) != NULL)
		e = order_is_gone(l, id, lost);
	free(lost);
	strs_release(&all);
	return e;
}

bool
ledger_split_path(char **month, char **id, const char *path)
{
	size_t len = strlen(path), head = strlen("orders/2026-11/");
	char *first, *second;
	bool good;
	struct err *e;

	if (len < head + 6 || strncmp(path, "orders/", 7) != 0 ||
	    path[head - 1] != '/' || strcmp(path + len - 5, ".yaml") != 0)
		return false;
	first = mem_ndup(path + 7, 7);
	second = mem_ndup(path + head, len - head - 5);
	e = ledger_vet_id(second);
	good = e == NULL && is_month(first);
	err_drop(e); /* the answer is no */
	if (good && month != NULL)
		*month = first;
	else
		free(first);
	if (good && id != NULL)
		*id = second;
	else
		free(second);
	return good;
}

bool
ledger_has_marks(const struct buf *file)
{
	return strncmp(file->data, "<<<<<<< ", 8) == 0 ||
	    strstr(file->data, "\n<<<<<<< ") != NULL;
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

bool
ledger_is_cut(const struct buf *part, const struct buf *whole)
{
	size_t len = part->len;

	while (len > 0 && part->data[len - 1] == '\0')
		len--;
	return len < whole->len && memcmp(part->data, whole->data, len) == 0;
}

/*
 * What a power cut does to a file that was about to be there: it is empty, or
 * does not reach its end.
 */
static bool
looks_cut(const struct buf *bytes)
{
	return bytes->len == 0 || bytes->data[bytes->len - 1] != '\n';
}

/* The last commit's bytes, if those of the work tree are the start of them. */
static struct err *
mend_cut(struct buf *bytes, struct ledger *l, const char *path)
{
	struct buf ours = BUF_INIT;
	struct err *e = read_ours(&ours, l, path);

	if (e == NULL && ledger_is_cut(bytes, &ours)) {
		buf_clear(bytes);
		buf_add(bytes, ours.data, ours.len);
	}
	buf_release(&ours);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* no commit has it: the file speaks for itself */
		e = NULL;
	}
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
	if (e == NULL && ledger_has_marks(&bytes))
		e = read_ours(&bytes, l, path);
	else if (e == NULL && looks_cut(&bytes))
		e = mend_cut(&bytes, l, path);
	if (e == NULL)
		e = stream_parse(out, &bytes, path);
	buf_release(&bytes);
	free(full);
	free(path);
	free(month);
	return e;
}
