/* SPDX-License-Identifier: ISC */
/* Where branches are and were, and who signed a commit. */

#include <stdlib.h>
#include <string.h>

#include "core/ext/repo.h"
#include "core/ext/repo_parts.h"
#include "core/util/mem.h"

struct err *
repo_refs(struct repo *r, const char *prefix, struct strs *out)
{
	char *glob = mem_printf("%s*", prefix);
	git_reference_iterator *walk = NULL;
	const char *name;
	int rc = 0;
	struct err *e = NULL;

	if (git_reference_iterator_glob_new(&walk, r->git, glob) != 0)
		e = repo_failed("cannot list the branches");
	while (e == NULL && (rc = git_reference_next_name(&name, walk)) == 0)
		strs_add(out, name + strlen(prefix));
	if (e == NULL && rc != GIT_ITEROVER)
		e = repo_failed("cannot list the branches");
	git_reference_iterator_free(walk);
	strs_sort(out);
	free(glob);
	return e;
}

struct err *
repo_set_ref(struct repo *r, const char *name, const char *commit)
{
	git_reference *ref = NULL;
	git_oid id;
	struct err *e = NULL;

	if (git_oid_fromstr(&id, commit) != 0 ||
	    git_reference_create(&ref, r->git, name, &id, 1, NULL) != 0)
		e = repo_failed("cannot note where a remote is");
	git_reference_free(ref);
	return e;
}

struct err *
repo_was_at(struct repo *r, const char *name, struct strs *out)
{
	git_reflog *log = NULL;
	char hex[REPO_HEX];

	if (git_reflog_read(&log, r->git, name) != 0)
		return repo_failed("cannot read where the branch was");
	for (size_t i = 0; i < git_reflog_entrycount(log); i++) {
		const git_reflog_entry *at = git_reflog_entry_byindex(log, i);

		git_oid_tostr(hex, REPO_HEX, git_reflog_entry_id_new(at));
		if (strspn(hex, "0") != REPO_HEX - 1)
			strs_add(out, hex);
	}
	git_reflog_free(log);
	return NULL;
}

bool
repo_has(struct repo *r, const char *commit)
{
	git_commit *c = NULL;
	git_oid id;
	bool has = git_oid_fromstr(&id, commit) == 0 &&
	    git_commit_lookup(&c, r->git, &id) == 0;

	git_commit_free(c);
	return has;
}

struct err *
repo_signature(struct repo *r, const char *commit, struct buf *signature,
    struct buf *text, int64_t *time)
{
	git_buf armour = { 0 }, rest = { 0 };
	git_commit *c = NULL;
	git_oid id;
	struct err *e = NULL;
	int rc;

	if (git_oid_fromstr(&id, commit) != 0 ||
	    git_commit_lookup(&c, r->git, &id) != 0)
		return repo_failed("cannot read a commit");
	*time = git_commit_time(c);
	rc = git_commit_extract_signature(&armour, &rest, r->git, &id, NULL);
	if (rc == 0) {
		buf_add(signature, armour.ptr, armour.size);
		buf_add(text, rest.ptr, rest.size);
	} else if (rc == GIT_ENOTFOUND) {
		e = err_new(
		    ERR_NOT_FOUND, "commit %.12s has no signature", commit);
	} else {
		e = repo_failed("cannot read the signature of a commit");
	}
	git_buf_dispose(&armour);
	git_buf_dispose(&rest);
	git_commit_free(c);
	return e;
}
