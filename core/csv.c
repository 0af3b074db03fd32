/* SPDX-License-Identifier: ISC */
#include "core/csv.h"

#include <string.h>

#include "core/util/utf8.h"

/* Does a spreadsheet take it for a formula, perhaps behind blanks? */
static bool
is_formula(const char *text)
{
	/* the wide forms of = + - @, which some programs make plain */
	static const char *const wide[] = { "\xef\xbc\x9d", "\xef\xbc\x8b",
		"\xef\xbc\x8d", "\xef\xbc\xa0" };

	if (*text == '\t' || *text == '\r' || *text == '\n')
		return true;
	text += strspn(text, " \t\r\n");
	if (*text != '\0' && strchr("=+-@", *text) != NULL)
		return true;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (strncmp(text, wide[i], 3) == 0)
			return true;
	return false;
}

static void
add_field(struct buf *out, const char *text)
{
	bool formula = is_formula(text);

	if (!formula && text[strcspn(text, ",\"\r\n ")] == '\0') {
		buf_adds(out, text);
		return;
	}
	buf_adds(out, formula ? "\"'" : "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_addc(out, '"');
		buf_addc(out, *text);
	}
	buf_addc(out, '"');
}

/* Somebody may look at it on a terminal. */
static void
add_safe(struct buf *out, const char *text)
{
	struct buf safe = BUF_INIT;

	utf8_escape(&safe, text, strlen(text), true);
	add_field(out, safe.data);
	buf_release(&safe);
}

void
csv_add_row(struct buf *out, const char *const *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		if (fields[i] != NULL)
			add_safe(out, fields[i]);
	}
	buf_adds(out, "\r\n");
}
