/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_FILING_H
#define DEED_CORE_EVIDENCE_FILING_H

#include "core/util/node.h"

/*
 * What files are called in a package, for those who put them there and those
 * who look whether they are the ones of that name.  All answers are yours.
 */

#define FILING_DELIVERIES "data/deliveries/"

/* A name that every tool takes as it is, in any locale. */
char *filing_plain(const char *name);
/* What a file that an entry names was called, as far as it is known. */
char *filing_name(const struct node *file);
/* The folder for what entries of this kind name: "transcripts"; constant. */
const char *filing_folder(const char *kind);
/* "data/proofs/FO1-..." of a file that is proof, by its path in the ledger. */
char *filing_proof(const char *order, const char *path);
/* "FO1-delivery-2" of "d2", "FO1-delivery-2-4b1c" of "d2~4b1c" or NULL. */
char *filing_delivery(const char *order, const char *label);

#endif
