/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_SAY_H
#define DEED_CMD_CLI_SAY_H

#include <stdbool.h>

#include "core/util/err.h"

/*
 * Everything on standard error.  Text from outside is made safe for a
 * terminal here.
 */

void say_quietly(bool quiet); /* no notes from now on; warnings stay */

void say_in_colour(bool colour);

void say_note(const char *fmt, ...) PRINTF(1, 2); /* "deed: ..." */
void say_warn(const char *fmt, ...) PRINTF(1, 2); /* "deed: warning: ..." */
void say_text(const char *text); /* as it is: text to paste, a list */
/* The same, with -q too: why nothing was done, and what is asked. */
void say_always(const char *text);

/* A line that the next one replaces; empty: none. */
void say_progress(const char *fmt, ...) PRINTF(1, 2);

/* The error, and its advice; as an object with json.  Consumed. */
void say_error(struct err *e, bool json);

#endif
