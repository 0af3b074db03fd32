/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_MIME_PARTS_H
#define DEED_LIBEXEC_MAIL_MIME_PARTS_H

#include "core/util/node.h"
#include "core/util/vec.h"
#include "libexec/mail/message.h"

/* What the files behind mime.h tell each other. */

/*
 * What the header of m says, into out, from senders to in_reply_to as
 * mime_read() lists them; the addresses in From go to from.
 */
void mime_put_header(
    struct node *out, struct strs *from, const struct message *m);

/* A text as valid UTF-8, copied; nothing if it is NULL. */
void mime_put_clean(struct node *out, const char *key, const char *text);

#endif
