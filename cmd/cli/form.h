/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_FORM_H
#define DEED_CMD_CLI_FORM_H

#include "cmd/cli/command.h"

/*
 * A form to fill in: the options of a command as lines "name: value" in the
 * user's editor, each below what -h says of it.  What may be given several
 * times may stand on several lines; a line without a value says nothing.
 */
struct form {
	const char *command; /* for messages */
	const char *head;    /* a sentence on what the form is for */
	const struct opt_target *target;
	struct buf text;   /* what the editor left */
	struct strs words; /* its answers; the values point into them */
};

/*
 * Let the form be filled in, and put the values into its target.
 * ERR_SYNTAX, with file and line, for a line that is no field of it;
 * ERR_USAGE if nothing was filled in, or a value is not of its type.
 */
struct err *form_fill(struct form *form, struct ctx *ctx) MUST_CHECK;
void form_release(struct form *form); /* and with it the values */

/* Say where what was filled in is kept, when it came to nothing. */
void form_keep(const struct ctx *ctx);

#endif
