/* SPDX-License-Identifier: ISC */
#include "libexec/mail/mbox.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "libexec/mail/message.h"

#define BOUNDARY_MAX 256
#define SEARCH_TIMES 4 /* each byte is searched so often on average, at most */

static bool
begins_from(const char *p, size_t len)
{
	return len >= 5 && memcmp(p, "From ", 5) == 0;
}

bool
mbox_is(const char *p, size_t len)
{
	size_t bom = message_bom(p, len);

	return begins_from(p + bom, len - bom);
}

/* "10:15" somewhere, and behind it a year */
static bool
has_date(const char *p, size_t len)
{
	for (size_t i = 0; i + 5 < len; i++) {
		if (!isdigit((unsigned char)p[i]) ||
		    !isdigit((unsigned char)p[i + 1]) || p[i + 2] != ':' ||
		    !isdigit((unsigned char)p[i + 3]) ||
		    !isdigit((unsigned char)p[i + 4]))
			continue;
		for (size_t j = i + 5, digits = 0; j < len; j++) {
			digits = isdigit((unsigned char)p[j]) ? digits + 1 : 0;
			if (digits == 4)
				return true;
		}
		return false;
	}
	return false;
}

static bool
is_field_line(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len && p[n] > ' ' && p[n] < 127 && p[n] != ':')
		n++;
	return n > 0 && n < len && p[n] == ':';
}

/* A mail begins here, if the line before is empty. */
static bool
is_beginning(const char *p, size_t len)
{
	size_t line = line_len(p, len), next;

	if (!begins_from(p, line) || !has_date(p, line) || line == len)
		return false;
	next = line_len(p + line, len - line);
	return is_field_line(p + line, next) ||
	    (next > 5 && memcmp(p + line, ">From ", 6) == 0);
}

/*
 * A beginning without a date, and a header field: "From " or "From - ", as
 * Mozilla's write it, is MBOX_DASH; "From 1790@xxx", as Google does at times,
 * is MBOX_NAME.
 */
static enum mbox_bare
bare_kind(const char *p, size_t len)
{
	size_t line = line_len(p, len), text = line_text(p, line);

	while (text > 5 && p[text - 1] == ' ')
		text--;
	if (!begins_from(p, text) || line == len ||
	    !is_field_line(p + line, line_len(p + line, len - line)))
		return MBOX_DATED;
	if (text == 5 || (text == 6 && p[5] == '-'))
		return MBOX_DASH;
	return memchr(p + 5, '@', text - 5) != NULL &&
		memchr(p + 5, ' ', text - 5) == NULL ?
	    MBOX_NAME :
	    MBOX_DATED;
}

/* Behind "boundary =" of a Content-Type, or NULL. */
static const char *
find_boundary(const struct field *type)
{
	const char *p = type->value, *end = p + type->value_len;

	for (; end - p > 9; p++) {
		if (strncasecmp(p, "boundary", 8) != 0)
			continue;
		for (p += 8; p < end && (*p == ' ' || *p == '\t');)
			p++;
		if (p < end && *p == '=') {
			for (p++; p < end && (*p == ' ' || *p == '\t');)
				p++;
			return p;
		}
	}
	return NULL;
}

/* "boundary=..." of a mail's own header, as "--...--"; 0: it has none. */
static size_t
closing_line(char out[static BOUNDARY_MAX], const char *p, size_t len)
{
	struct message m;
	const struct field *type;
	const char *at = NULL, *end, *stop;
	size_t n = 0;

	message_parse(&m, p, len);
	type = message_field(&m, "Content-Type");
	if (type != NULL)
		at = find_boundary(type);
	if (at != NULL) {
		end = type->value + type->value_len;
		stop = at < end && *at == '"' ? "\"" : "; \t\r\n";
		at += *stop == '"';
		out[n++] = '-';
		out[n++] = '-';
		while (at < end && n < BOUNDARY_MAX - 3 &&
		    strchr(stop, *at) == NULL)
			out[n++] = *at++;
		out[n++] = '-';
		out[n++] = '-';
	}
	message_release(&m);
	return n > 4 && n < BOUNDARY_MAX - 1 ? n : 0;
}

/* How far the parts of the mail at p reach; 0 if their end is not there. */
static size_t
parts_end(struct mbox *box, const char *p, size_t len)
{
	char line[BOUNDARY_MAX];
	size_t n = closing_line(line, p, len), at = 0;

	if (n == 0)
		return 0;
	if (len > box->budget)
		len = box->budget;
	for (;;) {
		const char *found = memmem(p + at, len - at, line, n);

		if (found == NULL) {
			box->budget -= len;
			return 0;
		}
		at = (size_t)(found - p) + n;
		if (found > p && found[-1] == '\n')
			break;
	}
	box->budget -= at;
	return at;
}

/*
 * Where Content-Length says that the mail at p ends, if nothing or a mail
 * begins there; 0 if it does not say so, or somewhere else.
 */
