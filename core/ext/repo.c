/* SPDX-License-Identifier: ISC */
#include "core/ext/repo.h"

#include <fcntl.h>
#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/ext/digest.h"
#include "core/ext/repo_parts.h"
#include "core/util/mem.h"
#include "core/util/path.h"

#define SWEPT_TRIES 5
/* bytes: the folder of a month of 25,000 orders, and of all that is kept */
#define KEPT_TREE (1 << 20)
#define KEPT_MAX (4 << 20)
#define MAPPED_WINDOW (2 << 20)
#define MAPPED_MAX (8 << 20)

#ifndef DEED_SLIM
/*
 * Debian's libgit2 would read every root certificate of the system when it
 * starts, most of what a short command costs, although nothing here ever uses
 * its network half.  It goes on without them when this fails.
 */
int mbedtls_x509_crt_parse_file(void *chain, const char *path);

int
mbedtls_x509_crt_parse_file(void *chain, const char *path)
{
	(void)chain;
	(void)path;
	return -1;
}
#endif

struct err *
repo_failed(const char *what)
{
	const git_error *why = git_error_last();

	return err_new(ERR_SYSTEM, "%s: %s", what,
	    why != NULL && why->message != NULL ? why->message :
						  "no reason given");
}

/*
 * Shall libgit2 flush every object and ref as it writes them, 19 times for one
 * entry?  Where changes keep their order a commit is flushed twice instead.
 */
static void
flush_each(bool each)
{
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, each ? 1 : 0);
}

/*
 * libgit2 keeps trees up to 4 KiB.  The folder of a month outgrows that with a
 * hundred orders, and would be read four times for one entry.  Of packs it
 * would map everything, however large they are.
 */
static void
bound_memory(void)
{
	git_libgit2_opts(
	    GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, (size_t)KEPT_TREE);
	git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)KEPT_MAX);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)MAPPED_WINDOW);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)MAPPED_MAX);
}

struct err *
repo_open(struct repo **out, const char *dir)
{
	char *path = path_join(dir, ".git");
	git_repository *git = NULL;
	struct err *e = NULL;

	*out = NULL;
	if (git_libgit2_init() < 1) {
		e = repo_failed("cannot start libgit2");
		goto done;
	}
	git_error_clear(); /* of the certificates */
	/* who owns it has been asked where the ledger was found */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	bound_memory();
	if (git_repository_open_ext(
		&git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) != 0) {
		e = err_wrap(repo_failed("not a git repository"), "%s", dir);
		git_libgit2_shutdown();
		goto done;
	}
	*out = mem_zero(1, sizeof(**out));
	(*out)->git = git;
	(*out)->dir = mem_dup(dir);
	(*out)->order = file_order_of(path);
	flush_each((*out)->order == FILE_UNORDERED);
done:
	free(path);
	return e;
}

void
repo_close(struct repo *r)
{
	if (r == NULL)
		return;
	repo_unlock(r);
	repo_keep(r);
	git_repository_free(r->git);
	free(r->dir);
	free(r);
	git_libgit2_shutdown();
}

/* HEAD names a commit: why, and how to end it. */
static struct err *
on_no_branch(struct repo *r)
{
	switch (git_repository_state(r->git)) {
	case GIT_REPOSITORY_STATE_REBASE:
	case GIT_REPOSITORY_STATE_REBASE_INTERACTIVE:
	case GIT_REPOSITORY_STATE_REBASE_MERGE:
		return err_hint(err_new(ERR_CONFLICT,
				    "a rebase was begun with git in the "
				    "ledger, and is not at its end"),
		    "end it: git -C '%s' rebase --continue; or give it up: "
		    "git -C '%s' rebase --abort; then deed sync",
		    r->dir, r->dir);
	default:
		return err_hint(
		    err_new(ERR_CONFLICT, "the ledger's HEAD is on no branch"),
		    "put it back: git -C '%s' switch -", r->dir);
	}
}

struct err *
repo_branch(struct repo *r, char **out)
{
	git_reference *head = NULL;
	struct err *e = NULL;

	*out = NULL;
	if (git_reference_lookup(&head, r->git, "HEAD") != 0)
		return repo_failed("cannot read HEAD");
	if (git_reference_type(head) != GIT_REFERENCE_SYMBOLIC)
		e = on_no_branch(r);
	else
		*out = mem_dup(git_reference_symbolic_target(head));
	git_reference_free(head);
	return e;
}

