/* SPDX-License-Identifier: ISC */
#include "core/settle.h"

#include <stdlib.h>
#include <string.h>

#include "core/erase.h"
#include "core/util/path.h"

static struct err *
read_stream(
    struct stream **out, struct repo *r, const char *commit, const char *path)
{
	struct buf bytes = BUF_INIT;
	struct err *e = repo_read(r, commit, path, &bytes);

	*out = NULL;
	if (e == NULL)
		e = stream_parse(out, &bytes, path);
	buf_release(&bytes);
	if (e != NULL && !err_is(e, ERR_SYSTEM)) {
		err_drop(e); /* not there, or for the merge to complain of */
		e = NULL;
	}
	return e;
}

static bool
has_content(const struct stream *s, const char *id)
{
	const struct entry *entry = stream_find(s, id);

	return entry != NULL && entry->content_len > 0;
}

static void
compare_streams(struct erasures *mine, struct strs *yours, const char *order,
    struct stream *a, struct stream *b)
{
	struct strs ours = VEC_INIT, theirs = VEC_INIT;

	stream_erased(&ours, a);
	stream_erased(&theirs, b);
	for (size_t i = 0; i < ours.n; i++)
		if (has_content(b, ours.v[i]))
			strs_add(&erasures_of(mine, order)->entries, ours.v[i]);
	for (size_t i = 0; i < theirs.n; i++)
		if (has_content(a, theirs.v[i]) &&
		    !strs_has(&ours, theirs.v[i]))
			strs_take(yours,
			    mem_printf(
				"-o %s erase %.12s", order, theirs.v[i]));
	strs_release(&ours);
	strs_release(&theirs);
}

/*
 * What two histories have erased of each other: mine is what ours erased and
 * theirs still has, yours what theirs erased and ours still has.
 */
static struct err *
compare(struct erasures *mine, struct strs *yours, struct repo *repo,
    const char *ours, const char *theirs)
{
	struct strs paths = VEC_INIT;
	struct err *e = repo_changed(repo, ours, theirs, &paths);

	for (size_t i = 0; i < paths.n && e == NULL; i++) {
		const char *path = paths.v[i], *base = path_base(path);
		struct stream *a = NULL, *b = NULL;
		size_t len = strlen(base);

		if (strncmp(path, "orders/", 7) != 0 || len <= 5)
			continue;
		if ((e = read_stream(&a, repo, ours, path)) == NULL &&
		    (e = read_stream(&b, repo, theirs, path)) == NULL &&
		    a != NULL && b != NULL) {
			char *order = mem_ndup(base, len - 5);

			compare_streams(mine, yours, order, a, b);
			free(order);
		}
		stream_free(a);
		stream_free(b);
	}
	strs_release(&paths);
	return e;
}

/* Files that go with what theirs has, unless an entry of ours names them. */
static struct err *
look_for(struct erasures *mine, struct store *s, struct ledger *l,
    const struct strs *tips)
{
	struct erasure *x;
	struct err *e = erase_look(mine, l, tips);

	vec_each (x, &mine->v) {
		struct stream *stream;
		struct order *order = NULL;

		if (e != NULL ||
		    (e = store_order(s, x->order, &stream, NULL)) != NULL ||
		    (e = order_replay(&order, stream, x->order)) != NULL)
			return e;
		erase_spare(x, order);
		order_free(order);
	}
	return e;
}

static struct err *
clean(struct erasures *mine, struct store *s, struct ledger *l,
    struct repo *repo, const char *ref, const char *theirs)
{
	struct repo_renamed *renamed = NULL;
	struct strs tips = VEC_INIT;
	const char *now;
	size_t n = 0;
	struct err *e;

	strs_add(&tips, theirs);
	if ((e = look_for(mine, s, l, &tips)) == NULL &&
	    (e = erase_rewrite(&renamed, &n, mine, l, &tips)) == NULL &&
	    (now = repo_new_name(renamed, n, theirs)) != NULL)
		e = repo_set_ref(repo, ref, now);
	free(renamed);
	strs_release(&tips);
	return e;
}

struct err *
settle_erased(char was[static REPO_HEX], struct store *s, struct ledger *l,
    const char *ref)
{
	struct erasures mine = { VEC_INIT };
	struct strs yours = VEC_INIT;
	char theirs[REPO_HEX];
	struct repo *repo;
	struct err *e = ledger_repo(&repo, l);

	was[0] = '\0';
	if (e != NULL)
		return e;
	e = repo_resolve(repo, ref, theirs);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* the first push makes it */
		return NULL;
	}
	if (e == NULL)
		e = compare(&mine, &yours, repo, store_head(s), theirs);
	if (e == NULL && yours.n > 0)
		e = err_hint(
		    err_new(ERR_CONFLICT,
			"%zu entr%s erased on another machine, and %s still "
			"here",
			yours.n, yours.n == 1 ? "y was" : "ies were",
			yours.n == 1 ? "is" : "are"),
		    "to erase it here too: deed %s", yours.v[0]);
	else if (e == NULL && mine.v.n > 0 &&
	    (e = clean(&mine, s, l, repo, ref, theirs)) == NULL)
		memcpy(was, theirs, REPO_HEX);
	strs_release(&yours);
	erasures_release(&mine);
	return e;
}
