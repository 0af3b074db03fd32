/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_DOC_H
#define DEED_CORE_EXT_DOC_H

#include "core/util/node.h"

/*
 * Reading YAML (libyaml).  Only what deed itself writes and people type is
 * taken: one block mapping, no anchors, aliases, tags, merge keys ("<<") or
 * duplicate keys.
 * Plain integers, true, false and null are what they look like; every other
 * scalar is a string.
 */

#define DOC_DEPTH_MAX 32
#define DOC_SCALAR_MAX (1u << 20) /* bytes */

/*
 * The bytes a document may have: LF-terminated UTF-8 lines without CR, NEL,
 * U+2028, U+2029, U+FEFF, U+FFFE, U+FFFF, DEL, C0 (but TAB and LF) and C1,
 * no line beginning with a TAB.  Some of these libyaml takes for line ends and
 * others do not, so that two readers would see two documents.  line is the
 * number of the first.  ERR_SYNTAX.
 */
struct err *doc_vet(
    const char *p, size_t len, const char *name, unsigned line) MUST_CHECK;

/*
 * Parse one document that doc_vet() has passed.  name and line (of the first
 * byte) are for messages: "name:line: rule".  ERR_SYNTAX or ERR_LIMIT; *out is
 * NULL then.
 */
struct err *doc_parse(struct node **out, const char *p, size_t len,
    const char *name, unsigned line) MUST_CHECK;

#endif
