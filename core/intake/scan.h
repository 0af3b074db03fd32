/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_SCAN_H
#define DEED_CORE_INTAKE_SCAN_H

#include "core/intake/input.h"
#include "core/util/node.h"

/*
 * Reading JSON as a stream: exports have gigabytes, a document in memory has
 * many times its size.  A reader walks to the list it wants and takes its
 * elements one by one, each as a small tree:
 *
 *	scan_enter(s, '{')
 *	while (scan_key(s, &key), key != NULL)
 *		if (strcmp(key, "messages") != 0)
 *			scan_skip(s);
 *		else
 *			for (scan_enter(s, '['); scan_item(s, &more), more;)
 *				scan_value(s, &record);
 *
 * RFC 8259, strictly: no trailing commas, NaN or comments.  What it leaves
 * open is counted in struct scan_notes: a key given twice (the last counts), a
 * lone surrogate and bytes that are not UTF-8 (both become U+FFFD).  And so is
 * the one thing it forbids that is taken, since Telegram writes it: a control
 * character as "\x1B".
 *
 * Errors are ERR_SYNTAX and ERR_LIMIT, "name:line: rule".
 */

#define SCAN_DEPTH_MAX 32
#define SCAN_RECORD_MAX (16u << 20) /* bytes of one scan_value() */
#define SCAN_KEYS_MAX 10000         /* of one object of it */

struct scan_notes {
	size_t duplicates, surrogates, bytes, controls;
};

struct scan;

struct err *scan_open(struct scan **out, const struct part *part) MUST_CHECK;
/* Over bytes that stay the caller's. */
struct scan *scan_bytes(const char *p, size_t len, const char *name);
void scan_close(struct scan *s); /* NULL is fine */

/* What comes next, without taking it: one of { [ " 0 t f n, or 0 at the end. */
struct err *scan_peek(struct scan *s, char *c) MUST_CHECK;

/* Go into the object or list that comes next; ERR_INVALID if none does. */
struct err *scan_enter(struct scan *s, char open) MUST_CHECK;
/* The next key, NULL at the object's end, which is then left. */
struct err *scan_key(struct scan *s, const char **key) MUST_CHECK;
/* Is there another element?  If not, the list is left. */
struct err *scan_item(struct scan *s, bool *more) MUST_CHECK;

/* The next value, as a tree that is yours. */
struct err *scan_value(struct scan *s, struct node **out) MUST_CHECK;
struct err *scan_skip(struct scan *s) MUST_CHECK;
/* Nothing may follow but blanks. */
struct err *scan_end(struct scan *s) MUST_CHECK;

unsigned long scan_line(const struct scan *s); /* from 1 */
const struct scan_notes *scan_notes(const struct scan *s);

#endif
