/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_MIME_H
#define DEED_LIBEXEC_MAIL_MIME_H

#include "core/util/node.h"
#include "core/util/vec.h"
#include "libexec/mail/message.h"

/*
 * What a person sees of a mail (GMime): who wrote to whom, about what, when,
 * the text, and what is attached.  Decoded to UTF-8; what cannot be decoded
 * is replaced by U+FFFD and a warning says so.
 */

#define MIME_DEPTH_MAX 32
#define MIME_PARTS_MAX 1000
#define MIME_TEXT_MAX (1u << 20) /* bytes of text shown; the rest is kept */

void mime_start(void); /* once, before anything else */
void mime_stop(void);

/*
 * Put into out:
 *
 *	{senders: [{name, address}], readers: [{name, address}],
 *	 from, to, cc, subject, date, date_text, message_id, in_reply_to, text,
 *	 html, parts: [TYPE], attachments: [{name, type, size, sha256}],
 *	 warnings: []}
 *
 * What the mail does not have is absent.  date is RFC 3339 with the offset the
 * sender gave, without one if he gave none; date_text is what he wrote.  html
 * says that the text was made from HTML.  The addresses in From go to from.
 */
void mime_read(struct node *out, struct strs *from, const struct message *m);

#endif
