/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_DNS_H
#define DEED_LIBEXEC_MAIL_DNS_H

#include "core/util/vec.h"

/*
 * Ask the DNS for the TXT records of a name: the one thing in here that opens
 * a socket.  The strings of each record are put together.  Returns why there
 * are none (static), or NULL.  resolver is "address" or "address:port", IPv4;
 * NULL is the system's.
 */
const char *dns_texts(struct strs *out, const char *name, const char *resolver);

#endif
