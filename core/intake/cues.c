/* SPDX-License-Identifier: ISC */
#include "core/intake/cues.h"

#include <ctype.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/entity.h"

#define SPEAKER_MAX 60    /* bytes before a colon that can be a name */
#define SPEAKERS_MAX 5000 /* such names counted */
#define BLOCK_MAX (1u << 20)

/* How often a name stands before a colon. */
struct speaker {
	char *name;
	size_t n;
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
find_speaker(struct cues *c, const char *p, size_t len)
{
	struct speaker key = { .name = mem_ndup(p, len) }, **found;

	found = tfind(&key, &c->speakers, by_name);
	free(key.name);
	return found == NULL ? NULL : *found;
}

static void
count_speaker(struct cues *c, struct span text)
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
speaker_len(struct cues *c, struct span text)
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

struct span
cues_trim(const struct buf *b)
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

/* Does the voice go on that spoke so far?  The first one is the author's. */
static bool
goes_on(const struct buf *said, struct buf *author, struct span voice)
{
	struct buf name = BUF_INIT;
	bool same;

	entity_decode(&name, voice.p, voice.len);
	if (author->len == 0 && cues_trim(said).len == 0)
		buf_add(author, name.data, name.len);
	same = author->len == name.len &&
	    memcmp(author->data, name.data, name.len) == 0;
	buf_release(&name);
	return same;
}

/* The text without tags, up to where another voice begins, or the end. */
static const char *
strip_tags(struct buf *out, struct buf *author, const char *p, const char *end)
{
	while (p < end) {
		const char *open = memchr(p, '<', (size_t)(end - p));
		struct span voice;
		size_t n;

		if (open == NULL)
			open = end;
		entity_decode(out, p, (size_t)(open - p));
		if (open == end)
			break;
		n = tag_len(open, end);
		if (n == 0) {
			buf_addc(out, '<');
			p = open + 1;
			continue;
		}
		voice = voice_of(open, n);
		if (voice.p != NULL && !goes_on(out, author, voice))
			return open;
		p = open + n;
	}
	return end;
}

/*
 * Cues.
 */

static struct err *
add_cue(struct cues *c, struct span text, struct span author)
{
	struct message m = { .at = c->from,
		.end = c->to,
		.author = author,
		.text = text,
		.raw = passage_raw(&c->body),
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

/* What one voice says in a cue. */
static struct err *
take_words(struct cues *c, const struct buf *said, const struct buf *author)
{
	struct span words = skip_place(cues_trim(said));

	if (c->counting) {
		if (author->len == 0 && words.len > 0)
			count_speaker(c, words);
		return NULL;
	}
	if (words.len > 0)
		return add_cue(
		    c, words, (struct span){ author->data, author->len });
	sink_skip(c->r->sink, NULL, c->line, "a cue without text");
	return NULL;
}

struct err *
cues_flush(struct cues *c)
{
	struct buf said = BUF_INIT, author = BUF_INIT;
	struct span body = cues_trim(&c->body.text);
	const char *p = body.p, *end = body.p + body.len;
	struct err *e = NULL;

	if (!c->open)
		return NULL;
	c->open = false;
	do {
		buf_clear(&said);
		buf_clear(&author);
		if (p != body.p) { /* a second voice in the same cue */
			cues_unit(c);
			buf_clear(&c->id);
		}
		if (c->tagged)
			p = strip_tags(&said, &author, p, end);
		else
			buf_add(&said, body.p, body.len);
		e = take_words(c, &said, &author);
	} while (e == NULL && c->tagged && p < end);
	buf_release(&said);
	buf_release(&author);
	return e;
}

void
cues_begin(struct cues *c, const struct line *line, int64_t from, int64_t to)
{
	c->from = (struct stamp){ .kind = STAMP_RELATIVE, .us = from };
	c->to = (struct stamp){ .kind = STAMP_RELATIVE, .us = to };
	c->open = true;
	c->line = line->number;
	passage_clear(&c->body);
}

struct err *
cues_line(struct cues *c, const struct line *line)
{
	if (c->body.text.len + line->len > BLOCK_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: a cue has more than %u bytes", c->r->main->name,
		    line->number, BLOCK_MAX);
	passage_go_on(&c->body, line, 0);
	return NULL;
}

void
cues_unit(const struct cues *c)
{
	if (!c->counting)
		sink_unit(c->r->sink);
}

void
cues_part(const struct cues *c)
{
	if (!c->counting)
		sink_continue(c->r->sink);
}

void
cues_skip(const struct cues *c, const struct line *line, const char *why)
{
	if (!c->counting)
		sink_skip(c->r->sink, NULL, line->number, "%s", why);
}

/* A time with a fraction, as all of them have; behind it, or NULL. */
static const char *
skip_time(int64_t *us, const char *p, const char *end)
{
	size_t used;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (!stamp_clock(us, p, (size_t)(end - p), &used) ||
	    (memchr(p, '.', used) == NULL && memchr(p, ',', used) == NULL))
		return NULL;
	return p + used;
}

bool
cues_arrow(const struct line *line, int64_t *from, int64_t *to)
{
	const char *p = line->p, *end = p + line->len;

	if ((p = skip_time(from, p, end)) == NULL)
		return false;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (end - p < 3 || memcmp(p, "-->", 3) != 0 ||
	    (p = skip_time(to, p + 3, end)) == NULL)
		return false;
	return p == end || *p == ' ' || *p == '\t';
}

bool
cues_is_blank(const struct line *line)
{
	return strspn(line->p, " \t") == line->len;
}

/* Twice through a file: who speaks can only be told from all of it. */
struct err *
cues_read(struct cues *c, struct err *(*pass)(struct cues *))
{
	struct err *e = text_open(&c->text, c->r->main);

	buf_init(&c->id);
	passage_init(&c->body);
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
	passage_release(&c->body);
	return e;
}
