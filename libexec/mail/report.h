/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_REPORT_H
#define DEED_LIBEXEC_MAIL_REPORT_H

#include "libexec/mail/dkim.h"
#include "libexec/mail/mbox.h"
#include "libexec/mail/mime.h"

/* What is said of each mail, as one object; deed-mail.c tells its keys. */

#define MAIL_MAX (48u << 20) /* bytes of one mail; larger ones are not read */

struct report {
	struct keyring *ring;
	int64_t now;
	const char *path;
	bool release; /* the bytes are mapped: let go of those done with */
	void (*line)(void *arg, const struct node *line);
	void *arg;
	int64_t mails, ambiguous;
};

/* A mail at p, which stands at "at" in its file. */
void report_mail(
    struct report *r, const char *p, size_t len, size_t at, bool quoted);
void report_mbox(struct report *r, const char *p, size_t len);
void report_end(struct report *r);

#endif
