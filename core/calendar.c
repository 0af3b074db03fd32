/* SPDX-License-Identifier: ISC */
#include "core/calendar.h"

#include <string.h>

#include "core/util/date.h"
#include "core/util/utf8.h"

#define LINE_MAX_BYTES 75

/* A line, folded between characters where it is too long. */
static void
put_line(struct buf *out, const char *text)
{
	size_t len = strlen(text), width = 0, used;

	for (size_t i = 0; i < len; i += used) {
		utf8_decode(text + i, len - i, &used);
		if (width + used > LINE_MAX_BYTES) {
			buf_adds(out, "\r\n ");
			width = 1;
		}
		buf_add(out, text + i, used);
		width += used;
	}
	buf_adds(out, "\r\n");
}

/* "NAME:text", the text made safe. */
static void
put_text(struct buf *out, const char *name, const char *text)
{
	struct buf safe = BUF_INIT, line = BUF_INIT;

	utf8_escape(&safe, text, strlen(text), true);
	buf_addf(&line, "%s:", name);
	for (const char *p = safe.data; *p != '\0'; p++)
		if (*p == '\n')
			buf_adds(&line, "\\n");
		else if (strchr("\\;,", *p) != NULL)
			buf_addf(&line, "\\%c", *p);
		else
			buf_addc(&line, *p);
	put_line(out, line.data);
	buf_release(&line);
	buf_release(&safe);
}

/* RFC 3339 in UTC, as "20261121T225527Z". */
static void
put_time(struct buf *out, const char *name, const char *text)
{
	struct buf line = BUF_INIT;

	buf_addf(&line, "%s:", name);
	for (const char *p = text; *p != '\0'; p++)
		if (*p != '-' && *p != ':')
			buf_addc(&line, *p);
	put_line(out, line.data);
	buf_release(&line);
}

static void
put_event(struct buf *out, const struct node *c, const char *stamp)
{
	const char *who = node_text(c, "who"), *last = node_text(c, "latest");
	const char *milestone = node_text(c, "milestone");
	const char *override = node_text(c, "override");
	bool mine = strcmp(who, "seller") == 0 || strcmp(who, "both") == 0;
	struct buf b = BUF_INIT;

	put_line(out, "BEGIN:VEVENT");
	buf_addf(&b, "%s-%s-%.16s@deed", node_text(c, "order"),
	    node_text(c, "name"), node_text(c, "entry"));
	put_text(out, "UID", b.data);
	put_time(out, "DTSTAMP", stamp);
	put_time(out, "DTSTART", node_text(c, "earliest"));
	if (strcmp(node_text(c, "earliest"), last) != 0)
		put_time(out, "DTEND", last);
	buf_clear(&b);
	buf_addf(&b, "%s: %s%s%s (%s)", node_text(c, "order"),
	    node_text(c, "name"), milestone != NULL ? " of " : "",
	    milestone != NULL ? milestone : "", who);
	put_text(out, "SUMMARY", b.data);
	buf_clear(&b);
	buf_addf(&b, "If nothing is done: %s\nAs of %s: %s",
	    node_text(c, "if_missed"), node_text(c, "as_of"),
	    node_text(c, "source"));
	if (override != NULL)
		buf_addf(&b, "\nYour own rule, from %s", override);
	put_text(out, "DESCRIPTION", b.data);
	put_line(out, "TRANSP:TRANSPARENT");
	if (mine) {
		put_line(out, "BEGIN:VALARM");
		put_line(out, "ACTION:DISPLAY");
		put_text(out, "DESCRIPTION", b.data);
		put_line(out, "TRIGGER:-P1D");
		put_line(out, "END:VALARM");
	}
	put_line(out, "END:VEVENT");
	buf_release(&b);
}

void
calendar_write(struct buf *out, const struct node *clocks, int64_t now)
{
	char stamp[DATE_TEXT];

	date_format(stamp, now);
	put_line(out, "BEGIN:VCALENDAR");
	put_line(out, "VERSION:2.0");
	put_line(out, "PRODID:-//deed//due//EN");
	put_line(out, "X-WR-CALNAME:deed");
	for (size_t i = 0; i < node_count(clocks); i++)
		if (node_text(clocks->kids[i], "latest") != NULL)
			put_event(out, clocks->kids[i], stamp);
	put_line(out, "END:VCALENDAR");
}
