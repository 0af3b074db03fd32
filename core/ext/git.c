/* SPDX-License-Identifier: ISC */
#include "core/ext/git.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/util/path.h"

#define ANSWER_MAX (8u << 20) /* of what is read as a whole */
#define LOCAL_MAX (1u << 20)  /* .git/info/attributes */
#define PIPE_SIZE (1 << 20)   /* as much as Linux lets anybody ask for */
#define BIG_FILE "core.bigFileThreshold=8m"
#define SMALL_WINDOW "core.packedGitWindowSize=8m"

/* No locks, questions or network; no object in the place of another. */
#define QUIET \
	"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", \
	    "GIT_NO_LAZY_FETCH=1", \
	    "GIT_ALLOW_PROTOCOL=", "GIT_NO_REPLACE_OBJECTS=1", \
	    "GIT_ATTR_NOSYSTEM=1", "GIT_LITERAL_PATHSPECS=1", \
	    "GIT_GLOB_PATHSPECS=0", "GIT_NOGLOB_PATHSPECS=0", \
	    "GIT_ICASE_PATHSPECS=0", "LC_ALL=C"

static const char *const quiet[] = { QUIET, NULL };
static const char *const with_empty[] = { QUIET, "DEED_EMPTY=", NULL };

/* Run git; *status as it is, errs may be NULL. */
static struct err *
run(const char *dir, const char *const *argv, const char *const *env,
    const struct buf *in, struct buf *out, struct buf *errs, int *status)
{
	struct proc_spec spec = {
		.argv = argv,
		.dir = dir,
		.env = env != NULL ? env : quiet,
		.in = in != NULL ? in->data : NULL,
		.in_len = in != NULL ? in->len : 0,
		.out_max = ANSWER_MAX,
	};

	return proc_run(&spec, out, errs, status);
}

/* What git said when it failed, on one line. */
static struct err *
said(const char *what, struct buf *errs)
{
	errs->data[strcspn(errs->data, "\r\n")] = '\0';
	return err_new(ERR_SYSTEM, "git %s failed: %s", what,
	    errs->data[0] != '\0' ? errs->data : "no reason given");
}

/* Run git, which must succeed. */
static struct err *
ask(const char *dir, const char *const *argv, const char *const *env,
    const struct buf *in, struct buf *out)
{
	struct buf errs = BUF_INIT;
	int status;
	struct err *e = run(dir, argv, env, in, out, &errs, &status);

	if (e == NULL && status != 0)
		e = said(argv[1][0] == '-' ? "call" : argv[1], &errs);
	buf_release(&errs);
	return e;
}

/* Records that end in NUL, from a running git. */
struct records {
	struct proc proc;
	struct buf b;
	size_t at;
	bool ended;
};

static struct err *
records_start(struct records *r, const struct checkout *c,
    const char *const *argv, const char *const *env, const struct buf *in)
{
	struct proc_spec spec = {
		.argv = argv,
		.dir = c->top,
		.env = env != NULL ? env : quiet,
		.in = in != NULL ? in->data : NULL,
		.in_len = in != NULL ? in->len : 0,
	};

	*r = (struct records){ .proc = { -1, -1, -1, NULL } };
	buf_init(&r->b);
	return proc_start(&r->proc, &spec);
}

/* The next record, NULL after the last; good until the next call. */
static struct err *
records_next(struct records *r, char **record)
{
	char *start, *nul;

	*record = NULL;
	for (;;) {
		ssize_t n;

		start = r->b.data + r->at;
		nul = memchr(start, '\0', r->b.len - r->at);
		if (nul != NULL) {
			*record = start;
			r->at = (size_t)(nul + 1 - r->b.data);
			return NULL;
		}
		if (r->ended)
			return NULL;
		memmove(r->b.data, start, r->b.len - r->at);
		buf_cut(&r->b, r->b.len - r->at);
		r->at = 0;
		if (r->b.len > ANSWER_MAX)
			return err_new(
			    ERR_LIMIT, "git gave a record without end");
		buf_reserve(&r->b, 64 << 10);
		do {
			n = read(r->proc.out, r->b.data + r->b.len, 64 << 10);
		} while (n < 0 && errno == EINTR);
		if (n < 0)
			return err_errno("cannot read from git");
		r->ended = n == 0;
		r->b.len += (size_t)n;
		r->b.data[r->b.len] = '\0';
	}
}

