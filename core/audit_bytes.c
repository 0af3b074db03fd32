/* SPDX-License-Identifier: ISC */
#include "core/audit_bytes.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/journal.h"
#include "core/lfs.h"
#include "core/transcript_check.h"
#include "core/upload.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/verdict.h"

#define THREADS_MAX 16

/* Bytes that an entry names. */
struct item {
	char *path; /* in the ledger */
	char sha256[SHA256_HEX];
	int64_t size; /* -1: not recorded */
	/* filled in by a thread */
	const char *result;
	char *detail;
};

struct audit_bytes {
	struct ledger *ledger;
	unsigned threads;
	VEC(struct item *) items; /* as entries name them */
	VEC(struct item *) queue; /* the same, those that take long first */
	atomic_size_t next;       /* of the queue */
	pthread_t others[THREADS_MAX];
	unsigned started;
};

static bool
is_below(const char *path, const char *folder)
{
	return strncmp(path, folder, strlen(folder)) == 0;
}

/* Is it the text that git has in the place of bytes? */
static bool
is_pointer(const char *path)
{
	struct buf text = BUF_INIT;
	struct lfs_pointer pointer;
	struct stat st;
	bool is = false;

	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size <= LFS_POINTER_MAX) {
		struct err *e = file_read(&text, path, LFS_POINTER_MAX);

		is = e == NULL &&
		    lfs_read_pointer(&pointer, text.data, text.len);
		err_drop(e); /* whoever hashes it will say why */
	}
	buf_release(&text);
	return is;
}

char *
audit_find(const struct ledger *l, const char *path, const char *sha256)
{
	char *full = path_join(l->dir, path);

	if (file_exists(full) && !is_pointer(full))
		return full;
	free(full);
	return lfs_object_path(l->dir, sha256);
}

/*
 * Hashing, by several threads.
 */

static void
compare_item(struct item *item, const char *found, int64_t size)
{
	item->result = "fail";
	if (strcmp(found, item->sha256) != 0) {
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
}

/* The store's copy, where it is not the same file under a second name. */
static void
compare_store(const struct ledger *l, struct item *item, const char *path)
{
	char *object = lfs_object_path(l->dir, item->sha256);
	char found[SHA256_HEX];
	struct stat a, b;
	struct err *e = NULL;

	if (strcmp(item->result, "pass") == 0 && stat(object, &b) == 0 &&
	    (stat(path, &a) != 0 || a.st_ino != b.st_ino ||
		a.st_dev != b.st_dev)) {
		e = digest_file(object, found, NULL);
		if (e != NULL || strcmp(found, item->sha256) != 0) {
			free(item->detail);
			item->result = "fail";
			item->detail = mem_dup(
			    "the copy that git-lfs keeps of it was changed");
		}
	}
	err_drop(e); /* said */
	free(object);
}

static void
hash_item(const struct ledger *l, struct item *item)
{
	char *path = audit_find(l, item->path, item->sha256);
	char found[SHA256_HEX];
	int64_t size;
	struct err *e = digest_file(path, found, &size);

	if (err_is(e, ERR_NOT_FOUND)) {
		/* proofs are plain files of the repository: here, or lost */
		item->result =
		    is_below(item->path, "proofs/") ? "fail" : "skipped";
		item->detail = mem_dup("the bytes are not here");
	} else if (e != NULL) {
		item->result = "fail";
		item->detail = mem_dup(err_text(e));
	} else {
		compare_item(item, found, size);
		if (is_below(item->path, "archives/"))
			compare_store(l, item, path);
	}
	err_drop(e); /* said */
	free(path);
}

static void *
hash_items(void *arg)
{
	struct audit_bytes *b = arg;
	size_t i;

	while ((i = atomic_fetch_add(&b->next, 1)) < b->queue.n)
		hash_item(b->ledger, b->queue.v[i]);
	return NULL;
}

static int
by_size(const void *a, const void *b)
{
	const struct item *x = *(struct item *const *)a;
	const struct item *y = *(struct item *const *)b;

	return (x->size < y->size) - (x->size > y->size);
}

void
audit_bytes_start(struct audit_bytes *b)
{
	struct item **item;

	vec_each (item, &b->items)
		vec_push(&b->queue, *item);
	vec_sort(&b->queue, by_size);
	while (b->started + 1 < b->threads && b->started < b->queue.n &&
	    pthread_create(&b->others[b->started], NULL, hash_items, b) == 0)
		b->started++;
}

/* Every map of a content that names bytes: {path, sha256, size}. */
static void
gather(struct audit_bytes *b, const struct node *n)
{
	const char *path = node_text(n, "path"), *sha = node_text(n, "sha256");

	if (path != NULL && sha != NULL && digest_is_hex(sha) &&
	    (is_below(path, "archives/") || is_below(path, "proofs/"))) {
		struct err *e = path_vet(path, "archive");

		if (e == NULL) {
			struct item *item = mem_zero(1, sizeof(*item));

			item->path = mem_dup(path);
			memcpy(item->sha256, sha, SHA256_HEX);
			item->size = node_number(n, "size", -1);
			vec_push(&b->items, item);
		}
		err_drop(e); /* such a path leads nowhere here */
	}
	for (size_t i = 0; n != NULL && i < n->n; i++)
		gather(b, n->kids[i]);
}

/*
 * What git keeps in the place of an archive.
 */

static bool
is_pointer_sound(struct node *checks, struct ledger *l, const char *head,
    const struct item *item)
{
	struct lfs_pointer pointer;
	struct buf text = BUF_INIT;
	const char *fault = NULL;
	bool sound;
	struct err *e = repo_read(l->repo, head, item->path, &text);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* said as a check */
		e = NULL;
		fault = "the last commit has no such file";
	} else if (e == NULL &&
	    !lfs_read_pointer(&pointer, text.data, text.len)) {
		fault = "the last commit has no Git LFS pointer in its place";
	} else if (e == NULL &&
	    (strcmp(pointer.oid, item->sha256) != 0 ||
		(item->size >= 0 && pointer.size != item->size))) {
		fault = "the pointer in the last commit is one to other bytes";
	}
	sound = e == NULL && fault == NULL;
	if (fault != NULL)
		verdict_note(checks, "pointer", item->path, "fail", fault);
	else if (e != NULL)
		verdict_error(checks, "pointer", item->path, e);
	buf_release(&text);
	return sound;
}

