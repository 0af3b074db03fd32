/* SPDX-License-Identifier: ISC */
#include "core/erase.h"

#include <stdlib.h>
#include <string.h>

#include "core/lfs.h"
#include "core/util/file.h"
#include "core/util/lines.h"
#include "core/util/path.h"
#include "core/util/proc.h"

#define NOTE_MAX (16u << 20)

void
erasures_release(struct erasures *x)
{
	struct erasure *one;

	vec_each (one, &x->v) {
		free(one->order);
		strs_release(&one->entries);
		strs_release(&one->texts);
		strs_release(&one->paths);
		strs_release(&one->oids);
	}
	vec_release(&x->v);
}

struct erasure *
erasures_of(struct erasures *x, const char *order)
{
	struct erasure *one;

	vec_each (one, &x->v)
		if (strcmp(one->order, order) == 0)
			return one;
	one = vec_add(&x->v);
	one->order = mem_dup(order);
	return one;
}

static void
add_once(struct strs *s, const char *text)
{
	if (strs_find(s, text) < 0)
		strs_add(s, text);
}

/*
 * Files that entries name.
 */

/* Below archives/MONTH/ORDER/ or proofs/MONTH/ORDER/, and nowhere else. */
static bool
is_of_order(const char *path, const char *order)
{
	const char *p = strncmp(path, "archives/", 9) == 0 ? path + 9 :
	    strncmp(path, "proofs/", 7) == 0               ? path + 7 :
							     NULL;
	const char *slash = p == NULL ? NULL : strchr(p, '/');
	size_t len = strlen(order);

	return slash != NULL && strncmp(slash + 1, order, len) == 0 &&
	    slash[1 + len] == '/' && strstr(path, "..") == NULL;
}

static void
add_paths(struct strs *out, const struct node *n, const char *order)
{
	static const char *const keys[] = { "path", "sums" };

	if (n == NULL)
		return;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *path = node_text(n, keys[i]);

		if (path != NULL && is_of_order(path, order))
			add_once(out, path);
	}
	for (size_t i = 0; i < node_count(n); i++)
		add_paths(out, n->kids[i], order);
}

void
erase_spare(struct erasure *x, const struct order *stay)
{
	struct strs named = VEC_INIT, rest = VEC_INIT;

	for (size_t i = 0; i < stay->n; i++)
		if (!strs_has(&x->entries, stay->v[i].entry->id))
			add_paths(&named, stay->v[i].content, x->order);
	for (size_t i = 0; i < x->paths.n; i++)
		if (strs_find(&named, x->paths.v[i]) < 0)
			strs_add(&rest, x->paths.v[i]);
	strs_release(&named);
	strs_release(&x->paths);
	x->paths = rest;
}

/*
 * Looking.
 */

static struct err *
order_paths(struct strs *out, struct repo *r, const char *commit, void *arg)
{
	const struct erasures *x = arg;
	const struct erasure *one;
	struct strs months = VEC_INIT;
	struct err *e = repo_list(r, commit, "orders", &months);

	for (size_t i = 0; i < months.n && e == NULL; i++)
		vec_each (one, &x->v)
			strs_take(
			    out, ledger_order_path(months.v[i], one->order));
	strs_release(&months);
	return e;
}

/* Whose file is it?  NULL: no order's that has something to erase. */
static struct erasure *
owner(struct erasures *x, const char *path)
{
	const char *base = path_base(path);
	struct erasure *one;

	vec_each (one, &x->v) {
		size_t len = strlen(one->order);

		if (strncmp(path, "orders/", 7) == 0 &&
		    strncmp(base, one->order, len) == 0 &&
		    strcmp(base + len, ".yaml") == 0)
			return one;
	}
	return NULL;
}

static void
look_at(struct erasure *x, struct stream *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct entry *entry = &s->v[i];
		const struct node *content;
		char *text;
		struct err *e;

		if (entry->content_len == 0 ||
		    !strs_has(&x->entries, entry->id))
			continue;
		text = mem_ndup(
		    s->bytes.data + entry->content_at, entry->content_len);
		add_once(&x->texts, text);
		free(text);
		e = entry_content(&content, s, entry);
		if (e == NULL)
			add_paths(&x->paths, content, x->order);
		err_drop(e); /* a forged one names nothing of ours */
	}
}

