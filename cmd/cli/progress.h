/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_PROGRESS_H
#define DEED_CMD_CLI_PROGRESS_H

#include <stdint.h>

#include "cmd/cli/command.h"

/*
 * "packing 1,204 files, 312 MB", rewritten in place on standard error: only on
 * a terminal, and only for work that lasts.
 */
struct progress {
	const char *verb;
	bool shown, on;
	int64_t started, last; /* milliseconds */
};

void progress_start(
    struct progress *p, const struct ctx *ctx, const char *verb);
void progress_step(void *progress, int64_t bytes, size_t files);
void progress_end(struct progress *p);

#endif
