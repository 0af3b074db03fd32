/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_PROBE_H
#define DEED_CORE_INTAKE_PROBE_H

#include "core/intake/input.h"
#include "core/intake/text.h"

/*
 * The beginning of a part, looked at once, for all readers to judge: its first
 * lines as text, and, if it is JSON, which keys it has where.
 */

#define PROBE_HEAD (128u << 10) /* bytes looked at */

struct probe {
	const struct input *input;
	/* NULL: the folder or archive as a whole is judged, by its names. */
	const struct part *part;
	struct strs lines; /* of text, as far as the head goes */
	bool cut;          /* the part goes on behind the head */
	char root;         /* '{' or '[' of JSON, else 0 */
	bool many;         /* JSON Lines: one document a line */
	struct strs shape; /* see probe_has() */
};

/* part may be NULL.  Release it in any case. */
struct err *probe_open(struct probe *p, const struct input *in,
    const struct part *part) MUST_CHECK;
void probe_release(struct probe *p);

/*
 * Has the JSON this key?  "messages[].sender_name" is that of an object in
 * the list under "messages"; of JSON Lines, the first document counts.
 */
bool probe_has(const struct probe *p, const char *path);
/* Has it the key that the two make together? */
bool probe_under(const struct probe *p, const char *prefix, const char *key);
/* And is its value, a short string, this one? */
bool probe_is(const struct probe *p, const char *path, const char *value);

/* The i-th line with something in it, or "". */
const char *probe_line(const struct probe *p, size_t i);

/* Does the name of the part end like this, in any case? */
bool probe_named(const struct probe *p, const char *end);

#endif
