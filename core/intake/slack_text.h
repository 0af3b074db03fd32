/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_SLACK_TEXT_H
#define DEED_CORE_INTAKE_SLACK_TEXT_H

#include "core/intake/people.h"
#include "core/util/buf.h"
#include "core/util/node.h"

/*
 * What a message of Slack says, as a person reads it: its text, else its
 * blocks, else what an app attached.  It is put into out, which is empty; users
 * are names by id.
 */
void slack_text(
    struct buf *out, const struct people *users, const struct node *m);

#endif
