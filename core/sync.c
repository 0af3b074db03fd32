/* SPDX-License-Identifier: ISC */
#include "core/sync.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/erase.h"
#include "core/journal.h"
#include "core/lfs.h"
#include "core/merge.h"
#include "core/restore.h"
#include "core/seen.h"
#include "core/settle.h"
#include "core/setup.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/proc.h"

#define TRIES_MAX 60
#define WAIT_MS 50 /* times the tries so far, and a little chance */

/* Pointers stay pointers until somebody asks for the bytes. */
#define LAZILY "GIT_LFS_SKIP_SMUDGE=1"
static const char *const lazily[] = { LAZILY, NULL };
/* Nobody is there who could answer: better an error than a build that hangs. */
static const char *const unasked[] = { LAZILY, "GIT_TERMINAL_PROMPT=0",
	"GCM_INTERACTIVE=never", "GIT_ASKPASS=true", "SSH_ASKPASS=true", NULL };

/* Run git in the ledger; the last line it said is in said. */
static struct err *
git_as(const char *const env[], const char *dir, const char *const argv[],
    struct buf *out, struct buf *said, int *status)
{
	struct proc_spec spec = { .argv = argv, .dir = dir, .env = env };
	struct err *e = proc_run(&spec, out, said, status);

	while (said->len > 0 && said->data[said->len - 1] == '\n')
		buf_cut(said, said->len - 1);
	while (out->len > 0 && out->data[out->len - 1] == '\n')
		buf_cut(out, out->len - 1);
	return e;
}

static struct err *
git(const char *dir, const char *const argv[], struct buf *out,
    struct buf *said, int *status)
{
	return git_as(lazily, dir, argv, out, said, status);
}

/* The same, where anything but success is an error. */
static struct err *
must_git(const char *dir, const char *const argv[], struct buf *out)
{
	struct buf said = BUF_INIT, ignored = BUF_INIT;
	int status;
	struct err *e =
	    git(dir, argv, out != NULL ? out : &ignored, &said, &status);

	if (e == NULL && status != 0)
		e = err_new(ERR_SYSTEM, "git %s: %.*s", argv[1],
		    (int)strcspn(said.data, "\n"),
		    said.len > 0 ? said.data : "failed");
	buf_release(&said);
	buf_release(&ignored);
	return e;
}

/* The branch's remote, else the only one; yours. */
static struct err *
choose_remote(char **out, const struct ledger *l, const char *branch)
{
	char *key = mem_printf("branch.%s.remote", branch);
	const char *const get[] = { "git", "config", "--get", key, NULL };
	const char *const list[] = { "git", "remote", NULL };
	struct buf text = BUF_INIT, said = BUF_INIT;
	int status;
	struct err *e = git(l->dir, get, &text, &said, &status);

	*out = NULL;
	if (e == NULL && status != 0) {
		buf_clear(&text);
		e = must_git(l->dir, list, &text);
	}
	if (e == NULL && text.len == 0)
		e = err_hint(err_new(ERR_NOT_FOUND,
				 "the ledger %s has no remote", l->dir),
		    "name one: git -C '%s' remote add origin URL", l->dir);
	else if (e == NULL && strchr(text.data, '\n') != NULL)
		*out = mem_dup("origin");
	else if (e == NULL)
		*out = mem_dup(text.data);
	buf_release(&text);
	buf_release(&said);
	free(key);
	return e;
}

static struct err *
branch_of(char **out, const struct ledger *l)
{
	const char *const argv[] = { "git", "symbolic-ref", "--short", "HEAD",
		NULL };
	struct buf text = BUF_INIT;
	struct err *e = must_git(l->dir, argv, &text);

	*out = e == NULL ? buf_steal(&text) : NULL;
	buf_release(&text);
	return e;
}

/* Which branch of which remote, and where it was before. */
struct far {
	const char *remote, *branch;
	char had[REPO_HEX];
	char erased[REPO_HEX]; /* what it has, to be replaced; see settle.h */
};

/* What the remote has lost is taken from where it was. */
static struct err *
bring_back(struct sync_result *out, struct store *s, struct ledger *l,
    const struct far *far)
{
	bool lacks, merged;
	struct err *e =
	    seen_lacks(&lacks, l->repo, far->remote, far->branch, far->had);

	if (e != NULL || !lacks)
		return e;
	memcpy(out->rewound, far->had, REPO_HEX);
	return merge_take(s, l, far->had, &merged);
}