/* To be called whatever e is; returns it, or what git ended with. */
static struct err *
records_end(struct records *r, struct err *e)
{
	buf_release(&r->b);
	return err_first(e, proc_finish(&r->proc));
}

/* The project. */

static struct err *
no_checkout(const char *dir, struct buf *errs)
{
	struct err *e;

	if (strstr(errs->data, "dubious ownership") == NULL)
		return err_new(ERR_NOT_FOUND, "%s is in no git project", dir);
	e = err_new(ERR_INVALID,
	    "git refuses the project at %s, which belongs to somebody else",
	    dir);
	return err_hint(
	    e, "git config --global --add safe.directory '%s'", dir);
}

/* Take two lines apart; false if there are more or fewer. */
static bool
two_lines(char *text, char **first, char **second)
{
	char *lf = strchr(text, '\n'), *end;

	end = lf == NULL ? NULL : strchr(lf + 1, '\n');
	if (end == NULL || end[1] != '\0' || lf == text)
		return false;
	*first = mem_ndup(text, (size_t)(lf - text));
	*second = mem_ndup(lf + 1, (size_t)(end - lf - 1));
	return true;
}

struct err *
checkout_open(struct checkout **out, const char *dir)
{
	const char *const argv[] = { "git", "rev-parse",
		"--path-format=absolute", "--show-toplevel", "--git-common-dir",
		NULL };
	struct buf answer = BUF_INIT, errs = BUF_INIT;
	struct checkout *c = mem_zero(1, sizeof(*c));
	int status;
	struct err *e;

	*out = NULL;
	e = run(dir, argv, NULL, NULL, &answer, &errs, &status);
	if (e == NULL && status != 0)
		e = no_checkout(dir, &errs);
	else if (e == NULL && !two_lines(answer.data, &c->top, &c->common))
		e = err_new(ERR_UNSUPPORTED,
		    "the project at %s has a line feed in its path", dir);
	if (e == NULL)
		*out = c;
	else
		checkout_free(c);
	buf_release(&answer);
	buf_release(&errs);
	return e;
}

void
checkout_free(struct checkout *c)
{
	if (c == NULL)
		return;
	free(c->top);
	free(c->common);
	free(c);
}

/* Revisions. */

static struct err *
vet_rev(const char *rev)
{
	if (rev[0] == '-' || rev[0] == '\0' || strchr(rev, '\n') != NULL)
		return err_new(
		    ERR_INVALID, "\"%.200s\" is no name of a commit", rev);
	return NULL;
}

/* "ID commit SIZE" and the commit itself: its id and the committer's time. */
static bool
read_commit(struct revision *out, const char *text)
{
	size_t len = strspn(text, "0123456789abcdef");
	const char *body, *line, *mark;

	if (len < 40 || len >= COMMIT_HEX ||
	    strncmp(text + len, " commit ", 8) != 0)
		return false;
	body = strstr(text, "\n\n");
	line = strstr(text, "\ncommitter ");
	if (line == NULL || (body != NULL && line > body))
		return false;
	line++;
	mark = line + strcspn(line, "\n");
	while (mark > line && *mark != '>')
		mark--;
	if (*mark != '>')
		return false;
	memcpy(out->commit, text, len);
	out->commit[len] = '\0';
	out->time = strtoll(mark + 1, NULL, 10);
	return true;
}

/* The full name of the ref that rev is, if it is one. */
static struct err *
name_ref(char **ref, const struct checkout *c, const char *rev)
{
	const char *const argv[] = { "git", "rev-parse", "--symbolic-full-name",
		rev, NULL };
	struct buf out = BUF_INIT;
	int status;
	struct err *e = run(c->top, argv, NULL, NULL, &out, NULL, &status);

	*ref = NULL;
	if (e == NULL && status == 0 && strncmp(out.data, "refs/", 5) == 0)
		*ref = mem_ndup(out.data, strcspn(out.data, "\n"));
	buf_release(&out);
	return e;
}

struct err *
checkout_resolve(
    struct revision *out, const struct checkout *c, const char *rev)
{
	const char *const argv[] = { "git", "cat-file", "--batch", NULL };
	const char *name = rev != NULL ? rev : "HEAD";
	struct buf in = BUF_INIT, answer = BUF_INIT;
	struct err *e;

