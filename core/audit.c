/* SPDX-License-Identifier: ISC */
#include "core/audit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/lfs.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define SUMS_MAX (256u << 20)
#define THREADS_MAX 16

void
audit_note(struct node *checks, const char *name, const char *subject,
    const char *result, const char *detail)
{
	struct node *n = node_push(checks, node_map());

	node_put_str(n, "name", name);
	node_put_str(n, "subject", subject);
	node_put_str(n, "result", result);
	node_put_str(n, "detail", detail != NULL ? detail : "");
}

bool
audit_passed(const struct node *checks)
{
	for (size_t i = 0; i < node_count(checks); i++)
		if (strcmp(node_text(node_at(checks, i), "result"), "fail") ==
		    0)
			return false;
	return true;
}

/* The error becomes a failed check. */
static void
note_error(
    struct node *checks, const char *name, const char *subject, struct err *e)
{
	audit_note(checks, name, subject, "fail", err_text(e));
	err_drop(e);
}

/*
 * Chains.
 */

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Parents that are not in the stream. */
static size_t
note_missing_parents(
    struct node *checks, const struct stream *s, const char *subject)
{
	const char **ids = mem_zero(s->n, sizeof(*ids));
	size_t missing = 0;

	for (size_t i = 0; i < s->n; i++)
		ids[i] = s->v[i].id;
	qsort(ids, s->n, sizeof(*ids), by_text);
	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; j < s->v[i].after.n; j++) {
			const char *parent = s->v[i].after.v[j];
			char *detail;

			if (bsearch(&parent, ids, s->n, sizeof(*ids),
				by_text) != NULL)
				continue;
			detail = mem_printf("line %u: entry %.12s follows "
					    "%.12s, which is not here",
			    s->v[i].line, s->v[i].id, parent);
			audit_note(checks, "chain", subject, "fail", detail);
			free(detail);
			missing++;
		}
	free(ids);
	return missing;
}

void
audit_chain(struct node *checks, struct stream *s, const char *subject)
{
	size_t bad = note_missing_parents(checks, s, subject), withheld = 0;
	char *detail;

	for (size_t i = 0; i < s->n; i++) {
		withheld += s->v[i].content_len == 0;
		if (!s->v[i].forged)
			continue;
		bad++;
		detail = mem_printf("line %u: the content of entry %.12s is "
				    "not the one it was made with",
		    s->v[i].line, s->v[i].id);
		audit_note(checks, "chain", subject, "fail", detail);
		free(detail);
	}
	if (!stream_is_ordered(s)) {
		bad++;
		audit_note(checks, "chain", subject, "fail",
		    "the entries do not stand in stream order");
	}
	if (bad > 0)
		return;
	detail = mem_printf("%zu entries, %zu withheld", s->n, withheld);
	audit_note(checks, "chain", subject, "pass", detail);
	free(detail);
}

/*
 * Archives: gathered from the entries, hashed by several threads.
 */

struct item {
	char *path;         /* in the ledger */
	char *full;         /* what to hash */
	const char *sha256; /* borrowed from the content */
	int64_t size;
	/* filled in by a thread */
	const char *result;
	char *detail;
};

struct work {
	struct item *v;
	size_t n, cap;
	atomic_size_t next;
	const struct ledger *ledger;
};

/* Proofs are plain files of the repository: they are here, or lost. */
static bool
is_proof(const char *path)
{
	return strncmp(path, "proofs/", 7) == 0;
}

static void
hash_item(const struct ledger *l, struct item *item)
{
	char *object = lfs_object_path(l->dir, item->sha256);
	char found[SHA256_HEX];
	struct lfs_pointer pointer;
	struct buf text = BUF_INIT;
	struct stat st;
	int64_t size;
	struct err *e;

	item->result = "fail";
	e = file_stat(&st, item->full);
	if (e == NULL && st.st_size <= LFS_POINTER_MAX) {
		e = file_read(&text, item->full, LFS_POINTER_MAX);
		if (e == NULL &&
		    lfs_read_pointer(&pointer, text.data, text.len)) {
			/* the bytes are elsewhere, or in the object store */
			free(item->full);
			item->full = mem_dup(object);
		}
	}
	if (e != NULL || !file_exists(item->full)) {
		err_drop(e); /* the store may have it all the same */
		free(item->full);
		item->full = mem_dup(object);
	}
	e = digest_file(item->full, found, &size);
	if (err_is(e, ERR_NOT_FOUND)) {
		item->result = is_proof(item->path) ? "fail" : "skipped";
		item->detail = mem_dup("the bytes are not here");
	} else if (e != NULL) {
		item->detail = mem_dup(err_text(e));
	} else if (strcmp(found, item->sha256) != 0) {
		item->detail =
		    mem_printf("SHA-256 is %.12s..., recorded was %.12s...",
			found, item->sha256);
	} else if (item->size >= 0 && size != item->size) {
		item->detail = mem_printf("%lld bytes, recorded were %lld",
		    (long long)size, (long long)item->size);
	} else {
		item->result = "pass";
		item->detail = mem_printf("%lld bytes", (long long)size);
	}
	err_drop(e);
	buf_release(&text);
	free(object);
}

