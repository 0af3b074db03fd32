/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_ERASE_H
#define DEED_CORE_ERASE_H

#include "core/order.h"
#include "core/store.h"

/*
 * Taking contents out of a ledger for ever: from the order's file, with the
 * files they name, and from every commit.  Envelopes stay, so no id of an
 * entry and no time stamp changes; the ids of commits do, and signatures of
 * commits are lost.  What is made anew depends on nothing but the old history
 * and the ids erased, so two clones that erase the same stay one history.
 *
 *	erase_look()   what goes, as far as any commit has it
 *	erase_scrub()  it goes out of the history: the files at HEAD must be
 *	               rid of it already
 *	erase_purge()  git forgets what nothing reaches any more
 *
 * A kill in between leaves a ledger that is whole: the same once more ends it.
 */

struct erasure {
	char *order;         /* its id */
	struct strs entries; /* ids of those whose contents go, sorted */
	struct strs texts;   /* these contents, as commits have them */
	struct strs paths;   /* of files that go with them */
	struct strs oids;    /* of these that are Git LFS objects */
};

struct erasures {
	VEC(struct erasure) v;
};

void erasures_release(struct erasures *x);
/* Of this order; a new one has nothing to erase yet.  Borrowed. */
struct erasure *erasures_of(struct erasures *x, const char *order);

/*
 * Find contents and files in the history of these commits.  stay says what
 * is not erased of the order: files these entries name stay too.
 */
struct err *erase_look(
    struct erasures *x, struct ledger *l, const struct strs *tips) MUST_CHECK;
void erase_spare(struct erasure *x, const struct order *stay);

/* Make these histories anew; *out is yours to free. */
struct err *erase_rewrite(struct repo_renamed **out, size_t *n,
    struct erasures *x, struct ledger *l, const struct strs *tips) MUST_CHECK;

/* The commits of all refs, each once. */
struct err *erase_tips(struct strs *out, struct ledger *l) MUST_CHECK;
/* All refs that reached what was made anew; *n commits were. */
struct err *erase_scrub(size_t *n, struct erasures *x, struct store *s,
    struct ledger *l) MUST_CHECK;

/*
 * Remove the objects of git that nothing names any more, the bytes that went
 * with what was scrubbed, also by one that was killed since, and the logs of
 * where branches were.
 */
struct err *erase_purge(struct ledger *l) MUST_CHECK;

#endif