	memset(out, 0, sizeof(*out));
	if ((e = vet_rev(name)) != NULL)
		return e;
	buf_addf(&in, "%s^{commit}\n", name);
	if ((e = ask(c->top, argv, NULL, &in, &answer)) != NULL)
		goto done;
	if (!read_commit(out, answer.data)) {
		e = err_new(ERR_NOT_FOUND,
		    "there is no commit \"%.200s\" in %s", name, c->top);
		if (rev == NULL)
			e = err_hint(e, "git commit first, or name the files");
		goto done;
	}
	e = name_ref(&out->ref, c, name);
	if (out->ref == NULL && rev != NULL && strcmp(rev, out->commit) != 0)
		out->ref = mem_dup(rev);
done:
	buf_release(&answer);
	buf_release(&in);
	return e;
}

void
revision_release(struct revision *r)
{
	free(r->ref);
	memset(r, 0, sizeof(*r));
}

struct err *
checkout_ask(struct buf *out, const struct checkout *c, const char *const *argv)
{
	return ask(c->top, argv, NULL, NULL, out);
}

/* Configuration. */

/* "filter.NAME.smudge": NAME, which may have dots of its own. */
static void
add_driver(struct strs *out, char *key)
{
	char *name = key + strlen("filter."), *dot = strrchr(name, '.');

	if (dot == NULL || dot == name)
		return;
	*dot = '\0';
	if (strs_find(out, name) < 0)
		strs_add(out, name);
}

struct err *
checkout_drivers(struct strs *out, const struct checkout *c)
{
	const char *const argv[] = { "git", "config", "-z", "--name-only",
		"--get-regexp", "^filter\\..*\\.", NULL };
	struct buf answer = BUF_INIT, errs = BUF_INIT;
	int status;
	struct err *e = run(c->top, argv, NULL, NULL, &answer, &errs, &status);

	/* 1: there are none */
	if (e == NULL && status > 1)
		e = said("config", &errs);
	for (char *at = answer.data;
	     e == NULL && at < answer.data + answer.len;) {
		size_t len = strlen(at);

		add_driver(out, at);
		at += len + 1;
	}
	strs_sort(out);
	buf_release(&answer);
	buf_release(&errs);
	return e;
}

struct err *
checkout_lfs_store(char **store, const struct checkout *c)
{
	const char *const argv[] = { "git", "config", "-z", "--type=path",
		"--get", "lfs.storage", NULL };
	struct buf answer = BUF_INIT;
	char *dir = NULL;
	int status;
	struct err *e = run(c->top, argv, NULL, NULL, &answer, NULL, &status);

	*store = NULL;
	if (e == NULL) {
		dir = path_join(c->common,
		    status == 0 && answer.len > 1 ? answer.data : "lfs");
		*store = path_join(dir, "objects");
	}
	free(dir);
	buf_release(&answer);
	return e;
}

struct err *
checkout_file(struct buf *out, const struct checkout *c, const char *commit,
    const char *path, size_t max)
{
	char *object = mem_printf("%s:%s", commit, path);
	const char *const argv[] = { "git", "cat-file", "blob", object, NULL };
	struct proc_spec spec = {
		.argv = argv, .dir = c->top, .env = quiet, .out_max = max
	};
	struct buf errs = BUF_INIT;
	int status;
	struct err *e = proc_run(&spec, out, &errs, &status);

	if (e == NULL && status != 0)
		e = said("cat-file", &errs);
	buf_release(&errs);
	free(object);
	return e;
}

/* The work tree. */

static void
add_setting(struct strs *argv, const char *setting)
{
	strs_add(argv, "-c");
	strs_add(argv, setting);
}

/* No driver of that name does anything. */
static void
add_neutral(struct strs *argv, const char *driver)
{
	static const char *const keys[] = { "clean", "smudge", "process",
		"required" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strchr(driver, '=') != NULL) {
			/* -c would end the name there */
			strs_take(argv,
			    mem_printf("--config-env=filter.%s.%s=DEED_EMPTY",
				driver, keys[i]));
			continue;
		}
		strs_add(argv, "-c");
		strs_take(argv,
		    mem_printf("filter.%s.%s=%s", driver, keys[i],
			strcmp(keys[i], "required") == 0 ? "false" : ""));
	}
}

