/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_JSONL_H
#define DEED_CORE_JSONL_H

#include "core/util/node.h"

/* JSON Lines: a value on each line; blank ones say nothing. */
struct jsonl {
	const char *p, *end;
	size_t line; /* of the value read last, from 1 */
};

/* The text is borrowed until the last value is read. */
void jsonl_init(struct jsonl *j, const struct buf *text);
/* The next value, yours; NULL at the end.  ERR_SYNTAX for what is no JSON. */
struct err *jsonl_next(struct node **out, struct jsonl *j) MUST_CHECK;

#endif
