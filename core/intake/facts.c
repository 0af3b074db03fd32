/* SPDX-License-Identifier: ISC */
#include "core/intake/facts.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/intake/render.h"
#include "core/intake/shelf.h"

void
intake_facts_release(struct intake_facts *f)
{
	free(f->title);
	strs_release(&f->authors);
	strs_release(&f->warnings);
	node_free(f->attachments);
	if (f->sums.path != NULL)
		unlink(f->sums.path);
	free(f->sums.path);
	*f = (struct intake_facts){ 0 };
}

/* "+00:00" among offsets is one of them: London in winter. */
static void
note_kind(struct intake_facts *f, enum stamp_kind kind)
{
	if (f->kind == STAMP_NONE ||
	    (f->kind == STAMP_INSTANT && kind == STAMP_OFFSET))
		f->kind = kind;
	f->mixed = f->mixed ||
	    (f->kind != kind &&
		!(f->kind == STAMP_OFFSET && kind == STAMP_INSTANT));
}

/*
 * The first and the last.  A wall clock is compared with an instant as if it
 * were in UTC, for want of better; what counts from a beginning, with nothing.
 */
static void
note_ends(struct intake_facts *f, const struct shelved *r)
{
	struct stamp at = { .kind = r->resolved, .unit = r->unit };
	bool relative = at.kind == STAMP_RELATIVE;

	if (f->first.kind != STAMP_NONE &&
	    (f->first.kind == STAMP_RELATIVE) != relative)
		return;
	if (f->first.kind == STAMP_NONE || r->first < f->first.us) {
		f->first = at;
		f->first.us = r->first;
	}
	if (f->last.kind == STAMP_NONE || r->last > f->last.us) {
		f->last = at;
		f->last.us = r->last;
	}
}

void
facts_note_time(struct intake_facts *f, const struct shelved *r)
{
	note_kind(f, (enum stamp_kind)r->kind);
	note_ends(f, r);
}

char *
facts_heading(const struct intake_facts *f, const char *title)
{
	char first[STAMP_TEXT], last[STAMP_TEXT];
	struct buf b = BUF_INIT;

	render_lines(&b, span_of(title));
	if (f->title != NULL) {
		buf_adds(&b, ": ");
		render_lines(&b, span_of(f->title));
	}
	buf_addf(&b, "\n%zu messages", f->messages);
	if (f->kind != STAMP_NONE) {
		stamp_write(first, &f->first);
		stamp_write(last, &f->last);
		buf_addf(&b, ", %s to %s", first, last);
	}
	buf_addc(&b, '\n');
	for (size_t i = 0; i < f->warnings.n; i++) {
		buf_adds(&b, "note: ");
		render_lines(&b, span_of(f->warnings.v[i]));
		buf_addc(&b, '\n');
	}
	buf_addc(&b, '\n');
	return buf_steal(&b);
}
