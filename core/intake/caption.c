/* SPDX-License-Identifier: ISC */
/*
 * What was said in a call: WebVTT (Zoom, Teams, YouTube), SubRip, YouTube's
 * SBV, and the text Otter writes.  A piece of speech is a message; times count
 * from the beginning of the recording.
 */

#include <ctype.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "core/intake/reader.h"
#include "core/util/entity.h"

#define SPEAKER_MAX 60    /* bytes before a colon that can be a name */
#define SPEAKERS_MAX 5000 /* such names counted */
#define BLOCK_MAX (1u << 20)

/* How often a name stands before a colon. */
struct speaker {
	char *name;
	size_t n;
};

struct captions {
	struct reading *r;
	struct text *text;
	/* the cue being read */
	bool open;
	struct stamp from, to;
	struct buf id, body;
	bool mended;
	unsigned long line;
	/* "Name: text", if that is how this file says who speaks */
	void *speakers;
	size_t cues, named, n_speakers;
	bool counting; /* the first time through */
	bool tagged;   /* WebVTT: tags and entities */
};

/*
 * Speakers.
 */

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct speaker *)a)->name,
	    ((const struct speaker *)b)->name);
}

static void
free_speaker(void *speaker)
{
	free(((struct speaker *)speaker)->name);
	free(speaker);
}

/* The name before the first colon with a blank behind it, or 0. */
static size_t
name_len(struct span text)
{
	const char *colon = memmem(text.p, text.len, ": ", 2);
	size_t n;

	if (colon == NULL)
		return 0;
	n = (size_t)(colon - text.p);
	if (n == 0 || n > SPEAKER_MAX || memchr(text.p, '\n', n) != NULL)
		return 0;
	return n;
}

static struct speaker *
find_speaker(struct captions *c, const char *p, size_t len)
{
	struct speaker key = { .name = mem_ndup(p, len) }, **found;

	found = tfind(&key, &c->speakers, by_name);
	free(key.name);
	return found == NULL ? NULL : *found;
}

static void
count_speaker(struct captions *c, struct span text)
{
	size_t n = name_len(text);
	struct speaker *s;

	c->cues++;
	if (n == 0)
		return;
	c->named++;
	s = find_speaker(c, text.p, n);
	if (s == NULL && c->n_speakers++ < SPEAKERS_MAX) {
		s = mem_zero(1, sizeof(*s));
		s->name = mem_ndup(text.p, n);
		if (tsearch(s, &c->speakers, by_name) == NULL)
			abort(); /* out of memory */
	}
	if (s != NULL)
		s->n++;
}

/* A prefix is a speaker if it comes back, or if nearly all have one. */
static size_t
speaker_len(struct captions *c, struct span text)
{
	size_t n = name_len(text);
	const struct speaker *s;

	if (n == 0)
		return 0;
	if (c->named * 5 >= c->cues * 3)
		return n;
	s = find_speaker(c, text.p, n);
	return s != NULL && s->n >= 2 ? n : 0;
}

/*
 * Tags of WebVTT: <v Name>, <i>, <c.loud>, <00:00:01.000>.
 */

/* Length of the tag at p, or 0 if this "<" is only a "<". */
static size_t
tag_len(const char *p, const char *end)
{
	const char *close;

	if (end - p < 3 || (!isalnum((unsigned char)p[1]) && p[1] != '/'))
		return 0;
	close = memchr(p, '>', (size_t)(end - p));
	if (close == NULL || memchr(p + 1, '<', (size_t)(close - p - 1)))
		return 0;
	return (size_t)(close - p) + 1;
}

/* The name in "<v Name>" or "<v.loud Name>", or absent. */
static struct span
voice_of(const char *p, size_t len)
{
	const char *end = p + len - 1, *at = p + 2;
	struct span none = { NULL, 0 };

	if (p[1] != 'v' || (p[2] != ' ' && p[2] != '.' && p[2] != '\t'))
		return none;
	while (at < end && *at != ' ' && *at != '\t')
		at++;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at == end ? none : (struct span){ at, (size_t)(end - at) };
}

