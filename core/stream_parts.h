/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_STREAM_PARTS_H
#define DEED_CORE_STREAM_PARTS_H

#include <stddef.h>

/* What the files behind stream.h tell each other. */

struct node;
struct stream;

#define NONCE_BYTES 16

/* Positions of the entries, sorted by id; free() it. */
size_t *stream_index(const struct stream *s);
/* The position of an id among the n that are in the index, or s->n. */
size_t stream_look_up(
    const struct stream *s, const size_t *index, size_t n, const char *id);

/* The first key of a content that an envelope has too, or NULL. */
const char *stream_envelope_key(const struct node *content);

#endif
