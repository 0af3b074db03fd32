/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_CHARSET_H
#define DEED_LIBEXEC_MAIL_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/util/buf.h"

/*
 * Text of any charset made UTF-8.  What cannot be read becomes U+FFFD, one for
 * each byte, never nothing.
 */

/* What there is to say of a charset: static text, or NULL. */
struct charset_notes {
	const char *unknown; /* it is not known here */
	const char *guessed; /* none was said that helps, or the wrong one */
};

/*
 * Without a charset (NULL) or with one that is not known: UTF-8 if the bytes
 * can be that, else Windows-1252.  What is no text of its charset, but is
 * UTF-8, is read as that.  True if bytes were no text of the charset.  notes may
 * be NULL.  What is said to be UTF-8 is copied as it is: see
 * charset_clean().
 */
bool charset_decode(struct buf *out, const char *p, size_t len,
    const char *charset, struct charset_notes *notes);

/*
 * The charset that HTML says it is written in, <meta charset=...>, in up to
 * CHARSET_NAME_MAX - 1 bytes; false if it does not, or cannot be: what is UTF-8
 * and more than ASCII was made so on its way, and nobody told the HTML.
 */
#define CHARSET_NAME_MAX 41
bool charset_of_html(
    char out[static CHARSET_NAME_MAX], const char *p, size_t len);

/* Valid UTF-8 without NUL; true if that took a repair. */
bool charset_clean(struct buf *out, const char *p, size_t len);

#endif