/* The text without tags; the first voice named goes to author. */
static void
strip_tags(struct buf *out, struct buf *author, struct span text)
{
	const char *p = text.p, *end = p + text.len;

	while (p < end) {
		const char *open = memchr(p, '<', (size_t)(end - p));
		size_t n;

		if (open == NULL)
			open = end;
		entity_decode(out, p, (size_t)(open - p));
		if (open == end)
			return;
		n = tag_len(open, end);
		if (n > 0 && author->len == 0) {
			struct span voice = voice_of(open, n);

			if (voice.p != NULL)
				entity_decode(author, voice.p, voice.len);
		}
		if (n == 0)
			buf_addc(out, '<');
		p = open + (n == 0 ? 1 : n);
	}
}

/*
 * Cues.
 */

static struct span
trim(const struct buf *b)
{
	const char *p = b->data;
	size_t len = b->len;

	while (len > 0 && strchr(" \t\n", p[len - 1]) != NULL)
		len--;
	while (len > 0 && strchr(" \t\n", *p) != NULL) {
		p++;
		len--;
	}
	return (struct span){ p, len };
}

static struct err *
add_cue(struct captions *c, struct span text, struct span author)
{
	struct message m = { .at = c->from,
		.end = c->to,
		.author = author,
		.text = text,
		.line = c->line };
	size_t n;

	if (author.len == 0) {
		m.author.p = NULL;
		n = speaker_len(c, text);
		if (n > 0) {
			m.author = (struct span){ text.p, n };
			m.text =
			    (struct span){ text.p + n + 2, text.len - n - 2 };
		}
	}
	if (c->id.len > 0)
		m.id = (struct span){ c->id.data, c->id.len };
	return sink_add(c->r->sink, &m);
}

/* "{\\an8}": where SubRip's heirs want the text on the screen. */
static struct span
skip_place(struct span text)
{
	const char *end;

	if (text.len < 4 || memcmp(text.p, "{\\an", 4) != 0 ||
	    (end = memchr(text.p, '}', text.len)) == NULL)
		return text;
	text.len -= (size_t)(end + 1 - text.p);
	text.p = end + 1;
	return text;
}

static struct err *
flush(struct captions *c)
{
	struct buf text = BUF_INIT, author = BUF_INIT;
	struct span body = trim(&c->body), clean;
	struct err *e = NULL;

	if (!c->open)
		return NULL;
	c->open = false;
	if (c->tagged)
		strip_tags(&text, &author, body);
	else
		buf_add(&text, body.p, body.len);
	clean = skip_place(trim(&text));
	if (c->counting) {
		if (author.len == 0 && clean.len > 0)
			count_speaker(c, clean);
	} else if (clean.len == 0) {
		sink_skip(c->r->sink, NULL, c->line, "a cue without text");
	} else {
		e = add_cue(c, clean, (struct span){ author.data, author.len });
	}
	buf_release(&text);
	buf_release(&author);
	return e;
}

static void
begin(struct captions *c, const struct line *line, int64_t from, int64_t to)
{
	c->from = (struct stamp){ .kind = STAMP_RELATIVE, .us = from };
	c->to = (struct stamp){ .kind = STAMP_RELATIVE, .us = to };
	c->open = true;
	c->line = line->number;
	buf_clear(&c->body);
}

static struct err *
add_line(struct captions *c, const struct line *line)
{
	if (c->body.len + line->len > BLOCK_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: a cue has more than %u bytes", c->r->main->name,
		    line->number, BLOCK_MAX);
	if (c->body.len > 0)
		buf_addc(&c->body, '\n');
	buf_add(&c->body, line->p, line->len);
	return NULL;
}

static void
unit(const struct captions *c)
{
	if (!c->counting)
		sink_unit(c->r->sink);
}

static void
part_of(const struct captions *c)
{
	if (!c->counting)
		sink_continue(c->r->sink);
}

static void
skip(const struct captions *c, const struct line *line, const char *why)
{
	if (!c->counting)
		sink_skip(c->r->sink, NULL, line->number, "%s", why);
}

/* "00:00:00.500 --> 00:00:07.000 align:start" */
static bool
read_arrow(const struct line *line, int64_t *from, int64_t *to)
{
	const char *p = line->p, *end = p + line->len;
	size_t used;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (!stamp_clock(from, p, (size_t)(end - p), &used))
		return false;
	p += used;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (end - p < 3 || memcmp(p, "-->", 3) != 0)
		return false;
	p += 3;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (!stamp_clock(to, p, (size_t)(end - p), &used))
		return false;
	p += used;
	return p == end || *p == ' ' || *p == '\t';
}

