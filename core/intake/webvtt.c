/* SPDX-License-Identifier: ISC */
/*
 * WebVTT: what was said in a call as Zoom, Teams and YouTube write it.
 */

#include <string.h>

#include "core/intake/cues.h"

enum block { BLOCK_NONE, BLOCK_HEAD, BLOCK_NOTE, BLOCK_ID, BLOCK_CUE };

static bool
is_note(const struct line *line)
{
	static const char *const words[] = { "NOTE", "STYLE", "REGION" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i]);

		if (strncmp(line->p, words[i], n) == 0 &&
		    (line->p[n] == '\0' || line->p[n] == ' ' ||
			line->p[n] == '\t'))
			return true;
	}
	return false;
}

/* The first line of a block: a time, a name for one, or a comment. */
static struct err *
begin_block(struct cues *c, const struct line *line, enum block *in)
{
	int64_t from, to;

	buf_clear(&c->id);
	if (cues_arrow(line, &from, &to)) {
		cues_begin(c, line, from, to);
		*in = BLOCK_CUE;
	} else if (strstr(line->p, "-->") != NULL) {
		cues_skip(c, line, "its times cannot be read");
		*in = BLOCK_NOTE;
	} else if (is_note(line)) {
		cues_part(c);
		*in = BLOCK_NOTE;
	} else {
		buf_add(&c->id, line->p, line->len);
		cues_part(c);
		*in = BLOCK_ID;
	}
	return NULL;
}

static struct err *
vtt_line(struct cues *c, const struct line *line, enum block *in)
{
	int64_t from, to;
	struct err *e = NULL;

	cues_unit(c);
	if (line->len == 0) { /* YouTube writes cues with a line of one blank */
		cues_part(c);
		e = cues_flush(c);
		*in = BLOCK_NONE;
	} else if (*in == BLOCK_NONE) {
		e = begin_block(c, line, in);
	} else if (*in == BLOCK_ID && cues_arrow(line, &from, &to)) {
		cues_begin(c, line, from, to);
		*in = BLOCK_CUE;
	} else if (*in == BLOCK_ID) {
		cues_skip(c, line, "a cue without times");
		*in = BLOCK_NOTE;
	} else if (*in == BLOCK_CUE && cues_arrow(line, &from, &to)) {
		/* the blank line before it is missing */
		if ((e = cues_flush(c)) == NULL)
			cues_begin(c, line, from, to);
	} else {
		cues_part(c);
		if (*in == BLOCK_CUE)
			e = cues_line(c, line);
	}
	return e;
}

static struct err *
read_vtt_pass(struct cues *c)
{
	enum block in = BLOCK_HEAD;
	struct line line;
	bool first = true;
	struct err *e;

	while ((e = text_next(c->text, &line)) == NULL && line.p != NULL) {
		if (first &&
		    (strncmp(line.p, "WEBVTT", 6) != 0 ||
			(line.p[6] != '\0' && line.p[6] != ' ' &&
			    line.p[6] != '\t')))
			return err_new(ERR_SYNTAX,
			    "%s:1: the first line of WebVTT is \"WEBVTT\"",
			    c->r->main->name);
		first = false;
		if ((e = vtt_line(c, &line, &in)) != NULL)
			return e;
	}
	return e != NULL ? e : cues_flush(c);
}

static struct err *
read_vtt(struct reading *r)
{
	struct cues c = { .r = r, .tagged = true };

	return cues_read(&c, read_vtt_pass);
}

static int
detect_vtt(const struct probe *p)
{
	return p->part != NULL && p->lines.n > 0 &&
		strncmp(p->lines.v[0], "WEBVTT", 6) == 0 ?
	    READER_SURE :
	    0;
}

const struct reader reader_vtt = {
	.name = "vtt",
	.title = "Call transcript (WebVTT)",
	.channel = "call",
	.order = SINK_AS_IS,
	.detect = detect_vtt,
	.read = read_vtt,
};
