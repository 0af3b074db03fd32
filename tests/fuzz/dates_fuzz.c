/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/util/date.h"
#include "core/util/mem.h"
#include "tests/fuzz/fuzz.h"

/*
 * The law of dates: what is read as one is written so that it is read the
 * same again, and nobody means a year of five digits.
 */

#define NOW 1795000000

static void
written_law(const struct when *w)
{
	char text[DATE_TEXT];
	struct when back;
	struct err *e;

	date_write(text, w);
	e = date_parse(&back, text);
	LAW(e == NULL && back.date_only == w->date_only);
	if (!w->date_only)
		LAW(back.time == w->time);
	LAW(strlen(text) == (w->date_only ? 10 : 20));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_ndup((const char *)data, size);
	struct when strict, loose;
	struct err *a = date_parse(&strict, text);
	struct err *b = date_parse_loose(&loose, text, NOW);

	if (a == NULL) {
		written_law(&strict);
		LAW(b == NULL && loose.time == strict.time);
	}
	if (b == NULL)
		written_law(&loose);
	err_drop(a); /* most inputs are no date */
	err_drop(b);
	free(text);
	return 0;
}
