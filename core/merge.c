/* SPDX-License-Identifier: ISC */
#include "core/merge.h"

#include <stdlib.h>
#include <string.h>

#include "core/conflict.h"
#include "core/setup.h"
#include "core/util/file.h"

#define HEAD_FILE_MAX 4096

struct merge {
	struct store *store;
	struct ledger *ledger;
	struct repo *repo;
	const char *ours, *theirs;
	char base[REPO_HEX]; /* where the two parted, or "" */
	struct strs changed; /* paths that differ */
	struct merged *told;
};

void
merged_release(struct merged *m)
{
	strs_release(&m->twice);
	m->any = false;
}

/* A file as a commit has it, if it does. */
struct side {
	bool there;
	struct buf bytes;
};

static struct err *
read_side(
    struct side *out, struct merge *m, const char *commit, const char *path)
{
	struct err *e = NULL;

	out->there = false;
	buf_init(&out->bytes);
	if (*commit != '\0')
		e = repo_read(m->repo, commit, path, &out->bytes);
	out->there = *commit != '\0' && e == NULL;
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* the answer is that there is none */
		e = NULL;
	}
	return e;
}

/*
 * Orders.
 */

/*
 * Add one side's stream at path.  A side that somebody broke with plain git has
 * nothing to give: what its parents had is put back by restore_lost().
 */
static struct err *
add_side(struct stream **all, struct merge *m, const char *commit,
    const char *path, bool *there, struct err **broken)
{
	struct side side;
	struct err *e = read_side(&side, m, commit, path);

	*there = side.there;
	if (e == NULL && side.there)
		e = conflict_add(all, &side.bytes, path);
	if (err_is(e, ERR_SYNTAX)) {
		*broken = err_first(*broken, e);
		e = NULL;
	}
	buf_release(&side.bytes);
	return e;
}

/* Where an order may lie: one month for each path that changed. */
struct place {
	char *id, *month;
};

static int
by_order(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	return order != 0 ? order : strcmp(x->month, y->month);
}

/* An order, wherever either side has it, under its earliest month. */
static struct err *
merge_order(struct merge *m, const char *id, const struct strs *months)
{
	struct stream *all = NULL;
	char *target = NULL;
	bool in_ours, in_theirs;
	struct err *e = NULL, *broken = NULL;

	for (size_t i = 0; i < months->n && e == NULL; i++) {
		char *path = ledger_order_path(months->v[i], id);

		e = add_side(&all, m, m->ours, path, &in_ours, &broken);
		if (e == NULL)
			e = add_side(
			    &all, m, m->theirs, path, &in_theirs, &broken);
		if (e == NULL && target == NULL && (in_ours || in_theirs)) {
			target = path;
			continue;
		}
		if (e == NULL && in_ours)
			store_remove(m->store, path);
		free(path);
	}
	if (all == NULL)
		e = err_first(e, broken);
	else
		err_drop(broken); /* the other side has it */
	if (e == NULL && all != NULL)
		e = store_put(
		    m->store, target, all->bytes.data, all->bytes.len);
	free(target);
	stream_free(all);
	return e;
}

/* The order of n places, and where we have it, changed or not. */
static struct err *
merge_places(struct merge *m, const struct place *places, size_t n)
{
	struct strs months = VEC_INIT;
	char *own = NULL;
	struct err *e = ledger_month(&own, m->ledger, places->id);

	for (size_t i = 0; i < n; i++)
		strs_add(&months, places[i].month);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* only they have it */
		e = NULL;
	}
	if (own != NULL && strs_find(&months, own) < 0)
		strs_add(&months, own);
	strs_sort(&months);
	if (e == NULL)
		e = merge_order(m, places->id, &months);
	strs_release(&months);
	free(own);
	return e;
}

static struct err *
merge_orders(struct merge *m)
{
	VEC(struct place) places = VEC_INIT;
	struct place *p;
	struct err *e = NULL;

	for (size_t i = 0; i < m->changed.n; i++) {
		struct place place;

		if (ledger_split_path(&place.month, &place.id, m->changed.v[i]))
			vec_push(&places, place);
	}
	vec_sort(&places, by_order);
	for (size_t i = 0, n; i < places.n && e == NULL; i += n) {
		for (n = 1; i + n < places.n &&
		     strcmp(places.v[i].id, places.v[i + n].id) == 0;
		     n++)
			;
		e = merge_places(m, &places.v[i], n);
	}
	vec_each (p, &places) {
		free(p->id);
		free(p->month);
	}
	vec_release(&places);
	return e;
}

/*
 * Other files.
 */

