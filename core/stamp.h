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
 *	proofs/stamps/TIME-N.pem  its certificates up to the root, and the lists
 *	                          of revoked ones of that time, if it had any
 *
 * A token covers the entries its list names and all they follow.
 */

#define STAMP_DIR "proofs/stamps"
#define STAMP_LIST_MAX (64u << 20)
#define STAMP_CHAIN_MAX (16u << 20)

/* A list of ids and a token of it that is at hand. */
struct timestamp {
	char *list, *path; /* in the ledger */
	struct tsp_token token;
	struct strs ids; /* sorted */
};

struct stamps {
	VEC(struct timestamp) v; /* those that hold, trusted or not */
};

/*
 * Judge a token about a list by the reader's roots, and fill s; errors as
 * tsp_judge() has them.  chain is what was kept beside the token, or empty.
 */
struct err *stamp_judge(struct timestamp *s, const struct buf *list,
    const struct buf *token, const struct buf *chain,
    const char *roots) MUST_CHECK;
/* As the check "token": e is what stamp_judge() said. */
void stamp_note(
    struct node *checks, const struct timestamp *s, const struct err *e);
void stamp_release(struct timestamp *s);

/* "existed by TIME, says NAME", or "no outside anchor" for NULL. */
void stamp_words(struct buf *out, const struct timestamp *s);
/* {time, authority, trusted, token}, or null; yours. */
struct node *stamp_node(const struct timestamp *s);

/*
 * Read and judge those of the work tree by these roots (NULL: the system's).
 * What does not hold is left out; with checks it becomes a failed check, and
 * each that holds a passed or, from an unknown authority, a skipped one.
 */
struct err *stamps_read(struct stamps *out, const struct ledger *l,
    const char *roots, struct node *checks) MUST_CHECK;
/* Only those that entries of this stream name. */
struct err *stamps_of(struct stamps *out, const struct ledger *l,
    struct stream *s, const char *roots) MUST_CHECK;
void stamps_release(struct stamps *s);

/*
 * "token" fails if entries that a list names are not in the ledger any more.
 * With a stamp at all, "anchor" says how much of these orders (ids NULL: of
 * all) stamps cover.
 */
struct err *stamps_audit(struct node *checks, struct ledger *l,
    const struct stamps *stamps, const struct strs *ids) MUST_CHECK;
/*
 * The check "anchor" of one record: how much of it stamps cover, and in its
 * "entries" what covers each, {entry, anchor}, as stamp_node() has it.
 */
void stamps_anchor(struct node *checks, const struct stamps *stamps,
    const struct stream *s, const char *subject);

/*
 * For each entry of the stream the earliest stamp that covers it, else NULL; a
 * trusted one is preferred.  out has room for s->n.
 */
void stamps_cover(const struct stamps *stamps, const struct stream *s,
    const struct timestamp **out);

/*
 * The tips of all orders that hold an entry which waits, sorted, and the orders
 * they are of.  An entry waits while no trusted token covers it and one of the
 * authorities, by their addresses, has not vouched for it yet.  Entries of kind
 * timestamp and package wait for no stamp of their own.
 */
struct err *stamps_pending(struct strs *tips, struct strs *orders,
    struct ledger *l, const struct stamps *stamps,
    const struct strs *urls) MUST_CHECK;

/* The text of a list. */
void stamp_list(struct buf *out, const struct strs *tips);

#endif
