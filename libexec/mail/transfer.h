/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_TRANSFER_H
#define DEED_LIBEXEC_MAIL_TRANSFER_H

#include <gmime/gmime.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The bytes of a part as they were before they were encoded for their way: see
 * Content-Transfer-Encoding in RFC 2045.  What programs write there is read
 * as it is meant, in quotes or with a remark.
 */

/*
 * Give take all of them, in pieces.  False: the encoding is not known, and the
 * bytes are as they came.
 */
bool transfer_each(GMimePart *part,
    void (*take)(void *arg, const char *p, size_t len), void *arg);

#endif
