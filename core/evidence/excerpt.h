/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_EXCERPT_H
#define DEED_CORE_EVIDENCE_EXCERPT_H

#include "core/util/buf.h"
#include "core/util/node.h"
#include "core/util/vec.h"

/*
 * The messages of a transcript archive, and what travels of it when some of
 * them do not: messages.jsonl and transcript.txt without these, and
 * messages.sha256 whole, so that each line can be checked and a line that is
 * disclosed later proves itself.
 */

#define EXCERPT_MAX (512u << 20) /* bytes of messages.jsonl */

struct excerpt {
	struct buf jsonl, sums; /* as the archive has them */
	VEC(size_t) starts;     /* where each line begins */
};

/* ERR_NOT_FOUND, ERR_LIMIT, and what reading an archive can say. */
struct err *excerpt_open(struct excerpt *out, const char *zip) MUST_CHECK;
void excerpt_release(struct excerpt *x);

size_t excerpt_count(const struct excerpt *x);
/* A line without its LF; it is not ended by NUL.  line counts from 1. */
const char *excerpt_line(const struct excerpt *x, size_t line, size_t *len);

/* The parts that travel, without the lines for which left_out is true. */
void excerpt_write(struct buf *jsonl, struct buf *text, const struct excerpt *x,
    const bool *left_out);

/* "1 Nov 2026, 09:00 UTC  Anna: Looks perfect" of a message; appended. */
void excerpt_tell(struct buf *out, const struct node *message);

#endif
