/* SPDX-License-Identifier: ISC */
#include "core/evidence/document.h"

#include <string.h>

#include "core/evidence/telling.h"
#include "core/util/utf8.h"

#define TEXT_MAX 3000 /* bytes of one text */

/* The first strong isolate and its end: pango knows them. */
#define ISOLATE 0x2068u
#define END_OF_ISOLATE 0x2069u
#define REPLACEMENT "\xef\xbf\xbd"

static void
add_char(struct buf *out, uint32_t c, const char *p, size_t used, bool *open)
{
	if (open != NULL &&
	    c == (uint32_t)(*open ? TELLING_CLOSE : TELLING_OPEN)) {
		utf8_add(out, *open ? END_OF_ISOLATE : ISOLATE);
		*open = !*open;
	} else if (c == UTF8_BAD || (c < 0x20 && c != '\n') || c == 0x7f)
		buf_adds(out, REPLACEMENT);
	else if (utf8_is_bidi(c) && c >= 0x202a)
		buf_addf(out, "[U+%04X]", (unsigned)c);
	else
		buf_add(out, p, used);
}

static void
put(struct node *n, const char *key, const char *text, bool told)
{
	struct buf out = BUF_INIT;
	size_t len = strlen(text), used;
	bool open = false;

	for (const char *p = text; len > 0; p += used, len -= used) {
		uint32_t c = utf8_decode(p, len, &used);

		if (out.len > TEXT_MAX) {
			buf_adds(&out, " ...");
			break;
		}
		add_char(&out, c, p, used, told ? &open : NULL);
	}
	if (open)
		utf8_add(&out, END_OF_ISOLATE);
	node_put_str(n, key, out.data);
	buf_release(&out);
}

void
document_put(struct node *n, const char *key, const char *text)
{
	put(n, key, text, false);
}

static struct node *
add(struct document *d, const char *type, const char *text, bool told,
    enum document_rank rank)
{
	struct node *block = node_push(d->blocks, node_map());

	node_put_str(block, "type", type);
	put(block, "text", text, told);
	if (told)
		node_put_bool(block, "ours", true);
	node_put_int(block, "rank", rank);
	return block;
}

struct node *
document_add(struct document *d, const char *type, const char *text,
    enum document_rank rank)
{
	return add(d, type, text, false, rank);
}

struct node *
document_told(
    struct document *d, const char *type, char *text, enum document_rank rank)
{
	struct node *block = add(d, type, text, true, rank);

	free(text);
	return block;
}

struct node *
document_item(
    struct document *d, const char *label, char *text, enum document_rank rank)
{
	struct node *block = document_told(d, "item", text, rank);

	put(block, "label", label, true);
	return block;
}

struct node *
document_said(struct document *d, const char *label, const char *text,
    enum document_rank rank)
{
	struct node *block = add(d, "said", text, false, rank);

	put(block, "label", label, true);
	return block;
}

void
document_name(struct node *block, char *what)
{
	node_put_str(block, "what", what);
	free(what);
}
