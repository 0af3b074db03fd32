/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_WORDING_H
#define DEED_CORE_WORDING_H

#include "core/order.h"
#include "core/profile.h"

/*
 * What a platform's filters hold, and what looks like something it forbids:
 * reading a text before it is pasted.  Findings are as in core/finding.h.
 *
 *	held-word    a word the platform's filter holds a message for
 *	held-code    hexadecimal or long runs of digits
 *	held-link    the address of a web page, where a filter holds that
 *	review       asking for a favourable review
 *	threat       a threat
 *	off-platform asking for money outside
 *	too-long     longer than the platform's box takes
 *
 * The number of the order (may be NULL) itself is no code.
 */
void wording_check(struct node *findings, const char *text,
    const struct profile *profile, const struct order *o);

/*
 * How many characters the box takes, 0 if it is not known, and the key of the
 * value that says so.
 */
#define WORDING_LIMIT "text.message.max"
int64_t wording_limit(const struct profile *profile);

/* A text had to be cut to fit: what stays unsaid must be said elsewhere. */
void wording_cut(struct node *findings, const struct profile *profile);

#endif
