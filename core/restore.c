/* SPDX-License-Identifier: ISC */
#include "core/restore.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/file.h"
#include "core/util/path.h"

#define NOTE_MAX 1024

/* An order as it is to be. */
struct mended {
	char *id, *path;
	struct stream *stream; /* NULL: there is none yet */
	bool grew;
};

struct restore {
	struct store *store;
	struct ledger *ledger;
	struct repo *repo;
	char head[REPO_HEX];
	VEC(struct mended) orders;
	size_t n;
};

/* A merge that deed made; git's rebase, which keeps messages, makes none. */
static struct err *
is_deeds_merge(bool *out, struct repo *r, const struct repo_commit *c)
{
	char *message = NULL;
	struct err *e = NULL;

	*out = false;
	if (c->parents.n != 2)
		return NULL;
	if ((e = repo_message(&message, r, c->id)) == NULL)
		*out = strncmp(message, "sync: ", 6) == 0;
	free(message);
	return e;
}

/* The order as it is now. */
static struct err *
read_now(struct mended *m, struct restore *x, const char *path)
{
	struct buf bytes = BUF_INIT;
	char *month;
	struct err *e = ledger_month(&month, x->ledger, m->id);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* its file was removed */
		m->path = mem_dup(path);
		return NULL;
	}
	if (e != NULL)
		return e;
	m->path = ledger_order_path(month, m->id);
	free(month);
	e = repo_read(x->repo, x->head, m->path, &bytes);
	if (e == NULL)
		e = stream_parse(&m->stream, &bytes, m->path);
	if (err_is(e, ERR_NOT_FOUND) || err_is(e, ERR_SYNTAX)) {
		err_drop(e); /* broken, as by marks of a conflict: made anew */
		e = NULL;
	}
	buf_release(&bytes);
	return e;
}

static struct err *
find_mended(
    struct mended **out, struct restore *x, const char *id, const char *path)
{
	struct mended *m;

	vec_each (m, &x->orders)
		if (strcmp(m->id, id) == 0) {
			*out = m;
			return NULL;
		}
	*out = m = vec_add(&x->orders);
	m->id = mem_dup(id);
	return read_now(m, x, path);
}

/* Contents that are missing now stay missing. */
static bool
stays(const struct entry *entry, void *now)
{
	const struct entry *there = stream_find(now, entry->id);

	return there == NULL || there->content_len > 0;
}

/* Is it gone, or is its content another one now? */
static bool
is_lost(const struct mended *m, const struct entry *before)
{
	const struct entry *now =
	    m->stream == NULL ? NULL : stream_find(m->stream, before->id);

	return now == NULL ||
	    (now->forged && !before->forged && before->content_len > 0);
}

/* Take in what before has and the order has not. */
static struct err *
take(struct restore *x, struct mended *m, struct stream *before)
{
	struct stream *both = NULL;
	struct buf bytes = BUF_INIT;
	size_t lost = 0;
	struct err *e;

	for (size_t i = 0; i < before->n; i++)
		lost += is_lost(m, &before->v[i]);
	if (lost == 0)
		return NULL;
	if (m->stream == NULL) {
		buf_add(&bytes, before->bytes.data, before->bytes.len);
	} else {
		if ((e = stream_union(&both, m->stream, before)) != NULL)
			return e;
		stream_withhold(&bytes, both, stays, m->stream);
		stream_free(both);
	}
	stream_free(m->stream);
	m->stream = NULL;
	e = stream_parse(&m->stream, &bytes, m->path);
	m->grew = true;
	x->n += lost;
	buf_release(&bytes);
	return e;
}

/* Did the file only grow, as it does by deed? */
static bool
only_grew(struct restore *x, const struct buf *before, const char *commit,
    const char *path)
{
	struct buf after = BUF_INIT;
	struct err *e = repo_read(x->repo, commit, path, &after);
	bool grew = e == NULL && after.len >= before->len &&
	    memcmp(after.data, before->data, before->len) == 0;

	err_drop(e); /* moved, removed: looked at more closely */
	buf_release(&after);
	return grew;
}

