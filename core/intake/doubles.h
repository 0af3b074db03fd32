/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_DOUBLES_H
#define DEED_CORE_INTAKE_DOUBLES_H

#include "core/intake/message.h"
#include "core/util/buf.h"

/*
 * Messages that an export has twice: of each id in its conversation, halves of
 * digests are kept, of the id and of what the message says.
 */

#define DOUBLES_MAX (1u << 19) /* ids; more are not compared */

enum double_kind {
	DOUBLE_NONE,  /* the id is new, or there is none */
	DOUBLE_SAME,  /* another message, alike to the byte */
	DOUBLE_OTHER, /* another message under the same id */
	DOUBLE_LAST,  /* as DOUBLE_NONE, and no more will be compared */
};

struct doubles;

struct doubles *doubles_new(void);
void doubles_free(struct doubles *d); /* NULL is fine */

/* Was it met before?  body is all that it says. */
enum double_kind doubles_meet(
    struct doubles *d, const struct message *m, const struct buf *body);

#endif