static void
join(struct audit_bytes *b)
{
	while (b->started > 0)
		pthread_join(b->others[--b->started], NULL);
}

void
audit_bytes_finish(struct node *checks, struct audit_bytes *b, const char *head)
{
	struct strs sound = VEC_INIT;

	hash_items(b);
	join(b);
	for (size_t i = 0; i < b->items.n; i++) {
		struct item *item = b->items.v[i];

		verdict_note(
		    checks, "archive", item->path, item->result, item->detail);
		if (is_below(item->path, "archives/") &&
		    is_pointer_sound(checks, b->ledger, head, item) &&
		    strcmp(item->result, "pass") == 0)
			strs_add(&sound, item->path);
	}
	if (sound.n > 0)
		journal_refresh(b->ledger, &sound);
	strs_release(&sound);
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
		verdict_error(checks, "sums", path, e);
	else if (strcmp(found, digest) == 0)
		verdict_note(checks, "sums", path, "pass", NULL);
	else
		verdict_note(checks, "sums", path, "fail",
		    "not the list whose digest was recorded");
	free(full);
}

/* What was uploaded in the archive's place was cut from it. */
static void
audit_parts(
    struct node *checks, const struct ledger *l, const struct node *content)
{
	const struct node *archive = node_get(content, "archive");
	const char *path = node_text(archive, "path");
	const char *sha256 = node_text(archive, "sha256");
	struct err *e;
	char *full;

	if (node_get(archive, "parts") == NULL || path == NULL ||
	    sha256 == NULL || !digest_is_hex(sha256))
		return;
	e = path_vet(path, "archive");
	full = e == NULL ? audit_find(l, path, sha256) : mem_dup("");
	if (e == NULL && !file_exists(full)) {
		verdict_note(
		    checks, "parts", path, "skipped", "the bytes are not here");
	} else {
		if (e == NULL)
			e = upload_check(full, archive);
		if (e != NULL)
			verdict_error(checks, "parts", path, e);
		else
			verdict_note(checks, "parts", path, "pass", NULL);
	}
	free(full);
}

static struct err *
audit_transcript(
    struct node *checks, const struct ledger *l, const struct node *content)
{
	const struct node *archive = node_get(content, "archive");
	const char *path = node_text(archive, "path");
	const char *sha256 = node_text(archive, "sha256");
	char *full;
	struct err *e = path == NULL ? NULL : path_vet(path, "archive");

	if (path == NULL || sha256 == NULL || !digest_is_hex(sha256) ||
	    e != NULL) {
		err_drop(e); /* such a path leads nowhere here */
		return NULL;
	}
	full = audit_find(l, path, sha256);
	if (file_exists(full))
		e = transcript_check(checks, path, content, full);
	else
		verdict_note(checks, "transcript", path, "skipped",
		    "the bytes are not here");
	free(full);
	return e;
}

static bool
is_imported(const struct entry *entry)
{
	return strcmp(entry->kind->name, "transcript") == 0 ||
	    strcmp(entry->kind->name, "mail") == 0;
}

struct err *
audit_bytes_add(struct node *checks, struct audit_bytes *b, struct stream *s)
{
	const struct node *content;
	struct err *e = NULL;

	for (size_t i = 0; e == NULL && i < s->n; i++) {
		if (s->v[i].forged)
			continue; /* the chain says so */
		if ((e = entry_content(&content, s, &s->v[i])) != NULL)
			break;
		gather(b, content);
		audit_sums(checks, b->ledger, content);
		audit_parts(checks, b->ledger, content);
		if (is_imported(&s->v[i]) && content != NULL)
			e = audit_transcript(checks, b->ledger, content);
	}
	return e;
}

struct audit_bytes *
audit_bytes_new(struct ledger *l, unsigned threads)
{
	struct audit_bytes *b = mem_zero(1, sizeof(*b));

	b->ledger = l;
	b->threads = threads < THREADS_MAX ? threads : THREADS_MAX;
	return b;
}

void
audit_bytes_free(struct audit_bytes *b)
{
	struct item **item;

	atomic_store(&b->next, b->queue.n); /* the rest need not be hashed */
	join(b);
	vec_each (item, &b->items) {
		free((*item)->path);
		free((*item)->detail);
		free(*item);
	}
	vec_release(&b->items);
	vec_release(&b->queue);
	free(b);
}
