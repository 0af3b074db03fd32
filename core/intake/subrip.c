/* SPDX-License-Identifier: ISC */
/*
 * SubRip: a number, "00:00:00,500 --> 00:00:07,000", text, an empty line.
 */

#include <ctype.h>
#include <string.h>

#include "core/intake/cues.h"

static bool
is_number(const struct line *line)
{
	size_t n = strspn(line->p, "0123456789");

	return n > 0 && n < 12 && strspn(line->p + n, " \t") == line->len - n;
}

struct srt {
	bool after_blank; /* a number here is that of the next cue */
	bool pending;     /* one was met: the next line decides */
	struct buf number;
};

/* "{\\an8}" in front says where on the screen the line is shown. */
static struct line
without_place(const struct line *line)
{
	struct line l = *line;

	if (l.len >= 6 && l.raw == NULL && memcmp(l.p, "{\\an", 4) == 0 &&
	    isdigit((unsigned char)l.p[4]) && l.p[5] == '}') {
		l.p += 6;
		l.len -= 6;
	}
	return l;
}

static struct err *
srt_line(struct cues *c, struct srt *s, const struct line *line)
{
	int64_t from, to;
	struct err *e = NULL;

	cues_unit(c);
	if (cues_arrow(line, &from, &to)) {
		if ((e = cues_flush(c)) != NULL)
			return e;
		cues_begin(c, line, from, to);
		buf_clear(&c->id);
		if (s->pending)
			buf_add(&c->id, s->number.data, s->number.len);
		s->pending = s->after_blank = false;
		return NULL;
	}
	if (s->pending && c->open) {
		/* it was a number that somebody said */
		struct line said = { .p = s->number.data,
			.len = s->number.len,
			.number = line->number };

		e = cues_line(c, &said);
	}
	s->pending = false;
	if (e == NULL && s->after_blank && is_number(line)) {
		buf_clear(&s->number);
		buf_add(&s->number, line->p, line->len);
		s->pending = true;
		cues_part(c);
	} else if (cues_is_blank(line)) {
		s->after_blank = true;
		cues_part(c);
	} else if (s->after_blank && (!c->open || c->body.text.len > 0)) {
		cues_skip(c, line, "it belongs to no cue");
		e = err_first(e, cues_flush(c));
		s->after_blank = false;
	} else if (!c->open) {
		cues_part(c);
		s->after_blank = false;
	} else {
		cues_part(c);
		s->after_blank = false;
		struct line shown = without_place(line);

		if (e == NULL)
			e = cues_line(c, &shown);
	}
	return e;
}

static struct err *
read_srt_pass(struct cues *c)
{
	struct srt s = { .after_blank = true };
	struct line line;
	struct err *e;

	buf_init(&s.number);
	while ((e = text_next(c->text, &line)) == NULL && line.p != NULL)
		if ((e = srt_line(c, &s, &line)) != NULL)
			break;
	if (e == NULL)
		e = cues_flush(c);
	buf_release(&s.number);
	return e;
}

static struct err *
read_srt(struct reading *r)
{
	struct cues c = { .r = r, .tagged = true };

	return cues_read(&c, read_srt_pass);
}

static bool
has_arrow(const struct probe *p)
{
	for (size_t i = 0; i < 8; i++) {
		const char *text = probe_line(p, i);
		struct line line = { .p = text, .len = strlen(text) };
		int64_t from, to;

		if (cues_arrow(&line, &from, &to))
			return true;
	}
	return false;
}

static int
detect_srt(const struct probe *p)
{
	if (p->part == NULL || p->lines.n == 0 ||
	    strncmp(p->lines.v[0], "WEBVTT", 6) == 0 || probe_named(p, ".vtt"))
		return 0;
	return has_arrow(p) ? READER_SURE : 0;
}

const struct reader reader_srt = {
	.name = "srt",
	.title = "Call transcript (SubRip)",
	.channel = "call",
	.order = SINK_AS_IS,
	.detect = detect_srt,
	.read = read_srt,
};
