/* SPDX-License-Identifier: ISC */
/* The commands, in the order in which help lists them. */

#include <stddef.h>

#include "cmd/cli/command.h"

/* clang-format off */
#define COMMANDS(X) \
	X(init) X(open) X(adopt) X(switch) \
	X(log) X(import) X(recap) X(scope) X(revise) X(correct) X(erase) \
	X(deliver) X(match) \
	X(submit) X(accept) X(complete) X(cancel) X(dispute) \
	X(status) X(due) X(list) X(stats) X(weigh) X(draft) X(show) X(check) \
	X(verify) X(stamp) \
	X(clone) X(sync) X(merge) X(export) \
	X(help) X(version) X(completion) X(words) X(here)
/* clang-format on */

#define DECLARE(NAME) extern const struct command cmd_##NAME;
COMMANDS(DECLARE)

#define LIST(NAME) &cmd_##NAME,
const struct command *const commands[] = { COMMANDS(LIST) NULL };