/* Let git status tell; drivers, which may be NULL, are not used. */
static struct err *
ask_state(bool *dirty, int64_t *untracked, const struct checkout *c,
    const struct strs *drivers)
{
	static const char *const status[] = { "status", "--porcelain", "-z",
		"--no-renames", "--untracked-files=all",
		"--ignore-submodules=untracked" };
	struct strs argv = VEC_INIT;
	struct records r;
	char *record;
	struct err *e;

	*dirty = false;
	*untracked = 0;
	strs_add(&argv, "git");
	add_setting(&argv, "core.fsmonitor=false");
	for (size_t i = 0; drivers != NULL && i < drivers->n; i++)
		add_neutral(&argv, drivers->v[i]);
	for (size_t i = 0; i < sizeof(status) / sizeof(status[0]); i++)
		strs_add(&argv, status[i]);
	strs_take(&argv, NULL);
	e = records_start(&r, c, (const char *const *)argv.v, with_empty, NULL);
	while (e == NULL && (e = records_next(&r, &record)) == NULL &&
	    record != NULL) {
		if (strncmp(record, "?? ", 3) == 0)
			++*untracked;
		else
			*dirty = true;
	}
	e = records_end(&r, e);
	strs_release(&argv);
	return e;
}

struct err *
checkout_state(bool *dirty, int64_t *untracked, const struct checkout *c)
{
	struct strs drivers = VEC_INIT;
	struct err *e = ask_state(dirty, untracked, c, NULL);

	if (e == NULL)
		return NULL;
	/*
	 * A filter may be configured, but not installed.  Without it its files
	 * may seem to differ; better that than no delivery.
	 */
	err_drop(e);
	if ((e = checkout_drivers(&drivers, c)) == NULL)
		e = ask_state(dirty, untracked, c, &drivers);
	strs_release(&drivers);
	return e;
}

/* Attributes and submodules. */

static bool
is_attributes(const char *path)
{
	return strcmp(path_base(path), ".gitattributes") == 0;
}

/* One line of ls-tree: "MODE TYPE ID<TAB>PATH". */
static void
take_listed(struct tree *t, struct buf *attributes, char *record)
{
	char *tab = strchr(record, '\t'), *id;

	if (tab == NULL)
		return;
	*tab = '\0';
	id = strrchr(record, ' ') + 1;
	if (strncmp(record, "160000 ", 7) == 0) {
		strs_add(&t->submodules, tab + 1);
		strs_add(&t->modules, id);
	} else if (strncmp(record, "100", 3) == 0 && is_attributes(tab + 1)) {
		buf_addf(attributes, "%s\n", id);
	}
}

/* The submodules, and the ids of all .gitattributes, each on a line. */
static struct err *
list_tree(struct tree *t, struct buf *attributes, const struct checkout *c,
    const char *commit)
{
	const char *const argv[] = { "git", "ls-tree", "-r", "-z",
		"--full-tree", commit, NULL };
	struct records r;
	char *record;
	struct err *e = records_start(&r, c, argv, NULL, NULL);

	while (e == NULL && (e = records_next(&r, &record)) == NULL &&
	    record != NULL)
		take_listed(t, attributes, record);
	return records_end(&r, e);
}

/*
 * The names of all files and, with "/" behind them as git's attributes know
 * them, folders; each with its NUL.
 */
static struct err *
list_names(struct buf *names, const struct checkout *c, const char *commit)
{
	const char *const argv[] = { "git", "ls-tree", "-r", "-t", "-z",
		"--full-tree", commit, NULL };
	struct records r;
	char *record;
	struct err *e = records_start(&r, c, argv, NULL, NULL);

	while (e == NULL && (e = records_next(&r, &record)) == NULL &&
	    record != NULL) {
		char *tab = strchr(record, '\t');

		if (tab == NULL)
			continue;
		buf_adds(names, tab + 1);
		if (strncmp(record, "040000 ", 7) == 0)
			buf_addc(names, '/');
		buf_addc(names, '\0');
	}
	return records_end(&r, e);
}

/* Do the .gitattributes say anything that is asked about below? */
static struct err *
worth_asking(bool *worth, const struct checkout *c, const struct buf *ids)
{
	static const char *const words[] = { "filter", "export-subst", "eol",
		"ident", "working-tree-encoding", NULL };
	const char *const argv[] = { "git", "cat-file", "--batch", NULL };
	struct buf text = BUF_INIT;
	struct err *e = NULL;

	*worth = false;
	if (ids->len > 0)
		e = ask(c->top, argv, NULL, ids, &text);
	if (err_is(e, ERR_LIMIT)) {
		err_drop(e); /* too much to look for words: ask git */
		e = NULL;
		*worth = true;
	}
	for (size_t i = 0; e == NULL && words[i] != NULL; i++)
		*worth |= memmem(text.data, text.len, words[i],
			      strlen(words[i])) != NULL;
	buf_release(&text);
	return e;
}

