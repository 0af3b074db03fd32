/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_INSPECT_PARTS_H
#define DEED_CORE_EVIDENCE_INSPECT_PARTS_H

#include "core/evidence/bagcheck.h"
#include "core/evidence/inspect.h"
#include "core/evidence/vouch.h"
#include "core/util/firsts.h"

/* What the parts of core/evidence/inspect.h share. */

#define INSPECT_ORDERS "data/orders/"

/* A package being looked at. */
struct inspection {
	struct node *checks;
	const struct inspect_options *options;
	struct parcel *parcel;
	struct bagcheck *bag;
	VEC(struct vouch_order) orders;
	bool vouched; /* by a signature the reader trusts */
	char *key;    /* that signed it; NULL */
};

void inspect_note(struct inspection *in, const char *name, const char *subject,
    const char *result, const char *detail);

/*
 * core/evidence/inspect_seal.c: bagit.txt, root.txt and the tag files are those
 * of a package, and what is laid beside root.txt is about it.
 */
struct err *inspect_seal(struct inspection *in) MUST_CHECK;

/*
 * core/evidence/inspect_files.c: the order files hold, and the other files are
 * those that their entries name.  Fills in->orders.
 */
struct err *inspect_files(struct inspection *in) MUST_CHECK;
/*
 * core/evidence/inspect_names.c: which bytes bear which name, by the entries.
 */
struct inspect_names {
	struct firsts given; /* "DIGEST NAME", exhibits without number */
	bool unsure; /* a correction is withheld: names might be its doing */
};

struct err *inspect_names_learn(
    struct inspect_names *n, struct stream *s, const char *order) MUST_CHECK;
bool inspect_names_fit(
    const struct inspect_names *n, const char *sha256, const char *name);
void inspect_names_release(struct inspect_names *n);

/* "FO1" of "data/orders/FO1.yaml"; yours, NULL if it is no such name. */
char *inspect_order_of(const char *name);

#endif
