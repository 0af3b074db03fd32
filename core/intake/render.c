/* SPDX-License-Identifier: ISC */
#include "core/intake/render.h"

#include "core/intake/input.h"
#include "core/util/utf8.h"

/*
 * Rendering as JSON.  A key comes with the comma before it and the colon behind
 * it.
 */

static void
json_string(struct buf *b, const char *key, struct span text)
{
	if (text.p == NULL)
		return;
	buf_adds(b, key);
	json_write_str(b, text.p, text.len);
}

static void
json_flag(struct buf *b, const char *key, bool flag)
{
	if (flag) {
		buf_adds(b, key);
		buf_adds(b, "true");
	}
}

static void
json_stamp(struct buf *b, const char *key, const struct stamp *at)
{
	char text[STAMP_TEXT];
	size_t len;

	if (at->kind == STAMP_NONE)
		return;
	len = stamp_write(text, at);
	buf_adds(b, key);
	buf_addc(b, '"');
	buf_add(b, text, len);
	buf_addc(b, '"');
}

static void
json_times(struct buf *b, const struct message *m, const struct times *t)
{
	static const char *const units[] = {
		[STAMP_MINUTE] = "minute", [STAMP_DAY] = "day"
	};
	char zone[8];

	json_stamp(b, ",\"time\":", &t->at);
	if (t->at.kind != m->at.kind && m->at.kind == STAMP_LOCAL)
		json_stamp(b, ",\"local\":", &m->at);
	if (t->at.kind != m->at.kind && m->at.kind == STAMP_RELATIVE)
		json_stamp(b, ",\"offset\":", &m->at);
	if (m->at.kind == STAMP_OFFSET) {
		date_format_zone(zone, m->at.offset);
		json_string(b, ",\"zone\":", span_of(zone));
	}
	if (m->at.kind != STAMP_NONE && m->at.unit >= STAMP_MINUTE)
		json_string(b, ",\"unit\":", span_of(units[m->at.unit]));
	json_stamp(b, ",\"end\":", &t->end);
}

static void
add_base64(struct buf *out, struct span raw)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)raw.p;

	for (size_t i = 0; i < raw.len; i += 3) {
		size_t n = raw.len - i < 3 ? raw.len - i : 3;
		uint32_t v = (uint32_t)p[i] << 16 |
		    (n > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
		    (n > 2 ? p[i + 2] : 0);

		buf_addc(out, digits[v >> 18]);
		buf_addc(out, digits[v >> 12 & 63]);
		buf_addc(out, n > 1 ? digits[v >> 6 & 63] : '=');
		buf_addc(out, n > 2 ? digits[v & 63] : '=');
	}
}

static struct err *
json_attachment(
    struct buf *b, const struct attachment *a, bool first, struct holdings *h)
{
	const char *sha256;
	struct err *e;

	buf_adds(
	    b, first ? ",\"attachments\":[{\"present\":" : ",{\"present\":");
	buf_adds(b, a->part != NULL ? "true" : "false");
	json_string(b, ",\"name\":", a->name);
	json_string(b, ",\"type\":", a->type);
	if (a->part != NULL) {
		if ((e = holdings_sum(h, a->part, &sha256)) != NULL)
			return e;
		json_string(b, ",\"path\":", span_of(a->part->name));
		json_string(b, ",\"sha256\":", span_of(sha256));
		buf_addf(b, ",\"size\":%lld", (long long)a->part->size);
	} else if (a->size >= 0) {
		buf_addf(b, ",\"size\":%lld", (long long)a->size);
	}
	buf_addc(b, '}');
	return NULL;
}

struct err *
render_json(struct buf *b, const struct message *m, const struct times *t,
    struct holdings *h)
{
	struct err *e;

