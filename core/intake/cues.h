/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_CUES_H
#define DEED_CORE_INTAKE_CUES_H

#include "core/intake/passage.h"
#include "core/intake/reader.h"

/*
 * Cues: pieces of speech, each with the times it begins and ends at, counted
 * from the beginning of the recording.  WebVTT, SubRip and SBV have them, each
 * in a form of its own; what they share is here.
 *
 * A file is gone through twice, since who speaks can only be told from all of
 * it: the first time nothing is handed on and nothing counted.
 */

struct cues {
	struct reading *r;
	bool tagged; /* the text has tags and entities */
	struct text *text;
	/* the cue being read */
	bool open;
	struct stamp from, to;
	struct buf id;
	struct passage body;
	unsigned long line;
	/* "Name: text", if that is how this file says who speaks */
	void *speakers;
	size_t cues, named, n_speakers;
	bool counting; /* the first time through */
};

/* Both times through; pass reads all lines of c->text.  Set r and tagged. */
struct err *cues_read(
    struct cues *c, struct err *(*pass)(struct cues *)) MUST_CHECK;

/* A cue begins at this line; another line of it; it is complete. */
void cues_begin(
    struct cues *c, const struct line *line, int64_t from, int64_t to);
struct err *cues_line(struct cues *c, const struct line *line) MUST_CHECK;
struct err *cues_flush(struct cues *c) MUST_CHECK;

/* As those of the sink, but for the first time through. */
void cues_unit(const struct cues *c);
void cues_part(const struct cues *c);
void cues_skip(const struct cues *c, const struct line *line, const char *why);

/* "00:00:00.500 --> 00:00:07.000 align:start" */
bool cues_arrow(const struct line *line, int64_t *from, int64_t *to);
bool cues_is_blank(const struct line *line);
/* Without blanks and empty lines around it. */
struct span cues_trim(const struct buf *b);

#endif
