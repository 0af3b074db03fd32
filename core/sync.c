/* SPDX-License-Identifier: ISC */
#include "core/sync.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/erase.h"
#include "core/lfs.h"
#include "core/remote.h"
#include "core/restore.h"
#include "core/seen.h"
#include "core/settle.h"
#include "core/setup.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define TRIES_MAX 60
#define WAIT_MS 50 /* times the tries so far, and a little chance */

struct sync {
	struct sync_result *told;
	struct ledger *ledger;
	struct repo *repo;
	struct remote *remote;
	char noted[REPO_HEX];  /* where the remote was when it was last seen */
	char had[REPO_HEX];    /* the same, else where git last saw it */
	char theirs[REPO_HEX]; /* where it is now */
	char erased[REPO_HEX]; /* what the push must replace, see settle.h */
	bool ahead;            /* ours holds what theirs does not */
};

/* What the remote has lost is taken from where it was. */
static struct err *
bring_back(struct sync *x, struct store *s)
{
	bool lacks;
	struct err *e = seen_lacks(
	    &lacks, x->repo, x->remote->track, x->remote->branch, x->had);

	if (e != NULL || !lacks)
		return e;
	memcpy(x->told->rewound, x->had, REPO_HEX);
	return merge_take(&x->told->merged, s, x->ledger, x->had);
}

static struct err *
take_theirs(struct sync *x, struct store *s)
{
	struct err *e = remote_head(x->theirs, x->remote);

	x->ahead = true;
	if (e == NULL && x->theirs[0] == '\0')
		return remote_vet_empty(x->remote); /* the push makes it */
	if (e == NULL)
		e = err_wrap(
		    merge_take(&x->told->merged, s, x->ledger, x->theirs),
		    "cannot take in what %s holds", x->remote->name);
	x->ahead = strcmp(store_head(s), x->theirs) != 0;
	return e;
}

static struct err *
merge_fetched(struct sync *x)
{
	struct sync_result *told = x->told;
	struct store *s = NULL;
	char *ref;
	bool mended;
	size_t n = 0;
	struct err *e = merge_begin(&s, x->ledger, x->ledger->env, &mended);

	if (e != NULL)
		return e;
	ref = mem_printf(
	    "refs/remotes/%s/%s", x->remote->track, x->remote->branch);
	told->mended |= mended;
	if (store_found(s) != JOURNAL_NOTHING)
		told->found = store_found(s);
	if ((e = settle_erased(x->erased, s, x->ledger, ref)) == NULL &&
	    (e = bring_back(x, s)) == NULL && (e = take_theirs(x, s)) == NULL &&
	    (e = restore_lost(&n, s, x->ledger)) == NULL && n > 0) {
		told->restored += n;
		x->ahead = true;
	}
	if (e == NULL)
		memcpy(told->commit, store_head(s), REPO_HEX);
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

static struct err *
exchange(struct sync *x)
{
	struct sync_result *told = x->told;
	bool overtaken = true;
	struct buf why = BUF_INIT;
	struct err *e = NULL;

	while (e == NULL && overtaken && told->tries < TRIES_MAX) {
		if (told->tries++ > 0)
			wait_a_little(told->tries);
		overtaken = false;
		if ((e = remote_fetch(x->remote)) == NULL &&
		    (e = merge_fetched(x)) == NULL && x->ahead)
			e = remote_push(x->remote, told->commit, x->erased,
			    &overtaken, &why);
	}
	if (e == NULL && overtaken)
		e = err_hint(err_new(ERR_CONFLICT, "others kept pushing to %s",
				 x->remote->name),
		    "try again: deed sync; what git said last: %s", why.data);
	told->pushed = e == NULL && x->ahead;
	buf_release(&why);
	return e;
}

/* The object of an archive, if we have the bytes. */
static struct err *
note_held(struct strs *oids, struct sync *x, const char *path)
{
	struct lfs_pointer pointer;
	struct buf text = BUF_INIT;
	char *object;
	struct err *e = repo_read(x->repo, x->theirs, path, &text);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* removed there */
		e = NULL;
	} else if (e == NULL &&
	    lfs_read_pointer(&pointer, text.data, text.len)) {
		object = lfs_object_path(x->ledger->dir, pointer.oid);
		if (file_exists(object))
			strs_add(oids, pointer.oid);
		free(object);
	}
	buf_release(&text);
	return e;
}

/*
 * git-lfs uploads what belongs to the commits it sees pushed.  Commits that
 * came to the remote by another way, as with git push --no-verify, have left
 * their bytes behind, perhaps here.
 */
static struct err *
push_left_behind(struct sync *x)
{
	struct strs paths = VEC_INIT, oids = VEC_INIT;
	struct err *e = NULL;

	if (x->theirs[0] == '\0' || strcmp(x->noted, x->theirs) == 0)
		return NULL;
	if (x->noted[0] == '\0' || repo_has(x->repo, x->noted))
		e = repo_changed(x->repo, x->noted, x->theirs, &paths);
	for (size_t i = 0; i < paths.n && e == NULL; i++)
		if (strncmp(paths.v[i], "archives/", 9) == 0)
			e = note_held(&oids, x, paths.v[i]);
	if (e == NULL && oids.n > 0)
		e = remote_push_bytes(x->remote, &oids);
	strs_release(&oids);
	strs_release(&paths);
	return e;
}

