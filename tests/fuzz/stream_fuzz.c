/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/emit.h"
#include "core/ext/doc.h"
#include "core/ext/docplain.h"
#include "core/stream.h"
#include "tests/fuzz/fuzz.h"

/*
 * The laws of an order file: the union of a stream with itself is that stream
 * in stream order, byte for byte; a content that is plain is read as libyaml
 * reads it; and one that can be read is written so that it is read the same
 * again, in one form.  What is refused leaves nothing behind.
 */

static void
union_law(const struct stream *s)
{
	struct stream *once, *twice;
	struct err *e = stream_union(&once, s, s);

	LAW(e == NULL);
	LAW(stream_is_ordered(once) && once->n == s->n);
	LAW(once->bytes.len == s->bytes.len);
	if (stream_is_ordered(s))
		LAW(memcmp(once->bytes.data, s->bytes.data, s->bytes.len) == 0);
	e = stream_union(&twice, once, s);
	LAW(e == NULL);
	LAW(strcmp(once->bytes.data, twice->bytes.data) == 0);
	stream_free(once);
	stream_free(twice);
}

/* A comment behind it leaves a content to libyaml. */
static void
plain_law(const char *p, size_t len)
{
	struct node *plain = docplain_parse(p, len, 1), *other;
	struct buf b = BUF_INIT;
	struct err *e;

	if (plain == NULL)
		return;
	buf_add(&b, p, len);
	buf_adds(&b, "# a comment\n");
	e = doc_parse(&other, b.data, b.len, "content", 1);
	LAW(e == NULL && node_equal(plain, other));
	for (size_t i = 0; i < plain->n; i++)
		LAW(plain->kids[i]->line == other->kids[i]->line);
	node_free(plain);
	node_free(other);
	buf_release(&b);
}

static void
content_law(const char *p, size_t len)
{
	struct node *content, *back;
	struct buf b = BUF_INIT, again = BUF_INIT;
	struct err *e = doc_parse(&content, p, len, "content", 1);

	LAW((e == NULL) == (content != NULL));
	plain_law(p, len);
	if (e == NULL)
		e = emit_vet(content);
	if (e == NULL) {
		emit_map(&b, content);
		e = doc_vet(b.data, b.len, "written", 1);
		LAW(e == NULL);
		e = doc_parse(&back, b.data, b.len, "written", 1);
		LAW(e == NULL && node_equal(content, back));
		emit_map(&again, back);
		LAW(strcmp(b.data, again.data) == 0);
		node_free(back);
	}
	err_drop(e); /* strangers write much that is none */
	node_free(content);
	buf_release(&b);
	buf_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf bytes = BUF_INIT;
	struct stream *s;
	struct err *e;

	buf_add(&bytes, data, size);
	e = stream_parse(&s, &bytes, "fuzz");
	LAW(bytes.len == 0 && (e == NULL) == (s != NULL));
	if (s != NULL) {
		union_law(s);
		for (size_t i = 0; i < s->n; i++)
			content_law(s->bytes.data + s->v[i].content_at,
			    s->v[i].content_len);
		e = stream_load(s);
	}
	err_drop(e); /* most inputs are no order file */
	stream_free(s);
	return 0;
}
