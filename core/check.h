/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_CHECK_H
#define DEED_CORE_CHECK_H

#include "core/finding.h"

/* What is missing before one acts, by a table of rules. */

/* Append what every rule finds to a list. */
void check_run(struct node *findings, const struct check *c);

/*
 * The same for files that are about to be handed over: sums are their lines of
 * sha256sum, zip is the archive.
 */
void check_packed(struct node *findings, const struct check *c,
    const struct buf *sums, const char *zip, int64_t size);

/* A draft of deed's own makes no sense on an order that is over. */
void check_over(struct node *findings, const struct order *o);

#endif
