/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_BATCH_H
#define DEED_CMD_CLI_BATCH_H

#include "cmd/cli/command.h"

/*
 * Entries from JSON lines on standard input, for scripts, in one commit: all
 * of them, or none.  A line is an object:
 *
 *	order      its order; else the one the command line means
 *	kind       note by default
 *	text, happened
 *	attach     files to keep with the entry, a list
 *	cites      as --cites, a list
 *
 * and any other key of the kind.  null is as if the key were not there; empty
 * lines do not count.  An error names the line.  No line, no commit.
 */
struct err *batch_record(struct ctx *ctx) MUST_CHECK;

#endif