static void *
hash_items(void *arg)
{
	struct work *w = arg;
	size_t i;

	while ((i = atomic_fetch_add(&w->next, 1)) < w->n)
		hash_item(w->ledger, &w->v[i]);
	return NULL;
}

/* Every map of a content that names bytes: {path, sha256, size}. */
static void
gather(struct work *w, const struct node *n)
{
	const char *path = node_text(n, "path"), *sha = node_text(n, "sha256");

	if (path != NULL && sha != NULL && digest_is_hex(sha) &&
	    (strncmp(path, "archives/", 9) == 0 || is_proof(path))) {
		struct err *e = path_vet(path, "archive");

		if (e == NULL) {
			struct item *item = vec_add(w);

			item->path = mem_dup(path);
			item->full = path_join(w->ledger->dir, path);
			item->sha256 = sha;
			item->size = node_number(n, "size", -1);
		}
		err_drop(e); /* such a path leads nowhere here */
	}
	for (size_t i = 0; n != NULL && i < n->n; i++)
		gather(w, n->kids[i]);
}

static void
run_work(struct work *w, unsigned threads)
{
	pthread_t others[THREADS_MAX];
	unsigned started = 0;

	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	while (started + 1 < threads && started + 1 < w->n &&
	    pthread_create(&others[started], NULL, hash_items, w) == 0)
		started++;
	hash_items(w);
	for (unsigned i = 0; i < started; i++)
		pthread_join(others[i], NULL);
}

static void
audit_archives(struct node *checks, struct work *w, unsigned threads)
{
	run_work(w, threads);
	for (size_t i = 0; i < w->n; i++) {
		struct item *item = &w->v[i];

		audit_note(
		    checks, "archive", item->path, item->result, item->detail);
		free(item->path);
		free(item->full);
		free(item->detail);
	}
	vec_release(w);
}

/* The list of a delivery's files against its content digest. */
static void
audit_sums(
    struct node *checks, const struct ledger *l, const struct node *content)
{
	const struct node *archive = node_get(content, "archive");
	const char *path = node_text(archive, "sums");
	const char *digest = node_text(archive, "content");
	char found[SHA256_HEX], *full;
	struct err *e;

	if (path == NULL || digest == NULL)
		return;
	full = path_join(l->dir, path);
	e = path_vet(path, "sums");
	if (e == NULL)
		e = digest_file(full, found, NULL);
	if (e != NULL)
		note_error(checks, "sums", path, e);
	else
		audit_note(checks, "sums", path,
		    strcmp(found, digest) == 0 ? "pass" : "fail",
		    strcmp(found, digest) == 0 ?
			NULL :
			"not the list whose digest was recorded");
	free(full);
}

/*
 * One order.
 */

static struct err *
audit_worktree(struct node *checks, struct ledger *l, const char *head,
    const char *path, const struct stream *s)
{
	struct buf committed = BUF_INIT;
	struct err *e = repo_read(l->repo, head, path, &committed);

	if (err_is(e, ERR_NOT_FOUND)) {
		note_error(checks, "worktree", path, e);
		return NULL;
	}
	if (e != NULL)
		return e;
	if (committed.len != s->bytes.len ||
	    memcmp(committed.data, s->bytes.data, committed.len) != 0)
		audit_note(checks, "worktree", path, "fail",
		    "not what the last commit holds");
	buf_release(&committed);
	return NULL;
}

static struct err *
audit_order(struct node *checks, struct ledger *l, const char *head,
    const char *id, unsigned threads)
{
	struct work work = { .ledger = l };
	char *month = NULL, *path = NULL;
	struct stream *s = NULL;
	struct err *e = ledger_month(&month, l, id);

	if (e != NULL)
		return e;
	path = ledger_order_path(month, id);
	e = ledger_load(&s, l, id);
	if (e == NULL)
		audit_chain(checks, s, path);
	for (size_t i = 0; e == NULL && i < s->n; i++) {
		const struct node *content;

		if (s->v[i].forged)
			continue;
		if ((e = entry_content(&content, s, &s->v[i])) == NULL) {
			gather(&work, content);
			audit_sums(checks, l, content);
		}
	}
	if (e != NULL) {
		note_error(checks, "stream", path, e);
		e = NULL;
	}
	audit_archives(checks, &work, threads);
	if (s != NULL)
		e = audit_worktree(checks, l, head, path, s);
	stream_free(s);
	free(path);
	free(month);
	return e;
}

/*
 * History.
 */

