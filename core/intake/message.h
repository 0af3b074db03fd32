/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_MESSAGE_H
#define DEED_CORE_INTAKE_MESSAGE_H

#include <string.h>

#include "core/intake/stamp.h"
#include "core/util/node.h"

/*
 * A message as every reader hands it on, whatever its export looked like.
 * Strings are UTF-8, borrowed, and need only live until sink_add() returns;
 * absent ones have p NULL.
 */

struct span {
	const char *p;
	size_t len;
};

static inline struct span
span_of(const char *s)
{
	return (struct span){ s, s == NULL ? 0 : strlen(s) };
}

/* The text of a string node, else an absent one. */
static inline struct span
span_node(const struct node *n)
{
	if (n == NULL || n->type != NODE_STR)
		return (struct span){ NULL, 0 };
	return (struct span){ n->text, n->len };
}

/* The same of a key of a map. */
static inline struct span
span_get(const struct node *map, const char *key)
{
	return span_node(node_get(map, key));
}

static inline bool
span_is(struct span s, const char *text)
{
	return s.p != NULL && s.len == strlen(text) &&
	    memcmp(s.p, text, s.len) == 0;
}

/* Something a message carries. */
struct attachment {
	struct span name;        /* as it is shown */
	struct span type;        /* as the export declares it */
	int64_t size;            /* declared; -1 if it is not */
	const struct part *part; /* its bytes, NULL if they are not here */
};

#define MESSAGE_ATTACHMENTS_MAX 256

struct message {
	struct stamp at;
	struct stamp end;   /* of a piece of speech */
	struct span author; /* who wrote it, or set it off */
	struct span
	    author_raw; /* as it stands in the export, if that differs */
	struct span author_id;
	struct span channel; /* the conversation, if the export has several */
	struct span text;
	struct span raw; /* bytes of the text that are not UTF-8, else absent */
	struct span id;
	struct span reply_to; /* the id of what it answers */
	/* Whose words these are, if the author only passed them on. */
	struct span forwarded;
	struct span type; /* the export's word for what is no plain message */
	bool system;      /* nobody typed it */
	bool call;        /* ... but somebody began this call */
	bool edited, deleted;
	struct stamp edited_at;
	const struct attachment *attachments;
	size_t n_attachments;
	const struct node *more; /* a map of what else is worth keeping */
	unsigned long line;      /* where it begins in its file, 0 unknown */
};

#endif
