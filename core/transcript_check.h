/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_TRANSCRIPT_CHECK_H
#define DEED_CORE_TRANSCRIPT_CHECK_H

#include "core/util/node.h"

/*
 * Does the archive of an imported transcript or mailbox hold what its entry
 * says: the source byte for byte, as many messages as were counted, each with
 * its own digest, and the text for people?
 *
 * content is that of the entry, archive the ZIP.  Appends {name: "transcript"};
 * the first line that differs is named.  Only what keeps the check itself from
 * running is an error.
 */
struct err *transcript_check(struct node *checks, const char *subject,
    const struct node *content, const char *archive) MUST_CHECK;

#endif
