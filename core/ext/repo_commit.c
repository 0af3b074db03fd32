/* SPDX-License-Identifier: ISC */
/* A commit: its blobs, its trees, itself, and that all of it is on disk. */

#include <fcntl.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ext/digest.h"
#include "core/ext/repo.h"
#include "core/ext/repo_parts.h"
#include "core/util/mem.h"
#include "core/util/path.h"

#define SWEPT_TRIES 5

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
