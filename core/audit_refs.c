/* SPDX-License-Identifier: ISC */
#include "core/audit_refs.h"

#include <stdlib.h>

#include "core/audit_loss.h"
#include "core/seen.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/verdict.h"

/* "3 entries and the content of 1", yours. */
static char *
words_of(const struct audit_loss *loss)
{
	struct buf b = BUF_INIT;

	if (loss->entries > 0)
		buf_addf(&b, "%zu of its entries", loss->entries);
	if (loss->contents > 0)
		buf_addf(&b, "%sthe content of %zu",
		    loss->entries > 0 ? " and " : "", loss->contents);
	return buf_steal(&b);
}

/*
 * Where a ref was, by git's own log.  The first place that lost something says
 * it; what came before says no more.
 */
static struct err *
audit_log(struct node *checks, struct repo *r, const struct strs *commits,
    const char *head, const char *name)
{
	struct strs was = VEC_INIT;
	const char *left = NULL;
	size_t before = node_count(checks);
	struct err *e = repo_was_at(r, name, &was);

	for (size_t i = 0;
	     i < was.n && e == NULL && node_count(checks) == before; i++) {
		const char *id = was.v[i];
		struct audit_loss loss;

		if (strs_has(commits, id) || !repo_has(r, id))
			continue;
		left = left != NULL ? left : id;
		e = audit_loss_commit(&loss, r, id, head);
		if (e == NULL && audit_loss_any(&loss)) {
			char *lost = words_of(&loss);

			verdict_take(checks, "history", id, "fail",
			    mem_printf("the branch was at this commit, and %s "
				       "are gone: bring them back with git "
				       "merge %.12s",
				lost, id));
			free(lost);
		}
	}
	if (e == NULL && node_count(checks) == before && left != NULL)
		verdict_note(checks, "history", left, "pass",
		    "warning: the branch was at this commit, which its "
		    "history does not hold; no entry is gone");
	strs_release(&was);
	return e;
}

struct err *
audit_branch(struct node *checks, struct repo *r, const struct strs *commits,
    const char *head)
{
	size_t before = node_count(checks);
	char *branch;
	struct err *e = repo_branch(r, &branch);

	if (e == NULL)
		e = audit_log(checks, r, commits, head, branch);
	if (err_is(e, ERR_CONFLICT)) {
		err_drop(e); /* on no branch: HEAD has a log of its own */
		e = NULL;
	}
	if (e == NULL && node_count(checks) == before)
		e = audit_log(checks, r, commits, head, "HEAD");
	free(branch);
	return e;
}

struct err *
audit_stand_ins(struct node *checks, struct repo *r, const char *dir)
{
	char *grafts = path_join(dir, ".git/info/grafts");
	struct strs names = VEC_INIT;
	struct err *e = repo_refs(r, "refs/replace/", &names);

	for (size_t i = 0; i < names.n && e == NULL; i++)
		verdict_note(checks, "history", names.v[i], "fail",
		    "git shows another object in its place: git replace -d");
	if (e == NULL && file_exists(grafts))
		verdict_note(checks, "history", ".git/info/grafts", "fail",
		    "git shows other parents of commits than they have");
	strs_release(&names);
	free(grafts);
	return e;
}

/*
 * Remotes.
 */

/* Is what a remote had still here? */
static struct err *
audit_kept(bool *lost, struct node *checks, struct repo *r,
    const struct strs *commits, const char *head, const char *name,
    const char *had)
{
	struct audit_loss loss = { 0 };
	struct err *e = NULL;

	if (strs_has(commits, had) ||
	    (e = audit_loss_commit(&loss, r, had, head)) != NULL)
		return e;
	*lost = audit_loss_any(&loss);
	if (*lost) {
		char *words = words_of(&loss);

		verdict_take(checks, "remote", name, "fail",
		    mem_printf("it had commit %.12s, and %s are not here: "
			       "deed sync brings them back",
			had, words));
		free(words);
	} else {
		verdict_take(checks, "remote", name, "pass",
		    mem_printf("warning: it had commit %.12s, which the "
			       "history of this ledger does not hold any "
			       "more; no entry is gone",
			had));
	}
	return NULL;
}

static struct err *
audit_remote(struct node *checks, struct repo *r, const struct strs *commits,
    const char *head, const char *name)
{
	char *seen = mem_printf(SEEN_REFS "%s", name);
	char *ref = mem_printf("refs/remotes/%s", name);
	char had[REPO_HEX], has[REPO_HEX];
	bool holds = true;
	bool lost = false;
	struct err *e = repo_resolve(r, seen, had);

	if (e == NULL)
		e = audit_kept(&lost, checks, r, commits, head, name, had);
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
	else if (e == NULL && !lost)
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
