/* SPDX-License-Identifier: ISC */
/*
 * SBV, of YouTube and Google Meet: "0:00:00.378,0:00:11.378", text, an empty
 * line.
 */

#include <string.h>

#include "core/intake/cues.h"

static bool
read_pair(const struct line *line, int64_t *from, int64_t *to)
{
	size_t used, more;

	return line->len > 15 && stamp_clock(from, line->p, line->len, &used) &&
	    line->p[used] == ',' &&
	    stamp_clock(to, line->p + used + 1, line->len - used - 1, &more) &&
	    used + 1 + more == line->len && memchr(line->p, '.', used) != NULL;
}

static struct err *
sbv_line(struct cues *c, const struct line *line, bool *after_blank)
{
	int64_t from, to;
	struct err *e = NULL;

	cues_unit(c);
	if (read_pair(line, &from, &to)) {
		if ((e = cues_flush(c)) == NULL)
			cues_begin(c, line, from, to);
		*after_blank = false;
	} else if (cues_is_blank(line)) {
		cues_part(c);
		*after_blank = true;
	} else if (*after_blank) {
		cues_skip(c, line, "its times cannot be read");
		e = cues_flush(c);
		*after_blank = false;
	} else {
		cues_part(c);
		if (c->open)
			e = cues_line(c, line);
	}
	return e;
}

static struct err *
read_sbv_pass(struct cues *c)
{
	struct line line;
	bool after_blank = true;
	struct err *e;

	while ((e = text_next(c->text, &line)) == NULL && line.p != NULL)
		if ((e = sbv_line(c, &line, &after_blank)) != NULL)
			return e;
	return e != NULL ? e : cues_flush(c);
}

static struct err *
read_sbv(struct reading *r)
{
	struct cues c = { .r = r };

	return cues_read(&c, read_sbv_pass);
}

static int
detect_sbv(const struct probe *p)
{
	const char *text = probe_line(p, 0);
	struct line line = { .p = text, .len = strlen(text) };
	int64_t from, to;

	return p->part != NULL && read_pair(&line, &from, &to) ? READER_SURE :
								 0;
}

const struct reader reader_sbv = {
	.name = "sbv",
	.title = "Call transcript (SBV)",
	.channel = "call",
	.order = SINK_AS_IS,
	.detect = detect_sbv,
	.read = read_sbv,
};
