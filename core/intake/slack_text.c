/* SPDX-License-Identifier: ISC */
#include "core/intake/slack_text.h"

#include <string.h>

#include "core/util/entity.h"

/*
 * Text: <@U1>, <#C1|general>, <!here>, <https://...|label>; entities are
 * decoded after tokens are taken apart, since they stand for "<" typed.
 */

static void
add_token(
    struct buf *out, const struct people *names, const char *p, size_t len)
{
	const char *bar = memchr(p, '|', len);
	struct span id = { p + 1, (bar != NULL ? (size_t)(bar - p) : len) - 1 };
	struct span label = { NULL, 0 };
	const char *name;

	if (bar != NULL)
		label = (struct span){ bar + 1, len - (size_t)(bar - p) - 1 };
	switch (*p) {
	case '@':
	case '#':
		name = people_find(names, id);
		buf_addc(out, *p);
		if (label.len > 0)
			entity_decode(out, label.p, label.len);
		else if (name != NULL)
			buf_adds(out, name);
		else
			buf_add(out, id.p, id.len);
		return;
	case '!':
		if (label.len > 0) {
			entity_decode(out, label.p, label.len);
			return;
		}
		buf_addc(out, '@');
		entity_decode(out, id.p, id.len);
		return;
	default:
		break;
	}
	if (label.len > 0 && !span_is(label, "")) {
		entity_decode(out, label.p, label.len);
		buf_adds(out, " (");
	}
	entity_decode(out, p, bar != NULL ? (size_t)(bar - p) : len);
	if (label.len > 0)
		buf_addc(out, ')');
}

void
slack_markup(struct buf *out, const struct people *names, struct span text)
{
	const char *p = text.len > 0 ? text.p : "", *end = p + text.len;

	while (p < end) {
		const char *open = memchr(p, '<', (size_t)(end - p)), *close;

		if (open == NULL)
			break;
		entity_decode(out, p, (size_t)(open - p));
		close = memchr(open, '>', (size_t)(end - open));
		if (close == NULL || close == open + 1) {
			buf_addc(out, '<');
			p = open + 1;
			continue;
		}
		add_token(out, names, open + 1, (size_t)(close - open) - 1);
		p = close + 1;
	}
	entity_decode(out, p, (size_t)(end - p));
}

/* "Amount: 250 USD" */
static void
add_fields(
    struct buf *out, const struct people *names, const struct node *fields)
{
	for (size_t i = 0; i < node_count(fields); i++) {
		struct span title = span_get(node_at(fields, i), "title");
		struct span value = span_get(node_at(fields, i), "value");

		if (title.len == 0 && value.len == 0)
			continue;
		if (out->len > 0)
			buf_addc(out, '\n');
		slack_markup(out, names, title);
		if (title.len > 0 && value.len > 0)
			buf_adds(out, ": ");
		slack_markup(out, names, value);
	}
}

/* What an app posted, or somebody passed on, with nothing in the text. */
static void
add_legacy(struct buf *out, const struct people *names, const struct node *list)
{
	static const char *const keys[] = { "pretext", "title", "text",
		"fallback" };

	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *a = node_at(list, i);
		size_t start = out->len;

		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			struct span text = span_get(a, keys[k]);

			if (text.p == NULL || text.len == 0 ||
			    (k == 3 && out->len > start))
				continue;
			if (out->len > 0)
				buf_addc(out, '\n');
			slack_markup(out, names, text);
		}
		add_fields(out, names, node_get(a, "fields"));
		if (out->len == start)
			slack_blocks(out, names, node_get(a, "blocks"));
	}
}

bool
slack_text(struct buf *out, const struct people *names, const struct node *m)
{
	struct span text = span_get(m, "text");

	if (text.p != NULL)
		slack_markup(out, names, text);
	if (out->len == 0)
		slack_blocks(out, names, node_get(m, "blocks"));
	if (out->len > 0)
		return false;
	add_legacy(out, names, node_get(m, "attachments"));
	return out->len > 0;
}