/* An order as a parent had it; one that cannot be read has nothing to give. */
static struct err *
look_at(struct restore *x, const struct repo_commit *c, const char *parent,
    const char *path)
{
	struct buf bytes = BUF_INIT;
	struct stream *before = NULL;
	struct mended *m;
	char *id;
	struct err *e;

	if (!ledger_split_path(NULL, &id, path))
		return NULL;
	e = repo_read(x->repo, parent, path, &bytes);
	if (e == NULL && only_grew(x, &bytes, c->id, path))
		goto done;
	if (e == NULL)
		e = stream_parse(&before, &bytes, path);
	if (err_is(e, ERR_NOT_FOUND) || err_is(e, ERR_SYNTAX)) {
		err_drop(e); /* begun here, or broken before: verify names it */
		e = NULL;
		goto done;
	}
	if (e == NULL && (e = find_mended(&m, x, id, path)) == NULL)
		e = take(x, m, before);
done:
	stream_free(before);
	buf_release(&bytes);
	free(id);
	return e;
}

static struct err *
look_at_commit(struct restore *x, const struct repo_commit *c)
{
	bool whole;
	struct err *e = is_deeds_merge(&whole, x->repo, c);

	for (size_t i = 0; i < c->parents.n && e == NULL && !whole; i++) {
		struct strs paths = VEC_INIT;

		e = repo_changed(x->repo, c->parents.v[i], c->id, &paths);
		for (size_t j = 0; j < paths.n && e == NULL; j++)
			e = look_at(x, c, c->parents.v[i], paths.v[j]);
		strs_release(&paths);
	}
	return e;
}

static struct err *
put_back(struct restore *x)
{
	char commit[REPO_HEX];
	struct mended *m;
	struct err *e = NULL;

	vec_each (m, &x->orders)
		if (m->grew && e == NULL)
			e = store_put(x->store, m->path, m->stream->bytes.data,
			    m->stream->bytes.len);
	if (e == NULL && x->n > 0)
		e = store_commit(
		    x->store, "sync: put back what was lost", commit);
	return e;
}

/* Up to which commit it was looked; "" if never, or if that is gone. */
static void
read_note(char out[static REPO_HEX], struct restore *x, const char *path)
{
	struct buf text = BUF_INIT;
	bool held;
	struct err *e = file_read(&text, path, NOTE_MAX);

	out[0] = '\0';
	if (e == NULL && text.len == REPO_HEX - 1) {
		memcpy(out, text.data, REPO_HEX);
		e = repo_holds(&held, x->repo, x->head, out);
		if (e != NULL || !held)
			out[0] = '\0';
	}
	err_drop(e); /* then all of it is looked at */
	buf_release(&text);
}

struct err *
restore_lost(size_t *n, struct store *s, struct ledger *l)
{
	struct restore x = { .store = s, .ledger = l };
	char *note = path_join(l->own, "whole"), since[REPO_HEX];
	struct repo_commit *commits = NULL;
	struct mended *m;
	size_t n_commits = 0;
	struct err *e = ledger_repo(&x.repo, l);

	memcpy(x.head, store_head(s), REPO_HEX);
	if (e != NULL || x.head[0] == '\0')
		goto done;
	read_note(since, &x, note);
	if (strcmp(since, x.head) == 0 ||
	    (e = repo_history(x.repo, since, &commits, &n_commits)) != NULL)
		goto done;
	for (size_t i = 0; i < n_commits && e == NULL; i++)
		e = look_at_commit(&x, &commits[i]);
	if (e == NULL && (e = put_back(&x)) == NULL)
		e = file_replace(note, store_head(s), REPO_HEX - 1, 0600);
done:
	*n = x.n;
	repo_history_free(commits, n_commits);
	vec_each (m, &x.orders) {
		free(m->id);
		free(m->path);
		stream_free(m->stream);
	}
	vec_release(&x.orders);
	free(note);
	return e;
}