static struct err *
look_at_file(struct buf *out, bool *is_same, bool *is_gone, const char *path,
    struct buf *data, void *arg)
{
	struct stream *s = NULL;
	struct err *e = stream_parse(&s, data, path);

	(void)out;
	(void)is_gone;
	*is_same = true;
	if (e == NULL)
		look_at(owner(arg, path), s);
	err_drop(e); /* left in conflict by git: its texts are cut out */
	stream_free(s);
	return NULL;
}

static char *
keep_message(const char *message, void *arg)
{
	(void)message;
	(void)arg;
	return NULL;
}

struct err *
erase_look(struct erasures *x, struct ledger *l, const struct strs *tips)
{
	const struct repo_rewriting how = { order_paths, look_at_file,
		keep_message, x };
	struct repo_renamed *none;
	struct repo *repo;
	size_t n;
	struct err *e = ledger_repo(&repo, l);

	if (e == NULL)
		e = repo_rewrite(repo, &how, tips, &none, &n);
	if (e == NULL)
		free(none);
	return e;
}

/*
 * Rewriting.
 */

static struct err *
all_paths(struct strs *out, struct repo *r, const char *commit, void *arg)
{
	const struct erasures *x = arg;
	const struct erasure *one;

	vec_each (one, &x->v)
		for (size_t i = 0; i < one->paths.n; i++)
			strs_add(out, one->paths.v[i]);
	return order_paths(out, r, commit, arg);
}

/* A file that goes: if it is a pointer, the bytes go too. */
static void
note_object(struct erasures *x, const char *path, const struct buf *data)
{
	struct lfs_pointer pointer;
	struct erasure *one;

	if (!lfs_read_pointer(&pointer, data->data, data->len))
		return;
	vec_each (one, &x->v)
		if (strs_find(&one->paths, path) >= 0)
			add_once(&one->oids, pointer.oid);
}

/* Of a file that is no stream: its texts, wherever they stand. */
static void
cut_texts(struct buf *out, const struct erasure *x, const struct buf *data)
{
	const char *p = data->data, *end = p + data->len;

	while (p < end) {
		const char *next = end;
		size_t len = 0;

		for (size_t i = 0; i < x->texts.n; i++) {
			size_t n = strlen(x->texts.v[i]);
			const char *hit =
			    memmem(p, (size_t)(end - p), x->texts.v[i], n);

			if (hit != NULL && hit < next) {
				next = hit;
				len = n;
			}
		}
		buf_add(out, p, (size_t)(next - p));
		p = next + len;
	}
}

static void
reduce(struct buf *out, const struct erasure *x, struct buf *data,
    const char *path)
{
	struct buf raw = BUF_INIT;
	struct stream *s = NULL;
	struct err *e;

	buf_add(&raw, data->data, data->len);
	e = stream_parse(&s, data, path);
	if (e == NULL)
		e = stream_drop(s, &x->entries);
	if (e == NULL)
		buf_add(out, s->bytes.data, s->bytes.len);
	else
		cut_texts(out, x, &raw);
	err_drop(e); /* what git left in conflict */
	stream_free(s);
	buf_release(&raw);
}

static struct err *
erase_file(struct buf *out, bool *is_same, bool *is_gone, const char *path,
    struct buf *data, void *arg)
{
	const struct erasure *x = owner(arg, path);
	size_t len = data->len;

	if (x == NULL) {
		note_object(arg, path, data);
		*is_gone = true;
		return NULL;
	}
	reduce(out, x, data, path);
	*is_same = out->len == len; /* else it got shorter */
	return NULL;
}

/* Does a commit tell of an entry that is erased? */
static bool
tells(const struct erasures *x, const char *message)
{
	const struct erasure *one;

	vec_each (one, &x->v)
		for (size_t i = 0; i < one->entries.n; i++) {
			char *line =
			    mem_printf("\nDeed-Entry: %s\n", one->entries.v[i]);
			bool there = strstr(message, line) != NULL;

			free(line);
			if (there)
				return true;
		}
	return false;
}

static bool
names_object(const struct erasures *x, const char *line)
{
	static const char key[] = "Deed-Archive: ";
	const struct erasure *one;

	if (strncmp(line, key, strlen(key)) != 0)
		return false;
	vec_each (one, &x->v)
		for (size_t i = 0; i < one->oids.n; i++)
			if (strncmp(line + strlen(key), one->oids.v[i],
				SHA256_HEX - 1) == 0)
				return true;
	return false;
}

