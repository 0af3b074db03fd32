/* SPDX-License-Identifier: ISC */
#ifndef DEED_TESTS_UNIT_STREAMS_H
#define DEED_TESTS_UNIT_STREAMS_H

#include "core/stream.h"
#include "tests/unit/unit.h"

/* Streams written by the specification alone, and read by deed. */

#define TIME "2026-11-21T22:55:27Z"
#define NONCE "nonce: \"000102030405060708090a0b0c0d0e0f\"\n"

static inline const struct kind *
kind(const char *name)
{
	const struct kind *found;

	assert_ok(kind_find(&found, name));
	return found;
}

/* An entry by the specification alone; its id goes to id, if not NULL. */
static inline void
write_kind(struct buf *out, const char *kind, char *id, const char *after,
    const char *recorded, const char *body)
{
	char digest[SHA256_HEX], hex[SHA256_HEX];
	char *envelope;

	digest_of(body, strlen(body), digest);
	envelope =
	    mem_printf("deed: 1\nkind: %s\nafter: [%s]\nrecorded: \"%s\"\n"
		       "content: \"%s\"\n",
		kind, after, recorded, digest);
	digest_of(envelope, strlen(envelope), hex);
	if (id != NULL)
		memcpy(id, hex, SHA256_HEX);
	buf_addf(out, "---\n%s%s", envelope, body);
	free(envelope);
}

static inline void
write_entry(struct buf *out, char *id, const char *after, const char *recorded,
    const char *body)
{
	write_kind(out, "note", id, after, recorded, body);
}

static inline struct err *
parse(struct stream **out, const void *p, size_t len)
{
	struct buf b = BUF_INIT;

	buf_add(&b, p, len);
	return stream_parse(out, &b, "x.yaml");
}

static inline struct stream *
parsed(const struct buf *b)
{
	struct stream *s;

	assert_ok(parse(&s, b->data, b->len));
	return s;
}

#endif
