/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_VERDICT_H
#define DEED_CORE_VERDICT_H

#include "core/util/node.h"

/*
 * What deed verify finds: a list of checks, each a map
 * {name, subject, result, detail}.  The result is "pass", "fail" or "skipped":
 * what it needs is not here, which is no mismatch.  A pass whose detail begins
 * with "warning" is shown, too.
 */

void verdict_note(struct node *checks, const char *name, const char *subject,
    const char *result, const char *detail);
/* The same with a text that is taken over. */
void verdict_take(struct node *checks, const char *name, const char *subject,
    const char *result, char *detail);
/* An error becomes a failed check. */
void verdict_error(
    struct node *checks, const char *name, const char *subject, struct err *e);

/* Is there no "fail"? */
bool verdict_passed(const struct node *checks);

#endif
