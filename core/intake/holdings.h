/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_HOLDINGS_H
#define DEED_CORE_INTAKE_HOLDINGS_H

#include "core/ext/digest.h"
#include "core/intake/names.h"
#include "core/util/node.h"

/*
 * What messages carry: files the export holds, each with a digest, and the
 * names of those it does not hold.  Which of them are wanted is only known
 * when all messages came, if it depends on who is in a conversation.
 */

#define HOLDINGS_LISTED_MAX 200 /* in a list of them */

/* An attachment of a message of this conversation. */
struct holding {
	uint32_t channel;
	const struct part *part; /* NULL: it is missing, and called ... */
	char *name;
};

struct holdings {
	bool all; /* every conversation is wanted */
	VEC(struct holding) v;
	void *summed;   /* parts whose digest is known */
	size_t missing; /* names in v */
};

void holdings_release(struct holdings *h);

/* The digest of a part, computed once; good as long as h is. */
struct err *holdings_sum(struct holdings *h, const struct part *part,
    const char **sha256) MUST_CHECK;

/* A message of this conversation carries it. */
void holdings_note(
    struct holdings *h, const struct attachment *a, uint32_t channel);

/*
 * The parts of conversations that are chosen, each once and by name; *out is
 * yours, what is in it is not.
 */
size_t holdings_parts(const struct holdings *h, const struct names *channels,
    const struct part ***out);

/* List those parts, {name, sha256, size}, then what lacks, {name, missing}. */
struct err *holdings_list(struct holdings *h, struct node *list,
    const struct names *channels, const struct part *const *parts,
    size_t n) MUST_CHECK;

#endif