	buf_clear(b);
	json_times(b, m, t);
	json_string(b, ",\"author\":", m->author);
	json_string(b, ",\"author_raw\":", m->author_raw);
	json_string(b, ",\"author_id\":", m->author_id);
	json_string(b, ",\"channel\":", m->channel);
	json_string(b, ",\"type\":", m->type);
	json_flag(b, ",\"system\":", m->system);
	json_string(b, ",\"text\":", m->text.p != NULL ? m->text : span_of(""));
	if (m->raw.p != NULL) {
		buf_adds(b, ",\"text_base64\":\"");
		add_base64(b, m->raw);
		buf_addc(b, '"');
	}
	json_string(b, ",\"id\":", m->id);
	json_string(b, ",\"reply_to\":", m->reply_to);
	json_string(b, ",\"forwarded_from\":", m->forwarded);
	json_flag(b, ",\"edited\":", m->edited);
	json_stamp(b, ",\"edited_at\":", &t->edited_at);
	json_flag(b, ",\"deleted\":", m->deleted);
	for (size_t i = 0; i < m->n_attachments; i++)
		if ((e = json_attachment(b, &m->attachments[i], i == 0, h)) !=
		    NULL)
			return e;
	if (m->n_attachments > 0)
		buf_addc(b, ']');
	if (node_count(m->more) > 0) {
		buf_adds(b, ",\"more\":");
		node_write_json(b, m->more);
	}
	buf_addc(b, '}');
	return NULL;
}

/*
 * Rendering for people.
 */

void
render_lines(struct buf *out, struct span text)
{
	const char *p = text.p, *end;
	size_t used;

	if (text.len == 0)
		return; /* and perhaps nowhere */
	for (end = p + text.len; p < end;) {
		size_t plain = utf8_plain(p, (size_t)(end - p));
		uint32_t c;

		buf_add(out, p, plain);
		p += plain;
		if (p == end)
			return;
		c = utf8_decode(p, (size_t)(end - p), &used);
		if (c == '\n')
			buf_adds(out, "\n      ");
		else if (c == '\r' && p + 1 < end && p[1] == '\n')
			; /* a line ends in both: the editor of a web page */
		else if (c == '\t')
			buf_addc(out, '\t');
		else if (c != 0x200e && c != 0x200f && c != 0xfeff)
			utf8_escape(out, p, used, false);
		p += used;
	}
}

/* What it said before it was edited. */
static void
render_before(struct buf *b, const struct node *list)
{
	for (size_t i = 0; i < node_count(list); i++) {
		struct span text = span_node(node_at(list, i));

		if (text.len == 0)
			continue;
		buf_adds(b, "\n      (before) ");
		render_lines(b, text);
	}
}

void
render_text(struct buf *b, const struct message *m, const struct stamp *at)
{
	char when[STAMP_TEXT];
	size_t len = stamp_write_short(when, at);

	buf_clear(b);
	if (len > 0) {
		buf_add(b, when, len);
		buf_add(b, "  ", 2);
	}
	if (m->channel.len > 0) {
		buf_addc(b, '[');
		render_lines(b, m->channel);
		buf_add(b, "] ", 2);
	}
	if (m->system)
		buf_add(b, "* ", 2);
	if (m->author.p != NULL) {
		render_lines(b, m->author);
		buf_add(b, ": ", 2);
	}
	if (m->forwarded.p != NULL) {
		buf_adds(b, "(forwarded from ");
		render_lines(b, m->forwarded);
		buf_adds(b, ") ");
	}
	render_lines(b, m->text);
	if (m->edited)
		buf_adds(b, " (edited)");
	if (m->deleted)
		buf_adds(b, " (deleted)");
	if (m->edited)
		render_before(b, node_get(m->more, "before"));
	for (size_t i = 0; i < m->n_attachments; i++) {
		const struct attachment *a = &m->attachments[i];

		buf_adds(b, "\n      + ");
		render_lines(b, a->name.p != NULL ? a->name : a->type);
		if (a->part == NULL)
			buf_adds(b, " (not in the export)");
	}
	buf_addc(b, '\n');
}
