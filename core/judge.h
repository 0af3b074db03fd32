/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_JUDGE_H
#define DEED_CORE_JUDGE_H

#include "core/profile.h"
#include "core/signature.h"

/*
 * Who verifies: whom he trusts, by files of his own, and what helps him.
 * Nothing of it is ever taken from what is verified.
 */
struct judge {
	const struct signers *signers; /* of commits, packages, acceptances */
	const char *roots;         /* of authorities, PEM; NULL: the system's */
	const char *keys;          /* DNS records of signed mail, or NULL */
	struct profiles *profiles; /* that know who mails for a platform */
	const char *helper;        /* deed-mail */
	const char *temp_dir;      /* private, and removed afterwards */
	unsigned threads;          /* that hash archives */
	int64_t now;
};

#endif
