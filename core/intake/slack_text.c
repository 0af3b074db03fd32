/* SPDX-License-Identifier: ISC */
#include "core/intake/slack_text.h"

#include <string.h>

#include "core/intake/scan.h"
#include "core/util/entity.h"

/*
 * Text: <@U1>, <#C1|general>, <!here>, <https://...|label>; entities are
 * decoded after tokens are taken apart, since they stand for "<" typed.
 */

static void
add_token(
    struct buf *out, const struct people *users, const char *p, size_t len)
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
		name = *p == '@' ? people_find(users, id) : NULL;
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

static void
add_markup(struct buf *out, const struct people *users, struct span text)
{
	const char *p = text.p, *end = p + text.len;

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
		add_token(out, users, open + 1, (size_t)(close - open) - 1);
		p = close + 1;
	}
	entity_decode(out, p, (size_t)(end - p));
}

/* The texts of rich_text blocks, for a message that has no other. */
static void
add_blocks(struct buf *out, const struct people *users, const struct node *n,
    unsigned depth)
{
	struct span text = span_get(n, "text"), user = span_get(n, "user_id");

	if (n == NULL || depth > SCAN_DEPTH_MAX)
		return;
	if (n->type == NODE_LIST) {
		for (size_t i = 0; i < n->n; i++)
			add_blocks(out, users, n->kids[i], depth + 1);
		return;
	}
	if (text.p == NULL)
		text = span_get(n, "url");
	if (text.p != NULL)
		buf_add(out, text.p, text.len);
	if (user.p != NULL) {
		struct span name = people_name(users, user);

		buf_addc(out, '@');
		buf_add(out, name.p, name.len);
	}
	add_blocks(out, users, node_get(n, "elements"), depth + 1);
	add_blocks(out, users, node_get(n, "text"), depth + 1);
}

/* What an app posted, if it put nothing into the text. */
static void
add_legacy(struct buf *out, const struct people *users, const struct node *list)
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
			add_markup(out, users, text);
		}
	}
}

void
slack_text(struct buf *out, const struct people *users, const struct node *m)
{
	struct span text = span_get(m, "text");

	if (text.p != NULL)
		add_markup(out, users, text);
	if (out->len == 0)
		add_blocks(out, users, node_get(m, "blocks"), 0);
	if (out->len == 0)
		add_legacy(out, users, node_get(m, "attachments"));
}
