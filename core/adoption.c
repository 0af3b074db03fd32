/* SPDX-License-Identifier: ISC */
#include "core/adoption.h"

#include <stdlib.h>
#include <string.h>

#include "core/ext/gitlog.h"
#include "core/util/date.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/utf8.h"

#define TERMS_MAX (1u << 20)
#define ITEMS_MAX 50
#define ITEM_MAX 300 /* bytes: what is longer is no item of a list */
#define WORK_MAX 20  /* subjects that are told */
#define DEPTH_MAX 32

void
adoption_release(struct adoption *a)
{
	struct proposal *p;

	vec_each (p, &a->deliveries) {
		free(p->ref);
		free(p->folder);
		free(p->when);
		free(p->text);
	}
	vec_release(&a->deliveries);
	strs_release(&a->work);
}

void
adoption_opened(struct adoption *a, int64_t time, const char *by)
{
	if (time >= a->opened)
		return;
	a->opened = time;
	a->opened_by = by;
}

/*
 * Deliveries.
 */

/* "NAME @ TIME": NAME yours, and where the time begins; else NULL. */
static char *
split_spec(const char *spec, const char **when)
{
	const char *at = strstr(spec, " @ ");

	for (const char *next = at; next != NULL;
	     next = strstr(next + 3, " @ "))
		at = next;
	*when = at != NULL ? at + 3 : NULL;
	return at != NULL ? mem_ndup(spec, (size_t)(at - spec)) : mem_dup(spec);
}

static struct err *
date_it(struct proposal *p, const char *when, int64_t otherwise, const char *by,
    int64_t now)
{
	struct when read = { .time = otherwise < now ? otherwise : now };
	char text[DATE_TEXT];
	struct err *e = NULL;

	if (when != NULL)
		e = date_parse_loose(&read, when, now);
	if (e != NULL)
		return e;
	date_write(text, &read);
	p->when = mem_dup(text);
	p->time = read.time;
	p->dated_by = when != NULL ? "you" : by;
	return NULL;
}

static const struct tag *
tag_named(const struct gitlog *log, const char *name)
{
	const struct tag *t;

	vec_each (t, &log->tags) {
		if (strcmp(t->name, name) == 0)
			return t;
	}
	return NULL;
}

static const char *
subject_of(const struct gitlog *log, const char *commit)
{
	const struct commit *c;

	vec_each (c, &log->commits) {
		if (strcmp(c->id, commit) == 0)
			return c->subject;
	}
	return NULL;
}

/* What somebody once wrote about it, if it can be kept as text. */
static char *
text_of(const char *subject, const char *ref)
{
	if (subject == NULL || subject[0] == '\0' ||
	    !utf8_valid(subject, strlen(subject)))
		return mem_printf("What %s holds", ref);
	return mem_printf("%s (%s)", subject, ref);
}

static struct err *
add_ref(struct adoption *a, const struct checkout *c, const struct gitlog *log,
    const char *spec)
{
	const char *when;
	char *name = split_spec(spec, &when);
	struct revision found;
	struct err *e = checkout_resolve(&found, c, name);

	if (e == NULL) {
		const struct tag *tag = tag_named(log, name);
		struct proposal *p = vec_add(&a->deliveries);

		p->ref = mem_dup(name);
		p->text = text_of(
		    tag != NULL ? tag->subject : subject_of(log, found.commit),
		    name);
		e = date_it(p, when, tag != NULL ? tag->time : found.time,
		    tag != NULL ? "tag" : "commit", a->now);
	}
	revision_release(&found);
	free(name);
	return err_wrap(e, "--deliver");
}

/* When the newest file below path was changed. */
static struct err *
newest(int64_t *out, const char *path, int depth)
{
	struct strs names = VEC_INIT;
	struct stat st;
	struct err *e = file_stat(&st, path);

	if (e != NULL || !S_ISDIR(st.st_mode) || depth > DEPTH_MAX) {
		if (e == NULL && (int64_t)st.st_mtime > *out)
			*out = (int64_t)st.st_mtime;
		return e;
	}
	e = file_list(&names, path);
	for (size_t i = 0; i < names.n && e == NULL; i++) {
		char *inner = path_join(path, names.v[i]);

		if (strcmp(names.v[i], ".git") != 0)
			e = newest(out, inner, depth + 1);
		free(inner);
	}
	strs_release(&names);
	return e;
}

static struct err *
add_folder(struct adoption *a, const char *spec)
{
	const char *when;
	char *name = split_spec(spec, &when);
	char *path = path_join(a->cwd, name);
	int64_t time = INT64_MIN;
	struct err *e = newest(&time, path, 0);

	if (e == NULL && time == INT64_MIN)
		e = err_new(ERR_NOT_FOUND, "there is no file in %s", name);
	if (e == NULL) {
		struct proposal *p = vec_add(&a->deliveries);

		p->folder = path_clean(path);
		p->text = mem_printf("The files of %s", path_base(p->folder));
		e = date_it(p, when, time, "newest file", a->now);
	}
	free(path);
	free(name);
	return err_wrap(e, "--folder");
}

