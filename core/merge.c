/* SPDX-License-Identifier: ISC */
#include "core/merge.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/setup.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define HEAD_FILE_MAX 4096

struct merge {
	struct store *store;
	struct ledger *ledger;
	struct repo *repo;
	const char *ours, *theirs;
	struct strs changed; /* paths that differ */
};

/* "2026-11" and "ID" of orders/2026-11/ID.yaml; false for other paths. */
static bool
split_order(const char *path, char **month, char **id)
{
	size_t len = strlen(path);

	if (strncmp(path, "orders/", 7) != 0 || len < 7 + 8 + 6 ||
	    path[14] != '/' || strcmp(path + len - 5, ".yaml") != 0)
		return false;
	*month = mem_ndup(path + 7, 7);
	*id = mem_ndup(path + 15, len - 15 - 5);
	return true;
}

/* Add one side's stream at path to the union so far. */
static struct err *
add_side(struct stream **all, struct merge *m, const char *commit,
    const char *path, bool *there)
{
	struct buf bytes = BUF_INIT;
	struct stream *side = NULL, *both = NULL;
	struct err *e = repo_read(m->repo, commit, path, &bytes);

	*there = e == NULL;
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* this side has it elsewhere, or not at all */
		return NULL;
	}
	if (e != NULL || (e = stream_parse(&side, &bytes, path)) != NULL)
		goto done;
	if (*all == NULL) {
		*all = side;
		side = NULL;
	} else if ((e = stream_union(&both, *all, side)) == NULL) {
		stream_free(*all);
		*all = both;
	}
done:
	stream_free(side);
	buf_release(&bytes);
	return e;
}

/* An order, wherever either side has it, under its earliest month. */
static struct err *
merge_order(struct merge *m, const char *id, struct strs *months)
{
	struct stream *all = NULL;
	char *target = NULL;
	bool in_ours, in_theirs;
	struct err *e = NULL;

	strs_sort(months);
	for (size_t i = 0; i < months->n && e == NULL; i++) {
		char *path = ledger_order_path(months->v[i], id);

		e = add_side(&all, m, m->ours, path, &in_ours);
		if (e == NULL)
			e = add_side(&all, m, m->theirs, path, &in_theirs);
		if (e == NULL && target == NULL && (in_ours || in_theirs)) {
			target = path;
			continue;
		}
		if (e == NULL && in_ours)
			store_remove(m->store, path);
		free(path);
	}
	if (e == NULL && target != NULL)
		e = store_put(
		    m->store, target, all->bytes.data, all->bytes.len);
	free(target);
	stream_free(all);
	return e;
}

/* Months in which an order lies: where a side changed it, and our own. */
static struct err *
months_of(struct strs *out, struct merge *m, const char *id)
{
	char *month, *other, *own = NULL;
	struct err *e;

	for (size_t i = 0; i < m->changed.n; i++) {
		if (!split_order(m->changed.v[i], &month, &other))
			continue;
		if (strcmp(other, id) == 0 && strs_find(out, month) < 0)
			strs_add(out, month);
		free(month);
		free(other);
	}
	e = ledger_month(&own, m->ledger, id);
	if (err_is(e, ERR_NOT_FOUND) || err_is(e, ERR_INVALID)) {
		err_drop(e); /* only they have it */
		e = NULL;
	}
	if (own != NULL && strs_find(out, own) < 0)
		strs_add(out, own);
	free(own);
	return e;
}

static struct err *
merge_orders(struct merge *m)
{
	struct strs ids = VEC_INIT;
	struct err *e = NULL;

	for (size_t i = 0; i < m->changed.n; i++) {
		char *month, *id;

		if (!split_order(m->changed.v[i], &month, &id))
			continue;
		strs_take(&ids, id);
		free(month);
	}
	strs_sort(&ids);
	for (size_t i = 0; i < ids.n && e == NULL; i++) {
		struct strs months = VEC_INIT;

		if (i > 0 && strcmp(ids.v[i], ids.v[i - 1]) == 0)
			continue;
		if ((e = ledger_vet_id(ids.v[i])) == NULL &&
		    (e = months_of(&months, m, ids.v[i])) == NULL)
			e = merge_order(m, ids.v[i], &months);
		strs_release(&months);
	}
	strs_release(&ids);
	return e;
}