struct err *
repo_on_branch(struct repo *r)
{
	char *name;
	struct err *e = repo_branch(r, &name);

	free(name);
	return e;
}

struct err *
repo_head(struct repo *r, char out[static REPO_HEX])
{
	git_oid id;
	int rc = git_reference_name_to_id(&id, r->git, "HEAD");

	out[0] = '\0';
	if (rc == GIT_ENOTFOUND)
		return NULL;
	if (rc != 0)
		return repo_failed("cannot read HEAD");
	git_oid_tostr(out, REPO_HEX, &id);
	return NULL;
}

struct err *
repo_resolve(struct repo *r, const char *rev, char out[static REPO_HEX])
{
	git_object *object = NULL, *commit = NULL;
	struct err *e = NULL;

	out[0] = '\0';
	if (git_revparse_single(&object, r->git, rev) != 0 ||
	    git_object_peel(&commit, object, GIT_OBJECT_COMMIT) != 0)
		e = err_new(ERR_NOT_FOUND, "there is no commit %.80s", rev);
	else
		git_oid_tostr(out, REPO_HEX, git_object_id(commit));
	git_object_free(commit);
	git_object_free(object);
	return e;
}

struct err *
repo_holds(bool *out, struct repo *r, const char *commit, const char *ancestor)
{
	git_oid a, b;
	int rc;

	*out = strcmp(commit, ancestor) == 0;
	if (*out)
		return NULL;
	if (git_oid_fromstr(&a, commit) != 0 ||
	    git_oid_fromstr(&b, ancestor) != 0)
		return repo_failed("not a commit id");
	rc = git_graph_descendant_of(r->git, &a, &b);
	*out = rc == 1;
	return rc < 0 ? repo_failed("cannot walk the history") : NULL;
}

struct err *
repo_tree(struct repo *r, const char *commit, git_tree **out)
{
	git_commit *c = NULL;
	git_oid id;
	int rc;

	*out = NULL;
	if (commit[0] == '\0')
		return NULL;
	if (git_oid_fromstr(&id, commit) != 0 ||
	    git_commit_lookup(&c, r->git, &id) != 0)
		return repo_failed("cannot read a commit");
	rc = git_commit_tree(out, c);
	git_commit_free(c);
	return rc == 0 ? NULL : repo_failed("cannot read a tree");
}

struct err *
repo_entry(
    struct repo *r, const char *commit, const char *path, git_tree_entry **out)
{
	git_tree *tree;
	int rc;
	struct err *e = repo_tree(r, commit, &tree);

	*out = NULL;
	if (e != NULL || tree == NULL)
		return e;
	rc = git_tree_entry_bypath(out, tree, path);
	git_tree_free(tree);
	if (rc != 0 && rc != GIT_ENOTFOUND)
		return repo_failed("cannot read a tree");
	return NULL;
}

