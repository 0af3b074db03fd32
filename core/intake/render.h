/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_RENDER_H
#define DEED_CORE_INTAKE_RENDER_H

#include "core/intake/holdings.h"

/* Messages as they stand in an archive: for programs, and for people. */

/* The times of a message, with all that was said on the command line. */
struct times {
	struct stamp at, end, edited_at;
};

/*
 * The JSON object but for its beginning: a comma stands where "seq" and the
 * nonce go.  What it carries is digested.
 */
struct err *render_json(struct buf *b, const struct message *m,
    const struct times *t, struct holdings *h) MUST_CHECK;

/* The lines for people, each ended by LF, but for the number. */
void render_text(
    struct buf *b, const struct message *m, const struct stamp *at);

/*
 * Text whose lines after the first are indented, so that none of them can
 * pass for a message; marks of direction, which an editor does not need, are
 * left out, and whatever else could act on a terminal is spelled.
 */
void render_lines(struct buf *out, struct span text);

#endif
