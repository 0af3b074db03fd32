/* SPDX-License-Identifier: ISC */
#include "core/conflict.h"

#define SIDES 3

struct err *
conflict_add(struct stream **all, struct buf *bytes, const char *path)
{
	struct stream *side = NULL, *both = NULL;
	struct err *e = stream_parse(&side, bytes, path);

	if (e == NULL && *all == NULL) {
		*all = side;
		return NULL;
	}
	if (e == NULL && (e = stream_union(&both, *all, side)) == NULL) {
		stream_free(*all);
		*all = both;
	}
	stream_free(side);
	return e;
}

struct err *
conflict_unite(struct stream **all, struct repo *r, const char *path)
{
	struct err *e = NULL;

	for (int side = 1; side <= SIDES && e == NULL; side++) {
		struct buf bytes = BUF_INIT;

		e = repo_stage(r, path, side, &bytes);
		if (e == NULL)
			e = conflict_add(all, &bytes, path);
		if (err_is(e, ERR_NOT_FOUND) || err_is(e, ERR_SYNTAX)) {
			err_drop(e); /* this side has nothing to give */
			e = NULL;
		}
		buf_release(&bytes);
	}
	return e;
}
