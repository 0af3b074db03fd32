/* SPDX-License-Identifier: ISC */
/* What a commit's attributes and submodules say: checkout_tree(). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ext/git.h"
#include "core/ext/gitcall.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define LOCAL_MAX (1u << 20) /* .git/info/attributes */

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
	struct err *e = records_start(&r, c->top, argv, NULL, NULL);

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
	struct err *e = records_start(&r, c->top, argv, NULL, NULL);

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
		e = call_ask(c->top, argv, NULL, ids, &text);
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
	const char *const env[] = { CALL_QUIET, index, NULL };
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
	struct err *e = call_ask(c->top, fill, env, NULL, &none);

	if (e == NULL) {
		e = records_start(&r, c->top, argv, env, names);
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
	struct err *e = call_ask(scratch, make, NULL, NULL, &none);

	if (e == NULL) {
		e = records_start(&r, c->top, argv, NULL, names);
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