static int
by_path(const void *a, const void *b)
{
	const struct special *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* The special of this path, made if it is not the last one. */
static struct special *
special_of(struct tree *t, const char *path)
{
	struct special *s =
	    t->specials.n > 0 ? &t->specials.v[t->specials.n - 1] : NULL;

	if (s == NULL || strcmp(s->path, path) != 0) {
		s = vec_add(&t->specials);
		s->path = mem_dup(path);
	}
	return s;
}

static void
take_attribute(
    struct tree *t, const char *path, const char *name, const char *value)
{
	bool set = strcmp(value, "set") == 0;

	if (strcmp(value, "unspecified") == 0 || strcmp(value, "unset") == 0)
		return;
	if (strcmp(name, "filter") == 0 && !set) {
		struct special *s = special_of(t, path);

		free(s->driver);
		s->driver = mem_dup(value);
	} else if (strcmp(name, "export-subst") == 0) {
		special_of(t, path)->subst = true;
	} else if (strcmp(name, "eol") == 0) {
		t->converts |= strcmp(value, "crlf") == 0;
	} else {
		t->converts = true;
	}
}

/* Read triples of path, attribute and value. */
static struct err *
take_attributes(struct tree *t, struct records *r, bool local)
{
	struct buf path = BUF_INIT, name = BUF_INIT;
	char *record;
	struct err *e;

	while ((e = records_next(r, &record)) == NULL && record != NULL) {
		buf_clear(&path);
		buf_adds(&path, record);
		if ((e = records_next(r, &record)) != NULL || record == NULL)
			break;
		buf_clear(&name);
		buf_adds(&name, record);
		if ((e = records_next(r, &record)) != NULL || record == NULL)
			break;
		if (!local)
			take_attribute(t, path.data, name.data, record);
		else if (strcmp(record, "unspecified") != 0)
			special_of(t, path.data)->local = true;
	}
	buf_release(&path);
	buf_release(&name);
	return e;
}

/* Ask about all files of the commit, by way of an index of our own. */
static struct err *
ask_attributes(struct tree *t, const struct checkout *c, const char *commit,
    const char *scratch, const struct buf *names)
{
	char *index = mem_printf("GIT_INDEX_FILE=%s/index", scratch);
	const char *const env[] = { QUIET, index, NULL };
	const char *const fill[] = { "git", "-c", "core.splitIndex=false", "-c",
		"core.fsmonitor=false", "-c", "core.untrackedCache=false", "-c",
		"core.sparseCheckout=false", "-c", "index.sparse=false",
		"read-tree", commit, NULL };
	const char *const argv[] = { "git", "-c", "core.fsmonitor=false", "-c",
		"core.attributesFile=/dev/null", "check-attr", "--cached",
		"--stdin", "-z", "filter", "export-subst", "eol", "ident",
		"working-tree-encoding", NULL };
	struct buf none = BUF_INIT;
	struct records r;
	struct err *e = ask(c->top, fill, env, NULL, &none);

	if (e == NULL) {
		e = records_start(&r, c, argv, env, names);
		if (e == NULL)
			e = take_attributes(t, &r, false);
		e = records_end(&r, e);
	}
	unlink(strchr(index, '=') + 1);
	buf_release(&none);
	free(index);
	return e;
}

/*
 * Which files do .git/info/attributes touch?  An empty repository is told to
 * take that file for its only attributes, and asked.
 */
static struct err *
ask_local(struct tree *t, const struct checkout *c, const char *scratch,
    const char *local, const struct buf *names)
{
	char *empty = path_join(scratch, "empty.git");
	char *dir = mem_printf("--git-dir=%s", empty);
	char *file = mem_printf("core.attributesFile=%s", local);
	const char *const make[] = { "git", dir, "init", "-q", "--bare",
		"--template=", NULL };
	const char *const argv[] = { "git", dir, "-c", file, "check-attr",
		"--stdin", "-z", "filter", "export-subst", "export-ignore",
		"text", "crlf", "eol", "ident", "working-tree-encoding", NULL };
	struct buf none = BUF_INIT;
	struct records r;
	struct err *e = ask(scratch, make, NULL, NULL, &none);

	if (e == NULL) {
		e = records_start(&r, c, argv, NULL, names);
		if (e == NULL)
			e = take_attributes(t, &r, true);
		e = records_end(&r, e);
	}
	file_remove_tree(empty);
	buf_release(&none);
	free(file);
	free(dir);
	free(empty);
	return e;
}

/* Lines other than comments? */
static bool
has_rules(const char *text)
{
	for (; *text != '\0'; text += strcspn(text, "\n") + 1) {
		text += strspn(text, " \t\r\n");
		if (*text == '\0')
			return false;
		if (*text != '#')
			return true;
		if (strchr(text, '\n') == NULL)
			return false;
	}
	return false;
}

/* Two specials of one path become one. */
static void
join_specials(struct tree *t)
{
	size_t n = 0;

	vec_sort(&t->specials, by_path);
	for (size_t i = 0; i < t->specials.n; i++) {
		struct special *s = &t->specials.v[i];
		struct special *last = n > 0 ? &t->specials.v[n - 1] : NULL;

		if (last == NULL || strcmp(last->path, s->path) != 0) {
			t->specials.v[n++] = *s;
			continue;
		}
		last->subst |= s->subst;
		last->local |= s->local;
		if (last->driver == NULL) {
			last->driver = s->driver;
			s->driver = NULL;
		}
		free(s->driver);
		free(s->path);
	}
	t->specials.n = n;
}

struct err *
checkout_tree(struct tree *out, const struct checkout *c, const char *commit,
    const char *scratch)
{
	char *local = path_join(c->common, "info/attributes");
	struct buf ids = BUF_INIT, names = BUF_INIT, rules = BUF_INIT;
	bool worth, has_local;
	struct err *e;

	memset(out, 0, sizeof(*out));
	if ((e = list_tree(out, &ids, c, commit)) != NULL ||
	    (e = worth_asking(&worth, c, &ids)) != NULL)
		goto done;
	e = file_read(&rules, local, LOCAL_MAX);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* as nearly everywhere */
		e = NULL;
	}
	has_local = has_rules(rules.data);
	if (e != NULL || (!worth && !has_local) ||
	    (e = list_names(&names, c, commit)) != NULL ||
	    (e = ask_attributes(out, c, commit, scratch, &names)) != NULL ||
	    (has_local &&
		(e = ask_local(out, c, scratch, local, &names)) != NULL))
		goto done;
	join_specials(out);
done:
	buf_release(&ids);
	buf_release(&names);
	buf_release(&rules);
	free(local);
	return e;
}

