/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_CLOCK_START_H
#define DEED_CORE_CLOCK_START_H

#include "core/order.h"
#include "core/rule.h"

/* Which entries started a clock that no later one has ended. */

struct start {
	const struct fact *fact;
	const char *milestone; /* NULL: the whole order */
};

struct starts {
	struct start *v;
	size_t n, cap;
};

/* Those of a rule, one for each milestone; free with vec_release(). */
void starts_find(
    struct starts *starts, const struct order *o, const struct rule *rule);

#endif
