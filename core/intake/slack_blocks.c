/* SPDX-License-Identifier: ISC */
/*
 * What a message of Slack shows, as blocks: rich text as people type it, and
 * the pieces that apps put together.  Each block stands on lines of its own.
 */

#include <string.h>

#include "core/intake/field.h"
#include "core/intake/slack_text.h"

/* What is being written, and whose names are known. */
struct blocks {
	struct buf *out;
	const struct people *names;
};

static void add(struct blocks *b, const struct node *n, unsigned depth);

static void
end_line(struct blocks *b)
{
	if (b->out->len > 0 && b->out->data[b->out->len - 1] != '\n')
		buf_addc(b->out, '\n');
}

static void
put(struct blocks *b, const char *before, struct span text, const char *after)
{
	if (text.len == 0)
		return;
	buf_adds(b->out, before);
	buf_add(b->out, text.p, text.len);
	buf_adds(b->out, after);
}

/* A piece of a line.  False if it is none. */
static bool
add_piece(struct blocks *b, const struct node *n, struct span type)
{
	struct span text = span_get(n, "text"), url = span_get(n, "url");

	if (span_is(type, "user"))
		put(b, "@", people_name(b->names, span_get(n, "user_id")), "");
	else if (span_is(type, "channel"))
		put(b, "#", people_name(b->names, span_get(n, "channel_id")),
		    "");
	else if (span_is(type, "usergroup"))
		put(b, "@", span_get(n, "usergroup_id"), "");
	else if (span_is(type, "broadcast"))
		put(b, "@", span_get(n, "range"), "");
	else if (span_is(type, "emoji"))
		put(b, ":", span_get(n, "name"), ":");
	else if (span_is(type, "color"))
		put(b, "", span_get(n, "value"), "");
	else if (span_is(type, "date"))
		put(b, "", span_get(n, "fallback"), "");
	else if (span_is(type, "link")) {
		put(b, "", text, "");
		put(b, text.len > 0 ? " (" : "", url, text.len > 0 ? ")" : "");
	} else
		return false;
	return true;
}

static void
add_list(struct blocks *b, const struct node *n, unsigned depth)
{
	const struct node *items = node_get(n, "elements");
	bool numbered = span_is(span_get(n, "style"), "ordered");
	int64_t first = field_number(n, "offset", 0) + 1;
	int64_t indent = field_number(n, "indent", 0);

	for (size_t i = 0; i < node_count(items); i++) {
		end_line(b);
		for (int64_t k = 0; k < indent && k < 8; k++)
			buf_adds(b->out, "  ");
		if (numbered)
			buf_addf(
			    b->out, "%lld. ", (long long)first + (long long)i);
		else
			buf_adds(b->out, "- ");
		add(b, node_at(items, i), depth);
	}
}

/* The words of another: "> " in front of each line. */
static void
add_quote(struct blocks *b, const struct node *n, unsigned depth)
{
	struct buf inner = BUF_INIT;
	struct blocks quoted = { &inner, b->names };

	add(&quoted, node_get(n, "elements"), depth);
	end_line(b);
	field_quote(b->out, inner.data, inner.len);
	buf_release(&inner);
}

/* Anything else: what of it may hold words, in the order it is shown. */
static void
add_parts(struct blocks *b, const struct node *n, unsigned depth)
{
	static const char *const keys[] = { "title", "text", "alt_text",
		"fields", "elements", "accessory", "rows" };
	struct span words;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct node *part = node_get(n, keys[i]);

		words = span_node(part);
		if (words.p == NULL)
			add(b, part, depth);
		else if (span_is(span_get(n, "type"), "mrkdwn"))
			slack_markup(b->out, b->names, words);
		else
			put(b, "", words, "");
	}
	words = span_get(n, "image_url");
	if (words.p == NULL)
		words = span_get(n, "url");
	if (words.len > 0) {
		if (b->out->len > 0)
			buf_addc(b->out, ' ');
		put(b, "<", words, ">");
	}
}

static void
add(struct blocks *b, const struct node *n, unsigned depth)
{
	struct span type = span_get(n, "type");
	bool whole = span_is(type, "rich_text_section") ||
	    span_is(type, "rich_text_preformatted");

	if (n == NULL || depth > SCAN_DEPTH_MAX)
		return;
	if (n->type == NODE_LIST) {
		for (size_t i = 0; i < n->n; i++)
			add(b, n->kids[i], depth + 1);
	} else if (add_piece(b, n, type) || n->type != NODE_MAP) {
		return;
	} else if (span_is(type, "rich_text_list")) {
		add_list(b, n, depth + 1);
		end_line(b);
	} else if (span_is(type, "rich_text_quote")) {
		add_quote(b, n, depth + 1);
		buf_addc(b->out, '\n');
	} else if (span_is(type, "text") || whole) {
		put(b, "", span_get(n, "text"), "");
		add(b, node_get(n, "elements"), depth + 1);
		if (whole)
			end_line(b);
	} else {
		add_parts(b, n, depth + 1);
		end_line(b);
	}
}

void
slack_blocks(
    struct buf *out, const struct people *names, const struct node *list)
{
	struct blocks b = { out, names };

	add(&b, list, 0);
	while (out->len > 0 && out->data[out->len - 1] == '\n')
		buf_cut(out, out->len - 1);
}
