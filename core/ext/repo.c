/* SPDX-License-Identifier: ISC */
#include "core/ext/repo.h"

#include <errno.h>
#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/util/mem.h"
#include "core/util/path.h"

#define LOCK_TRIES 2000 /* of a millisecond each */

struct repo {
	git_repository *git;
	char *dir;
};

/* What libgit2 said about the call that just failed. */
static struct err *
failed(const char *what)
{
	const git_error *why = git_error_last();

	return err_new(ERR_SYSTEM, "%s: %s", what,
	    why != NULL && why->message != NULL ? why->message :
						  "no reason given");
}

struct err *
repo_open(struct repo **out, const char *dir)
{
	char *path = path_join(dir, ".git");
	git_repository *git = NULL;
	struct err *e = NULL;

	*out = NULL;
	if (git_libgit2_init() < 1) {
		e = failed("cannot start libgit2");
		goto done;
	}
	git_error_clear(); /* Debian's build leaves one about certificates */
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	/* who owns it has been asked where the ledger was found */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	if (git_repository_open_ext(
		&git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) != 0) {
		e = err_wrap(failed("not a git repository"), "%s", dir);
		git_libgit2_shutdown();
		goto done;
	}
	*out = mem_zero(1, sizeof(**out));
	(*out)->git = git;
	(*out)->dir = mem_dup(dir);
done:
	free(path);
	return e;
}

void
repo_close(struct repo *r)
{
	if (r == NULL)
		return;
	git_repository_free(r->git);
	free(r->dir);
	free(r);
	git_libgit2_shutdown();
}

/* The name of the branch HEAD stands on, born or not. */
static struct err *
branch_name(struct repo *r, char **out)
{
	git_reference *head = NULL;
	struct err *e = NULL;

	*out = NULL;
	if (git_reference_lookup(&head, r->git, "HEAD") != 0)
		return failed("cannot read HEAD");
	if (git_reference_type(head) != GIT_REFERENCE_SYMBOLIC)
		e = err_hint(
		    err_new(ERR_CONFLICT, "the ledger's HEAD is on no branch"),
		    "put it back: git -C '%s' switch -", r->dir);
	else
		*out = mem_dup(git_reference_symbolic_target(head));
	git_reference_free(head);
	return e;
}

struct err *
repo_on_branch(struct repo *r)
{
	char *name;
	struct err *e = branch_name(r, &name);

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
		return failed("cannot read HEAD");
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
		return failed("not a commit id");
	rc = git_graph_descendant_of(r->git, &a, &b);
	*out = rc == 1;
	return rc < 0 ? failed("cannot walk the history") : NULL;
}

/* The tree of a commit; NULL for "". */
static struct err *
tree_of(struct repo *r, const char *commit, git_tree **out)
{
	git_commit *c = NULL;
	git_oid id;
	int rc;

	*out = NULL;
	if (commit[0] == '\0')
		return NULL;
	if (git_oid_fromstr(&id, commit) != 0 ||
	    git_commit_lookup(&c, r->git, &id) != 0)
		return failed("cannot read a commit");
	rc = git_commit_tree(out, c);
	git_commit_free(c);
	return rc == 0 ? NULL : failed("cannot read a tree");
}

/* The entry at path in a commit; *out is NULL if there is none. */
static struct err *
entry_at(
    struct repo *r, const char *commit, const char *path, git_tree_entry **out)
{
	git_tree *tree;
	int rc;
	struct err *e = tree_of(r, commit, &tree);

	*out = NULL;
	if (e != NULL || tree == NULL)
		return e;
	rc = git_tree_entry_bypath(out, tree, path);
	git_tree_free(tree);
	if (rc != 0 && rc != GIT_ENOTFOUND)
		return failed("cannot read a tree");
	return NULL;
}

