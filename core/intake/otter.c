/* SPDX-License-Identifier: ISC */
/*
 * Otter: "Name  1:05", text, an empty line.  Above them may stand what the
 * note is called, when it was made, and under titles of their own the words
 * that occur in it and who speaks.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/intake/cues.h"
#include "core/util/vec.h"

/* The length of the name, or 0. */
static size_t
read_otter(const struct line *line, int64_t *us)
{
	size_t n = line->len, at, used;

	while (n > 0 && line->p[n - 1] == ' ')
		n--;
	at = n;
	while (at > 0 &&
	    (isdigit((unsigned char)line->p[at - 1]) || line->p[at - 1] == ':'))
		at--;
	if (at < 3 || n - at < 4 || n - at > 8 || line->p[at - 1] != ' ' ||
	    line->p[at - 2] != ' ' || line->p[n - 3] != ':' ||
	    !stamp_clock(us, line->p + at, n - at, &used) || used != n - at)
		return 0;
	while (at > 0 && line->p[at - 1] == ' ')
		at--;
	return at;
}

#define TOP_MAX 64 /* lines above the first that is said */

struct otter {
	struct reading *r;
	bool open;
	bool begun;             /* somebody spoke */
	VEC(unsigned long) top; /* the numbers of lines above that */
	bool titled;            /* one of them is a title of Otter's */
	char *name;             /* the first of them, yours */
	char *made;             /* the one that says when it was made, yours */
	struct stamp at;
	struct buf author;
	struct passage body;
	unsigned long line;
};

static struct err *
flush_otter(struct otter *o)
{
	struct message m = { .at = o->at, .line = o->line };

	if (!o->open)
		return NULL;
	o->open = false;
	m.author = (struct span){ o->author.data, o->author.len };
	m.text = cues_trim(&o->body.text);
	m.raw = passage_raw(&o->body);
	if (m.text.len > 0)
		return sink_add(o->r->sink, &m);
	sink_skip(o->r->sink, NULL, o->line, "nothing was said");
	return NULL;
}

static bool
is_credit(const struct line *line)
{
	return strstr(line->p, "https://otter.ai") != NULL &&
	    strncmp(line->p, "Transcribed by", 14) == 0;
}

static bool
is_title(const char *line)
{
	return strncmp(line, "SUMMARY KEYWORDS", 16) == 0 ||
	    strcmp(line, "SPEAKERS") == 0;
}

/* A line above what is said; what it is, the titles tell later. */
static void
take_top(struct otter *o, const struct line *line)
{
	if (o->top.n == TOP_MAX) {
		sink_skip(o->r->sink, NULL, line->number,
		    "it belongs to nobody's words");
		return;
	}
	vec_push(&o->top, line->number);
	o->titled |= is_title(line->p);
	if (o->name == NULL)
		o->name = mem_dup(line->p);
	else if (o->made == NULL && strstr(line->p, " • ") != NULL)
		o->made = mem_dup(line->p);
}

/* Now somebody speaks, or nobody does. */
static void
end_top(struct otter *o)
{
	struct sink *sink = o->r->sink;

	for (size_t i = 0; i < o->top.n; i++)
		if (o->titled)
			sink_continue(sink);
		else
			sink_skip(sink, NULL, o->top.v[i],
			    "it belongs to nobody's words");
	o->top.n = 0;
	if (o->begun || !o->titled)
		return;
	sink_title(sink, o->name, strlen(o->name));
	if (o->made != NULL)
		sink_warn(
		    sink, "of the recording the export says: %s", o->made);
}

static struct err *
otter_line(struct otter *o, const struct line *line)
{
	int64_t us;
	size_t n = read_otter(line, &us);
	struct err *e;

	sink_unit(o->r->sink);
	if (n > 0) {
		if ((e = flush_otter(o)) != NULL)
			return e;
		end_top(o);
		o->begun = o->open = true;
		o->line = line->number;
		o->at = (struct stamp){
			.kind = STAMP_RELATIVE, .us = us, .unit = STAMP_SECOND
		};
		buf_clear(&o->author);
		passage_clear(&o->body);
		buf_add(&o->author, line->p, n);
		return NULL;
	}
	if (!o->open && !cues_is_blank(line) && !is_credit(line)) {
		take_top(o, line);
		return NULL;
	}
	sink_continue(o->r->sink);
	if (!o->open || is_credit(line))
		return NULL;
	if (o->body.text.len + line->len > TEXT_LINE_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: one message has more than %u bytes",
		    o->r->main->name, line->number, TEXT_LINE_MAX);
	passage_add(&o->body, line, 0);
	return NULL;
}

static struct err *
read_otter_text(struct reading *r)
{
	struct otter o = { .r = r };
	struct text *t;
	struct line line;
	struct err *e = text_open(&t, r->main);

	buf_init(&o.author);
	passage_init(&o.body);
	while (e == NULL && (e = text_next(t, &line)) == NULL && line.p != NULL)
		e = otter_line(&o, &line);
	end_top(&o);
	if (e == NULL && (e = flush_otter(&o)) == NULL)
		sink_note_text(r->sink, t);
	text_close(t);
	buf_release(&o.author);
	passage_release(&o.body);
	vec_release(&o.top);
	free(o.name);
	free(o.made);
	return e;
}

static int
detect_otter(const struct probe *p)
{
	const char *top = probe_line(p, 0);
	struct line first = { .p = top, .len = strlen(top) };
	size_t heads = 0;
	bool credit = false, titled = false;
	int64_t us;

	for (size_t i = 0; p->part != NULL && i < p->lines.n; i++) {
		struct line line = { .p = p->lines.v[i],
			.len = strlen(p->lines.v[i]) };

		heads += read_otter(&line, &us) > 0;
		credit |= is_credit(&line);
		titled |= heads == 0 && is_title(line.p);
	}
	if (heads == 0)
		return 0;
	if (credit)
		return READER_SURE;
	if (titled)
		return READER_LIKELY;
	return heads >= 3 || (heads == 2 && read_otter(&first, &us) > 0) ?
	    READER_MAYBE + 10 :
	    0;
}

const struct reader reader_otter = {
	.name = "otter",
	.title = "Call transcript (Otter)",
	.channel = "call",
	.flags = READER_FORGEABLE,
	.order = SINK_AS_IS,
	.detect = detect_otter,
	.read = read_otter_text,
};
