/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_MAIL_H
#define DEED_CORE_INTAKE_MAIL_H

#include "core/intake/reader.h"

/*
 * Mails: single ones (eml), mailboxes in one file (mbox) and in a folder
 * (maildir).  The program deed-mail reads them and checks their signatures;
 * it is started once for all of them, and says of each what libexec/mail has
 * in dkim.h and mime.h.
 *
 * The readers are in the table of reader.h.  They need a struct mail_job in
 * the options of the sink, and leave there what concerns signatures.
 */

enum mail_result {
	MAIL_PASS,
	MAIL_FAIL,
	MAIL_NONE,
	MAIL_UNVERIFIABLE,
};
#define MAIL_RESULTS 4

const char *mail_result_name(enum mail_result result); /* "pass", ... */

/* Signatures that are alike but for the mail they stand in. */
struct mail_row {
	char *domain, *selector; /* NULL: it does not say */
	enum mail_result result;
	struct node *key; /* {name, text, fetched, fingerprint}, or NULL */
	size_t count;     /* of them in mails that are kept */
};

struct mail_job {
	/* What deed-mail is told. */
	const char *helper;      /* where it is */
	const char *const *keys; /* n_keys files of key records */
	size_t n_keys;
	bool fetch;           /* ask the DNS for the others */
	const char *resolver; /* "address:port"; NULL: the system's */
	int64_t now;          /* when signatures are judged */
	/* What came of it. */
	size_t n;          /* mails in the source */
	struct node *only; /* the first of them, as deed-mail has it */
	VEC(struct mail_row) rows;
	VEC(uint32_t) row_of; /* of each signature, mail after mail ... */
	VEC(uint32_t) starts; /* ... and where in row_of each mail begins */
};

void mail_job_release(struct mail_job *job);

/* Is this one of the readers that need a mail_job? */
bool mail_reads(const struct reader *reader);

/*
 * Ask deed-mail about the mails of an input, one call for each, and a last one
 * with {end, ambiguous} if some lines were.  ERR_NOT_FOUND if the program is
 * missing; an error of each() ends it.
 */
struct err *mail_ask(const struct mail_job *job, const struct choice *choice,
    const struct input *in,
    struct err *(*each)(void *arg, const struct node *mail),
    void *arg) MUST_CHECK;

#endif
