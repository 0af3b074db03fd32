/* SPDX-License-Identifier: ISC */
#include "core/window.h"

#include "core/util/date.h"

static int64_t
local_seconds(int64_t time)
{
	return time + (int64_t)date_zone_at(time) * 60;
}

/* Monday is 1. */
static int
weekday(int64_t time, bool local)
{
	int64_t days;

	if (local)
		time = local_seconds(time);
	days = time / DATE_DAY - (time % DATE_DAY < 0);
	return (int)(((days + 3) % 7 + 7) % 7) + 1;
}

/* The same time of day some days later. */
static int64_t
add_days(int64_t time, int days, bool local)
{
	struct civil c;

	if (!local)
		return time + (int64_t)days * DATE_DAY;
	c = date_civil(local_seconds(time) + (int64_t)days * DATE_DAY);
	return date_from_local(&c);
}

/* Monday to Friday; holidays differ from place to place. */
static int64_t
add_business_days(int64_t time, int days, bool local)
{
	while (days > 0) {
		time = add_days(time, 1, local);
		days -= weekday(time, local) <= 5;
	}
	return time;
}

/* The same day of a later month, or that month's last. */
static int64_t
add_months(int64_t time, int months, bool local)
{
	struct civil c = date_civil(local ? local_seconds(time) : time);
	int month = c.month - 1 + months;

	c.year += month / 12;
	c.month = month % 12 + 1;
	if (c.day > date_days_in(c.year, c.month))
		c.day = date_days_in(c.year, c.month);
	return local ? date_from_local(&c) : date_from_civil(&c);
}

static int64_t
add_step(int64_t time, const struct step *step, bool local)
{
	switch (step->unit) {
	case STEP_HOURS:
		return time + (int64_t)step->count * 3600;
	case STEP_DAYS:
		return add_days(time, step->count, local);
	case STEP_BUSINESS_DAYS:
		return add_business_days(time, step->count, local);
	case STEP_MONTHS:
		break;
	}
	return add_months(time, step->count, local);
}

/* The first such weekday at that minute, not before time. */
static int64_t
to_weekday(int64_t time, const struct rule_reading *r)
{
	struct civil c;
	int64_t at;

	for (int day = 0;; day++) {
		at = add_days(time, day, r->local);
		c = date_civil(r->local ? local_seconds(at) : at);
		c.hour = r->minute / 60;
		c.minute = r->minute % 60;
		c.second = 0;
		at = r->local ? date_from_local(&c) : date_from_civil(&c);
		if (weekday(at, r->local) == r->weekday && at >= time)
			return at;
	}
}

int64_t
window_end(const struct rule_reading *r, int64_t time)
{
	for (size_t i = 0; i < r->n_steps; i++)
		time = add_step(time, &r->steps[i], r->local);
	return r->weekday == 0 ? time : to_weekday(time, r);
}
