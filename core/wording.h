/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_WORDING_H
#define DEED_CORE_WORDING_H

#include "core/profile.h"

/*
 * What a platform's filters hold, and what looks like something it forbids:
 * reading a text before it is pasted.  Findings are as in core/check.h.
 *
 *	held-word    a word the platform's filter holds a message for
 *	held-code    hexadecimal or long runs of digits
 *	review       asking for a favourable review
 *	threat       a threat
 *	off-platform asking for money outside
 *	too-long     longer than the platform's box takes
 */
void wording_check(
    struct node *findings, const char *text, const struct profile *profile);

/* How many characters the box takes; 0 if it is not known. */
int64_t wording_limit(const struct profile *profile);

#endif
