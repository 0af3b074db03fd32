/* SPDX-License-Identifier: ISC */
#include "core/evidence/telling.h"

#include <inttypes.h>
#include <string.h>

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/*
 * Times and amounts.
 */

char *
telling_date(int64_t time)
{
	struct civil c = date_civil(time);

	return mem_printf("%d %s %d", c.day, months[c.month - 1], c.year);
}

char *
telling_time(int64_t time)
{
	struct civil c = date_civil(time);

	return mem_printf("%d %s %d, %02d:%02d UTC", c.day, months[c.month - 1],
	    c.year, c.hour, c.minute);
}

char *
telling_due(const char *text)
{
	struct when when;
	struct err *e = date_parse(&when, text);

	if (e != NULL) {
		err_drop(e); /* shown as it was written */
		return mem_dup(text);
	}
	/* a day is the one it was where it was written, not where it is read */
	return when.date_only ? telling_date(when.time + when.offset * 60) :
				telling_time(when.time);
}

bool
telling_moment(struct moment *out, const struct node *message)
{
	const char *text = node_text(message, "time");
	struct when when;
	char *utc;
	struct err *e;

	if (text == NULL)
		return false;
	e = date_parse(&when, text);
	out->zoned = e == NULL;
	if (e != NULL) {
		err_drop(e); /* without a zone it is no RFC 3339 */
		utc = mem_printf("%sZ", text);
		e = date_parse(&when, utc);
		free(utc);
	}
	out->time = when.time;
	out->date_only = when.date_only;
	if (e == NULL)
		return true;
	err_drop(e); /* since a recording began */
	return false;
}

char *
telling_message_time(const struct node *message)
{
	struct moment at;
	char *told, *cut;

	if (!telling_moment(&at, message))
		return mem_dup(node_text(message, "time"));
	if (at.date_only)
		return telling_due(node_text(message, "time"));
	told = telling_time(at.time);
	if (at.zoned)
		return told;
	told[strlen(told) - strlen(" UTC")] = '\0';
	cut = mem_printf("%s (zone unknown)", told);
	free(told);
	return cut;
}

char *
telling_said(const struct node *message)
{
	const struct node *files = node_get(message, "attachments");
	const char *text = node_text(message, "text");
	struct buf out = BUF_INIT;

	if (text != NULL)
		buf_adds(&out, text);
	for (size_t i = 0; i < node_count(files); i++) {
		const char *name = node_text(node_at(files, i), "name");

		if (name != NULL && strstr(out.data, name) != NULL)
			continue; /* the text tells of it already */
		buf_addf(&out, "%s[file: %s]", out.len > 0 ? "\n" : "",
		    name != NULL ? name : "without a name");
	}
	return buf_steal(&out);
}

char *
telling_happened(const struct fact *f)
{
	const char *text = node_text(f->content, "happened");

	return f->date_only && text != NULL ? telling_due(text) :
					      telling_time(f->happened);
}

char *
telling_day(const struct fact *f)
{
	return f->date_only ? telling_happened(f) : telling_date(f->happened);
}

/* Minutes of "+01:00"; false if it is no such thing. */
static bool
read_zone(int *minutes, const char *zone)
{
	const char *d = "0123456789";

	if (zone == NULL || strlen(zone) != 6 || zone[3] != ':' ||
	    (zone[0] != '+' && zone[0] != '-') || strspn(zone + 1, d) != 2 ||
	    strspn(zone + 4, d) != 2)
		return false;
	*minutes = ((zone[1] - '0') * 10 + zone[2] - '0') * 60 +
	    (zone[4] - '0') * 10 + zone[5] - '0';
	if (zone[0] == '-')
		*minutes = -*minutes;
	return true;
}

char *
telling_local(const struct fact *f)
{
	const char *zone = node_text(f->content, "zone");
	struct civil c;
	int minutes;

	if (f->date_only || !read_zone(&minutes, zone) || minutes == 0)
		return NULL;
	c = date_civil(f->happened + minutes * 60);
	return mem_printf("%02d:%02d %s", c.hour, c.minute, zone);
}

int64_t
telling_recorded(const struct fact *f)
{
	struct when when;
	struct err *e = date_parse(&when, f->entry->recorded);

	if (e == NULL)
		return when.time;
	err_drop(e); /* the stream was refused if this were no time */
	return f->happened;
}

int64_t
telling_delay(const struct fact *f)
{
	int64_t over = f->happened + (f->date_only ? DATE_DAY : 0);
	int64_t recorded = telling_recorded(f);

	return recorded < over ? 0 : recorded - over;
}

char *
telling_count(int64_t n, const char *thing)
{
	return mem_printf("%" PRId64 " %s%s", n, thing, n == 1 ? "" : "s");
}

char *
telling_span(int64_t seconds)
{
	if (seconds >= 2 * DATE_DAY)
		return telling_count(seconds / DATE_DAY, "day");
	if (seconds >= 60 * 60)
		return telling_count(seconds / (60 * 60), "hour");
	return telling_count(seconds / 60, "minute");
}

char *
telling_size(int64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	int64_t unit = 1000;
	size_t i = 0;

	if (bytes < unit)
		return telling_count(bytes, "byte");
	for (; i + 1 < sizeof(units) / sizeof(units[0]) && bytes / unit >= 1000;
	     i++)
		unit *= 1000;
	if (bytes / unit >= 10)
		return mem_printf("%" PRId64 " %s", bytes / unit, units[i]);
	return mem_printf("%" PRId64 ".%d %s", bytes / unit,
	    (int)(bytes % unit * 10 / unit), units[i]);
}

char *
telling_list(const struct node *list)
{
	struct buf out = BUF_INIT;
	size_t n = node_count(list);

	for (size_t i = 0; i < n; i++) {
		const char *text = node_as_text(node_at(list, i));

		if (i > 0)
			buf_adds(&out, i + 1 == n ? " and " : ", ");
		buf_adds(&out, text != NULL ? text : "?");
	}
	return buf_steal(&out);
}

/* What stands between marks is told without them. */
void
telling_plain(char *text)
{
	char *to = text;

	for (const char *p = text; *p != '\0'; p++)
		if (*p != TELLING_OPEN && *p != TELLING_CLOSE)
			*to++ = *p;
	*to = '\0';
}

const char *
telling_quote(const struct fact *f)
{
	const char *text = node_text(f->content, "text");

	return text == NULL || *text == '\0' ? NULL : text;
}

char *
telling_speaker(const struct node *message)
{
	const char *author = node_text(message, "author");
	const char *from = node_text(message, "forwarded_from");

	if (author == NULL)
		return mem_dup(node_flag(message, "system") ?
			"service message" :
			"somebody");
	return from == NULL ? mem_dup(author) :
			      mem_printf("%s, forwarding %s", author, from);
}

/*
 * Grades.
 */

const struct telling_grade *
telling_grade_at(size_t i)
{
	static const struct telling_grade grades[] = {
		{ "platform", "On the platform",
		    "It stands in the platform's own records, where you can "
		    "look it up. deed has not asked the platform." },
		{ "signed", "Signed",
		    "A third party signed it, and your own list of trusted "
		    "signers can confirm the signature." },
		{ "counterpart", "From the other side",
		    "It comes from an exported chat, a mail or a captured "
		    "file. Whoever held that file could have edited it before "
		    "it was taken into the record." },
		{ "self", "Seller's word",
		    "The person who keeps this record says so. Nobody else "
		    "vouches for it." },
	};

	return i < sizeof(grades) / sizeof(grades[0]) ? &grades[i] : NULL;
}
