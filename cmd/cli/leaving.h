/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_LEAVING_H
#define DEED_CMD_CLI_LEAVING_H

#include "core/evidence/dossier.h"

/*
 * What is about to leave, for the one who has to say yes: every entry, file
 * and gap, what stays at home, and what perhaps had better.
 */
struct leaving {
	const struct dossier *d;
	const struct venue *venue;
	const struct node *proposed; /* as propose_withholding() has it */
	const char *dir;             /* where the package goes */
	bool agreed;                 /* nobody will be asked */
};

/* On standard error; who is asked sees it with -q, too. */
void leaving_say(const struct leaving *l);

#endif
