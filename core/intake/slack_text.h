/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_SLACK_TEXT_H
#define DEED_CORE_INTAKE_SLACK_TEXT_H

#include "core/intake/people.h"
#include "core/util/buf.h"
#include "core/util/node.h"

/*
 * What a message of Slack says, as a person reads it: its text, else its
 * blocks, else what is attached.  It is put into out, which is empty; names are
 * those of users and channels, by id.  True if it is what is attached.
 */
bool slack_text(
    struct buf *out, const struct people *names, const struct node *m);

/* Its parts: text with <...> in it, and blocks. */
void slack_markup(
    struct buf *out, const struct people *names, struct span text);
void slack_blocks(
    struct buf *out, const struct people *names, const struct node *list);

#endif