/* What is deed's is never let go by a side that removed it. */
static bool
is_kept(const char *path)
{
	return strncmp(path, "archives/", 9) == 0 ||
	    strncmp(path, "proofs/", 7) == 0 ||
	    strcmp(path, ".gitattributes") == 0 ||
	    strcmp(path, "deed.yaml") == 0;
}

/* As bytes, like memcmp(). */
static int
compare(const struct buf *a, const struct buf *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int order = n > 0 ? memcmp(a->data, b->data, n) : 0;

	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static bool
is_same(const struct side *a, const struct side *b)
{
	return a->there == b->there && compare(&a->bytes, &b->bytes) == 0;
}

/* Is theirs the one to have, a removal included? */
static bool
prefers_theirs(struct merge *m, const char *path, const struct side *ours,
    const struct side *theirs, const struct side *base)
{
	if (is_same(ours, base))
		return theirs->there || !is_kept(path);
	if (is_same(theirs, base))
		return !ours->there && is_kept(path);
	if (!ours->there || !theirs->there) /* a change beats a removal */
		return theirs->there;
	strs_add(&m->told->twice, path);
	return compare(&theirs->bytes, &ours->bytes) > 0;
}

static struct err *
merge_other(struct merge *m, const char *path)
{
	struct side ours, theirs = { 0 }, base = { 0 };
	struct err *e;

	if ((e = read_side(&ours, m, m->ours, path)) == NULL &&
	    (e = read_side(&theirs, m, m->theirs, path)) == NULL &&
	    (e = read_side(&base, m, m->base, path)) == NULL &&
	    prefers_theirs(m, path, &ours, &theirs, &base)) {
		if (theirs.there)
			e = store_put(m->store, path, theirs.bytes.data,
			    theirs.bytes.len);
		else
			store_remove(m->store, path);
	}
	buf_release(&ours.bytes);
	buf_release(&theirs.bytes);
	buf_release(&base.bytes);
	return e;
}

static struct err *
merge_others(struct merge *m)
{
	struct err *e = NULL;

	for (size_t i = 0; i < m->changed.n && e == NULL; i++)
		if (!ledger_split_path(NULL, NULL, m->changed.v[i]))
			e = merge_other(m, m->changed.v[i]);
	return e;
}

/*
 * Two histories.
 */

/* What git left in conflict gets our side, unless the merge says otherwise. */
static struct err *
settle_conflicts(struct merge *m)
{
	struct strs paths = VEC_INIT;
	struct err *e = repo_conflicts(m->repo, &paths);

	for (size_t i = 0; i < paths.n && e == NULL; i++) {
		struct side ours;

		e = read_side(&ours, m, m->ours, paths.v[i]);
		if (e == NULL && ours.there)
			e = store_put(m->store, paths.v[i], ours.bytes.data,
			    ours.bytes.len);
		else if (e == NULL)
			store_remove(m->store, paths.v[i]);
		buf_release(&ours.bytes);
	}
	strs_release(&paths);
	return e;
}

static struct err *
merge_trees(struct merge *m)
{
	char commit[REPO_HEX];
	struct err *e;

	if ((e = repo_base(m->base, m->repo, m->ours, m->theirs)) != NULL ||
	    (e = repo_changed(m->repo, m->ours, m->theirs, &m->changed)) !=
		NULL ||
	    (e = settle_conflicts(m)) != NULL ||
	    (e = merge_orders(m)) != NULL || (e = merge_others(m)) != NULL)
		goto done;
	store_merge(m->store, m->theirs);
	e = store_commit(
	    m->store, "sync: bring two histories together", commit);
done:
	strs_release(&m->changed);
	return e;
}

/*
 * Somebody's commit may be anything.  It must be a ledger's, of a format we
 * know; and no file may lie where it would not stay.
 */
static struct err *
vet_theirs(struct merge *m)
{
	char base[REPO_HEX] = "";
	struct side mark;
	struct err *e = read_side(&mark, m, m->theirs, "deed.yaml");

	if (e == NULL && mark.there)
		e = ledger_vet_format(&mark.bytes, "deed.yaml");
	else if (e == NULL)
		e = repo_base(base, m->repo, m->ours, m->theirs);
	buf_release(&mark.bytes);
	if (e == NULL && !mark.there && base[0] == '\0')
		return err_hint(err_new(ERR_INVALID,
				    "commit %.12s is of no ledger: it has no "
				    "deed.yaml",
				    m->theirs),
		    "a ledger wants a repository of its own, empty at first");
	return e != NULL ? e :
			   err_hint(repo_vet(m->repo, m->ours, m->theirs),
			       "nothing was taken in; whoever made that commit "
			       "can say why");
}

struct err *
merge_take(
    struct merged *out, struct store *s, struct ledger *l, const char *theirs)
{
	struct merge m = { .store = s,
		.ledger = l,
		.ours = store_head(s),
		.theirs = theirs,
		.told = out };
	bool held, behind;
	struct err *e = ledger_repo(&m.repo, l);

	if (e != NULL ||
	    (e = repo_holds(&held, m.repo, m.ours, theirs)) != NULL || held)
		return e;
	if ((e = vet_theirs(&m)) != NULL ||
	    (e = repo_holds(&behind, m.repo, theirs, m.ours)) != NULL)
		return e;
	e = behind ? store_forward(s, theirs) : merge_trees(&m);
	out->any |= e == NULL;
	return e;
}

/*
 * What git left.
 */

/* The sides of an order in conflict are united with what we have. */
static struct err *
unite_stages(struct merge *m, const char *path)
{
	struct stream *all = NULL;
	struct err *e, *broken = NULL;
	bool there;

	e = add_side(&all, m, m->ours, path, &there, &broken);
	if (e == NULL)
		e = conflict_unite(&all, m->repo, path);
	err_drop(broken); /* verify names it */
	if (e == NULL && all != NULL)
		e = store_put(m->store, path, all->bytes.data, all->bytes.len);
	stream_free(all);
	return e;
}

/* A revert or a cherry-pick ended in conflict, of which no commit tells. */
static struct err *
mend_pick(struct merge *m)
{
	struct strs paths = VEC_INIT;
	char commit[REPO_HEX];
	struct err *e = repo_conflicts(m->repo, &paths);

	if (e == NULL && paths.n > 0)
		e = settle_conflicts(m);
	for (size_t i = 0; i < paths.n && e == NULL; i++)
		if (ledger_split_path(NULL, NULL, paths.v[i]))
			e = unite_stages(m, paths.v[i]);
	if (e == NULL && paths.n > 0) {
		e = store_commit(
		    m->store, "sync: finish what git left in conflict", commit);
		m->told->any |= e == NULL;
	}
	strs_release(&paths);
	return e;
}

/* The commit in .git/NAME; "" if there is no such file. */
static struct err *
read_head(char out[static REPO_HEX], const struct ledger *l, const char *name)
{
	char *path = mem_printf("%s/.git/%s", l->dir, name);
	struct buf text = BUF_INIT;
	struct err *e = file_read(&text, path, HEAD_FILE_MAX);

	out[0] = '\0';
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* the usual case */
		e = NULL;
	} else if (e == NULL && text.len != REPO_HEX) {
		e = err_hint(err_new(ERR_UNSUPPORTED,
				 "a merge of more than two histories was begun "
				 "with git"),
		    "end it first: git -C '%s' merge --abort", l->dir);
	} else if (e == NULL) {
		memcpy(out, text.data, REPO_HEX - 1);
		out[REPO_HEX - 1] = '\0';
	}
	buf_release(&text);
	free(path);
	return e;
}

