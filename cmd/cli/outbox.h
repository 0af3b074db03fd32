/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_OUTBOX_H
#define DEED_CMD_CLI_OUTBOX_H

#include "cmd/cli/command.h"

/*
 * The folder that files to hand over go to: the one given, else that of
 * deed.outbox, else, if it may be, the user's download folder.  NULL if
 * there is none of them; only a download folder is sure to exist.  Absolute,
 * yours.
 */
struct err *outbox_find(
    char **out, struct ctx *ctx, const char *given, bool downloads) MUST_CHECK;

#endif
