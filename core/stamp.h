/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_STAMP_H
#define DEED_CORE_STAMP_H

#include "core/ext/tsp.h"
#include "core/ledger.h"

/*
 * Time stamps of a ledger:
 *
 *	proofs/stamps/TIME.txt    ids of entries, 64 hex a line, sorted
 *	proofs/stamps/TIME-N.tsr  an authority's answer about that file
 *
 * A token covers the entries its list names and all they follow.
 */

#define STAMP_DIR "proofs/stamps"
#define STAMP_LIST_MAX (64u << 20)

/* A list of ids and a token of it that is at hand. */
struct stamp {
	char *list, *path; /* in the ledger */
	struct tsp_token token;
	struct strs ids; /* sorted */
};

struct stamps {
	VEC(struct stamp) v; /* those that hold, trusted or not */
};

/*
 * Read and judge those of the work tree by these roots (NULL: the system's).
 * What does not hold is left out; with checks it becomes a failed check, and
 * each that holds a passed or, from an unknown authority, a skipped one.
 */
struct err *stamps_read(struct stamps *out, const struct ledger *l,
    const char *roots, struct node *checks) MUST_CHECK;
void stamps_release(struct stamps *s);

/*
 * For each entry of the stream the earliest stamp that covers it, else NULL; a
 * trusted one is preferred.  out has room for s->n.
 */
void stamps_cover(const struct stamps *stamps, const struct stream *s,
    const struct stamp **out);

/*
 * The tips of all orders that hold an entry no stamp covers, sorted, and the
 * orders they are of.  Entries of kind timestamp and package wait for no stamp
 * of their own.
 */
struct err *stamps_pending(struct strs *tips, struct strs *orders,
    struct ledger *l, const struct stamps *stamps) MUST_CHECK;

/* The text of a list. */
void stamp_list(struct buf *out, const struct strs *tips);

#endif