static size_t
declared_end(const char *p, size_t len)
{
	struct message m;
	const struct field *f;
	uint64_t n = 0;
	size_t at = 0, line, blanks = 0;

	message_parse(&m, p, len);
	f = message_field(&m, "Content-Length");
	for (size_t i = 0; f != NULL && i < f->value_len && n < len; i++)
		if (isdigit((unsigned char)f->value[i]))
			n = n * 10 + (uint64_t)(f->value[i] - '0');
	if (n > 0 && n <= m.body_len)
		at = (size_t)(m.body - p) + (size_t)n;
	message_release(&m);
	if (at == 0 || p[at - 1] != '\n')
		return 0;
	while (at < len &&
	    line_text(p + at, line = line_len(p + at, len - at)) == 0) {
		at += line;
		blanks++;
	}
	return at == len || (blanks > 0 && is_beginning(p + at, len - at)) ?
	    at :
	    0;
}

static void
skip_blank_lines(struct mbox *box)
{
	while (box->at < box->len) {
		const char *p = box->p + box->at;
		size_t line = line_len(p, box->len - box->at);

		if (line_text(p, line) > 0)
			return;
		box->at += line;
	}
}

void
mbox_open(struct mbox *box, const char *p, size_t len)
{
	size_t first;

	*box = (struct mbox){ .p = p, .len = len };
	box->budget = len < SIZE_MAX / SEARCH_TIMES ? len * SEARCH_TIMES : len;
	skip_blank_lines(box);
	first = box->at + message_bom(p + box->at, len - box->at);
	box->bare = bare_kind(p + first, len - first);
}

/* The line in front of a mail that somebody's program put into another. */
static bool
is_inclusion(const char *p, size_t len)
{
	static const char *const marks[] = {
		"----- Begin Included Message -----",
		"-----Original Message-----"
	};

	len = line_text(p, len);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (len == strlen(marks[i]) &&
		    strncasecmp(p, marks[i], len) == 0)
			return true;
	return false;
}

/* What stood before the line that is looked at. */
struct before {
	bool empty;    /* the line before is empty */
	bool included; /* the last line that is not, says a mail follows */
};

/* Up to where no other mail begins, whatever a line looks like; never 0. */
static size_t
inner_end(struct mbox *box)
{
	const char *p = box->p + box->at;
	size_t len = box->len - box->at;
	size_t parts = parts_end(box, p, len), declared = declared_end(p, len);

	parts = box->at + (parts > declared ? parts : declared);
	return parts + (parts == 0);
}

/* Does a mail begin at p?  Lines that seem to, and do not, are counted. */
static bool
is_separator(struct mbox *box, const struct before *b, const char *p,
    size_t left, size_t *parts)
{
	size_t line = line_len(p, left), at = (size_t)(p - box->p);
	enum mbox_bare bare;
	bool beginning;

	if (!begins_from(p, line))
		return false;
	bare = bare_kind(p, left);
	beginning =
	    is_beginning(p, left) || (bare != MBOX_DATED && bare == box->bare);
	if (!b->empty) {
		box->ambiguous += beginning || bare != MBOX_DATED;
		return false;
	}
	if (beginning && *parts == 0) {
		*parts = inner_end(box);
	}
	if (beginning && at >= *parts && !b->included)
		return true;
	box->ambiguous++;
	return false;
}

/* Where the mail at box->at ends: the next beginning, or the end of all. */
static size_t
find_end(struct mbox *box, bool *quoted)
{
	size_t at = box->at, parts = 0;
	struct before b = { false, false };

	at += line_len(box->p + at, box->len - at);
	while (at < box->len) {
		const char *p = box->p + at;
		size_t left = box->len - at, line = line_len(p, left);

		if (is_separator(box, &b, p, left, &parts))
			return at;
		*quoted |= *p == '>' && line > 6 &&
		    memmem(p, line, ">From ", 6) != NULL;
		b.empty = line_text(p, line) == 0;
		if (!b.empty)
			b.included = is_inclusion(p, line);
		at += line;
	}
	return at;
}

bool
mbox_next(struct mbox *box, struct mbox_mail *mail)
{
	size_t end;

	skip_blank_lines(box); /* before the first mail, or behind the last */
	if (box->at == box->len)
		return false;
	mail->at = box->at;
	mail->quoted = false;
	box->at = end = find_end(box, &mail->quoted);
	/* the empty line before the next beginning is the mbox's */
	if (end < box->len) {
		end--;
		if (end > mail->at && box->p[end - 1] == '\r')
			end--;
	}
	mail->len = end - mail->at;
	return true;
}

void
mbox_unquote(struct buf *out, const char *p, size_t len)
{
	while (len > 0) {
		size_t line = line_len(p, len), n = 0;

		while (n < line && p[n] == '>')
			n++;
		n = n > 0 && begins_from(p + n, line - n) ? 1 : 0;
		buf_add(out, p + n, line - n);
		p += line;
		len -= line;
	}
}
