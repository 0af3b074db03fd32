/* SPDX-License-Identifier: ISC */
#include "core/waiting.h"

#include <string.h>
#include <strings.h>

static bool
is_kind(const struct fact *f, const char *kind)
{
	return strcmp(f->entry->kind->name, kind) == 0;
}

static bool
is_from_buyer(const struct order *o, const struct fact *f)
{
	const char *from = node_text(f->content, "from");
	const char *buyer = node_text(o->terms, "buyer");

	return from != NULL && buyer != NULL && strcasecmp(from, buyer) == 0;
}

/* Does the buyer want a word here? */
static bool
is_question(const struct order *o, const struct fact *f)
{
	return is_kind(f, "revision") ||
	    (is_kind(f, "message") && is_from_buyer(o, f));
}

/*
 * Whatever else is said, or handed over, is a word of the seller; and who
 * accepts waits for nothing.
 */
static bool
is_answer(const struct fact *f)
{
	return is_kind(f, "message") || is_kind(f, "call") ||
	    is_kind(f, "delivery") || is_kind(f, "acceptance");
}

void
waits_find(struct waits *out, const struct order *o)
{
	bool waiting = false;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[o->replay[i]];

		if (f->voided || f->content == NULL)
			continue;
		if (is_question(o, f)) {
			if (!waiting)
				vec_push(out, ((struct wait){ f, NULL }));
			waiting = true;
		} else if (waiting && is_answer(f)) {
			out->v[out->n - 1].answered = f;
			waiting = false;
		}
	}
}
