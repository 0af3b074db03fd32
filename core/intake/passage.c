/* SPDX-License-Identifier: ISC */
#include "core/intake/passage.h"

#include "core/util/utf8.h"

void
passage_init(struct passage *g)
{
	buf_init(&g->text);
	buf_init(&g->raw);
	g->mended = false;
}

void
passage_release(struct passage *g)
{
	buf_release(&g->text);
	buf_release(&g->raw);
}

void
passage_clear(struct passage *g)
{
	buf_clear(&g->text);
	buf_clear(&g->raw);
	g->mended = false;
}

/* Where in the raw bytes of a line a byte of it is. */
static size_t
raw_at(const struct line *line, size_t at)
{
	static const size_t bad = 3; /* bytes of U+FFFD, which stands for one */
	size_t from = 0, used;

	for (size_t i = 0; i < at && from < line->raw_len; from += used)
		i += utf8_decode(line->raw + from, line->raw_len - from,
			 &used) == UTF8_BAD ?
		    bad :
		    used;
	return from;
}

void
passage_put(struct passage *g, const struct line *line, size_t from)
{
	size_t at = line->raw != NULL ? raw_at(line, from) : from;
	const char *raw = line->raw != NULL ? line->raw : line->p;
	size_t len = (line->raw != NULL ? line->raw_len : line->len) - at;

	if (line->raw != NULL && !g->mended &&
	    (len != line->len - from ||
		memcmp(raw + at, line->p + from, len) != 0)) {
		buf_add(&g->raw, g->text.data, g->text.len);
		g->mended = true;
	}
	if (g->mended)
		buf_add(&g->raw, raw + at, len);
	buf_add(&g->text, line->p + from, line->len - from);
}

void
passage_add(struct passage *g, const struct line *line, size_t from)
{
	buf_addc(&g->text, '\n');
	if (g->mended)
		buf_addc(&g->raw, '\n');
	passage_put(g, line, from);
}

void
passage_go_on(struct passage *g, const struct line *line, size_t from)
{
	if (g->text.len > 0)
		passage_add(g, line, from);
	else
		passage_put(g, line, from);
}

void
passage_cut(struct passage *g)
{
	while (g->text.len > 0 && g->text.data[g->text.len - 1] == '\n')
		buf_cut(&g->text, g->text.len - 1);
}

struct span
passage_text(const struct passage *g)
{
	return (struct span){ g->text.data, g->text.len };
}

struct span
passage_raw(const struct passage *g)
{
	if (!g->mended)
		return (struct span){ NULL, 0 };
	return (struct span){ g->raw.data, g->raw.len };
}
