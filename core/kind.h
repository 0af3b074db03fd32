/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_KIND_H
#define DEED_CORE_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/err.h"
#include "core/util/node.h"

/*
 * The kinds an entry can be of, and the keys each may have: the table behind
 * --set, the order in which keys are written, and deed-order(5).
 */

enum key_type {
	KEY_TEXT,
	KEY_INT,
	KEY_BOOL,
	KEY_MONEY,  /* "250 USD" */
	KEY_TIME,   /* RFC 3339, or a date alone */
	KEY_DIGEST, /* 64 hex digits */
	KEY_ENTRY,  /* the id of another entry */
	KEY_LIST,   /* of text */
	KEY_MAP,
	KEY_MAPS, /* a list of maps */
};

struct key {
	const char *name;
	enum key_type type;
	const char *const *choices; /* text that is one of these, or NULL */
};

/* What some keys are one of; each list ends in NULL. */
extern const char *const kind_contracts[],
    *const kind_classes[], *const kind_answers[],
			       *const kind_ways[],
				   *const kind_parties[],
				       *const kind_requests[],
					   *const kind_disputes[],
					       *const kind_claims[];

struct kind {
	const char *name;
	const char *verb;       /* the command that records it; NULL: log -k */
	const char *label;      /* "d" in d2; NULL: entries have no label */
	bool travels;           /* goes into packages unless withheld by hand */
	const struct key *keys; /* ends in a NULL name; the common keys apart */
};

/* ERR_INVALID, with the nearest name as advice. */
struct err *kind_find(const struct kind **out, const char *name) MUST_CHECK;
const struct kind *kind_at(size_t i); /* in table order; NULL past the end */
const char *kind_article(const struct kind *kind); /* "a", "an" */

/*
 * The key, one of the common ones included; NULL if kind has no such key, or
 * if it is text below one.
 */
const struct key *kind_key(const struct kind *kind, const char *name);

/* A key that every content may have, whatever its kind? */
bool kind_is_common(const char *name);

/*
 * A value typed on a command line, as the type of the key wants it: 3 for an
 * integer, a list from "r1,r2", times loosely.  now is for "yesterday"; a
 * date alone puts the zone it was understood in into *offset.  ERR_INVALID.
 */
struct err *kind_value(struct node **out, const struct key *key,
    const char *text, int64_t now, int *offset) MUST_CHECK;

/* The type of a key that has such a value; NULL is text. */
enum key_type kind_type_of(const struct node *value);

/* Can it be the label of what an entry of this kind introduces? */
bool kind_is_label(const struct kind *kind, const char *text);

/* The keys of content in the order in which they are written. */
void kind_arrange(const struct kind *kind, struct node *content);

#endif
