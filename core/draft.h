/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_DRAFT_H
#define DEED_CORE_DRAFT_H

#include "core/order.h"

/*
 * Text to paste into a platform's boxes: plain words from recorded facts.
 * Never hex or long runs of digits, for which platforms hold a message.
 */

/*
 * Append a text, with a word in place of each commit id, digest and long
 * number that it holds.
 */
#define DRAFT_NUMBER "[number]"
void draft_add_plain(struct buf *out, const char *text);

/* "FO8154C2A7-delivery-1.zip": what the uploader's copy is called; yours. */
char *draft_upload_name(const char *order, const char *label);
/* "FO8154C2A7-delivery-1-part-1-of-2.zip", of the first (0) of two; yours. */
char *draft_part_name(const char *order, const char *label, size_t i, size_t n);
/* "FO8154C2A7-delivery-1-CHECKSUMS.txt"; yours. */
char *draft_checksums_name(const char *order, const char *label);
/* The ZIP, or its parts, and behind it the sums, as a list; yours. */
struct node *draft_upload_names(const struct order *o, const struct fact *d);

/* For the delivery box, about one delivery; yours. */
char *draft_delivery(const struct order *o, const struct fact *delivery);
/* For the delivery box, about the whole; yours. */
char *draft_completion(const struct order *o, const struct fact *completion);

/* What only the caller knows; NULL and -1 where there is nothing. */
struct draft_extra {
	const char *request, *price;
	int days;
};

/*
 * The values of a recap: {talk}, {when} and {text}; place is where it was, or
 * NULL.  Yours.
 */
struct node *draft_recap_values(const struct fact *talk, const char *place);

/*
 * The values a template of this name may use, from recorded facts; lists are
 * one item a line.  ERR_NOT_FOUND if the fact it is about is not recorded, as
 * for a "delivery" without one.  Yours.
 */
struct err *draft_values(struct node **out, const struct order *o,
    const char *template, const struct draft_extra *extra) MUST_CHECK;

#endif
