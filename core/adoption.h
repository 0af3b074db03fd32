/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_ADOPTION_H
#define DEED_CORE_ADOPTION_H

#include "core/util/node.h"
#include "core/util/vec.h"

/*
 * Work that was done before anybody kept a record of it: what a history, some
 * folders and the terms suggest about an order, for its seller to confirm.
 * The times are claims of whoever wrote them down, and each says of whom.
 */

/* Something that seems to have been handed over. */
struct proposal {
	char *ref;            /* a commit's name; NULL: a folder */
	char *folder;         /* absolute */
	char *when;           /* as --at takes it */
	int64_t time;         /* the same */
	size_t nth;           /* as it was found */
	const char *dated_by; /* "tag", "commit", "newest file", "you" */
	char *text;           /* never NULL */
};

struct adoption {
	const char *cwd; /* absolute, borrowed */
	int64_t now;
	int64_t opened;        /* INT64_MAX: nobody said */
	const char *opened_by; /* "you", "first commit", "first message" */
	const char *range;     /* of the history; NULL: all of it */
	VEC(struct proposal) deliveries; /* oldest first */
	struct strs work;                /* subjects of commits, oldest first */
	size_t commits;
};

/*
 * Read the history around cwd, if there is any, then propose deliveries: the
 * refs and folders that are named ("v1.0", "./sent @ 2026-10-20"); without
 * either, the tags in the range, or its last commit if it has no tag.  Of a
 * history without a range counts what was done since the order was opened.
 */
struct err *adoption_propose(struct adoption *a, const char *const *refs,
    size_t n_refs, const char *const *folders, size_t n_folders) MUST_CHECK;
void adoption_release(struct adoption *a);

/* An earlier sign of life of the order than is known. */
void adoption_opened(struct adoption *a, int64_t time, const char *by);

/*
 * The items of lists in a file of terms ("- responsive page"), as proposals
 * for requirements; nothing if it is no text.
 */
struct err *adoption_requirements(
    struct strs *out, const char *path) MUST_CHECK;

#endif
