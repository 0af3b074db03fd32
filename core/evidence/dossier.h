/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_DOSSIER_H
#define DEED_CORE_EVIDENCE_DOSSIER_H

#include "core/evidence/excerpt.h"
#include "core/evidence/venue.h"
#include "core/ledger.h"
#include "core/order.h"
#include "core/stamp.h"

/*
 * The case of one or several orders: what of the record leaves in a package.
 *
 * All entries leave, for and against; those of kinds that do not travel (note,
 * package) and those withheld by hand leave as envelopes, and so do corrections
 * of such entries.  Everything that is told about an order is told from the
 * stream as it leaves: nothing withheld can slip into a page.  Of entries that
 * have a masked name pages tell the rest, and the package has the envelope.
 */

struct dossier_order {
	char *id;
	char *month;
	struct stream *stream; /* as it leaves */
	struct stream *told;   /* the same, and masked entries masked */
	struct order *order;
	struct node *requirements;        /* order_requirements() */
	const struct timestamp **anchors; /* of each entry, or NULL */
	struct strs gaps;
	size_t withheld; /* envelopes */
	size_t by_hand;  /* of these, the ones --withhold named */
	size_t adverse;  /* entries that speak for the other side */
};

/* What is left out by hand, or for a masked name. */
struct held {
	size_t order;
	char id[SHA256_HEX]; /* of the entry */
	const struct kind *kind;
	unsigned line; /* of a transcript, else 0 */
	char *file;    /* a file kept with it, or NULL */
	char *why;     /* NULL: no reason was given */
	bool masked;
};

/* A file that leaves: one of the ledger, or a text made of one. */
struct piece {
	char *name; /* "data/exhibits/E03-mockup.png" */
	char *from; /* on this machine; NULL: text */
	struct buf text;
	char sha256[SHA256_HEX];
	int64_t size;
};

struct exhibit {
	char id[16];        /* "E03" */
	char *told, *title; /* with marks and without, see telling.h */
	const char *grade;
	char *path;              /* of its file in the package */
	const struct fact *fact; /* NULL: the record of an order itself */
	size_t order;            /* whose */
};

/* A line of a transcript that an entry cites. */
struct citation {
	const struct fact *fact;       /* that cites it */
	const struct fact *transcript; /* that has it */
	unsigned line;
	struct node *message; /* as transcript_message() has it */
};

/* The messages of a chat that travel, to be shown. */
struct talk {
	const struct fact *fact;
	size_t order;
	struct excerpt excerpt;
	bool *left_out; /* of each line */
};

struct dossier {
	VEC(struct dossier_order) orders;
	VEC(struct exhibit) exhibits;
	VEC(struct piece) pieces; /* what exhibits consist of, and proofs */
	VEC(struct citation) citations;
	VEC(struct held) held;
	VEC(struct talk) talks;
	struct stamps stamps;     /* judged by the recorder's own roots */
	const struct strs *masks; /* names hidden in the pages */
	struct strs gaps;         /* of all; with several, "FO1: ..." */
	struct strs claims;
	size_t withheld, by_hand, adverse;
	enum venue_deliveries deliveries;
	struct buf digests; /* VENUE_DIGESTS: as sha256sum prints them */
};

void dossier_free(struct dossier *d);

/* Is it held: the entry, a line of it, or a file of it?  NULL if it is not. */
const struct held *dossier_held(
    const struct dossier *d, const char *id, unsigned line, const char *file);
/* Does the package have only its envelope? */
bool dossier_is_envelope(
    const struct dossier *d, size_t order, const struct fact *f);

/* The earliest stamp that covers an entry, or NULL. */
const struct timestamp *dossier_anchor(
    const struct dossier_order *o, const struct fact *f);

/* The next exhibit of a fact, NULL at the end; begin with *at = 0. */
const struct exhibit *dossier_exhibit(
    const struct dossier *d, const struct fact *f, size_t *at);

/* The same for the lines it cites. */
const struct citation *dossier_citation(
    const struct dossier *d, const struct fact *f, size_t *at);

/* The entry that cites a line of a chat, or NULL. */
const struct fact *dossier_cited_by(
    const struct dossier *d, const struct talk *t, size_t line);
/* Is it, or one of the two before and after it? */
bool dossier_is_cited_near(
    const struct dossier *d, const struct talk *t, size_t line);

/* How many facts have this grade, withheld and voided ones apart. */
size_t dossier_count(const struct dossier *d, const char *grade);

#endif