struct err *
sync_run(struct sync_result *out, struct ledger *l, const char *remote)
{
	struct sync x = { .told = out, .ledger = l };
	struct remote *r = NULL;
	struct err *e;

	memset(out, 0, sizeof(*out));
	if ((e = ledger_repo(&x.repo, l)) != NULL ||
	    (e = remote_open(&r, l, remote)) != NULL)
		return e;
	x.remote = r;
	journal_make_way(l);
	if ((e = seen_noted(x.noted, x.repo, r->track, r->branch)) != NULL)
		goto done;
	memcpy(x.had, x.noted, REPO_HEX);
	if (x.had[0] == '\0' && (e = remote_head(x.had, r)) != NULL)
		goto done;
	if ((e = exchange(&x)) == NULL && (e = push_left_behind(&x)) == NULL)
		e = seen_note(x.repo, r->track, r->branch, out->commit);
	if (e == NULL && x.erased[0] != '\0') {
		out->erased = true;
		e = erase_purge(l);
	}
done:
	remote_close(r);
	return e;
}

void
sync_release(struct sync_result *r)
{
	merged_release(&r->merged);
}

/*
 * Bytes on demand.
 */

/* What lies in an archive's place, if it may be a pointer; else nothing. */
static struct err *
read_place(struct buf *out, struct ledger *l, const char *path)
{
	char *full = path_join(l->dir, path), head[REPO_HEX];
	struct stat st;
	struct err *e = file_stat(&st, full);

	if (e == NULL && st.st_size <= LFS_POINTER_MAX) {
		e = file_read(out, full, LFS_POINTER_MAX);
	} else if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* somebody deleted it; git knows what it was */
		if ((e = repo_head(l->repo, head)) == NULL)
			e = repo_read(l->repo, head, path, out);
	}
	free(full);
	return e;
}

/* Those of the archives that are pointers here though the bytes have come. */
static struct err *
find_hollow(struct strs *out, struct ledger *l, const struct strs *paths)
{
	struct err *e = NULL;

	for (size_t i = 0; i < paths->n && e == NULL; i++) {
		struct lfs_pointer pointer;
		struct buf text = BUF_INIT;
		char *object;

		e = read_place(&text, l, paths->v[i]);
		if (e == NULL &&
		    lfs_read_pointer(&pointer, text.data, text.len)) {
			object = lfs_object_path(l->dir, pointer.oid);
			if (file_exists(object))
				strs_add(out, paths->v[i]);
			free(object);
		}
		buf_release(&text);
	}
	return e;
}

static struct err *
all_archives(struct strs *out, struct ledger *l)
{
	struct strs paths = VEC_INIT;
	char head[REPO_HEX];
	struct repo *repo;
	struct err *e = ledger_repo(&repo, l);

	if (e == NULL && (e = repo_head(repo, head)) == NULL)
		e = repo_changed(repo, "", head, &paths);
	for (size_t i = 0; i < paths.n && e == NULL; i++)
		if (strncmp(paths.v[i], "archives/", 9) == 0)
			strs_add(out, paths.v[i]);
	strs_release(&paths);
	return e;
}

struct err *
sync_fetch(size_t *n, struct ledger *l, const struct strs *paths)
{
	struct strs all = VEC_INIT, hollow = VEC_INIT;
	struct remote *r = NULL;
	struct err *e;

	*n = 0;
	if ((e = remote_open(&r, l, NULL)) != NULL ||
	    (e = remote_fetch_bytes(r, paths)) != NULL ||
	    (paths->n == 0 && (e = all_archives(&all, l)) != NULL) ||
	    (e = find_hollow(&hollow, l, paths->n > 0 ? paths : &all)) != NULL)
		goto done;
	if (hollow.n > 0)
		e = journal_fill(l, &hollow);
	if (e == NULL)
		*n = hollow.n;
done:
	strs_release(&hollow);
	strs_release(&all);
	remote_close(r);
	return e;
}

/*
 * Cloning.
 */

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

/* What was cloned is no ledger. */
static struct err *
no_ledger(const char *dir, const char *url)
{
	struct strs branches = VEC_INIT;
	struct repo *repo = NULL;
	bool is_empty;
	struct err *e = repo_open(&repo, dir);

	if (e == NULL)
		e = repo_refs(repo, "refs/", &branches);
	is_empty = branches.n == 0;
	strs_release(&branches);
	repo_close(repo);
	if (e != NULL)
		return e;
	if (is_empty)
		return err_hint(err_new(ERR_INVALID, "%s is empty", url),
		    "fill it from where the ledger is: git -C LEDGER remote "
		    "add origin %s; deed sync",
		    url);
	return err_hint(
	    err_new(ERR_INVALID, "%s is no ledger: it has no deed.yaml", url),
	    "make a ledger: deed init");
}

/*
 * Is what was cloned a ledger, with nothing in it that would not stay in its
 * folder?  Only then is it put there.
 */
static struct err *
take_clone(const struct env *env, const char *dir, const char *url)
{
	struct ledger *l = NULL;
	struct buf mark = BUF_INIT;
	struct repo *repo = NULL;
	char head[REPO_HEX];
	struct err *e;

	if ((e = repo_open(&repo, dir)) != NULL ||
	    (e = repo_head(repo, head)) != NULL)
		goto done;
	if (head[0] != '\0')
		e = repo_read(repo, head, "deed.yaml", &mark);
	if (head[0] == '\0' || err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* said better there */
		e = no_ledger(dir, url);
	} else if (e == NULL && (e = repo_vet(repo, "", head)) == NULL &&
	    (e = remote_check_out(env, dir)) == NULL) {
		e = ledger_open(&l, env, dir);
	}
done:
	ledger_close(l);
	repo_close(repo);
	buf_release(&mark);
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
	if ((e = remote_clone(env, url, temp)) == NULL &&
	    (e = setup_furnish(temp)) == NULL &&
	    (e = take_clone(env, temp, url)) == NULL &&
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