struct err *
repo_read(struct repo *r, const char *commit, const char *path, struct buf *out)
{
	git_tree_entry *entry;
	git_blob *blob = NULL;
	struct err *e = entry_at(r, commit, path, &entry);

	if (e != NULL)
		return e;
	if (entry == NULL || git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
		e = err_new(ERR_NOT_FOUND, "no file %s in this commit", path);
	else if (git_blob_lookup(&blob, r->git, git_tree_entry_id(entry)) != 0)
		e = failed("cannot read a blob");
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
		e = tree_of(r, commit, &tree);
	} else {
		e = entry_at(r, commit, folder, &entry);
		if (e == NULL && entry != NULL &&
		    git_tree_lookup(&tree, r->git, git_tree_entry_id(entry)) !=
			0)
			e = failed("cannot read a tree");
	}
	for (size_t i = 0; tree != NULL && i < git_tree_entrycount(tree); i++)
		strs_add(
		    out, git_tree_entry_name(git_tree_entry_byindex(tree, i)));
	git_tree_free(tree);
	git_tree_entry_free(entry);
	return e;
}

/* Put one file, or none, in the place of a level of the config. */
static int
replace_level(struct repo *r, git_config *config, git_config_level_t level,
    const char *path)
{
	if (path == NULL)
		return 0;
	if (path[0] == '\0')
		path = "/dev/null/none";
	return git_config_add_file_ondisk(config, path, level, r->git, 1);
}

struct err *
repo_use_config(struct repo *r, const char *global, const char *system)
{
	const char *xdg = global != NULL ? "" : NULL;
	git_config *config = NULL;
	struct err *e = NULL;

	/* the repository keeps this object and asks it from now on */
	if (git_repository_config(&config, r->git) != 0 ||
	    replace_level(r, config, GIT_CONFIG_LEVEL_GLOBAL, global) != 0 ||
	    replace_level(r, config, GIT_CONFIG_LEVEL_XDG, xdg) != 0 ||
	    replace_level(r, config, GIT_CONFIG_LEVEL_SYSTEM, system) != 0)
		e = failed("cannot read the git config");
	git_config_free(config);
	return e;
}

