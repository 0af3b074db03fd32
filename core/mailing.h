/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_MAILING_H
#define DEED_CORE_MAILING_H

#include "core/intake/mail.h"
#include "core/transcript.h"

/*
 * Entries of kind "mail": a mail, or a mailbox of many, with what its
 * signatures came to when it was imported, and the archive that holds it, which
 * is that of a transcript.  A mail is cited as ENTRY:LINE.
 *
 * The DNS records the signatures were checked with lie beside it in proofs/,
 * for people to compare with what the DNS says or said.  Nobody's trust begins
 * there: a grade of "signed" needs keys that the reader brings himself.
 */

/* Where an entry's records of keys lie: "proofs/MONTH/ID/..."; yours. */
char *mailing_keys_path(
    const char *month, const char *id, const char *sha256, int64_t now);
/* The file of them, as zone files are written; nothing if none was used. */
void mailing_keys(struct buf *out, const struct mail_job *job, int64_t now);

/*
 * Fill the content of an entry.  path is that of the archive in the ledger,
 * keys_path that of the records, or NULL.
 */
void mailing_describe(struct node *content, const struct choice *choice,
    const struct input *in, const struct intake_facts *facts,
    const struct mail_job *job, const struct transcript_choices *choices,
    const char *path, const char *keys_path, const char *keys_sha256);

/* The "mail" object of --json, from the content of an entry; yours. */
struct node *mailing_view(const struct node *content);

/* Did the signatures come to the same as in this entry? */
bool mailing_same_results(
    const struct node *content, const struct mail_job *job);

/*
 * Checking again.
 */

struct mailing_proof {
	const char *helper;   /* deed-mail */
	const char *temp_dir; /* where the mails are unpacked */
	const char *keys; /* the reader's own file of key records, or NULL */
	/*
	 * Who may vouch: domains of the platform ("fiverr.com", and what is
	 * below), addresses and domains of the counterpart.
	 */
	const struct strs *trusted;
};

/* The counterpart's addresses and domains, as far as the terms have them. */
void mailing_counterpart(struct strs *out, const struct order *o);

/*
 * Check the signatures of an entry again, by the time it was recorded, and
 * append {name: "dkim", subject, result, detail, grade} to checks.  archive is
 * the file of its archive, stored_keys that of the records in proofs/; either
 * may be NULL or absent, which leaves the check "skipped".
 *
 *	fail     it held at import and does not hold now, or the other way
 *	         round with the same keys
 *	pass     as at import; one that failed then and fails again included
 *	skipped  the bytes, the program or the reader's keys are not at hand
 *
 * grade is "signed" if every mail has a signature that holds with the reader's
 * keys, covers From, Subject, Date and the whole body, is aligned, and is of a
 * trusted domain; else "counterpart".
 */
struct err *mailing_recheck(struct node *checks, const char *subject,
    const struct fact *fact, const char *archive, const char *stored_keys,
    const struct mailing_proof *proof) MUST_CHECK;

#endif
