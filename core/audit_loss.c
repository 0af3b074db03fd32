/* SPDX-License-Identifier: ISC */
#include "core/audit_loss.h"

#include <string.h>

#include "core/ledger.h"
#include "core/stream.h"
#include "core/util/path.h"

bool
audit_loss_any(const struct audit_loss *loss)
{
	return loss->entries > 0 || loss->contents > 0 || loss->removed;
}

/* What old has and new has not. */
static struct err *
count(
    struct audit_loss *out, struct buf *old, struct buf *new, const char *path)
{
	struct stream *a = NULL, *b = NULL;
	struct strs erased = VEC_INIT;
	struct err *e;

	if (new->len >= old->len && memcmp(new->data, old->data, old->len) == 0)
		return NULL; /* it only grew */
	if ((e = stream_parse(&a, old, path)) != NULL ||
	    (e = stream_parse(&b, new, path)) != NULL)
		goto done;
	stream_erased(&erased, b);
	for (size_t i = 0; i < a->n; i++) {
		const struct entry *is = stream_find(b, a->v[i].id);

		out->entries += is == NULL;
		out->contents += is != NULL && is->content_len == 0 &&
		    a->v[i].content_len > 0 && !strs_has(&erased, a->v[i].id);
	}
done:
	strs_release(&erased);
	stream_free(a);
	stream_free(b);
	return e;
}

struct err *
audit_loss_read(
    struct buf *out, struct repo *r, const char *commit, const char *path)
{
	struct strs months = VEC_INIT;
	struct err *e = repo_list(r, commit, "orders", &months);

	for (size_t i = 0; i < months.n && e == NULL && out->len == 0; i++) {
		char *other =
		    mem_printf("orders/%s/%s", months.v[i], path_base(path));

		if (ledger_split_path(NULL, NULL, other))
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

struct err *
audit_loss_order(struct audit_loss *out, struct repo *r, const char *old,
    const char *new, const char *path)
{
	struct buf before = BUF_INIT, after = BUF_INIT;
	struct err *e = repo_read(r, old, path, &before);

	memset(out, 0, sizeof(*out));
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* an order that begins here */
		return NULL;
	}
	if (e == NULL)
		e = repo_read(r, new, path, &after);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* it moved, or is gone */
		e = audit_loss_read(&after, r, new, path);
	}
	if (e == NULL && after.len == 0)
		out->removed = before.len > 0;
	else if (e == NULL)
		e = count(out, &before, &after, path);
	buf_release(&before);
	buf_release(&after);
	return e;
}

struct err *
audit_loss_commit(
    struct audit_loss *out, struct repo *r, const char *old, const char *new)
{
	struct strs paths = VEC_INIT;
	struct err *e = repo_changed(r, old, new, &paths);

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < paths.n && e == NULL; i++) {
		struct audit_loss one;

		if (!ledger_split_path(NULL, NULL, paths.v[i]))
			continue;
		e = audit_loss_order(&one, r, old, new, paths.v[i]);
		if (e != NULL && !err_is(e, ERR_SYSTEM)) {
			err_drop(e); /* unreadable: not there any more */
			e = NULL;
			one.removed = true;
		}
		out->entries += one.entries + one.removed;
		out->contents += one.contents;
	}
	strs_release(&paths);
	return e;
}
