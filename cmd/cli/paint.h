/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_PAINT_H
#define DEED_CMD_CLI_PAINT_H

#include <stdbool.h>

#include "core/util/buf.h"

/*
 * Colour on a terminal.  A text for people holds marks, each up to PAINT_END or
 * the end of its line; out and say make of them what the terminal understands,
 * or nothing.  They are no UTF-8, so nothing in a record can be one.
 */
#define PAINT_END "\xc0\x90"
#define PAINT_NAME "\xc0\x91"  /* what is named: as git's commits */
#define PAINT_GOOD "\xc0\x92"  /* done, confirmed */
#define PAINT_DOUBT "\xc0\x93" /* look at it */
#define PAINT_BAD "\xc0\x94"   /* it failed, or is at stake */
#define PAINT_SOFT "\xc0\x95"  /* what leads the eye, no more */
/* The text before it runs from right to left; what follows does not. */
#define PAINT_LTR "\xc0\x96"

/*
 * Shall there be colour on this descriptor?  setting is git's color.ui, NULL
 * if there is none; then NO_COLOR and the terminal have a say.
 */
bool paint_wanted(const char *setting, int fd);

/* The mark for a word that says how things stand: a state, a result; or "". */
const char *paint_word(const char *word);

struct paint_how {
	bool raw;      /* as it is: a field for programs */
	bool keep_lf;  /* else safe, and on one line */
	bool colour;   /* with marks as colours, or without them */
	bool terminal; /* that shows text from right to left */
};

/* A text, its marks become colours or nothing, appended. */
void paint_add(
    struct buf *out, const char *text, size_t len, const struct paint_how *how);

#endif
