/* SPDX-License-Identifier: ISC */
#include "cmd/cli/ask.h"

#include <stdio.h>

#include "cmd/cli/say.h"

struct err *
ask(const struct ctx *ctx, bool yes, const struct ask *what)
{
	char line[16], *question;

	if (yes)
		return NULL;
	if (!ctx->tty_in || !ctx->tty_out)
		return err_hint(
		    err_new(ERR_USAGE, "%s", what->needed), "%s", what->hint);
	question = mem_printf("%s [y/N]", what->question);
	say_always(question);
	free(question);
	if (fgets(line, sizeof(line), stdin) == NULL ||
	    (line[0] != 'y' && line[0] != 'Y'))
		return err_new(ERR_USAGE, "%s", what->refused);
	return NULL;
}
