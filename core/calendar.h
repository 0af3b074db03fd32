/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_CALENDAR_H
#define DEED_CORE_CALENDAR_H

#include "core/util/node.h"

/*
 * Clocks as an iCalendar (RFC 5545), for any calendar program.  Each is an
 * event from its earliest to its latest end; what the user himself must do
 * has an alarm a day before.  What nothing ends is left out.
 */

/* A list of what clock_node() makes; now is when it is written. */
void calendar_write(struct buf *out, const struct node *clocks, int64_t now);

#endif