struct err *
repo_config(char **out, struct repo *r, const char *key)
{
	git_config *config = NULL;
	git_buf value = { 0 };
	int rc;

	*out = NULL;
	if (git_repository_config(&config, r->git) != 0)
		return failed("cannot read the git config");
	rc = git_config_get_string_buf(&value, config, key);
	if (rc == 0)
		*out = mem_ndup(value.ptr, value.size);
	git_buf_dispose(&value);
	git_config_free(config);
	return rc == 0 || rc == GIT_ENOTFOUND ?
	    NULL :
	    failed("cannot read the git config");
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

static struct err *
write_tree(struct repo *r, git_tree *base, const struct repo_file *files,
    size_t n, git_oid *out)
{
	git_tree_update *updates = mem_zero(n, sizeof(*updates));
	struct err *e = NULL;
	int rc;

	for (size_t i = 0; i < n && e == NULL; i++) {
		git_tree_update *u = &updates[i];

		u->path = files[i].path;
		u->filemode = GIT_FILEMODE_BLOB;
		u->action = files[i].data == NULL ? GIT_TREE_UPDATE_REMOVE :
						    GIT_TREE_UPDATE_UPSERT;
		if (files[i].data != NULL &&
		    git_blob_create_from_buffer(
			&u->id, r->git, files[i].data, files[i].len) != 0)
			e = failed("cannot write a blob");
	}
	if (e == NULL) {
		rc = base == NULL ?
		    write_first_tree(updates, n, r->git, out) :
		    git_tree_create_updated(out, r->git, base, n, updates);
		if (rc != 0)
			e = failed("cannot write a tree");
	}
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
		return failed("cannot read a commit");
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
	if ((e = tree_of(r, parent, &base)) != NULL)
		return e;
	if ((e = write_tree(r, base, files, n, &id)) != NULL ||
	    (e = add_parent(r, parent, p->above, &p->n_above)) != NULL ||
	    (e = add_parent(r, other, p->above, &p->n_above)) != NULL)
		goto done;
	if (git_tree_lookup(&p->tree, r->git, &id) != 0 ||
	    git_signature_new(
		&p->who, who->name, who->email, who->time, who->offset) != 0)
		e = failed("cannot write a commit");
done:
	git_tree_free(base);
	return e;
}

struct err *
repo_commit(struct repo *r, const char *parent, const char *other,
    const struct repo_file *files, size_t n, const char *message,
    const struct repo_person *who, char out[static REPO_HEX])
{
	struct parts p;
	git_oid id;
	struct err *e = prepare(&p, r, parent, other, files, n, who);

	if (e == NULL &&
	    git_commit_create(&id, r->git, NULL, p.who, p.who, NULL, message,
		p.tree, p.n_above, p.above) != 0)
		e = failed("cannot write a commit");
	if (e == NULL)
		git_oid_tostr(out, REPO_HEX, &id);
	release_parts(&p);
	return e;
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
		e = failed("cannot prepare a commit");
	free(objects);
	return e;
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
		e = failed("cannot prepare a commit");
	if (e != NULL)
		goto done;
	git_repository_set_odb(r->git, temp);
	e = prepare(&p, r, parent, other, files, n, who);
	if (e == NULL &&
	    git_commit_create_buffer(&text, r->git, p.who, p.who, NULL, message,
		p.tree, p.n_above, p.above) != 0)
		e = failed("cannot prepare a commit");
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
		e = failed("cannot write a commit");
	if (e == NULL)
		git_oid_tostr(out, REPO_HEX, &id);
	release_parts(&p);
	return e;
}

static void
nap(void)
{
	struct timespec ms = { .tv_nsec = 1000000 };

	nanosleep(&ms, NULL);
}

struct err *
repo_advance(struct repo *r, const char *old, const char *new, const char *why,
    const struct repo_person *who)
{
	char *branch = NULL;
	git_oid from, to;
	git_reference *ref = NULL;
	int rc = 0;
	struct err *e = branch_name(r, &branch);

	if (e != NULL)
		return e;
	/* the reflog line takes its name from here, whatever config says */
	git_repository_set_ident(r->git, who->name, who->email);
	git_oid_fromstr(&to, new);
	if (old[0] != '\0')
		git_oid_fromstr(&from, old);
	for (int i = 0; i < LOCK_TRIES; i++) {
		rc = old[0] == '\0' ?
		    git_reference_create(&ref, r->git, branch, &to, 0, why) :
		    git_reference_create_matching(
			&ref, r->git, branch, &to, 1, &from, why);
		if (rc != GIT_ELOCKED)
			break;
		nap();
	}
	if (rc == GIT_EMODIFIED || rc == GIT_EEXISTS)
		e = err_new(ERR_CONFLICT,
		    "another program has committed to the ledger meanwhile");
	else if (rc != 0)
		e = failed("cannot move the branch");
	git_reference_free(ref);
	free(branch);
	return e;
}

static int
note_path(const git_diff_delta *delta, float progress, void *out)
{
	(void)progress;
	strs_add(out, delta->new_file.path);
	return 0;
}

struct err *
repo_changed(struct repo *r, const char *old, const char *new, struct strs *out)
{
	git_diff_options options = GIT_DIFF_OPTIONS_INIT;
	git_tree *a = NULL, *b = NULL;
	git_diff *diff = NULL;
	struct err *e;

	if ((e = tree_of(r, old, &a)) != NULL ||
	    (e = tree_of(r, new, &b)) != NULL)
		goto done;
	if (git_diff_tree_to_tree(&diff, r->git, a, b, &options) != 0 ||
	    git_diff_foreach(diff, note_path, NULL, NULL, NULL, out) != 0)
		e = failed("cannot compare two commits");
done:
	git_diff_free(diff);
	git_tree_free(a);
	git_tree_free(b);
	return e;
}

static struct err *
index_one(
    struct repo *r, git_index *index, const char *commit, const char *path)
{
	git_index_entry ie = { .path = path, .mode = GIT_FILEMODE_BLOB };
	git_tree_entry *te;
	char *full = path_join(r->dir, path);
	struct stat st;
	struct err *e = entry_at(r, commit, path, &te);

	if (e != NULL)
		goto done;
	if (te == NULL) {
		git_index_remove(index, path, 0);
		goto done;
	}
	ie.id = *git_tree_entry_id(te);
	git_tree_entry_free(te);
	if (lstat(full, &st) == 0) {
		ie.ctime.seconds = (int32_t)st.st_ctim.tv_sec;
		ie.ctime.nanoseconds = (uint32_t)st.st_ctim.tv_nsec;
		ie.mtime.seconds = (int32_t)st.st_mtim.tv_sec;
		ie.mtime.nanoseconds = (uint32_t)st.st_mtim.tv_nsec;
		ie.dev = (uint32_t)st.st_dev;
		ie.ino = (uint32_t)st.st_ino;
		ie.uid = st.st_uid;
		ie.gid = st.st_gid;
		ie.file_size = (uint32_t)st.st_size;
	}
	/* git_index_add() leaves the stages of a conflict where they are */
	if (git_index_has_conflicts(index))
		git_index_conflict_remove(index, path);
	if (git_index_add(index, &ie) != 0)
		e = failed("cannot add to the index");
done:
	free(full);
	return e;
}

struct err *
repo_index(struct repo *r, const char *commit, const struct strs *paths)
{
	git_index *index = NULL;
	int rc = GIT_ELOCKED;
	struct err *e = NULL;

	if (git_repository_index(&index, r->git) != 0 ||
	    git_index_read(index, 1) != 0)
		e = failed("cannot read the index");
	for (size_t i = 0; i < paths->n && e == NULL; i++)
		e = index_one(r, index, commit, paths->v[i]);
	for (int i = 0; i < LOCK_TRIES && e == NULL && rc == GIT_ELOCKED; i++) {
		rc = git_index_write(index);
		if (rc == GIT_ELOCKED)
			nap();
	}
	if (e == NULL && rc != 0)
		e = failed("cannot write the index");
	git_index_free(index);
	return e;
}

static struct err *
note_commit(struct repo *r, const git_oid *id, struct repo_commit *out)
{
	git_commit *c = NULL;
	char hex[REPO_HEX];

	if (git_commit_lookup(&c, r->git, id) != 0)
		return failed("cannot read a commit");
	git_oid_tostr(out->id, REPO_HEX, id);
	for (unsigned i = 0; i < git_commit_parentcount(c); i++) {
		git_oid_tostr(hex, REPO_HEX, git_commit_parent_id(c, i));
		strs_add(&out->parents, hex);
	}
	out->message = mem_dup(git_commit_message(c));
	git_commit_free(c);
	return NULL;
}

struct err *
repo_history(struct repo *r, struct repo_commit **out, size_t *n)
{
	VEC(struct repo_commit) commits = VEC_INIT;
	git_revwalk *walk = NULL;
	char head[REPO_HEX];
	git_oid id;
	int rc = 0;
	struct err *e = repo_head(r, head);

	if (e == NULL && head[0] != '\0') {
		if (git_revwalk_new(&walk, r->git) != 0 ||
		    git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL) != 0 ||
		    git_revwalk_push_head(walk) != 0)
			e = failed("cannot walk the history");
		while (e == NULL && (rc = git_revwalk_next(&id, walk)) == 0)
			e = note_commit(r, &id, vec_add(&commits));
		if (e == NULL && rc != GIT_ITEROVER)
			e = failed("cannot walk the history");
	}
	git_revwalk_free(walk);
	*out = commits.v;
	*n = commits.n;
	return e;
}

void
repo_history_free(struct repo_commit *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		strs_release(&v[i].parents);
		free(v[i].message);
	}
	free(v);
}
