/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_MBOX_H
#define DEED_LIBEXEC_MAIL_MBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "core/util/buf.h"

/*
 * Cutting an mbox into its mails.  A mail begins at a line
 *
 *	From SOMEBODY Www Mmm dd hh:mm:ss yyyy
 *
 * at the start of the file or behind an empty line, if a header field follows;
 * or at one without a date, if the file begins with one of that kind: "From "
 * alone, as Thunderbird writes it, or "From 1790@xxx", as Google does.
 * Such a line inside a MIME part, whose end is really there, is part of it: a
 * mail that carries another, or a whole mbox.  So is one under the words with
 * which old programs put one mail into another.  Content-Length is believed only
 * where a mail, or nothing, begins behind it: it is wrong as soon as a program
 * changed the mail.
 */

enum mbox_bare { MBOX_DATED, MBOX_DASH, MBOX_NAME };

struct mbox {
	const char *p;
	size_t len, at;
	enum mbox_bare bare; /* of which kind the first beginning is */
	size_t budget;    /* bytes that may yet be searched for ends of parts */
	size_t ambiguous; /* lines that look like a beginning and were none */
};

struct mbox_mail {
	size_t at, len; /* with the "From " line, without the line behind */
	bool quoted;    /* has lines ">From ", as mbox writers make them */
};

bool mbox_is(const char *p, size_t len);
void mbox_open(struct mbox *box, const char *p, size_t len);
/* false at the end */
bool mbox_next(struct mbox *box, struct mbox_mail *mail);

/* The mail with one ">" taken from each line of ">"s and "From ". */
void mbox_unquote(struct buf *out, const char *p, size_t len);

#endif