static struct err *
drop_leftovers(const struct ledger *l)
{
	static const char *const names[] = { "MERGE_HEAD", "MERGE_MSG",
		"MERGE_MODE", "AUTO_MERGE", "CHERRY_PICK_HEAD", "REVERT_HEAD" };
	struct err *e = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && e == NULL;
	     i++) {
		char *path = mem_printf("%s/.git/%s", l->dir, names[i]);

		e = file_unlink(path);
		free(path);
	}
	return e;
}

/* Finish what somebody began with plain git. */
static struct err *
mend(struct store *s, struct ledger *l, bool *mended)
{
	static const char *const picks[] = { "CHERRY_PICK_HEAD",
		"REVERT_HEAD" };
	struct merged told = { 0 };
	struct merge m = {
		.store = s, .ledger = l, .ours = store_head(s), .told = &told
	};
	char theirs[REPO_HEX], picked[REPO_HEX] = "";
	struct err *e = read_head(theirs, l, "MERGE_HEAD");

	for (size_t i = 0; i < 2 && e == NULL && picked[0] == '\0'; i++)
		e = read_head(picked, l, picks[i]);
	if (e == NULL && theirs[0] != '\0')
		e = merge_take(&told, s, l, theirs);
	else if (e == NULL && picked[0] != '\0' &&
	    (e = ledger_repo(&m.repo, l)) == NULL)
		e = mend_pick(&m);
	if (e == NULL && (theirs[0] != '\0' || told.any))
		e = drop_leftovers(l);
	*mended = told.any;
	merged_release(&told);
	return err_wrap(e, "cannot finish what was begun with git");
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
