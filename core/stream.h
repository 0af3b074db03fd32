/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_STREAM_H
#define DEED_CORE_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "core/ext/digest.h"
#include "core/kind.h"
#include "core/util/date.h"
#include "core/util/node.h"
#include "core/util/vec.h"

/*
 * An order file: a stream of entries, each an envelope and its content, as
 * deed-order(5) has it.  An entry's id is the SHA-256 of its envelope, which
 * holds the SHA-256 of its content and the ids of the entries before it, so
 * the whole is a graph that can only grow.  A withheld entry is its envelope
 * alone.
 *
 * A stream owns its bytes and entries; pointers into it are good until it is
 * appended to, merged or freed.
 */

#define STREAM_MAX (64u << 20) /* bytes of one order file */
#define STREAM_FORMAT 1        /* the "deed:" number written and understood */

struct entry {
	char id[SHA256_HEX];
	char content_id[SHA256_HEX];
	char recorded[DATE_TEXT];
	const struct kind *kind;
	struct strs after;    /* ids, sorted */
	size_t at, len;       /* its bytes in the stream, "---" included */
	size_t content_at;    /* its content's bytes in the stream */
	size_t content_len;   /* 0 if withheld */
	unsigned line;        /* of "---", from 1 */
	bool forged;          /* the content is not what the envelope says */
	struct node *content; /* entry_content() fills it */
};

struct stream {
	char *name; /* for messages: a path */
	struct buf bytes;
	struct entry *v; /* in the order of the file */
	size_t n, cap;
	bool headed;    /* the last was appended here, behind all tips */
	size_t *index;  /* the first n_index of them, sorted by id */
	size_t n_index; /* for stream_find(), which fills it */
};

struct stream *stream_new(const char *name);
void stream_free(struct stream *s);

/*
 * Read a stream; bytes are taken over (and emptied) even on failure.  The
 * whole is refused for one bad byte, envelope or document (ERR_SYNTAX,
 * ERR_LIMIT, ERR_UNSUPPORTED for a newer format), with file and line.
 * Contents are compared with their digests (entry.forged) but not yet parsed.
 */
struct err *stream_parse(
    struct stream **out, struct buf *bytes, const char *name) MUST_CHECK;

/*
 * The content of an entry, parsed on first use; *out is NULL if it is
 * withheld.  ERR_MISMATCH if it is forged.
 */
struct err *entry_content(
    const struct node **out, struct stream *s, struct entry *entry) MUST_CHECK;
/* Parse them all. */
struct err *stream_load(struct stream *s) MUST_CHECK;

struct entry *stream_find(const struct stream *s, const char *id);
/* Ids no entry names, sorted. */
void stream_tips(const struct stream *s, struct strs *out);

/*
 * Append an entry behind all tips.  content is taken over; it gets its nonce,
 * and its keys are put in order.  recorded is RFC 3339 in UTC.  Refused, with
 * the stream as it was, if it could not be read again: ERR_INVALID for text
 * that is not UTF-8 and for keys of the envelope, ERR_LIMIT.
 */
struct err *stream_append(struct entry **out, struct stream *s,
    const struct kind *kind, struct node *content,
    const char *recorded) MUST_CHECK;

/*
 * Positions in stream order: of the entries whose parents have all been
 * listed, always the one with the smallest (recorded, id).  out has room for
 * s->n.
 */
void stream_order(const struct stream *s, size_t *out);
bool stream_is_ordered(const struct stream *s);

/*
 * The union of two streams, in stream order.  Of two copies of one entry the
 * one that has its content is kept, unless an entry of either says that it was
 * erased on purpose.  Commutative, associative, idempotent.
 */
struct err *stream_union(struct stream **out, const struct stream *a,
    const struct stream *b) MUST_CHECK;

/* The stream with some contents left out: keep says for which to keep it. */
void stream_withhold(struct buf *out, const struct stream *s,
    bool (*keep)(const struct entry *, void *), void *arg);

/*
 * Ids of entries whose contents were erased on purpose, as corrections with
 * "erased: true" say, sorted.  Such a correction cannot be erased itself.
 */
void stream_erased(struct strs *out, struct stream *s);

/* Leave out the contents of these (sorted); pointers into s are gone. */
struct err *stream_drop(struct stream *s, const struct strs *ids) MUST_CHECK;

#endif
