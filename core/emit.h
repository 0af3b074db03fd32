/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EMIT_H
#define DEED_CORE_EMIT_H

#include "core/util/node.h"

/*
 * Writing YAML: one form for every value, so that equal content is equal
 * bytes, and any YAML reader gives back the same strings.  (libyaml's own
 * emitter would escape every text that has an emoji.)
 *
 *   plain     a word or words of [A-Za-z0-9 _./@+-] that begin with a letter
 *   literal   "|2-" or "|2+", for text of several lines, never folded
 *   quoted    everything else, on one line: times, money, digests, ...
 */

/* Bytes of a key: any YAML reader takes that many, escapes included. */
#define EMIT_KEY_MAX 255

/*
 * Could a map be read again once it is written?  ERR_INVALID, naming the key,
 * for text that is not UTF-8 or holds NUL; ERR_LIMIT beyond the limits of
 * doc_parse(), or EMIT_KEY_MAX.
 */
struct err *emit_vet(const struct node *map) MUST_CHECK;

/* A map as lines "key: value", each ended by LF. */
void emit_map(struct buf *out, const struct node *map);

/* One string in double quotes. */
void emit_quoted(struct buf *out, const char *text, size_t len);

#endif
