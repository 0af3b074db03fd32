/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_FLOWED_H
#define DEED_LIBEXEC_MAIL_FLOWED_H

#include <stdbool.h>

#include "core/util/buf.h"

/*
 * Text of the form format=flowed (RFC 3676), whose lines a program has broken
 * where the sender did not: lines that end in a blank are joined with the next
 * one, as far as it is quoted as deep, and "> " stands once in front of what
 * was quoted.  delsp: the blank is the program's, too.  Lines end in LF.
 */
void flowed_join(struct buf *out, const char *p, size_t len, bool delsp);

#endif
