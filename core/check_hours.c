/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/check_rules.h"
#include "core/hours.h"

static bool
is_hourly(const struct order *o)
{
	const char *contract = node_text(o->terms, "contract");

	return contract != NULL && strcmp(contract, "hourly") == 0;
}

/* "1.0 manual, 0.3 no memo" */
static void
add_flaws(struct buf *b, const struct hours *h)
{
	for (int i = 0; i < HOURS_FLAWS; i++) {
		char *text;

		if (h->by[i] == 0)
			continue;
		text = hours_text(h->by[i]);
		buf_addf(b, "%s%s %s", b->len > 0 ? ", " : "", text,
		    hours_flaw_name((enum hours_flaw)i));
		free(text);
	}
}

static void
add_finding(const struct finder *f, const struct hours *h)
{
	char *flawed = hours_text(h->flawed), *all = hours_text(h->seconds);
	struct buf what = BUF_INIT;
	const struct stint *s;
	char *id, *fix;

	vec_each (s, &h->v) {
		if (s->flaws != 0)
			break;
	}
	add_flaws(&what, h);
	id = order_short(f->c->order, s->log);
	fix = mem_printf("deed show %s:%u", id, s->line);
	finder_add(f, fix, "%s of %s hours may not be protected: %s", flawed,
	    all, what.data);
	buf_release(&what);
	free(fix);
	free(id);
	free(flawed);
	free(all);
}

void
find_unprotected_hours(const struct finder *f)
{
	struct hours h;

	if (f->c->ledger == NULL || !is_hourly(f->c->order))
		return;
	hours_read(&h, f->c->ledger, f->c->order);
	if (h.flawed > 0)
		add_finding(f, &h);
	hours_release(&h);
}

void
find_no_diary(const struct finder *f)
{
	struct hours h;

	if (f->c->ledger == NULL || !is_hourly(f->c->order))
		return;
	hours_read(&h, f->c->ledger, f->c->order);
	if (h.logs == 0)
		finder_add(f, "deed import --format worklog FILE",
		    "no work diary or time log is imported");
	hours_release(&h);
}
