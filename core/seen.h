/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_SEEN_H
#define DEED_CORE_SEEN_H

#include <stdbool.h>

#include "core/ext/repo.h"

/*
 * Where remotes were when deed last saw them.  Each is a ref, so that git keeps
 * what a remote had even if that is taken away there: refs/deed/seen/ and
 * behind it REMOTE/BRANCH.
 */
#define SEEN_REFS "refs/deed/seen/"

/* Where a remote's branch was noted to be; "" if that was never done. */
struct err *seen_noted(char out[static REPO_HEX], struct repo *r,
    const char *remote, const char *branch) MUST_CHECK;
/* Does the branch, as it was just fetched, lack a commit it had? */
struct err *seen_lacks(bool *out, struct repo *r, const char *remote,
    const char *branch, const char *had) MUST_CHECK;
struct err *seen_note(struct repo *r, const char *remote, const char *branch,
    const char *commit) MUST_CHECK;

#endif
