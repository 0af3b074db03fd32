/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_DOCPLAIN_H
#define DEED_CORE_EXT_DOCPLAIN_H

#include "core/util/node.h"

/*
 * The documents of most entries, read without libyaml, which takes eight times
 * as long: an order of a thousand entries is read whenever one is added.
 *
 * A document of one "key: value" a line, without nesting and comments, whose
 * values are written as emit.h writes them.  NULL for every other, right or
 * wrong: that is for libyaml to say.  p is what doc_vet() has passed; line is
 * the number of the first.
 */
struct node *docplain_parse(const char *p, size_t len, unsigned line);

/*
 * What a scalar without quotes means: plain integers, true, false and null are
 * what they look like.  NULL for an integer of more than 64 bits.
 */
struct node *docplain_scalar(const char *s, size_t len);

#endif
