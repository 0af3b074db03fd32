/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_PAINT_H
#define DEED_CMD_CLI_PAINT_H

#include <stdbool.h>

#include "core/util/buf.h"

/*
 * Colour on a terminal.  A text for people holds marks (characters that nobody
 * writes), each up to PAINT_END or the end of its line; out and say make of
 * them what the terminal understands, or nothing.
 */
#define PAINT_END "\xef\xb7\x90"
#define PAINT_NAME "\xef\xb7\x91"  /* what is named: as git's commits */
#define PAINT_GOOD "\xef\xb7\x92"  /* done, confirmed */
#define PAINT_DOUBT "\xef\xb7\x93" /* look at it */
#define PAINT_BAD "\xef\xb7\x94"   /* it failed, or is at stake */
#define PAINT_SOFT "\xef\xb7\x95"  /* what leads the eye, no more */
/* The text before it runs from right to left; what follows does not. */
#define PAINT_LTR "\xef\xb7\x96"

/*
 * Shall there be colour on this descriptor?  setting is git's color.ui, NULL
 * if there is none; then NO_COLOR and the terminal have a say.
 */
bool paint_wanted(const char *setting, int fd);

/* The mark for a word that says how things stand: a state, a result; or "". */
const char *paint_word(const char *word);

/* A text with its marks as colours, or without them, appended. */
void paint_add(
    struct buf *out, const char *text, size_t len, bool colour, bool terminal);

#endif
