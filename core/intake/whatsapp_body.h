/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_WHATSAPP_BODY_H
#define DEED_CORE_INTAKE_WHATSAPP_BODY_H

#include "core/intake/input.h"
#include "core/intake/message.h"
#include "core/intake/whatsapp_head.h"
#include "core/intake/whatsapp_words.h"
#include "core/util/buf.h"

/*
 * What a message in a WhatsApp chat is: something that was written, or carries
 * a file, or was deleted, or nobody typed it.  There is nothing but the text
 * to tell by, in the language of the device; where WhatsApp itself speaks it
 * puts a mark of direction, which people can paste, but hardly do.
 */

struct saying {
	const struct words *words;
	const struct input *input; /* attachments are looked for in dir of it */
	const char *dir;
	const char *group; /* what the chat is called, if that is nobody */
	enum layout layout;
	bool generated;     /* a mark stands before the header */
	const char *author; /* NULL: there is none */
	struct buf *body;   /* loses "<This message was edited>" */
};

/*
 * Does the body begin with the mark of WhatsApp itself?  Of the other marks,
 * some are typed by whoever writes from right to left.
 */
bool whatsapp_generated(const char *body, size_t len);

/* Fill m but for its author and text; a is for the file it may carry. */
void whatsapp_classify(
    struct message *m, struct attachment *a, const struct saying *said);

#endif