struct err *
repo_read(struct repo *r, const char *commit, const char *path, struct buf *out)
{
	git_tree_entry *entry;
	git_blob *blob = NULL;
	struct err *e = repo_entry(r, commit, path, &entry);

	if (e != NULL)
		return e;
	if (entry == NULL || git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
		e = err_new(ERR_NOT_FOUND, "no file %s in this commit", path);
	else if (git_blob_lookup(&blob, r->git, git_tree_entry_id(entry)) != 0)
		e = repo_failed("cannot read a blob");
	else
		buf_add(out, git_blob_rawcontent(blob),
		    (size_t)git_blob_rawsize(blob));
	git_blob_free(blob);
	git_tree_entry_free(entry);
	return e;
}

struct err *
repo_list(
    struct repo *r, const char *commit, const char *folder, struct strs *out)
{
	git_tree_entry *entry = NULL;
	git_tree *tree = NULL;
	struct err *e;

	if (folder[0] == '\0') {
		e = repo_tree(r, commit, &tree);
	} else {
		e = repo_entry(r, commit, folder, &entry);
		if (e == NULL && entry != NULL &&
		    git_tree_lookup(&tree, r->git, git_tree_entry_id(entry)) !=
			0)
			e = repo_failed("cannot read a tree");
	}
	for (size_t i = 0; tree != NULL && i < git_tree_entrycount(tree); i++)
		strs_add(
		    out, git_tree_entry_name(git_tree_entry_byindex(tree, i)));
	git_tree_free(tree);
	git_tree_entry_free(entry);
	return e;
}

/* The first tree: libgit2 1.5 updates a tree only on top of another. */
static int
write_first_tree(
    git_tree_update *updates, size_t n, git_repository *git, git_oid *out)
{
	git_index *index = NULL;
	int rc = git_index_new(&index);

	for (size_t i = 0; i < n && rc == 0; i++) {
		git_index_entry entry = { .path = updates[i].path,
			.mode = updates[i].filemode,
			.id = updates[i].id };

		rc = git_index_add(index, &entry);
	}
	if (rc == 0)
		rc = git_index_write_tree_to(out, index, git);
	git_index_free(index);
	return rc;
}

/* Its id, by OpenSSL: libgit2's SHA-1 takes many times as long. */
static void
blob_id(git_oid *out, const struct repo_file *file)
{
	struct digest *d = digest_new_named("sha1");
	char hex[DIGEST_HEX_MAX], head[32];
	int n = snprintf(head, sizeof(head), "blob %zu", file->len);

	digest_add(d, head, (size_t)n + 1);
	digest_add(d, file->data, file->len);
	digest_hex_long(d, hex);
	digest_free(d);
	git_oid_fromstr(out, hex);
}

/*
 * git gc takes away folders of objects that it has emptied, also between two
 * calls of libgit2 that make one and rename a file into it: then once more.
 */
static bool
was_swept(int rc, int *tries)
{
	const git_error *why = rc != 0 ? git_error_last() : NULL;

	if (why == NULL || why->message == NULL || (*tries)++ >= SWEPT_TRIES ||
	    strstr(why->message, "No such file or directory") == NULL)
		return false;
	repo_nap();
	return true;
}

/* What is written and was not there before is noted, to be taken back. */
static struct err *
write_blob(struct repo *r, const struct repo_file *file, git_oid *id)
{
	git_odb *odb = NULL;
	bool bad = git_repository_odb(&odb, r->git) != 0;
	int rc = 0, tries = 0;

	blob_id(id, file);
	if (!bad && !git_odb_exists(odb, id))
		vec_push(
		    &r->fresh, ((struct fresh){ mem_dup(file->path), *id }));
	do
		if (!bad)
			rc = git_blob_create_from_buffer(
			    id, r->git, file->data, file->len);
	while (was_swept(rc, &tries));
	git_odb_free(odb);
	return bad || rc != 0 ? repo_failed("cannot write a blob") : NULL;
}

static int
update_tree(struct repo *r, git_tree *base, git_tree_update *updates, size_t n,
    git_oid *out)
{
	int rc, tries = 0;

	do
		rc = base == NULL ?
		    write_first_tree(updates, n, r->git, out) :
		    git_tree_create_updated(out, r->git, base, n, updates);
	while (was_swept(rc, &tries));
	return rc;
}

/* An object database that forgets what is written to it. */
static struct err *
forgetful(git_odb **out, struct repo *r)
{
	char *objects = mem_printf("%sobjects", git_repository_path(r->git));
	git_odb_backend *memory = NULL;
	struct err *e = NULL;

	if (git_odb_open(out, objects) != 0 || git_mempack_new(&memory) != 0 ||
	    git_odb_add_backend(*out, memory, 999) != 0)
		e = repo_failed("cannot prepare a commit");
	free(objects);
	return e;
}

/*
 * Take back the trees of which only some were written: which those are is
 * told by writing them where nothing is kept.
 */
static void
undo_tree(struct repo *r, git_tree *base, git_tree_update *updates, size_t n)
{
	git_odb *real = NULL, *temp = NULL;
	git_tree *top = NULL;
	git_oid id;
	struct err *e = forgetful(&temp, r);

	if (e == NULL && git_repository_odb(&real, r->git) == 0) {
		git_repository_set_odb(r->git, temp);
		if (update_tree(r, base, updates, n, &id) == 0 &&
		    git_tree_lookup(&top, r->git, &id) == 0)
			repo_undo(r, top);
		git_repository_set_odb(r->git, real);
	}
	err_drop(e); /* the error that brought us here is the one to tell */
	git_tree_free(top);
	git_odb_free(temp);
	git_odb_free(real);
	repo_undo(r, NULL);
}

static struct err *
write_tree(struct repo *r, git_tree *base, const struct repo_file *files,
    size_t n, git_oid *out)
{
	git_tree_update *updates = mem_zero(n, sizeof(*updates));
	struct err *e = NULL;
	size_t blobs = 0;

	repo_keep(r);
	for (size_t i = 0; i < n && e == NULL; i++) {
		git_tree_update *u = &updates[i];

		u->path = files[i].path;
		u->filemode = GIT_FILEMODE_BLOB;
		u->action = files[i].data == NULL ? GIT_TREE_UPDATE_REMOVE :
						    GIT_TREE_UPDATE_UPSERT;
		if (files[i].data != NULL)
			e = write_blob(r, &files[i], &u->id);
		blobs += e == NULL;
	}
	if (e == NULL && update_tree(r, base, updates, n, out) != 0)
		e = repo_failed("cannot write a tree");
	if (e != NULL)
		undo_tree(r, base, updates, blobs);
	free(updates);
	return e;
}

/* NULL and "" are no parent. */
static struct err *
add_parent(
    struct repo *r, const char *commit, const git_commit **above, size_t *n)
{
	git_commit *c = NULL;
	git_oid id;

	if (commit == NULL || commit[0] == '\0')
		return NULL;
	if (git_oid_fromstr(&id, commit) != 0 ||
	    git_commit_lookup(&c, r->git, &id) != 0)
		return repo_failed("cannot read a commit");
	above[(*n)++] = c;
	return NULL;
}

/* What a commit is made of, once its blobs and trees are written. */
struct parts {
	git_tree *tree;
	const git_commit *above[2];
	size_t n_above;
	git_signature *who;
};

static void
release_parts(struct parts *p)
{
	git_signature_free(p->who);
	for (size_t i = 0; i < p->n_above; i++)
		git_commit_free((git_commit *)p->above[i]);
	git_tree_free(p->tree);
}

/* Release the parts also after an error. */
static struct err *
prepare(struct parts *p, struct repo *r, const char *parent, const char *other,
    const struct repo_file *files, size_t n, const struct repo_person *who)
{
	git_tree *base = NULL;
	git_oid id;
	struct err *e;

	memset(p, 0, sizeof(*p));
	if ((e = repo_tree(r, parent, &base)) != NULL)
		return e;
	if ((e = write_tree(r, base, files, n, &id)) != NULL ||
	    (e = add_parent(r, parent, p->above, &p->n_above)) != NULL ||
	    (e = add_parent(r, other, p->above, &p->n_above)) != NULL)
		goto done;
	if (git_tree_lookup(&p->tree, r->git, &id) != 0 ||
	    git_signature_new(
		&p->who, who->name, who->email, who->time, who->offset) != 0)
		e = repo_failed("cannot write a commit");
done:
	git_tree_free(base);
	return e;
}

char *
repo_loose_path(const struct repo *r, const git_oid *id)
{
	char hex[REPO_HEX];

	git_oid_tostr(hex, sizeof(hex), id);
	return mem_printf("%s/.git/objects/%.2s/%s", r->dir, hex, hex + 2);
}

/* The bytes of an object are sent; in a pack they have been for long. */
static struct err *
send_object(const struct repo *r, const git_oid *id)
{
	char *path = repo_loose_path(r, id);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct err *e = fd >= 0 ? file_send(fd, path) : NULL;

	if (fd >= 0)
		close(fd);
	free(path);
	return e;
}

/* The trees above path, and the blob, if the commit has them. */
static struct err *
send_path(const struct repo *r, git_tree *tree, const char *path)
{
	char *part = mem_dup(path);
	struct err *e = NULL;

	for (size_t at = 0; e == NULL; at++) {
		git_tree_entry *entry;

		at += strcspn(path + at, "/");
		part[at] = '\0';
		if (git_tree_entry_bypath(&entry, tree, part) != 0)
			break;
		part[at] = '/';
		e = send_object(r, git_tree_entry_id(entry));
		git_tree_entry_free(entry);
		if (path[at] == '\0')
			break;
	}
	free(part);
	return e;
}

/*
 * On disk, all of it: the objects' bytes are sent, and the flush of the commit
 * brings the names of all with it.
 */
static struct err *
settle(const struct repo *r, git_tree *tree, const git_oid *commit,
    const struct repo_file *files, size_t n)
{
	char *path;
	struct err *e;

	if (r->order == FILE_UNORDERED)
		return NULL;
	e = send_object(r, git_tree_id(tree));
	for (size_t i = 0; i < n && e == NULL; i++)
		e = send_path(r, tree, files[i].path);
	path = repo_loose_path(r, commit);
	if (e == NULL)
		e = file_sync_path(path);
	free(path);
	return e;
}

/* Bring it to disk, or take back what was written for it. */
static struct err *
finish_commit(struct repo *r, struct parts *p, struct err *e, git_oid *id,
    const struct repo_file *files, size_t n, char out[static REPO_HEX])
{
	if (e == NULL && (e = settle(r, p->tree, id, files, n)) == NULL)
		git_oid_tostr(out, REPO_HEX, id);
	else if (p->tree != NULL)
		repo_undo(r, p->tree);
	release_parts(p);
	return e;
}

struct err *
repo_commit(struct repo *r, const char *parent, const char *other,
    const struct repo_file *files, size_t n, const char *message,
    const struct repo_person *who, char out[static REPO_HEX])
{
	struct parts p;
	git_oid id;
	int rc = 0, tries = 0;
	struct err *e = prepare(&p, r, parent, other, files, n, who);

	do
		if (e == NULL)
			rc = git_commit_create(&id, r->git, NULL, p.who, p.who,
			    NULL, message, p.tree, p.n_above, p.above);
	while (was_swept(rc, &tries));
	if (rc != 0)
		e = repo_failed("cannot write a commit");
	return finish_commit(r, &p, e, &id, files, n, out);
}

struct err *
repo_draft(struct repo *r, const char *parent, const char *other,
    const struct repo_file *files, size_t n, const char *message,
    const struct repo_person *who, struct buf *out)
{
	struct parts p = { 0 };
	git_odb *real = NULL, *temp = NULL;
	git_buf text = { 0 };
	struct err *e = forgetful(&temp, r);

	if (e == NULL && git_repository_odb(&real, r->git) != 0)
		e = repo_failed("cannot prepare a commit");
	if (e != NULL)
		goto done;
	git_repository_set_odb(r->git, temp);
	e = prepare(&p, r, parent, other, files, n, who);
	if (e == NULL &&
	    git_commit_create_buffer(&text, r->git, p.who, p.who, NULL, message,
		p.tree, p.n_above, p.above) != 0)
		e = repo_failed("cannot prepare a commit");
	if (e == NULL)
		buf_add(out, text.ptr, text.size);
	git_repository_set_odb(r->git, real);
done:
	git_buf_dispose(&text);
	release_parts(&p);
	git_odb_free(temp);
	git_odb_free(real);
	return e;
}

struct err *
repo_commit_signed(struct repo *r, const char *parent, const char *other,
    const struct repo_file *files, size_t n, const struct repo_person *who,
    const struct repo_signed *draft, char out[static REPO_HEX])
{
	struct parts p;
	git_oid id;
	struct err *e = prepare(&p, r, parent, other, files, n, who);

	if (e == NULL &&
	    git_commit_create_with_signature(
		&id, r->git, draft->text, draft->signature, NULL) != 0)
		e = repo_failed("cannot write a commit");
	return finish_commit(r, &p, e, &id, files, n, out);
}

void
repo_nap(void)
{
	struct timespec ms = { .tv_nsec = 1000000 };

	nanosleep(&ms, NULL);
}

static struct err *
flush_ref(const struct repo *r, const char *name)
{
	char *path = mem_printf("%s/.git/%s", r->dir, name);
	struct err *e = file_sync_path(path);

	free(path);
	return e;
}

struct err *
repo_advance(struct repo *r, const char *old, const char *new, const char *why,
    const struct repo_person *who)
{
	char *branch = NULL;
	git_oid from, to;
	git_reference *ref = NULL;
	int rc = 0;
	struct err *e = repo_branch(r, &branch);

	if (e != NULL)
		return e;
	/* the reflog line takes its name from here, whatever config says */
	git_repository_set_ident(r->git, who->name, who->email);
	git_oid_fromstr(&to, new);
	if (old[0] != '\0')
		git_oid_fromstr(&from, old);
	/* a ref is renamed into place: without the ext4 rule it could be empty
	 */
	flush_each(r->order != FILE_ORDERED_RENAMES);
	for (int i = 0; i < LOCK_TRIES; i++) {
		rc = old[0] == '\0' ?
		    git_reference_create(&ref, r->git, branch, &to, 0, why) :
		    git_reference_create_matching(
			&ref, r->git, branch, &to, 1, &from, why);
		if (rc != GIT_ELOCKED)
			break;
		repo_nap();
	}
	if (rc == GIT_EMODIFIED || rc == GIT_EEXISTS)
		e = err_new(ERR_CONFLICT,
		    "another program has committed to the ledger meanwhile");
	else if (rc != 0)
		e = repo_failed("cannot move the branch");
	flush_each(r->order == FILE_UNORDERED);
	if (e == NULL && r->order == FILE_ORDERED_RENAMES)
		e = flush_ref(r, branch);
	git_reference_free(ref);
	free(branch);
	return e;
}
