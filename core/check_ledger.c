/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/alone.h"
#include "core/check_rules.h"
#include "core/stamp.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define ENTRIES_MANY 2000

void
find_no_second_copy(const struct finder *f)
{
	const struct ledger *l = f->c->ledger;
	enum alone how = l == NULL ? ALONE_NOT : alone_is(l);
	char *fix;

	if (how == ALONE_NOT)
		return;
	fix = alone_fix(l, how);
	finder_add(f, fix, "there is no second copy of the ledger%s",
	    how == ALONE_UNPUSHED ? ": nothing was pushed to its remote" : "");
	free(fix);
}

/* Entries that no stamp covers, of those that wait for one. */
static size_t
uncovered(const struct stamps *stamps, const struct stream *s)
{
	const struct timestamp **by =
	    mem_zero(s->n, sizeof(struct timestamp *));
	size_t n = 0;

	stamps_cover(stamps, s, by);
	for (size_t i = 0; i < s->n; i++)
		n += by[i] == NULL &&
		    strcmp(s->v[i].kind->name, "timestamp") != 0 &&
		    strcmp(s->v[i].kind->name, "package") != 0;
	free(by);
	return n;
}

void
find_no_timestamp(const struct finder *f)
{
	struct stamps stamps = { 0 };
	struct err *e;
	size_t n;

	if (f->c->ledger == NULL)
		return;
	e = stamps_read(&stamps, f->c->ledger, NULL, NULL);
	err_drop(e); /* what cannot be read covers nothing */
	n = uncovered(&stamps, f->c->order->stream);
	if (n > 0)
		finder_add(f, "deed stamp",
		    "%zu of %zu entries have no time stamp of an authority", n,
		    f->c->order->n);
	stamps_release(&stamps);
}

void
find_many_entries(const struct finder *f)
{
	if (f->c->order->n >= ENTRIES_MANY)
		finder_add(f, "deed log -k note -F FILE",
		    "the order has %zu entries: write several things into one",
		    f->c->order->n);
}
