/* SPDX-License-Identifier: ISC */
#include "core/ext/git.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/ext/gitcall.h"
#include "core/util/path.h"

#define PIPE_SIZE (1 << 20) /* as much as Linux lets anybody ask for */
#define BIG_FILE "core.bigFileThreshold=8m"
#define SMALL_WINDOW "core.packedGitWindowSize=8m"

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
	e = call_run(dir, argv, NULL, NULL, &answer, &errs, &status);
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
	struct err *e = call_run(c->top, argv, NULL, NULL, &out, NULL, &status);

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
	if ((e = call_ask(c->top, argv, NULL, &in, &answer)) != NULL)
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
	return call_ask(c->top, argv, NULL, NULL, out);
}

/*
 * Words.
 */

/* The annotation of one tag at the commit: ref, if it is one of them. */
static struct err *
read_annotation(
    char **out, const struct checkout *c, const char *commit, const char *ref)
{
	char *at = mem_printf("--points-at=%s", commit);
	const char *const argv[] = { "git", "for-each-ref", at,
		"--sort=-taggerdate",
		("--format=%(objecttype)%00%(refname)%00%(contents:subject)%0a"
		 "%0a%(contents:body)%00"),
		"refs/tags", NULL };
	struct buf answer = BUF_INIT;
	struct err *e = call_ask(c->top, argv, NULL, NULL, &answer);
	const char *p = answer.data, *end = p + answer.len;

	while (e == NULL && p < end) {
		const char *type = p + (*p == '\n');
		const char *name = type + strlen(type) + 1;
		const char *text = name + (name < end ? strlen(name) + 1 : 0);
		bool wanted = ref != NULL && strcmp(name, ref) == 0;

		if (name >= end || text >= end)
			break;
		if (strcmp(type, "tag") == 0 && (*out == NULL || wanted)) {
			free(*out);
			*out = mem_dup(text);
		}
		if (wanted)
			break;
		p = text + strlen(text) + 1;
	}
	buf_release(&answer);
	free(at);
	return e;
}

static void
trim_end(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		text[--len] = '\0';
}

struct err *
checkout_message(char **out, bool *tagged, const struct checkout *c,
    const char *commit, const char *ref)
{
	const char *const argv[] = { "git", "show", "-s", "--format=%s",
		"--encoding=UTF-8", commit, NULL };
	struct buf answer = BUF_INIT;
	struct err *e;

	*out = NULL;
	e = read_annotation(out, c, commit, ref);
	if (*out != NULL)
		trim_end(*out);
	*tagged = *out != NULL && (*out)[0] != '\0';
	if (e == NULL && !*tagged &&
	    (e = call_ask(c->top, argv, NULL, NULL, &answer)) == NULL) {
		free(*out);
		*out = mem_dup(answer.data);
		trim_end(*out);
	}
	buf_release(&answer);
	return e;
}

struct err *
checkout_is_shallow(bool *out, const struct checkout *c)
{
	const char *const argv[] = { "git", "rev-parse",
		"--is-shallow-repository", NULL };
	struct buf answer = BUF_INIT;
	struct err *e = call_ask(c->top, argv, NULL, NULL, &answer);

	*out = e == NULL && strncmp(answer.data, "true", 4) == 0;
	buf_release(&answer);
	return e;
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
	struct err *e =
	    call_run(c->top, argv, NULL, NULL, &answer, &errs, &status);

	/* 1: there are none */
	if (e == NULL && status > 1)
		e = call_said("config", &errs);
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
	struct err *e =
	    call_run(c->top, argv, NULL, NULL, &answer, NULL, &status);

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
		.argv = argv, .dir = c->top, .env = call_quiet, .out_max = max
	};
	struct buf errs = BUF_INIT;
	int status;
	struct err *e = proc_run(&spec, out, &errs, &status);

	if (e == NULL && status != 0)
		e = call_said("cat-file", &errs);
	buf_release(&errs);
	free(object);
	return e;
}

/* The work tree. */

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
	call_set(&argv, "core.fsmonitor=false");
	for (size_t i = 0; drivers != NULL && i < drivers->n; i++)
		call_neutral(&argv, drivers->v[i]);
	for (size_t i = 0; i < sizeof(status) / sizeof(status[0]); i++)
		strs_add(&argv, status[i]);
	strs_take(&argv, NULL);
	e = records_start(
	    &r, c->top, (const char *const *)argv.v, call_with_empty, NULL);
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

/* The stream. */

struct err *
checkout_stream(struct proc *stream, const struct checkout *c,
    const char *commit, const struct strs *drivers, const struct tree *tree,
    const struct strs *paths)
{
	struct strs argv = VEC_INIT;
	struct proc_spec spec = { .dir = c->top, .env = call_with_empty };
	struct err *e;

	strs_add(&argv, "git");
	call_set(&argv, "core.autocrlf=false");
	call_set(&argv, "core.eol=lf");
	call_set(&argv, "core.attributesFile=/dev/null");
	call_set(&argv, "core.abbrev=40");
	call_set(&argv, "tar.umask=0022");
	call_set(&argv, "i18n.logOutputEncoding=UTF-8");
	for (size_t i = 0; i < drivers->n; i++)
		call_neutral(&argv, drivers->v[i]);
	if (!tree->converts) {
		/*
		 * git then streams large files instead of holding them in
		 * memory, but without any conversion (2.39).
		 */
		call_set(&argv, BIG_FILE);
		call_set(&argv, SMALL_WINDOW);
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
