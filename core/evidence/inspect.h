/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_INSPECT_H
#define DEED_CORE_EVIDENCE_INSPECT_H

#include "core/judge.h"
#include "core/util/node.h"

/*
 * Is an evidence package what it was when it was packed?  Asked of a ZIP or an
 * unpacked folder alone: no ledger, no network, and whom to trust says only
 * the judge.
 *
 * Checks are maps {name, subject, result, detail} as core/verdict.h has them:
 *
 *	files        nothing but files, in one folder, readable
 *	declaration, manifest, tagmanifest, oxum, fetch   as core/bagcheck.h
 *	root         root.txt says what the package holds
 *	stream       an order file is well formed
 *	chain        its entries are those their ids say, with every parent
 *	place        its file bears the name of its order
 *	delivery     archives and lists of files are the ones entries name
 *	file         so are the other files
 *	signature    root.txt.sig is by one of the reader's allowed signers
 *	token, anchor, acceptance, transcript, dkim   as core/evidence/vouch.h
 *	fingerprint  root.txt is the one that was sent
 *
 * A bag that is no evidence package is checked as a bag, which the check
 * "package" says.
 */

struct inspect_options {
	const char *fingerprint; /* hex, as it was given; NULL: not known */
	const struct judge *judge;
};

/* Does this folder hold what only a bag holds, or one that lost some of it? */
bool inspect_is_bag_folder(const char *path);

/*
 * Append what is found.  ERR_NOT_FOUND if there is nothing at path,
 * ERR_UNSUPPORTED if it is no package: one that was damaged fails instead.
 * ERR_USAGE if the fingerprint is none.
 */
struct err *inspect_package(struct node *checks, const char *path,
    const struct inspect_options *options) MUST_CHECK;

#endif