/* "log FO1: erased", and the trailers but for digests of files that go. */
static char *
erase_message(const char *message, void *arg)
{
	const char *p = message + strcspn(message, "\n");
	const char *colon = strstr(message, ": ");
	struct buf out = BUF_INIT;
	char *made;

	if (!tells(arg, message))
		return NULL;
	if (colon != NULL && colon < p)
		buf_add(&out, message, (size_t)(colon + 2 - message));
	buf_adds(&out, "erased");
	while (*p != '\0') {
		size_t len = strcspn(p + 1, "\n") + 1;

		if (!names_object(arg, p + 1))
			buf_add(&out, p, len);
		p += len;
	}
	made = buf_steal(&out);
	if (strcmp(made, message) != 0)
		return made;
	free(made);
	return NULL;
}

struct err *
erase_rewrite(struct repo_renamed **out, size_t *n, struct erasures *x,
    struct ledger *l, const struct strs *tips)
{
	const struct repo_rewriting how = { all_paths, erase_file,
		erase_message, x };
	struct repo *repo;
	struct err *e = ledger_repo(&repo, l);

	return e == NULL ? repo_rewrite(repo, &how, tips, out, n) : e;
}

/*
 * Refs.
 */

struct err *
erase_tips(struct strs *out, struct ledger *l)
{
	struct strs names = VEC_INIT;
	char commit[REPO_HEX];
	struct repo *repo;
	struct err *e = ledger_repo(&repo, l);

	if (e == NULL)
		e = repo_refs(repo, "refs/", &names);
	for (size_t i = 0; i < names.n && e == NULL; i++) {
		char *name = mem_printf("refs/%s", names.v[i]);

		e = repo_resolve(repo, name, commit);
		free(name);
		if (err_is(e, ERR_NOT_FOUND)) {
			err_drop(e); /* a tag of something else */
			e = NULL;
		} else if (e == NULL) {
			add_once(out, commit);
		}
	}
	strs_release(&names);
	return e;
}

/* The branch at last: as long as it is where it was, nothing is lost. */
static struct err *
move_refs(struct store *s, struct repo *repo,
    const struct repo_renamed *renamed, size_t n)
{
	struct strs names = VEC_INIT;
	char commit[REPO_HEX], *branch = NULL;
	const char *now;
	struct err *e = repo_branch(repo, &branch);

	if (e == NULL)
		e = repo_refs(repo, "refs/", &names);
	for (size_t i = 0; i < names.n && e == NULL; i++) {
		char *name = mem_printf("refs/%s", names.v[i]);

		e = repo_resolve(repo, name, commit);
		now = e == NULL ? repo_new_name(renamed, n, commit) : NULL;
		if (now != NULL && strcmp(name, branch) != 0)
			e = repo_set_ref(repo, name, now);
		if (err_is(e, ERR_NOT_FOUND)) {
			err_drop(e); /* a tag of something else */
			e = NULL;
		}
		free(name);
	}
	now = repo_new_name(renamed, n, store_head(s));
	if (e == NULL && now != NULL)
		e = store_replace(s, now, "erase: made anew");
	strs_release(&names);
	free(branch);
	return e;
}

/*
 * The bytes that are to go, a line each: once the history is rid of them
 * nothing else tells, should we be killed before they went.
 */
static char *
note_path(const struct ledger *l)
{
	return path_join(l->own, "erasing");
}

static struct err *
write_note(const struct erasures *x, const struct ledger *l)
{
	char *path = note_path(l);
	const struct erasure *one;
	struct strs oids = VEC_INIT;
	struct err *e = lines_read(&oids, path, NOTE_MAX);

	vec_each (one, &x->v)
		for (size_t i = 0; i < one->oids.n; i++)
			strs_add(&oids, one->oids.v[i]);
	if (e == NULL && oids.n > 0)
		e = lines_write(path, &oids);
	strs_release(&oids);
	free(path);
	return e;
}

struct err *
erase_scrub(size_t *n, struct erasures *x, struct store *s, struct ledger *l)
{
	struct repo_renamed *renamed = NULL;
	struct strs tips = VEC_INIT;
	struct repo *repo;
	struct err *e;

	*n = 0;
	if ((e = ledger_repo(&repo, l)) == NULL &&
	    (e = erase_tips(&tips, l)) == NULL &&
	    (e = erase_rewrite(&renamed, n, x, l, &tips)) == NULL &&
	    (e = write_note(x, l)) == NULL)
		e = move_refs(s, repo, renamed, *n);
	strs_release(&tips);
	free(renamed);
	return err_hint(e,
	    "what was erased still stands in older commits; try again: the "
	    "same command ends it");
}

