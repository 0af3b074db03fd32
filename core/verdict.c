/* SPDX-License-Identifier: ISC */
#include "core/verdict.h"

#include <stdlib.h>
#include <string.h>

void
verdict_note(struct node *checks, const char *name, const char *subject,
    const char *result, const char *detail)
{
	struct node *n = node_push(checks, node_map());

	node_put_str(n, "name", name);
	node_put_str(n, "subject", subject);
	node_put_str(n, "result", result);
	node_put_str(n, "detail", detail != NULL ? detail : "");
}

void
verdict_take(struct node *checks, const char *name, const char *subject,
    const char *result, char *detail)
{
	verdict_note(checks, name, subject, result, detail);
	free(detail);
}

void
verdict_error(
    struct node *checks, const char *name, const char *subject, struct err *e)
{
	verdict_note(checks, name, subject, "fail", err_text(e));
	err_drop(e); /* noted */
}

bool
verdict_passed(const struct node *checks)
{
	for (size_t i = 0; i < node_count(checks); i++)
		if (node_text_is(node_at(checks, i), "result", "fail"))
			return false;
	return true;
}
