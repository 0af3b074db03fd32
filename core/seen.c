/* SPDX-License-Identifier: ISC */
#include "core/seen.h"

#include <stdlib.h>
#include <string.h>

/* The commit a ref names, "" if there is no such ref. */
static struct err *
resolve(char out[static REPO_HEX], struct repo *r, const char *prefix,
    const char *remote, const char *branch)
{
	char *name = mem_printf("%s%s/%s", prefix, remote, branch);
	struct err *e = repo_resolve(r, name, out);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* the answer is "none" */
		e = NULL;
		out[0] = '\0';
	}
	free(name);
	return e;
}

struct err *
seen_noted(char out[static REPO_HEX], struct repo *r, const char *remote,
    const char *branch)
{
	return resolve(out, r, SEEN_REFS, remote, branch);
}

struct err *
seen_lacks(bool *out, struct repo *r, const char *remote, const char *branch,
    const char *had)
{
	char has[REPO_HEX];
	bool holds = false;
	struct err *e = NULL;

	*out = false;
	if (had[0] == '\0')
		return NULL;
	e = resolve(has, r, "refs/remotes/", remote, branch);
	if (e == NULL && has[0] != '\0')
		e = repo_holds(&holds, r, has, had);
	*out = e == NULL && !holds;
	return e;
}

struct err *
seen_note(
    struct repo *r, const char *remote, const char *branch, const char *commit)
{
	char *name = mem_printf(SEEN_REFS "%s/%s", remote, branch);
	struct err *e = repo_set_ref(r, name, commit);

	free(name);
	return e;
}
