/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_JSON_H
#define DEED_CORE_EXT_JSON_H

#include "core/util/node.h"

/*
 * Reading JSON (jansson) into a tree.  Duplicate keys are refused; a number
 * with a fraction becomes its text, since nothing here calculates with one.
 * name is for messages.  ERR_SYNTAX; *out is NULL then.
 */
struct err *json_parse(
    struct node **out, const char *p, size_t len, const char *name) MUST_CHECK;

/*
 * The same for what strangers wrote: a NUL in a text, which is refused above,
 * becomes U+2400, its sign.
 */
struct err *json_parse_message(
    struct node **out, const char *p, size_t len, const char *name) MUST_CHECK;

#endif