/* Merge what was fetched; a remote without our branch has nothing for us. */
static struct err *
merge_fetched(struct sync_result *out, struct ledger *l, const struct env *env,
    struct far *far, bool *ahead)
{
	char *ref = mem_printf("refs/remotes/%s/%s", far->remote, far->branch);
	char theirs[REPO_HEX] = "";
	struct store *s = NULL;
	struct repo *repo;
	bool merged, mended;
	size_t n;
	struct err *e = merge_begin(&s, l, env, &mended);

	*ahead = true;
	if (e != NULL || (e = ledger_repo(&repo, l)) != NULL ||
	    (e = settle_erased(far->erased, s, l, ref)) != NULL ||
	    (e = bring_back(out, s, l, far)) != NULL)
		goto done;
	e = repo_resolve(repo, ref, theirs);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* the first push makes it */
		e = NULL;
	} else if (e == NULL &&
	    (e = merge_take(s, l, theirs, &merged)) == NULL) {
		out->merged |= merged;
		*ahead = strcmp(store_head(s), theirs) != 0;
	}
	if (e == NULL && (e = restore_lost(&n, s, l)) == NULL && n > 0) {
		out->restored += n;
		*ahead = true;
	}
	if (e == NULL)
		memcpy(out->commit, store_head(s), REPO_HEX);
done:
	store_end(s);
	free(ref);
	return e;
}