/* Ids of old that are not in new. */
static struct err *
count_lost(size_t *lost, struct buf *old, struct buf *new, const char *path)
{
	struct stream *a = NULL, *b = NULL;
	struct err *e;

	*lost = 0;
	if (new->len >= old->len && memcmp(new->data, old->data, old->len) == 0)
		return NULL; /* it only grew */
	if ((e = stream_parse(&a, old, path)) == NULL &&
	    (e = stream_parse(&b, new, path)) == NULL)
		for (size_t i = 0; i < a->n; i++)
			*lost += stream_find(b, a->v[i].id) == NULL;
	stream_free(a);
	stream_free(b);
	return e;
}

/* The same order under another month, where a merge has moved it. */
static struct err *
read_moved(
    struct buf *out, struct repo *r, const char *commit, const char *path)
{
	struct strs months = VEC_INIT;
	struct err *e = repo_list(r, commit, "orders", &months);

	for (size_t i = 0; i < months.n && e == NULL && out->len == 0; i++) {
		char *other =
		    mem_printf("orders/%s/%s", months.v[i], path_base(path));

		e = repo_read(r, commit, other, out);
		if (err_is(e, ERR_NOT_FOUND)) {
			err_drop(e); /* not in that month */
			e = NULL;
		}
		free(other);
	}
	strs_release(&months);
	return e;
}

static struct err *
audit_step(struct node *checks, struct repo *r, const struct repo_commit *c,
    const char *parent, const char *path)
{
	struct buf old = BUF_INIT, new = BUF_INIT;
	size_t lost = 0;
	char *subject = mem_printf("%.12s %s", c->id, path);
	char *detail;
	struct err *e = repo_read(r, parent, path, &old);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* an order that begins here */
		e = NULL;
		goto done;
	}
	if (e != NULL)
		goto done;
	e = repo_read(r, c->id, path, &new);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* it moved, or this is said as a check */
		e = read_moved(&new, r, c->id, path);
	}
	if (e == NULL && new.len == 0) {
		audit_note(checks, "history", subject, "fail",
		    "the order was removed");
	} else if (e == NULL &&
	    (e = count_lost(&lost, &old, &new, path)) != NULL) {
		note_error(checks, "history", subject, e);
		e = NULL;
	}
	if (lost > 0) {
		detail = mem_printf("%zu entr%s of its parent are missing",
		    lost, lost == 1 ? "y" : "ies");
		audit_note(checks, "history", subject, "fail", detail);
		free(detail);
	}
done:
	free(subject);
	buf_release(&old);
	buf_release(&new);
	return e;
}

static struct err *
audit_commit(struct node *checks, struct repo *r, const struct repo_commit *c)
{
	struct err *e = NULL;

	for (size_t i = 0; i < c->parents.n && e == NULL; i++) {
		struct strs paths = VEC_INIT;
		bool orders = false;

		e = repo_changed(r, c->parents.v[i], c->id, &paths);
		for (size_t j = 0; j < paths.n && e == NULL; j++) {
			if (strncmp(paths.v[j], "orders/", 7) != 0)
				continue;
			orders = true;
			e = audit_step(
			    checks, r, c, c->parents.v[i], paths.v[j]);
		}
		if (orders && c->parents.n == 1 &&
		    strstr(c->message, "\nDeed-Entry: ") == NULL)
			audit_note(checks, "history", c->id, "pass",
			    "warning: committed without deed's trailers");
		strs_release(&paths);
	}
	return e;
}

static struct err *
audit_history(struct node *checks, struct repo *r)
{
	struct repo_commit *commits = NULL;
	size_t n = 0, before = node_count(checks);
	char *detail;
	struct err *e = repo_history(r, &commits, &n);

	for (size_t i = 0; i < n && e == NULL; i++)
		e = audit_commit(checks, r, &commits[i]);
	if (e == NULL && node_count(checks) == before) {
		detail = mem_printf("%zu commits, no entry was lost", n);
		audit_note(checks, "history", "HEAD", "pass", detail);
		free(detail);
	}
	repo_history_free(commits, n);
	return e;
}

struct err *
audit_ledger(struct node *checks, struct ledger *l, const struct strs *ids,
    unsigned threads)
{
	struct strs all = VEC_INIT;
	struct repo *r;
	char head[REPO_HEX];
	struct err *e;

	if ((e = ledger_repo(&r, l)) != NULL ||
	    (e = repo_head(r, head)) != NULL)
		return e;
	if (ids == NULL)
		e = ledger_orders(&all, l);
	for (size_t i = 0; i < (ids != NULL ? ids : &all)->n && e == NULL; i++)
		e = audit_order(checks, l, head,
		    path_base((ids != NULL ? ids : &all)->v[i]), threads);
	if (e == NULL && ids == NULL)
		e = audit_history(checks, r);
	strs_release(&all);
	return e;
}