/* Files only they have come along; where both have one, ours stays. */
static struct err *
merge_others(struct merge *m)
{
	struct err *e = NULL;

	for (size_t i = 0; i < m->changed.n && e == NULL; i++) {
		const char *path = m->changed.v[i];
		struct buf own = BUF_INIT, data = BUF_INIT;

		if (strncmp(path, "orders/", 7) == 0)
			continue;
		e = repo_read(m->repo, m->ours, path, &own);
		if (err_is(e, ERR_NOT_FOUND)) {
			err_drop(e); /* so it is theirs */
			e = repo_read(m->repo, m->theirs, path, &data);
			if (e == NULL)
				e = store_put(
				    m->store, path, data.data, data.len);
		}
		buf_release(&own);
		buf_release(&data);
	}
	return e;
}

static struct err *
merge_trees(
    struct store *s, struct ledger *l, struct repo *repo, const char *theirs)
{
	struct merge m = { s, l, repo, store_head(s), theirs, VEC_INIT };
	char commit[REPO_HEX];
	struct err *e = repo_changed(repo, m.ours, theirs, &m.changed);

	if (e != NULL || (e = merge_orders(&m)) != NULL ||
	    (e = merge_others(&m)) != NULL)
		goto done;
	store_merge(s, theirs);
	e = store_commit(s, "sync: bring two histories together", commit);
done:
	strs_release(&m.changed);
	return e;
}

struct err *
merge_take(struct store *s, struct ledger *l, const char *theirs, bool *merged)
{
	const char *ours = store_head(s);
	struct repo *repo;
	bool held, behind;
	struct err *e = ledger_repo(&repo, l);

	*merged = false;
	if (e != NULL || (e = repo_holds(&held, repo, ours, theirs)) != NULL ||
	    held)
		return e;
	if ((e = repo_holds(&behind, repo, theirs, ours)) != NULL)
		return e;
	e = behind ? store_forward(s, theirs) : merge_trees(s, l, repo, theirs);
	*merged = e == NULL;
	return e;
}

/* Finish a merge that somebody began with plain git. */
static struct err *
mend(struct store *s, struct ledger *l, bool *mended)
{
	static const char *const leftovers[] = { "MERGE_HEAD", "MERGE_MSG",
		"MERGE_MODE", "AUTO_MERGE" };
	char *path = path_join(l->dir, ".git/MERGE_HEAD");
	struct buf text = BUF_INIT;
	struct err *e = file_read(&text, path, HEAD_FILE_MAX);

	*mended = false;
	free(path);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* the usual case */
		return NULL;
	}
	if (e == NULL && text.len != REPO_HEX)
		e = err_hint(err_new(ERR_UNSUPPORTED,
				 "a merge of more than "
				 "two histories was "
				 "begun with git"),
		    "end it first: git -C '%s' merge --abort", l->dir);
	if (e == NULL) {
		buf_cut(&text, REPO_HEX - 1);
		e = merge_take(s, l, text.data, mended);
	}
	for (size_t i = 0;
	     e == NULL && i < sizeof(leftovers) / sizeof(leftovers[0]); i++) {
		path = mem_printf("%s/.git/%s", l->dir, leftovers[i]);
		e = file_unlink(path);
		free(path);
	}
	buf_release(&text);
	return err_wrap(e, "cannot finish the merge begun with git");
}

struct err *
merge_begin(
    struct store **out, struct ledger *l, const struct env *env, bool *mended)
{
	struct err *e = store_begin(out, l, env);

	*mended = false;
	if (e == NULL && (e = setup_equip(l)) == NULL)
		e = mend(*out, l, mended);
	if (*mended)
		l->conflicted = false;
	if (e != NULL) {
		store_end(*out);
		*out = NULL;
	}
	return e;
}

struct err *
merge_files(struct buf *out, const char *ours, const char *theirs)
{
	struct stream *a = NULL, *b = NULL, *both = NULL;
	struct buf x = BUF_INIT, y = BUF_INIT;
	struct err *e;

	if ((e = file_read(&x, ours, STREAM_MAX)) != NULL ||
	    (e = file_read(&y, theirs, STREAM_MAX)) != NULL ||
	    (e = stream_parse(&a, &x, ours)) != NULL ||
	    (e = stream_parse(&b, &y, theirs)) != NULL ||
	    (e = stream_union(&both, a, b)) != NULL)
		goto done;
	buf_add(out, both->bytes.data, both->bytes.len);
done:
	stream_free(a);
	stream_free(b);
	stream_free(both);
	buf_release(&x);
	buf_release(&y);
	return e;
}
