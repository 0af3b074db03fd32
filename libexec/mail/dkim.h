/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_DKIM_H
#define DEED_LIBEXEC_MAIL_DKIM_H

#include <stdint.h>

#include "core/util/node.h"
#include "libexec/mail/keyring.h"
#include "libexec/mail/message.h"

/*
 * Checking the DKIM signatures of a mail: RFC 6376 to the letter, with the
 * algorithms and key sizes of RFC 8301 and RFC 8463.
 *
 *	pass          the signature holds, with the key given
 *	fail          it does not, or must not be believed: it expired, its key
 *	              was revoked or is too weak, it is malformed, the mail has
 *	              two From fields, it is from the future ...
 *	unverifiable  no key is at hand, or its kind is not known here
 *	none          the mail bears no signature
 */

#define DKIM_SIGNATURES_MAX 20
#define DKIM_BITS_MIN 1024     /* RFC 8301: fewer prove nothing */
#define DKIM_BITS_GOOD 2048    /* fewer are weak */
#define DKIM_FUTURE (15 * 60)  /* seconds by which clocks may differ */
#define DKIM_AHEAD (10 * 3600) /* ... and not be off by a whole time zone */

/*
 * A list with a map for each signature, in the order of the mail, or one of
 * result none:
 *
 *	{domain, selector, result, detail, algorithm, bits, identity,
 *	 signed_at, expires, length, headers, unsigned, aligned, whole,
 *	 testing, key: {name, text, fetched, fingerprint}}
 *
 * domain and selector may be null, all behind detail may be absent.  aligned:
 * every address in From belongs to the domain, or the other way round, in the
 * sense of DMARC.  unsigned: fields a reader goes by that are in the mail and
 * not signed, or not all of them.  whole: nothing stands behind what l= covers.
 *
 * from are the addresses in From, now the time at which to judge.
 */
struct node *dkim_check(const struct message *m, const struct strs *from,
    struct keyring *ring, int64_t now);

#endif