static bool
is_blank(const struct line *line)
{
	return strspn(line->p, " \t") == line->len;
}

/* Twice through a file: who speaks can only be told from all of it. */
static struct err *
run(struct captions *c, struct err *(*pass)(struct captions *))
{
	struct err *e = text_open(&c->text, c->r->main);

	buf_init(&c->id);
	buf_init(&c->body);
	c->counting = true;
	if (e == NULL && (e = pass(c)) == NULL) {
		c->counting = false;
		if ((e = text_rewind(c->text)) == NULL)
			e = pass(c);
	}
	if (e == NULL)
		sink_note_text(c->r->sink, c->text);
	text_close(c->text);
	tdestroy(c->speakers, free_speaker);
	buf_release(&c->id);
	buf_release(&c->body);
	return e;
}

/*
 * WebVTT.
 */

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
begin_block(struct captions *c, const struct line *line, enum block *in)
{
	int64_t from, to;

	buf_clear(&c->id);
	if (read_arrow(line, &from, &to)) {
		begin(c, line, from, to);
		*in = BLOCK_CUE;
	} else if (strstr(line->p, "-->") != NULL) {
		skip(c, line, "its times cannot be read");
		*in = BLOCK_NOTE;
	} else if (is_note(line)) {
		part_of(c);
		*in = BLOCK_NOTE;
	} else {
		buf_add(&c->id, line->p, line->len);
		part_of(c);
		*in = BLOCK_ID;
	}
	return NULL;
}

static struct err *
vtt_line(struct captions *c, const struct line *line, enum block *in)
{
	int64_t from, to;
	struct err *e = NULL;

	unit(c);
	if (line->len == 0) { /* YouTube writes cues with a line of one blank */
		part_of(c);
		e = flush(c);
		*in = BLOCK_NONE;
	} else if (*in == BLOCK_NONE) {
		e = begin_block(c, line, in);
	} else if (*in == BLOCK_ID && read_arrow(line, &from, &to)) {
		begin(c, line, from, to);
		*in = BLOCK_CUE;
	} else if (*in == BLOCK_ID) {
		skip(c, line, "a cue without times");
		*in = BLOCK_NOTE;
	} else if (*in == BLOCK_CUE && read_arrow(line, &from, &to)) {
		/* the blank line before it is missing */
		if ((e = flush(c)) == NULL)
			begin(c, line, from, to);
	} else {
		part_of(c);
		if (*in == BLOCK_CUE)
			e = add_line(c, line);
	}
	return e;
}

static struct err *
read_vtt_pass(struct captions *c)
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
	return e != NULL ? e : flush(c);
}