/* Of a whole history counts what was done for this order. */
static bool
counts(const struct adoption *a, int64_t time)
{
	return time <= a->now && (a->range != NULL || time >= a->opened);
}

/* Where nothing is named: the tags, or what was done last. */
static struct err *
add_found(
    struct adoption *a, const struct checkout *c, const struct gitlog *log)
{
	struct err *e = NULL;

	for (size_t i = 0; i < log->tags.n && e == NULL; i++)
		if (counts(a, log->tags.v[i].time))
			e = add_ref(a, c, log, log->tags.v[i].name);
	if (e == NULL && a->deliveries.n == 0 && log->commits.n > 0 &&
	    counts(a, log->commits.v[0].time))
		e = add_ref(a, c, log, log->commits.v[0].id);
	return e;
}

static void
add_work(struct adoption *a, const struct gitlog *log)
{
	for (size_t i = log->commits.n; i-- > 0;) {
		const struct commit *c = &log->commits.v[i];

		if (!counts(a, c->time))
			continue;
		if (a->range != NULL)
			adoption_opened(a, c->time, "first commit");
		if (a->commits++ < WORK_MAX &&
		    utf8_valid(c->subject, strlen(c->subject)))
			strs_add(&a->work, c->subject);
	}
}

static int
by_time(const void *a, const void *b)
{
	const struct proposal *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->nth < y->nth ? -1 : 1;
}

static struct err *
read_history(struct adoption *a, const struct checkout *c,
    const char *const *refs, size_t n_refs, bool named)
{
	struct gitlog log;
	struct err *e = gitlog_read(&log, c, a->range);

	if (e == NULL)
		add_work(a, &log);
	for (size_t i = 0; i < n_refs && e == NULL; i++)
		e = add_ref(a, c, &log, refs[i]);
	if (e == NULL && !named)
		e = add_found(a, c, &log);
	gitlog_release(&log);
	return e;
}

struct err *
adoption_propose(struct adoption *a, const char *const *refs, size_t n_refs,
    const char *const *folders, size_t n_folders)
{
	struct checkout *c = NULL;
	bool named = n_refs + n_folders > 0;
	bool asked = n_refs > 0 || a->range != NULL;
	struct err *e = checkout_open(&c, a->cwd);

	if (e == NULL && (asked || !named))
		e = read_history(a, c, refs, n_refs, named);
	if (err_is(e, ERR_NOT_FOUND) && !asked) {
		err_drop(e); /* the work was done in folders alone */
		e = NULL;
	}
	for (size_t i = 0; i < n_folders && e == NULL; i++)
		e = add_folder(a, folders[i]);
	for (size_t i = 0; i < a->deliveries.n; i++)
		a->deliveries.v[i].nth = i;
	vec_sort(&a->deliveries, by_time);
	checkout_free(c);
	return e;
}

/*
 * Requirements.
 */

/* The text of "- item", "* item", "3. item" or "3) item"; else NULL. */
static const char *
item(const char *line)
{
	size_t digits;

	line += strspn(line, " \t");
	digits = strspn(line, "0123456789");
	if (digits > 0 && digits < 4 &&
	    (line[digits] == '.' || line[digits] == ')') &&
	    line[digits + 1] == ' ')
		line += digits + 2;
	else if ((line[0] == '-' || line[0] == '*') && line[1] == ' ')
		line += 2;
	else if (strncmp(line, "\xe2\x80\xa2 ", 4) == 0)
		line += 4;
	else
		return NULL;
	line += strspn(line, " \t");
	return line[0] != '\0' ? line : NULL;
}

struct err *
adoption_requirements(struct strs *out, const char *path)
{
	struct buf text = BUF_INIT;
	struct err *e = file_read(&text, path, TERMS_MAX);
	char *line = text.data, *next;

	if (err_is(e, ERR_LIMIT)) {
		err_drop(e); /* so long a file is no list */
		buf_release(&text);
		return NULL;
	}
	if (e != NULL || memchr(text.data, '\0', text.len) != NULL ||
	    !utf8_valid(text.data, text.len))
		line = NULL;
	for (; line != NULL && out->n < ITEMS_MAX; line = next) {
		const char *found;
		size_t len = strcspn(line, "\r\n");

		next = line[len] != '\0' ? line + len + 1 : NULL;
		line[len] = '\0';
		found = item(line);
		if (found != NULL && strlen(found) <= ITEM_MAX)
			strs_add(out, found);
	}
	buf_release(&text);
	return e;
}
