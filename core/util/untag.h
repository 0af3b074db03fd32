/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_UNTAG_H
#define DEED_CORE_UTIL_UNTAG_H

#include "core/util/buf.h"

/*
 * What a person reads of an HTML text (in UTF-8): paragraphs, list items with
 * their numbers and table rows on lines of their own, "> " in front of those of
 * a blockquote, the address of a link behind its words, pictures by their
 * description, "~~" around what is struck out; no scripts, no styles, nothing
 * fetched.
 */
void html_to_text(struct buf *out, const char *p, size_t len);

#endif