static struct err *
read_vtt(struct reading *r)
{
	struct captions c = { .r = r, .tagged = true };

	return run(&c, read_vtt_pass);
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

/*
 * SubRip.
 */

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

static struct err *
srt_line(struct captions *c, struct srt *s, const struct line *line)
{
	int64_t from, to;
	struct err *e = NULL;

	unit(c);
	if (read_arrow(line, &from, &to)) {
		if ((e = flush(c)) != NULL)
			return e;
		begin(c, line, from, to);
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

		e = add_line(c, &said);
	}
	s->pending = false;
	if (e == NULL && s->after_blank && is_number(line)) {
		buf_clear(&s->number);
		buf_add(&s->number, line->p, line->len);
		s->pending = true;
		part_of(c);
	} else if (is_blank(line)) {
		s->after_blank = true;
		part_of(c);
	} else if (s->after_blank && (!c->open || c->body.len > 0)) {
		skip(c, line, "it belongs to no cue");
		e = err_first(e, flush(c));
		s->after_blank = false;
	} else if (!c->open) {
		part_of(c);
		s->after_blank = false;
	} else {
		part_of(c);
		s->after_blank = false;
		if (e == NULL)
			e = add_line(c, line);
	}
	return e;
}

static struct err *
read_srt_pass(struct captions *c)
{
	struct srt s = { .after_blank = true };
	struct line line;
	struct err *e;

	buf_init(&s.number);
	while ((e = text_next(c->text, &line)) == NULL && line.p != NULL)
		if ((e = srt_line(c, &s, &line)) != NULL)
			break;
	if (e == NULL)
		e = flush(c);
	buf_release(&s.number);
	return e;
}

static struct err *
read_srt(struct reading *r)
{
	struct captions c = { .r = r, .tagged = true };

	return run(&c, read_srt_pass);
}

static bool
has_arrow(const struct probe *p)
{
	for (size_t i = 0; i < 8; i++) {
		const char *text = probe_line(p, i);
		struct line line = { .p = text, .len = strlen(text) };
		int64_t from, to;

		if (read_arrow(&line, &from, &to))
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

/*
 * SBV: "0:00:00.378,0:00:11.378"
 */

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
sbv_line(struct captions *c, const struct line *line, bool *after_blank)
{
	int64_t from, to;
	struct err *e = NULL;

	unit(c);
	if (read_pair(line, &from, &to)) {
		if ((e = flush(c)) == NULL)
			begin(c, line, from, to);
		*after_blank = false;
	} else if (is_blank(line)) {
		part_of(c);
		*after_blank = true;
	} else if (*after_blank) {
		skip(c, line, "its times cannot be read");
		e = flush(c);
		*after_blank = false;
	} else {
		part_of(c);
		if (c->open)
			e = add_line(c, line);
	}
	return e;
}

static struct err *
read_sbv_pass(struct captions *c)
{
	struct line line;
	bool after_blank = true;
	struct err *e;

	while ((e = text_next(c->text, &line)) == NULL && line.p != NULL)
		if ((e = sbv_line(c, &line, &after_blank)) != NULL)
			return e;
	return e != NULL ? e : flush(c);
}

static struct err *
read_sbv(struct reading *r)
{
	struct captions c = { .r = r };

	return run(&c, read_sbv_pass);
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

/*
 * Otter: "Name  1:05", text, an empty line.
 */

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
	    line->p[at - 2] != ' ' ||
	    !stamp_clock(us, line->p + at, n - at, &used) || used != n - at)
		return 0;
	while (at > 0 && line->p[at - 1] == ' ')
		at--;
	return at;
}

struct otter {
	struct reading *r;
	bool open;
	struct stamp at;
	struct buf author, body;
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
	m.text = trim(&o->body);
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
		o->open = true;
		o->line = line->number;
		o->at = (struct stamp){
			.kind = STAMP_RELATIVE, .us = us, .unit = STAMP_SECOND
		};
		buf_clear(&o->author);
		buf_clear(&o->body);
		buf_add(&o->author, line->p, n);
		return NULL;
	}
	if (!o->open && !is_blank(line) && !is_credit(line)) {
		sink_skip(o->r->sink, NULL, line->number,
		    "it belongs to nobody's words");
		return NULL;
	}
	sink_continue(o->r->sink);
	if (!o->open || is_credit(line))
		return NULL;
	if (o->body.len + line->len > TEXT_LINE_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: one message has more than %u bytes",
		    o->r->main->name, line->number, TEXT_LINE_MAX);
	buf_addc(&o->body, '\n');
	buf_add(&o->body, line->p, line->len);
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
	buf_init(&o.body);
	while (e == NULL && (e = text_next(t, &line)) == NULL && line.p != NULL)
		e = otter_line(&o, &line);
	if (e == NULL && (e = flush_otter(&o)) == NULL)
		sink_note_text(r->sink, t);
	text_close(t);
	buf_release(&o.author);
	buf_release(&o.body);
	return e;
}

static int
detect_otter(const struct probe *p)
{
	size_t heads = 0;
	bool credit = false;

	for (size_t i = 0; p->part != NULL && i < p->lines.n; i++) {
		struct line line = { .p = p->lines.v[i],
			.len = strlen(p->lines.v[i]) };
		int64_t us;

		heads += read_otter(&line, &us) > 0;
		credit |= is_credit(&line);
	}
	if (heads == 0)
		return 0;
	return credit ? READER_SURE : heads >= 3 ? READER_MAYBE + 10 : 0;
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
