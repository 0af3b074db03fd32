/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_LIFE_H
#define DEED_CORE_EVIDENCE_LIFE_H

#include "core/evidence/dossier.h"

/*
 * The life of an order as a line from 0 to LIFE_END: what was delivered,
 * accepted and asked for, when the parties spoke, when nobody did anything,
 * and which clocks ran out.  The page and the PDF draw it.
 */

#define LIFE_END 10000

struct life_mark {
	int at;
	const char *look;  /* "given", "late", "taken", "asked" or "against" */
	const char *label; /* "d1", "accepted" */
	const struct fact *fact;
};

/* Between two things that either party did, messages of chats included. */
struct life_silence {
	int from, to;
	char *text; /* "5 days silent" */
};

/* When the work, or an answer, was due. */
struct life_clock {
	int at;
	const char *word;
};

struct life {
	int64_t from, to; /* seconds since 1970 */
	VEC(struct life_mark) marks;
	VEC(struct life_silence) silences;
	VEC(struct life_clock) clocks;
	VEC(int) said; /* where somebody spoke, each place once, in order */
};

/* False if it has no length; to be released in any case. */
bool life_find(struct life *out, const struct dossier *d, size_t order);
void life_release(struct life *l);

#endif
