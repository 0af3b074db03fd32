/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_NODE_H
#define DEED_CORE_UTIL_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/buf.h"

/*
 * A tree of values, as a YAML or JSON document holds one: the content of an
 * entry, an object to print.  Maps keep the order in which keys were put.
 *
 * A tree owns everything below its root.  Functions that take a struct node *
 * into a tree own it from then on; what they return is borrowed from the tree.
 * All accept NULL for "there is none", so look-ups can be chained.
 */

enum node_type {
	NODE_NULL,
	NODE_BOOL,
	NODE_INT,
	NODE_STR,
	NODE_LIST,
	NODE_MAP,
};

struct node {
	enum node_type type;
	bool flag;      /* NODE_BOOL */
	int64_t number; /* NODE_INT */
	char *text;     /* NODE_STR: NUL-terminated, len bytes */
	size_t len;
	char **keys;        /* NODE_MAP: n of them */
	struct node **kids; /* NODE_MAP, NODE_LIST: n of them */
	size_t n, cap;
	unsigned line; /* where it began in its file; 0 if made here */
};

struct node *node_null(void);
struct node *node_bool(bool flag);
struct node *node_int(int64_t number);
struct node *node_str(const char *text); /* NULL gives node_null() */
struct node *node_strn(const char *text, size_t len);
struct node *node_list(void);
struct node *node_map(void);
struct node *node_copy(const struct node *n);
void node_free(struct node *n);
bool node_equal(const struct node *a, const struct node *b);

/* Add or replace; value is owned by the map afterwards and returned. */
struct node *node_put(struct node *map, const char *key, struct node *value);
/* Add without looking for the key, which the caller knows to be new. */
struct node *node_add(struct node *map, const char *key, struct node *value);
void node_put_str(struct node *map, const char *key, const char *text);
void node_put_int(struct node *map, const char *key, int64_t number);
void node_put_bool(struct node *map, const char *key, bool flag);
void node_drop(struct node *map, const char *key);
struct node *node_push(struct node *list, struct node *value);
void node_push_str(struct node *list, const char *text);

struct node *node_get(const struct node *map, const char *key);
/* The same through maps: "archive.sha256". */
struct node *node_find(const struct node *map, const char *dotted);
struct node *node_at(const struct node *list, size_t i);
size_t node_count(const struct node *n); /* of a list or map, else 0 */

/* The text of a string under key, or NULL. */
const char *node_text(const struct node *map, const char *key);
/* Is there a string under key, and is it this one? */
bool node_text_is(const struct node *map, const char *key, const char *text);
/* The number under key, or otherwise if there is none. */
int64_t node_number(const struct node *map, const char *key, int64_t otherwise);
bool node_flag(const struct node *map, const char *key);
/* The text of n itself, or NULL if it is no string. */
const char *node_as_text(const struct node *n);
/*
 * The i-th text of a list; a string counts as a list of one.  NULL past the
 * end, or if that item is no string.
 */
const char *node_text_at(const struct node *n, size_t i);
/* Is text among the strings of a list (or the string itself)? */
bool node_has(const struct node *list, const char *text);

/*
 * As JSON on one line, without a line feed.  Controls and bidi marks are
 * escaped, so the result is safe on a terminal.
 */
void node_write_json(struct buf *out, const struct node *n);
void json_write_str(struct buf *out, const char *text, size_t len);

#endif
