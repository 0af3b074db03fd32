/* SPDX-License-Identifier: ISC */
#include "cmd/cli/paint.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define MARK "\xef\xb7" /* of each: U+FDD0 and those that follow */
#define MARK_LEN 3
#define FIRST 0x90 /* PAINT_END */
#define LAST 0x96  /* PAINT_LTR */
#define RESET "\033[m"
#define LEFT_TO_RIGHT "\xe2\x80\x8e"

/* What git takes for a yes that still asks the terminal, and for a no. */
static bool
is_no(const char *setting)
{
	static const char *const words[] = { "never", "false", "no", "off", "0",
		"" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(setting, words[i]) == 0)
			return true;
	return false;
}

bool
paint_wanted(const char *setting, int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (setting != NULL && strcasecmp(setting, "always") == 0)
		return true;
	if (setting != NULL && is_no(setting))
		return false;
	return isatty(fd) && (no == NULL || no[0] == '\0') && term != NULL &&
	    strcmp(term, "dumb") != 0;
}

const char *
paint_word(const char *word)
{
	static const struct {
		const char *word, *mark;
	} words[] = {
		{ "accepted", PAINT_GOOD },
		{ "block", PAINT_BAD },
		{ "cancelled", PAINT_BAD },
		{ "closed", PAINT_GOOD },
		{ "disputed", PAINT_BAD },
		{ "exposed", PAINT_DOUBT },
		{ "fail", PAINT_BAD },
		{ "platform", PAINT_GOOD },
		{ "revision", PAINT_DOUBT },
		{ "signed", PAINT_GOOD },
		{ "skipped", PAINT_DOUBT },
		{ "warn", PAINT_DOUBT },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i].word) == 0)
			return words[i].mark;
	return "";
}

/* What a terminal understands of the marks, in their order. */
static const char *const sequences[] = { RESET, "\033[33m", "\033[32m",
	"\033[35m", "\033[31m", "\033[2m" };

/* The mark at p, or 0: any other character. */
static unsigned char
mark_at(const char *p, const char *end)
{
	unsigned char c;

	if (end - p < MARK_LEN || memcmp(p, MARK, strlen(MARK)) != 0)
		return 0;
	c = (unsigned char)p[MARK_LEN - 1];
	return c >= FIRST && c <= LAST ? c : 0;
}

void
paint_add(
    struct buf *out, const char *text, size_t len, bool colour, bool terminal)
{
	const char *end = text + len;
	bool open = false;

	for (const char *p = text; p < end;) {
		const char *start = p;
		unsigned char mark = 0;

		while (p < end && *p != '\n' && (mark = mark_at(p, end)) == 0)
			p++;
		buf_add(out, start, (size_t)(p - start));
		/* whoever began it: no colour gets into the next line */
		if (open && (p == end || *p == '\n'))
			buf_adds(out, RESET);
		open = open && mark != 0;
		if (mark == LAST && terminal)
			buf_adds(out, LEFT_TO_RIGHT);
		if (mark != 0 && mark != LAST && colour) {
			buf_adds(out, sequences[mark - FIRST]);
			open = mark != FIRST;
		}
		if (p < end && mark == 0)
			buf_addc(out, *p);
		p += mark != 0 ? MARK_LEN : p < end;
	}
}
