/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_DKIM_SIGNATURE_H
#define DEED_LIBEXEC_MAIL_DKIM_SIGNATURE_H

#include "core/ext/digest.h"
#include "core/util/node.h"
#include "libexec/mail/canon.h"
#include "libexec/mail/keyring.h"
#include "libexec/mail/message.h"
#include "libexec/mail/taglist.h"

/*
 * One signature on its way through dkim_check(): read, checked, told of.
 */

enum verdict { PASS, FAIL, UNVERIFIABLE };

struct signature {
	const struct message *m;
	const struct field *field;
	const struct strs *from;
	int64_t now;
	struct taglist tags;
	char *domain, *selector, *identity;
	enum key_type type;
	enum canon header_form, body_form;
	int64_t signed_at, expires, length; /* -1: not said */
	int64_t body_total;
	struct strs headers; /* h=, lower case */
	bool *covered;       /* for each field of m */
	struct buf b, signed_bytes;
	char hash[SHA256_HEX]; /* bh= */
	const struct key_record *record;
	enum verdict verdict;
	struct buf detail;
};

/*
 * Understand the field of s: what is wrong with it (static), or NULL.  Of what
 * is wrong, tags, domain and selector are there as far as they could be read.
 * An algorithm or a way to the key that is not known makes it UNVERIFIABLE.
 */
const char *dkim_read(struct signature *s);
void dkim_release(struct signature *s);

/*
 * What there is to say of s, once it is checked: a map as dkim_check() lists
 * them.  why is what was wrong, or NULL; readable: it was understood.
 */
struct node *dkim_tell(struct signature *s, const char *why, bool readable);

/* A result that belongs to no signature. */
struct node *dkim_tell_plain(const char *result, const char *detail);

#endif
