/* SPDX-License-Identifier: ISC */
#include "cmd/cli/paint.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/util/utf8.h"

#define MARK 0xc0 /* begins each; no byte of UTF-8 */
#define MARK_LEN 2
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

	if (end - p < MARK_LEN || (unsigned char)*p != MARK)
		return 0;
	c = (unsigned char)p[MARK_LEN - 1];
	return c >= FIRST && c <= LAST ? c : 0;
}

static void
add_run(struct buf *out, const char *p, size_t len, const struct paint_how *how)
{
	if (how->raw)
		buf_add(out, p, len);
	else
		utf8_escape(out, p, len, how->keep_lf);
}

void
paint_add(
    struct buf *out, const char *text, size_t len, const struct paint_how *how)
{
	const char *end = text + len;
	bool open = false;

	for (const char *p = text; p < end;) {
		const char *start = p;
		unsigned char mark = 0;

		while (p < end && *p != '\n' && (mark = mark_at(p, end)) == 0)
			p++;
		add_run(out, start, (size_t)(p - start), how);
		/* whoever began it: no colour gets into the next line */
		if (open && (p == end || *p == '\n'))
			buf_adds(out, RESET);
		open = open && mark != 0;
		if (mark == LAST && how->terminal)
			buf_adds(out, LEFT_TO_RIGHT);
		if (mark != 0 && mark != LAST && how->colour) {
			buf_adds(out, sequences[mark - FIRST]);
			open = mark != FIRST;
		}
		if (p < end && mark == 0)
			add_run(out, p, 1, how);
		p += mark != 0 ? MARK_LEN : p < end;
	}
}
