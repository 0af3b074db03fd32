/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_WINDOW_H
#define DEED_CORE_WINDOW_H

#include "core/rule.h"

/*
 * How long a rule gives: hours, days, business days and months, in UTC or in
 * the zone deed runs in, whose days follow summer time.
 */

/* When the window of a reading ends that starts at this time. */
int64_t window_end(const struct rule_reading *r, int64_t time);

#endif
