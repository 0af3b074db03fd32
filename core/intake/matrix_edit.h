/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_MATRIX_EDIT_H
#define DEED_CORE_INTAKE_MATRIX_EDIT_H

#include "core/intake/message.h"

/*
 * The edits of Matrix: events of their own, which name what they replace, or
 * what a server adds to the event that was replaced.  They are learned before
 * the messages are read.  An edit counts only if it is of the same sender.
 */

#define MATRIX_EDITS_MAX (16u << 20) /* bytes of texts; more stay events */

struct matrix_edits;

struct matrix_edits *matrix_edits_new(void);
void matrix_edits_free(struct matrix_edits *x); /* NULL is fine */

/* What this event edits, if it does, and what it says of edits of itself. */
void matrix_edits_learn(struct matrix_edits *x, const struct node *event);
/* Everything is learned; was all of it kept? */
bool matrix_edits_ready(struct matrix_edits *x);

/*
 * A message: with edits, it gets the last text, borrowed, and what it said
 * before goes into more as "before", the oldest last.
 */
void matrix_edits_apply(struct matrix_edits *x, struct message *m,
    const struct node *event, struct node *more);
/* Did an edit of this id go into a message? */
bool matrix_edits_applied(const struct matrix_edits *x, struct span id);

#endif
