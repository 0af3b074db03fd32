/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_TEMPLATE_H
#define DEED_CORE_TEMPLATE_H

#include "core/env.h"
#include "core/util/node.h"

/*
 * Texts that users may replace: share/templates/NAME.txt, or the file of that
 * name in their own templates folder or in the ledger's.  {key} stands for a
 * value; a line one of whose values is not known is left out, and with it a
 * line before it that ends in a colon; so are blank lines that follow each
 * other.
 */

/* The nearest template of that name.  ERR_NOT_FOUND. */
struct err *template_read(struct buf *out, const struct env *env,
    const char *ledger, const char *name) MUST_CHECK;

/* values are strings by key. */
void template_fill(
    struct buf *out, const char *template, const struct node *values);

/*
 * The same in at most max characters (0: any number), for which the longest
 * values are shortened: a list loses its last items and says how many, any
 * other text its last words.  True if that was needed, whether or not it was
 * enough.
 */
bool template_fit(struct buf *out, const char *template,
    const struct node *values, size_t max);

#endif
