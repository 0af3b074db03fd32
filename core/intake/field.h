/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_FIELD_H
#define DEED_CORE_INTAKE_FIELD_H

#include "core/intake/reader.h"

/*
 * What readers of JSON share: walking to the records of a document, and taking
 * fields of them whatever type this or that version gave them.
 */

/* One record of a list; n is borrowed.  index counts from 0. */
typedef struct err *(*field_record)(
    void *arg, const struct node *n, size_t index, unsigned long line);

/* Call each for every element of the list that comes next. */
struct err *field_each(struct scan *s, field_record each, void *arg) MUST_CHECK;
/* The same for the list under a key of the object that comes next. */
struct err *field_each_under(
    struct scan *s, const char *list, field_record each, void *arg) MUST_CHECK;

/*
 * Open a part as JSON, let walk read it to its end, and note what the scanner
 * found strange.
 */
struct err *field_document(struct reading *r, const struct part *part,
    struct err *(*walk)(void *arg, struct scan *s), void *arg) MUST_CHECK;

/*
 * JSON Lines: call each for every line that is a document.  A line that is
 * none is skipped, and counted as a unit; each counts its own.
 */
struct err *field_lines(struct reading *r, const struct part *part,
    field_record each, void *arg) MUST_CHECK;

/*
 * A string, or a number as its digits; absent otherwise.  store holds the
 * digits and must live as long as the result.
 */
struct span field_text(
    const struct node *map, const char *key, char store[static 24]);

/* A stamp from ISO text under key. */
bool field_iso(struct stamp *out, const struct node *map, const char *key);
/* From a number or digits; per_second 0: guess the unit. */
bool field_epoch(struct stamp *out, const struct node *map, const char *key,
    int64_t per_second);
/* Whole number or its digits, else otherwise. */
int64_t field_number(
    const struct node *map, const char *key, int64_t otherwise);

/* Copy a value into a map of other things worth keeping, if it is there. */
void field_keep(struct node *more, const struct node *map, const char *key);

/* The words of another: "> " in front of each line. */
void field_quote(struct buf *out, const char *p, size_t len);

/* "a/b.jpg" is "b.jpg". */
struct span field_base(struct span path);

#endif
