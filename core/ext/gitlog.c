/* SPDX-License-Identifier: ISC */
#include "core/ext/gitlog.h"

#include <stdlib.h>
#include <string.h>

#define ARGS_MAX 12

/* Both ends of a range; from.commit is "" where it has no beginning. */
struct ends {
	struct revision from, to;
};

static struct err *
read_ends(struct ends *out, const struct checkout *c, const char *range)
{
	const char *dots = range != NULL ? strstr(range, "..") : NULL;
	const char *last = dots != NULL && dots[2] != '\0' ? dots + 2 : NULL;
	char *first = NULL;
	struct err *e = NULL;

	memset(out, 0, sizeof(*out));
	if (range != NULL)
		first = mem_ndup(range,
		    dots != NULL ? (size_t)(dots - range) : strlen(range));
	if (first != NULL && first[0] != '\0')
		e = checkout_resolve(&out->from, c, first);
	if (e == NULL)
		e = checkout_resolve(&out->to, c, last);
	free(first);
	return e;
}

/* Cut the next field off, which ends in this byte; NULL if there is none. */
static char *
field(char **at, const char *end, char stop)
{
	char *start = *at;
	char *found =
	    start < end ? memchr(start, stop, (size_t)(end - start)) : NULL;

	if (found == NULL)
		return NULL;
	*found = '\0';
	*at = found + 1;
	return start;
}

/* "ID NUL TIME NUL SUBJECT LF", again and again. */
static struct err *
read_commits(
    struct gitlog *out, const struct checkout *c, const struct ends *ends)
{
	char *not_before = ends->from.commit[0] == '\0' ?
	    NULL :
	    mem_printf("^%s", ends->from.commit);
	const char *const argv[ARGS_MAX] = { "git", "log",
		"--no-show-signature", "--no-color", "--no-notes",
		"--encoding=UTF-8", "--max-count=10000",
		"--format=%H%x00%ct%x00%s", ends->to.commit,
		not_before != NULL ? not_before : "--",
		not_before != NULL ? "--" : NULL };
	struct buf answer = BUF_INIT;
	struct err *e = checkout_ask(&answer, c, argv);
	char *at = answer.data, *end = answer.data + answer.len;
	char *id, *time, *subject;

	while (e == NULL && (id = field(&at, end, '\0')) != NULL &&
	    (time = field(&at, end, '\0')) != NULL &&
	    (subject = field(&at, end, '\n')) != NULL) {
		struct commit *commit = vec_add(&out->commits);

		if (strlen(id) < COMMIT_HEX)
			memcpy(commit->id, id, strlen(id) + 1);
		commit->time = strtoll(time, NULL, 10);
		commit->subject = mem_dup(subject);
	}
	buf_release(&answer);
	free(not_before);
	return e;
}

static struct err *
read_tags(struct gitlog *out, const struct checkout *c, const struct ends *ends)
{
	char *merged = mem_printf("--merged=%s", ends->to.commit);
	char *outside = ends->from.commit[0] == '\0' ?
	    NULL :
	    mem_printf("--no-merged=%s", ends->from.commit);
	const char *const argv[ARGS_MAX] = { "git", "for-each-ref",
		"--sort=creatordate",
		("--format=%(refname:strip=2)%00%(creatordate:unix)%00"
		 "%(contents:subject)"),
		merged, outside != NULL ? outside : "refs/tags",
		outside != NULL ? "refs/tags" : NULL };
	struct buf answer = BUF_INIT;
	struct err *e = checkout_ask(&answer, c, argv);
	char *at = answer.data, *end = answer.data + answer.len;
	char *name, *time, *subject;

	while (e == NULL && (name = field(&at, end, '\0')) != NULL &&
	    (time = field(&at, end, '\0')) != NULL &&
	    (subject = field(&at, end, '\n')) != NULL)
		vec_push(&out->tags,
		    ((struct tag){ mem_dup(name), strtoll(time, NULL, 10),
			mem_dup(subject) }));
	buf_release(&answer);
	free(merged);
	free(outside);
	return e;
}

struct err *
gitlog_read(struct gitlog *out, const struct checkout *c, const char *range)
{
	struct ends ends;
	struct err *e = read_ends(&ends, c, range);

	memset(out, 0, sizeof(*out));
	if (e == NULL && (e = read_commits(out, c, &ends)) == NULL)
		e = read_tags(out, c, &ends);
	revision_release(&ends.from);
	revision_release(&ends.to);
	return e;
}

void
gitlog_release(struct gitlog *log)
{
	for (size_t i = 0; i < log->commits.n; i++)
		free(log->commits.v[i].subject);
	for (size_t i = 0; i < log->tags.n; i++) {
		free(log->tags.v[i].name);
		free(log->tags.v[i].subject);
	}
	vec_release(&log->commits);
	vec_release(&log->tags);
}