/*
 * Forgetting.
 */

/* Does HEAD point to these bytes under any name? */
static struct err *
is_named(bool *out, struct ledger *l, const char *head, const char *folder,
    const char *oid)
{
	struct strs names = VEC_INIT;
	struct err *e = repo_list(l->repo, head, folder, &names);

	for (size_t i = 0; i < names.n && e == NULL && !*out; i++) {
		char *path = mem_printf("%s/%s", folder, names.v[i]);
		char *start = mem_ndup(oid, 12);
		struct buf data = BUF_INIT;
		struct lfs_pointer pointer;

		if (strstr(names.v[i], start) != NULL &&
		    (e = repo_read(l->repo, head, path, &data)) == NULL)
			*out =
			    lfs_read_pointer(&pointer, data.data, data.len) &&
			    strcmp(pointer.oid, oid) == 0;
		buf_release(&data);
		free(start);
		free(path);
	}
	strs_release(&names);
	return e;
}

/* Each level below archives/: months, and their orders. */
static struct err *
is_needed(bool *out, struct ledger *l, const char *head, const char *oid)
{
	struct strs months = VEC_INIT;
	struct err *e = repo_list(l->repo, head, "archives", &months);

	*out = false;
	for (size_t i = 0; i < months.n && e == NULL && !*out; i++) {
		char *month = mem_printf("archives/%s", months.v[i]);
		struct strs orders = VEC_INIT;

		e = repo_list(l->repo, head, month, &orders);
		for (size_t j = 0; j < orders.n && e == NULL && !*out; j++) {
			char *folder = mem_printf("%s/%s", month, orders.v[j]);

			e = is_named(out, l, head, folder, oid);
			free(folder);
		}
		strs_release(&orders);
		free(month);
	}
	strs_release(&months);
	return e;
}

static struct err *
purge_objects(const struct strs *oids, struct ledger *l, const char *head)
{
	struct err *e = NULL;

	for (size_t i = 0; i < oids->n && e == NULL; i++) {
		char *object;
		bool needed;

		if (!digest_is_hex(oids->v[i]))
			continue; /* nothing of ours */
		object = lfs_object_path(l->dir, oids->v[i]);
		e = is_needed(&needed, l, head, oids->v[i]);
		if (e == NULL && !needed)
			e = file_unlink(object);
		free(object);
	}
	return e;
}

static struct err *
git(const struct ledger *l, const char *const argv[])
{
	struct proc_spec spec = { .argv = argv, .dir = l->dir };
	struct buf out = BUF_INIT, said = BUF_INIT;
	int status;
	struct err *e = proc_run(&spec, &out, &said, &status);

	if (e == NULL && status != 0)
		e = err_new(ERR_SYSTEM, "git %s: %.*s", argv[1],
		    (int)strcspn(said.data, "\n"),
		    said.len > 0 ? said.data : "failed");
	buf_release(&out);
	buf_release(&said);
	return e;
}

struct err *
erase_purge(struct ledger *l)
{
	static const char *const forget[] = { "git", "reflog", "expire",
		"--expire=now", "--expire-unreachable=now", "--all", NULL };
	static const char *const prune[] = { "git", "gc", "--quiet", "--force",
		"--prune=now", NULL };
	char head[REPO_HEX], *note = note_path(l);
	struct strs oids = VEC_INIT;
	struct repo *repo;
	struct err *e = ledger_repo(&repo, l);

	if (e == NULL && (e = repo_head(repo, head)) == NULL &&
	    (e = lines_read(&oids, note, NOTE_MAX)) == NULL)
		e = purge_objects(&oids, l, head);
	journal_make_way(l);
	if (e == NULL && (e = git(l, forget)) == NULL &&
	    (e = git(l, prune)) == NULL)
		e = file_unlink(note);
	journal_make_way(l); /* a disk may refuse to remove a lock */
	strs_release(&oids);
	free(note);
	return err_hint(e,
	    "what was erased may still lie in %s/.git; try again: the same "
	    "command ends it",
	    l->dir);
}