static void
wait_a_little(unsigned tries)
{
	long ms = WAIT_MS * (long)(tries < 20 ? tries : 20) +
	    (long)(getpid() * 7919u % 97);
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

/* Does a text hold one of these (NULL ends them), in any case of letters? */
static bool
says(const char *text, const char *const words[])
{
	for (; *words != NULL; words++)
		if (strcasestr(text, *words) != NULL)
			return true;
	return false;
}

/* A remote whose history cannot be made anew. */
static const char *const fixed[] = { "denying non-fast-forward", NULL };

/* Did the push fail only because somebody else was faster? */
static bool
was_overtaken(const char *said)
{
	static const char *const words[] = { "[rejected]", "fetch first",
		"non-fast-forward", "cannot lock ref", "failed to update ref",
		"incorrect old value", "stale info", "Unable to create", NULL };

	return says(said, words) && !says(said, fixed);
}

/* What git said, and what to do where that is known. */
static struct err *
cannot(const char *what, const char *said)
{
	static const char *const denied[] = { "403", "permission denied",
		"permission to ", "access to repository not granted",
		"not allowed to push", "read-only", "read only", "read access",
		"insufficient permission", "protected branch", "hook declined",
		"unable to create temporary", NULL };
	static const char *const unknown[] = { "could not read username",
		"could not read password", "authentication failed",
		"terminal prompts disabled", "401", NULL };
	static const char *const absent[] = { "unable to find source",
		"missing or corrupt local objects", "lfs objects are missing",
		NULL };
	struct err *e = err_new(ERR_SYSTEM, "git %s: %s", what, said);

	if (says(said, absent))
		return err_hint(e,
		    "this clone lacks bytes that the remote lacks too: push "
		    "from where they are, or deed sync --fetch");
	if (strcmp(what, "push") == 0 && says(said, fixed))
		return err_hint(e,
		    "what was erased here is still in the history of the "
		    "remote, which takes no other: let it, for this push, or "
		    "make a new one");
	if (strcmp(what, "push") == 0 && says(said, denied))
		return err_hint(e,
		    "the remote may be read from here, but not written to: "
		    "give the token or key the right to write (GitHub: "
		    "\"contents: write\"), or hand in a file: deed deliver "
		    "--detach");
	if (says(said, unknown))
		return err_hint(e,
		    "nobody could be asked for a password: give git a token, "
		    "as in a credential helper");
	return e;
}

static struct err *
push(bool *overtaken, struct ledger *l, const char *const env[],
    const struct far *far, const char *commit, struct buf *why)
{
	const char *remote = far->remote, *branch = far->branch;
	char *spec = mem_printf("%s:refs/heads/%s", commit, branch);
	char *lease = far->erased[0] == '\0' ?
	    mem_dup("--quiet") :
	    mem_printf(
		"--force-with-lease=refs/heads/%s:%s", branch, far->erased);
	const char *const argv[] = { "git", "push", "--quiet", lease, remote,
		spec, NULL };
	struct buf text = BUF_INIT, said = BUF_INIT;
	int status;
	struct err *e = git_as(env, l->dir, argv, &text, &said, &status);

	*overtaken = false;
	if (e == NULL && status != 0) {
		*overtaken = was_overtaken(said.data);
		buf_clear(why);
		buf_add(why, said.data, strcspn(said.data, "\n"));
		if (!*overtaken)
			e = cannot("push", said.data);
	}
	buf_release(&text);
	buf_release(&said);
	free(lease);
	free(spec);
	return e;
}

/*
 * A clone that somebody made with --depth or --filter lacks what a merge reads;
 * it gets it once, and is then like any other.
 */
static const char *
completing(const struct ledger *l, const char *remote, bool *partial)
{
	char *shallow = path_join(l->dir, ".git/shallow");
	char *key = mem_printf("remote.%s.promisor", remote);
	const char *const argv[] = { "git", "config", "--type=bool", "--get",
		key, NULL };
	bool is_shallow = file_exists(shallow);
	struct buf text = BUF_INIT, said = BUF_INIT;
	int status;

	/* git that cannot be run says so at the next call */
	err_drop(git(l->dir, argv, &text, &said, &status));
	*partial = strcmp(text.data, "true") == 0;
	buf_release(&text);
	buf_release(&said);
	free(key);
	free(shallow);
	return is_shallow ? "--unshallow" : "--quiet";
}

/* All of it is here now. */
static struct err *
forget_filter(const struct ledger *l, const char *remote)
{
	static const char *const names[] = { "promisor", "partialclonefilter" };
	struct err *e = NULL;

	for (size_t i = 0; i < 2 && e == NULL; i++) {
		char *key = mem_printf("remote.%s.%s", remote, names[i]);
		const char *const argv[] = { "git", "config", "--unset-all",
			key, NULL };
		struct buf text = BUF_INIT, said = BUF_INIT;
		int status;

		e = git(l->dir, argv, &text, &said, &status);
		buf_release(&text);
		buf_release(&said);
		free(key);
	}
	return e;
}

static struct err *
fetch(struct ledger *l, const char *const env[], const struct far *far)
{
	char *spec = mem_printf("+refs/heads/*:refs/remotes/%s/*", far->remote);
	bool partial;
	const char *all = completing(l, far->remote, &partial);
	const char *const argv[] = { "git", "fetch", "--quiet", all,
		partial ? "--no-filter" : "--quiet",
		partial ? "--refetch" : "--quiet", far->remote, spec, NULL };
	struct buf text = BUF_INIT, said = BUF_INIT;
	int status;
	struct err *e = git_as(env, l->dir, argv, &text, &said, &status);

	if (e == NULL && status != 0)
		e = cannot("fetch", said.data);
	if (e == NULL && partial)
		e = forget_filter(l, far->remote);
	buf_release(&text);
	buf_release(&said);
	free(spec);
	return e;
}

/* git does so itself where the remote is configured in the usual way. */
static struct err *
note_pushed(const struct ledger *l, const struct far *far, const char *commit)
{
	char *ref = mem_printf("refs/remotes/%s/%s", far->remote, far->branch);
	const char *const argv[] = { "git", "update-ref", ref, commit, NULL };
	struct err *e = must_git(l->dir, argv, NULL);

	free(ref);
	return e;
}

static struct err *
exchange(struct sync_result *out, struct ledger *l, const struct env *env,
    const char *remote, const char *branch)
{
	const char *const *how = env->ci ? unasked : lazily;
	char *lock = mem_printf(
	    "%s/.git/refs/remotes/%s/%s.lock", l->dir, remote, branch);
	char *noting = mem_printf(
	    "%s/.git/refs/deed/seen/%s/%s.lock", l->dir, remote, branch);
	char *tidying = path_join(l->dir, ".git/objects/maintenance.lock");
	struct far far = { remote, branch, "", "" };
	bool ahead = true, overtaken = true;
	struct buf why = BUF_INIT;
	struct repo *repo;
	struct err *e = ledger_repo(&repo, l);

	if (e == NULL)
		e = seen_last(far.had, repo, remote, branch);
	journal_drop_lock(l, lock); /* of a git that was killed */
	journal_drop_lock(l, tidying);
	journal_drop_lock(l, noting);
	while (e == NULL && overtaken && out->tries < TRIES_MAX) {
		if (out->tries++ > 0)
			wait_a_little(out->tries);
		overtaken = false;
		if ((e = fetch(l, how, &far)) == NULL &&
		    (e = merge_fetched(out, l, env, &far, &ahead)) == NULL &&
		    ahead)
			e = push(&overtaken, l, how, &far, out->commit, &why);
	}
	if (e == NULL && overtaken)
		e = err_hint(
		    err_new(ERR_CONFLICT, "others kept pushing to %s", remote),
		    "try again: deed sync; what git said last: %s", why.data);
	out->pushed = e == NULL && ahead;
	if (out->pushed)
		e = note_pushed(l, &far, out->commit);
	if (e == NULL)
		e = seen_note(repo, remote, branch, out->commit);
	if (e == NULL && far.erased[0] != '\0') {
		const struct erasures none = { VEC_INIT };

		out->erased = true;
		e = erase_purge(&none, l);
	}
	buf_release(&why);
	free(noting);
	free(tidying);
	free(lock);
	return e;
}

static struct err *
vet_remote(const char *remote)
{
	if (remote[0] == '-')
		return err_new(
		    ERR_USAGE, "\"%.80s\" is no name of a remote", remote);
	return NULL;
}

struct err *
sync_run(struct sync_result *out, struct ledger *l, const struct env *env,
    const char *remote)
{
	char *branch = NULL, *chosen = NULL;
	struct err *e = branch_of(&branch, l);

	memset(out, 0, sizeof(*out));
	if (e == NULL && remote == NULL)
		e = choose_remote(&chosen, l, branch);
	else if (e == NULL)
		chosen = mem_dup(remote);
	if (e == NULL)
		e = vet_remote(chosen);
	if (e == NULL)
		e = exchange(out, l, env, chosen, branch);
	free(chosen);
	free(branch);
	return e;
}

/*
 * Bytes on demand.
 */

/* Give pointer files below archives/ their bytes, where they are here now. */
static struct err *
fill_in(
    size_t *n, struct ledger *l, const struct strs *paths, struct strs *filled)
{
	struct err *e = NULL;

	for (size_t i = 0; i < paths->n && e == NULL; i++) {
		char *full = path_join(l->dir, paths->v[i]), *object;
		struct lfs_pointer pointer;
		struct buf text = BUF_INIT;
		struct stat st;

		e = file_stat(&st, full);
		if (e == NULL && st.st_size <= LFS_POINTER_MAX)
			e = file_read(&text, full, LFS_POINTER_MAX);
		if (e == NULL &&
		    lfs_read_pointer(&pointer, text.data, text.len)) {
			object = lfs_object_path(l->dir, pointer.oid);
			if (file_exists(object)) {
				e = lfs_place(l->dir, &pointer, full);
				strs_add(filled, paths->v[i]);
				(*n)++;
			}
			free(object);
		}
		buf_release(&text);
		free(full);
	}
	return e;
}

static struct err *
archives(struct strs *out, const struct ledger *l, const char *path)
{
	const char *const argv[] = { "git", "ls-files", "-z", "--", "archives",
		NULL };
	struct buf text = BUF_INIT;
	struct err *e = must_git(l->dir, argv, &text);

	for (const char *p = text.data; e == NULL && p < text.data + text.len;
	     p += strlen(p) + 1)
		if (path == NULL || strcmp(p, path) == 0)
			strs_add(out, p);
	buf_release(&text);
	return e;
}

struct err *
sync_fetch(size_t *n, struct ledger *l, const char *remote, const char *path)
{
	char *branch = NULL, *chosen = NULL, *include = NULL;
	struct strs paths = VEC_INIT, filled = VEC_INIT;
	struct err *e = branch_of(&branch, l);

	*n = 0;
	if (e == NULL && remote == NULL)
		e = choose_remote(&chosen, l, branch);
	else if (e == NULL)
		chosen = mem_dup(remote);
	if (e == NULL)
		e = vet_remote(chosen);
	if (e != NULL)
		goto done;
	include = mem_printf("--include=%s", path != NULL ? path : "archives");
	{
		const char *const argv[] = { "git", "lfs", "fetch", include,
			chosen, branch, NULL };

		e = must_git(l->dir, argv, NULL);
	}
	if (e != NULL) {
		e = err_hint(e,
		    "the bytes are fetched by git-lfs; is it "
		    "installed?");
		goto done;
	}
	if ((e = archives(&paths, l, path)) != NULL ||
	    (e = fill_in(n, l, &paths, &filled)) != NULL)
		goto done;
	e = journal_reindex(l, &filled);
done:
	strs_release(&paths);
	strs_release(&filled);
	free(include);
	free(chosen);
	free(branch);
	return e;
}

/*
 * Cloning.
 */

static struct err *
git_clone(const char *cwd, const char *url, const char *dir)
{
	const char *const argv[] = { "git", "-c", "filter.lfs.smudge=", "-c",
		"filter.lfs.process=", "-c", "filter.lfs.required=false", "-c",
		"core.autocrlf=false", "clone", "--quiet", "--template=", "--",
		url, dir, NULL };
	struct buf text = BUF_INIT, said = BUF_INIT;
	int status;
	struct err *e = git(cwd, argv, &text, &said, &status);

	if (e == NULL && status != 0)
		e = err_new(ERR_SYSTEM, "git clone: %s", said.data);
	buf_release(&text);
	buf_release(&said);
	return e;
}

static struct err *
vet_new(const char *dir)
{
	if (!file_exists(dir))
		return NULL;
	return err_hint(err_new(ERR_EXISTS, "%s is there already", dir),
	    "%s%s%s",
	    ledger_is_there(dir) ? "to use that ledger: deed init --ledger '" :
				   "name a new folder: deed clone URL DIR",
	    ledger_is_there(dir) ? dir : "", ledger_is_there(dir) ? "'" : "");
}

static void
empty(const char *dir)
{
	struct strs names = VEC_INIT;

	/* git says what it finds if this did not help */
	err_drop(file_list(&names, dir));
	for (size_t i = 0; i < names.n; i++) {
		char *path = path_join(dir, names.v[i]);

		file_remove_tree(path);
		free(path);
	}
	strs_release(&names);
}

/* Did what was cloned turn out to be a ledger? */
static struct err *
vet_ledger(const struct env *env, const char *dir, const char *url)
{
	struct ledger *l = NULL;
	struct err *e = ledger_open(&l, env, dir);

	ledger_close(l);
	return err_wrap(e, "cannot use a clone of %s", url);
}

/*
 * The clone is made under another name beside its place, and gets its own when
 * it is whole: half a ledger is never found.  The folder is locked, so what
 * lies in it is a dead one's.
 */
static struct err *
build_clone(const struct env *env, const char *url, const char *dir)
{
	char *temp = mem_printf("%s.deed-clone", dir);
	char *parent = path_parent(dir);
	int lock = -1;
	struct err *e;

	if ((e = file_mkdirs(temp, 0700)) != NULL ||
	    (e = file_lock_dir(&lock, temp)) != NULL ||
	    (e = vet_new(dir)) != NULL) /* another one was faster */
		goto done;
	empty(temp);
	if ((e = git_clone(env->cwd, url, temp)) == NULL &&
	    (e = setup_furnish(temp)) == NULL &&
	    (e = vet_ledger(env, temp, url)) == NULL &&
	    (e = file_rename(temp, dir)) == NULL)
		e = file_sync_dir(parent);
	else
		file_remove_tree(temp);
done:
	if (lock >= 0)
		close(lock);
	free(parent);
	free(temp);
	return e;
}

struct err *
sync_clone(struct ledger **out, const struct env *env, struct project *project,
    const char *url, const char *dir)
{
	struct err *e;

	*out = NULL;
	if ((e = vet_new(dir)) != NULL ||
	    (e = file_mkdir_for(dir, 0755)) != NULL ||
	    (e = build_clone(env, url, dir)) != NULL)
		return e;
	e = setup_join(out, env, project, dir);
	return err_wrap(e, "the ledger is in %s, but cannot be used yet", dir);
}
