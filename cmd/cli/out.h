/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_OUT_H
#define DEED_CMD_CLI_OUT_H

#include <stdbool.h>

#include "core/util/node.h"

/*
 * Everything on standard output.  A command hands over values; whether they
 * become text, JSON (--json) or NUL-terminated fields (-z) is decided here.
 * Text that came from outside is made safe for a terminal here, and nowhere
 * else.
 */

enum out_form { OUT_TEXT, OUT_JSON, OUT_NUL };

struct out;

struct out *out_new(enum out_form form, bool quiet);
/* Text is shown in colour; without it, it is not. */
void out_colour(struct out *o);
/* Show text in a pager, if it goes to a terminal that is not high enough. */
void out_page(struct out *o);
/* Flush; an error if anything could not be written.  A closed pipe is none. */
struct err *out_close(struct out *o) MUST_CHECK;

bool out_is_json(const struct out *o);
/* Objects are JSON from now on, whatever was asked for; -z ends them in NUL. */
void out_set_json(struct out *o);

/*
 * What a recording command prints: the object, or its one line of text;
 * nothing as text when quiet.
 */
void out_result(struct out *o, const struct node *object, const char *text);

/* An object, or any text about it (which may have several lines). */
void out_object(struct out *o, const struct node *object, const char *text);

/* A file that goes to standard output, byte for byte, whatever the form. */
void out_bytes(struct out *o, const void *p, size_t len);

/* How a column is coloured: not, as what is named, by what it says. */
enum out_paint { OUT_PLAIN, OUT_NAME, OUT_WORD };

/* A table: each row an object, shown by these keys. */
struct out_col {
	const char *key; /* "revisions.used" reaches into maps */
	const char *title;
	bool is_time; /* shown as local time, JSON keeps UTC */
	enum out_paint paint;
};
void out_table(
    struct out *o, const struct out_col *cols, const struct node *rows);

/*
 * The same of rows that may be very many: nothing is made of a row before it
 * is its turn.
 */
struct out_rows {
	size_t n;
	const void *of; /* handed to both */
	/* What stands in a column, or NULL; made has room to make it in. */
	const char *(*text)(
	    struct buf *made, const void *of, size_t row, size_t col);
	/* The row for JSON; it is freed. */
	struct node *(*object)(const void *of, size_t row);
};
void out_rows(
    struct out *o, const struct out_col *cols, const struct out_rows *rows);

#endif