void
tree_release(struct tree *t)
{
	struct special *s;

	vec_each (s, &t->specials) {
		free(s->path);
		free(s->driver);
	}
	vec_release(&t->specials);
	strs_release(&t->submodules);
	strs_release(&t->modules);
}

const struct special *
tree_special(const struct tree *t, const char *path)
{
	struct special key = { .path = (char *)path };

	if (t->specials.n == 0)
		return NULL;
	return bsearch(
	    &key, t->specials.v, t->specials.n, sizeof(key), by_path);
}

/* The stream. */

struct err *
checkout_stream(struct proc *stream, const struct checkout *c,
    const char *commit, const struct strs *drivers, const struct tree *tree,
    const struct strs *paths)
{
	struct strs argv = VEC_INIT;
	struct proc_spec spec = { .dir = c->top, .env = with_empty };
	struct err *e;

	strs_add(&argv, "git");
	add_setting(&argv, "core.autocrlf=false");
	add_setting(&argv, "core.eol=lf");
	add_setting(&argv, "core.attributesFile=/dev/null");
	add_setting(&argv, "core.abbrev=40");
	add_setting(&argv, "tar.umask=0022");
	add_setting(&argv, "i18n.logOutputEncoding=UTF-8");
	for (size_t i = 0; i < drivers->n; i++)
		add_neutral(&argv, drivers->v[i]);
	if (!tree->converts) {
		/*
		 * git then streams large files instead of holding them in
		 * memory, but without any conversion (2.39).
		 */
		add_setting(&argv, BIG_FILE);
		add_setting(&argv, SMALL_WINDOW);
	}
	strs_add(&argv, "archive");
	strs_add(&argv, "--format=tar");
	strs_add(&argv, commit);
	strs_add(&argv, "--");
	for (size_t i = 0; i < paths->n; i++)
		strs_add(&argv, paths->v[i]);
	strs_take(&argv, NULL);
	spec.argv = (const char *const *)argv.v;
	e = proc_start(stream, &spec);
	stream->name = "git"; /* it would have been borrowed from argv */
	if (e == NULL)
		/* larger steps, fewer switches; without it slower only */
		fcntl(stream->out, F_SETPIPE_SZ, PIPE_SIZE);
	strs_release(&argv);
	return e;
}
