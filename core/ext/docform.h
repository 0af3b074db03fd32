/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_DOCFORM_H
#define DEED_CORE_EXT_DOCFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

/*
 * What YAML forbids and libyaml lets pass, so that other readers would see an
 * error where it sees a value: lines that stand too far left, comments that
 * stick to what is before them, blank lines wider than the text they introduce,
 * indicators that stand alone as values.
 */

/* A document, and where in it the event is that was read last. */
struct docform {
	const char *end;
	const char *first, *last; /* of the event; last is behind it */
	size_t index;             /* of last, in characters as marks count */
};

void docform_begin(struct docform *f, const char *p, size_t len);

/*
 * Go on to the next event.  What is wrong with what lies before it, and with
 * the scalar that it may be; NULL if nothing is.  indent is the column of the
 * block collection around it.
 */
const char *docform_next(
    struct docform *f, const yaml_event_t *ev, size_t indent);

/* The same of a list or map in brackets from one byte to another. */
const char *docform_flow(const char *from, const char *to, size_t indent);

#endif
