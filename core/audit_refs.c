/* SPDX-License-Identifier: ISC */
#include "core/audit_refs.h"

#include <stdlib.h>

#include "core/audit_history.h"
#include "core/seen.h"
#include "core/verdict.h"

struct err *
audit_branch(struct node *checks, struct repo *r, const struct strs *commits,
    const char *head)
{
	struct strs was = VEC_INIT;
	char *branch;
	struct err *e = repo_branch(r, &branch);

	if (err_is(e, ERR_CONFLICT)) {
		err_drop(e); /* on no branch: nothing to look at */
		return NULL;
	}
	if (e == NULL)
		e = repo_was_at(r, branch, &was);
	for (size_t i = 0; i < was.n && e == NULL; i++) {
		const char *id = was.v[i];
		size_t lost;

		if (strs_has(commits, id) || !repo_has(r, id))
			continue;
		if ((e = audit_lost(&lost, r, id, head)) == NULL && lost > 0) {
			verdict_take(checks, "history", id, "fail",
			    mem_printf("the branch was at this commit, and %zu "
				       "of its entries are gone: bring them "
				       "back with git merge %.12s",
				lost, id));
			break; /* what came before it says no more */
		}
	}
	strs_release(&was);
	free(branch);
	return e;
}

/*
 * Remotes.
 */

static struct err *
audit_remote(struct node *checks, struct repo *r, const struct strs *commits,
    const char *head, const char *name)
{
	char *seen = mem_printf(SEEN_REFS "%s", name);
	char *ref = mem_printf("refs/remotes/%s", name);
	char had[REPO_HEX], has[REPO_HEX];
	bool holds = true;
	size_t lost = 0, before = node_count(checks);
	struct err *e = repo_resolve(r, seen, had);

	if (e == NULL && !strs_has(commits, had) &&
	    (e = audit_lost(&lost, r, had, head)) == NULL && lost > 0)
		verdict_take(checks, "remote", name, "fail",
		    mem_printf("it had commit %.12s, of which %zu entries are "
			       "not here: deed sync brings them back",
			had, lost));
	if (e == NULL)
		e = repo_resolve(r, ref, has);
	if (err_is(e, ERR_NOT_FOUND)) {
		verdict_note(checks, "remote", name, "skipped",
		    "it is no remote of this ledger any more");
		err_drop(e); /* noted */
		e = NULL;
		goto done;
	}
	if (e == NULL)
		e = repo_holds(&holds, r, has, had);
	if (e == NULL && !holds)
		verdict_take(checks, "remote", name, "fail",
		    mem_printf("its history was rewritten: it had commit "
			       "%.12s, and does not hold it any more; deed "
			       "sync puts back what it lost",
			had));
	else if (e == NULL && node_count(checks) == before)
		verdict_take(checks, "remote", name, "pass",
		    mem_printf("it still held commit %.12s when it was last "
			       "asked",
			had));
done:
	free(ref);
	free(seen);
	return e;
}

struct err *
audit_remotes(struct node *checks, struct repo *r, const struct strs *commits,
    const char *head)
{
	struct strs names = VEC_INIT;
	struct err *e = repo_refs(r, SEEN_REFS, &names);

	for (size_t i = 0; i < names.n && e == NULL; i++)
		e = audit_remote(checks, r, commits, head, names.v[i]);
	strs_release(&names);
	return e;
}
