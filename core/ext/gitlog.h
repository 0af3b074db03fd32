/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_GITLOG_H
#define DEED_CORE_EXT_GITLOG_H

#include "core/ext/git.h"

/*
 * What a checkout's history says was done, and when.  The times are those
 * that somebody's git wrote into commits and tags: claims of their author, no
 * proof of when anything happened.
 */

struct commit {
	char id[COMMIT_HEX];
	int64_t time; /* of the committer */
	char *subject;
};

struct tag {
	char *name;   /* "v1.0" */
	int64_t time; /* of the tagger; of a light tag: of the committer */
	char *subject;
};

#define GITLOG_MAX 10000 /* commits that are read, the newest ones */

struct gitlog {
	VEC(struct commit) commits; /* newest first */
	VEC(struct tag) tags;       /* oldest first */
};

/*
 * The commits of a range, "A..B" or "A", which means up to HEAD; NULL: all of
 * HEAD.  And the tags on them.  ERR_NOT_FOUND if an end is no commit.
 */
struct err *gitlog_read(
    struct gitlog *out, const struct checkout *c, const char *range) MUST_CHECK;
void gitlog_release(struct gitlog *log);

#endif
