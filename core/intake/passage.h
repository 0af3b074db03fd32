/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_PASSAGE_H
#define DEED_CORE_INTAKE_PASSAGE_H

#include "core/intake/message.h"
#include "core/intake/text.h"

/*
 * The text of a message, gathered from lines; and, once one of them held bytes
 * that are no characters, the same as it was before they were replaced.
 */

struct passage {
	struct buf text, raw;
	bool mended; /* they differ */
};

void passage_init(struct passage *g);
void passage_release(struct passage *g);
void passage_clear(struct passage *g);

/* What stands in a line from a byte on; the same behind a line end. */
void passage_put(struct passage *g, const struct line *line, size_t from);
void passage_add(struct passage *g, const struct line *line, size_t from);
/* The same, but for no line end in front of the first. */
void passage_go_on(struct passage *g, const struct line *line, size_t from);
/* Blank lines at the end are no part of the text. */
void passage_cut(struct passage *g);

struct span passage_text(const struct passage *g);
struct span passage_raw(const struct passage *g); /* absent if it is the same */

#endif
