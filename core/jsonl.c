/* SPDX-License-Identifier: ISC */
#include "core/jsonl.h"

#include <string.h>

#include "core/ext/json.h"

void
jsonl_init(struct jsonl *j, const struct buf *text)
{
	*j = (struct jsonl){ text->data, text->data + text->len, 0 };
}

static bool
is_blank(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r')
			return false;
	return true;
}

struct err *
jsonl_next(struct node **out, struct jsonl *j)
{
	struct err *e;

	*out = NULL;
	while (j->p < j->end) {
		const char *p = j->p;
		const char *lf = memchr(p, '\n', (size_t)(j->end - p));
		size_t len = (size_t)((lf == NULL ? j->end : lf) - p);

		j->p += len + (lf != NULL);
		j->line++;
		if (is_blank(p, len))
			continue;
		e = json_parse(out, p, len, "");
		if (e == NULL)
			return NULL;
		err_drop(e); /* it counts lines from this one */
		return err_new(ERR_SYNTAX, "it is not JSON");
	}
	return NULL;
}
