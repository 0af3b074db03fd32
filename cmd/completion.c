/* SPDX-License-Identifier: ISC */
/* deed completion: the script that teaches a shell deed's words. */

#include <string.h>

#include "cmd/cli/command.h"

struct args {
	const char *shell;
};

static const char *const shells[] = { "bash", "zsh", "fish", NULL };
static const char for_bash[] =
#include "deed.bash.inc"
    ;
static const char for_zsh[] =
#include "_deed.inc"
    ;
static const char for_fish[] =
#include "deed.fish.inc"
    ;
static const char *const scripts[] = { for_bash, for_zsh, for_fish };

static const struct opt opts[] = {
	OPT_ARG_ENUM("shell", shell, shells, 0),
	OPT_END,
};

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct node *n = node_map();

	for (size_t i = 0; shells[i] != NULL; i++)
		if (strcmp(args->shell, shells[i]) == 0) {
			node_put_str(n, "shell", shells[i]);
			node_put_str(n, "script", scripts[i]);
			out_object(ctx->out, n, scripts[i]);
		}
	node_free(n);
	return NULL;
}

const struct command cmd_completion = {
	.name = "completion",
	.summary = "print the completion script of a shell",
	.opts = opts,
	.args_size = sizeof(struct args),
	.run = run,
};
