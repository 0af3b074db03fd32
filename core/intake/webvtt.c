/* SPDX-License-Identifier: ISC */
/*
 * WebVTT: what was said in a call as Zoom, Teams and YouTube write it.
 */

#include <string.h>

#include "core/intake/cues.h"

enum block {
	BLOCK_NONE,
	BLOCK_HEAD,
	BLOCK_NOTE,
	BLOCK_ID,   /* a line that may be the name of a cue */
	BLOCK_LOST, /* the rest of what is no cue */
	BLOCK_CUE
};

struct vtt {
	struct cues *c;
	enum block in;
	unsigned long named; /* the line of BLOCK_ID */
};

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

/* A name is part of the cue whose times come next; else it names nothing. */
static void
settle_name(struct vtt *v, bool times)
{
	struct line line = { .number = v->named };

	if (v->in != BLOCK_ID)
		return;
	if (times)
		cues_part(v->c);
	else
		cues_skip(v->c, &line, "a cue without times");
}

/* Times begin a cue wherever they stand, but in a comment. */
static struct err *
begin_cue(struct vtt *v, const struct line *line, int64_t from, int64_t to)
{
	struct err *e = cues_flush(v->c); /* the empty line may be missing */

	settle_name(v, true);
	if (v->in != BLOCK_ID)
		buf_clear(&v->c->id);
	if (e == NULL)
		cues_begin(v->c, line, from, to);
	v->in = BLOCK_CUE;
	return e;
}

/* The first line of a block that is no time: a name for one, or a comment. */
static void
begin_block(struct vtt *v, const struct line *line)
{
	if (is_note(line)) {
		cues_part(v->c);
		v->in = BLOCK_NOTE;
	} else if (cues_is_blank(line)) {
		cues_part(v->c);
	} else {
		buf_clear(&v->c->id);
		buf_add(&v->c->id, line->p, line->len);
		v->named = line->number;
		v->in = BLOCK_ID;
	}
}

static struct err *
vtt_line(struct vtt *v, const struct line *line)
{
	int64_t from, to;
	struct err *e = NULL;

	cues_unit(v->c);
	if (line->len == 0) { /* YouTube writes cues with a line of one blank */
		settle_name(v, false);
		cues_part(v->c);
		v->in = BLOCK_NONE;
		return cues_flush(v->c);
	}
	if (v->in != BLOCK_NOTE && cues_arrow(line, &from, &to))
		return begin_cue(v, line, from, to);
	if ((v->in == BLOCK_NONE || v->in == BLOCK_ID) &&
	    strstr(line->p, "-->") != NULL) {
		settle_name(v, true);
		cues_skip(v->c, line, "its times cannot be read");
		v->in = BLOCK_LOST;
	} else if (v->in == BLOCK_NONE) {
		begin_block(v, line);
	} else {
		settle_name(v, false);
		cues_part(v->c);
		if (v->in == BLOCK_ID)
			v->in = BLOCK_LOST;
		if (v->in == BLOCK_CUE)
			e = cues_line(v->c, line);
	}
	return e;
}

static bool
is_signature(const struct line *line)
{
	return strncmp(line->p, "WEBVTT", 6) == 0 &&
	    (line->p[6] == '\0' || line->p[6] == ' ' || line->p[6] == '\t');
}

static struct err *
read_vtt_pass(struct cues *c)
{
	struct vtt v = { .c = c, .in = BLOCK_HEAD };
	struct line line;
	bool first = true;
	struct err *e;

	while ((e = text_next(c->text, &line)) == NULL && line.p != NULL) {
		if (first && !is_signature(&line))
			return err_new(ERR_SYNTAX,
			    "%s:1: the first line of WebVTT is \"WEBVTT\"",
			    c->r->main->name);
		first = false;
		if ((e = vtt_line(&v, &line)) != NULL)
			return e;
	}
	if (e != NULL)
		return e;
	settle_name(&v, false);
	return cues_flush(c);
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
