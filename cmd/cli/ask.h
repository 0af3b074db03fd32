/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_ASK_H
#define DEED_CMD_CLI_ASK_H

#include "cmd/cli/command.h"

/*
 * Consent to what cannot be taken back.  On a terminal a question is asked;
 * elsewhere --yes must have been given.
 */
struct ask {
	const char *question; /* "Pack it?" */
	const char *refused;  /* "nothing was packed" */
	const char *needed;   /* "nothing leaves without your consent" */
	const char *hint;     /* what to type */
};

/* ERR_USAGE unless yes, or the answer, says so. */
struct err *ask(
    const struct ctx *ctx, bool yes, const struct ask *what) MUST_CHECK;

#endif
