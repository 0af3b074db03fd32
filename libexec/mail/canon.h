/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_CANON_H
#define DEED_LIBEXEC_MAIL_CANON_H

#include <stdint.h>

#include "core/ext/digest.h"
#include "core/util/buf.h"
#include "libexec/mail/message.h"

/*
 * The two forms in which DKIM signs a header field and a body (RFC 6376, 3.4).
 * They are defined over lines that end in CRLF; a bare LF counts as one, since
 * that is what mail programs save.
 */

enum canon { CANON_SIMPLE, CANON_RELAXED };

/* A field, ended by CRLF. */
void canon_field(struct buf *out, enum canon how, const struct field *f);

/*
 * The SHA-256 of the body's first max octets in that form (max < 0: of all),
 * and how many octets it has in all.
 */
void canon_body(char out[static SHA256_HEX], int64_t *total, enum canon how,
    const char *p, size_t len, int64_t max);

#endif
