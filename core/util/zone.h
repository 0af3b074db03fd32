/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_ZONE_H
#define DEED_CORE_UTIL_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/util/err.h"

/*
 * Time zones by name, from the system's zoneinfo (RFC 8536), independent of
 * the zone of the process; also "UTC", "Z" and offsets such as "+02:00".
 */

struct zone;

/* ERR_INVALID for a name that is none. */
struct err *zone_open(struct zone **out, const char *name) MUST_CHECK;
void zone_close(struct zone *z); /* NULL is fine */

/* Seconds east of UTC at an instant. */
int zone_offset(const struct zone *z, int64_t time);

/*
 * The instants at which its clocks showed this time: 1, or 2 where they were
 * set back (the earlier first), or 0 where they were set forward over it; then
 * out[0] is what they would have shown without that.
 */
int zone_instants(int64_t out[static 2], const struct zone *z, int64_t local);

/*
 * The same for many times, most of them near the one before: what held for a
 * quarter of an hour holds for all of it.  Zeroed to begin with.
 */
struct zone_near {
	bool known;
	int64_t quarter, shift[2];
	int n;
};
int zone_instants_near(int64_t out[static 2], struct zone_near *near,
    const struct zone *z, int64_t local);

#endif
