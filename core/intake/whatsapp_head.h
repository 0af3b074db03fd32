/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_WHATSAPP_HEAD_H
#define DEED_CORE_INTAKE_WHATSAPP_HEAD_H

#include "core/intake/dates.h"
#include "core/intake/text.h"

/*
 * What stands before the author of a message in a WhatsApp chat: a date and a
 * time, as the device of whoever exported it writes them.
 */

/* What stands between the time and the author. */
enum layout {
	LAYOUT_NONE,
	LAYOUT_BRACKET,
	LAYOUT_DASH,
	LAYOUT_COLON,
	LAYOUT_BLANK
};

struct head {
	struct date_fields date;
	int hour, minute, second; /* second -1: not given */
	int half;                 /* as words_half_day() has it; 0: 24 hours */
	bool dotted;              /* the date ends in a full stop */
	enum layout layout;
	bool generated; /* a mark stands before it */
	size_t len;     /* bytes of the line until the author */
};

/* A header at the beginning of a line?  The date is not yet understood. */
bool whatsapp_head(struct head *h, const struct line *line);
/* The date in an order of its fields; false if there is no such date. */
bool whatsapp_civil(
    struct civil *c, const struct head *h, enum date_order order);
/* The same for other programs: are these bytes a date, a time, and no more? */
bool whatsapp_stamp(struct date_time *out, const char *p, size_t len);

#endif
