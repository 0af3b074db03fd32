/* SPDX-License-Identifier: ISC */
#include "core/ext/docform.h"

#include <string.h>

static const char too_far_left[] = "a line stands too far left";
static const char sticks[] = "a comment sticks to what is before it";

void
docform_begin(struct docform *f, const char *p, size_t len)
{
	*f = (struct docform){ p + len, p, p, 0 };
}

/* The next character. */
static void
step(struct docform *f)
{
	f->last++;
	while (f->last < f->end && ((unsigned char)*f->last & 0xc0) == 0x80)
		f->last++;
	f->index++;
}

/* Over blanks, indicators and comments. */
static bool
cross_gap(struct docform *f, size_t index)
{
	bool comment = false, good = true;
	char before = f->last > f->first ? f->last[-1] : '\n';

	for (; f->index < index && f->last < f->end; step(f)) {
		if (*f->last == '\n') {
			comment = false;
		} else if (*f->last == '#' && !comment) {
			comment = true;
			good &= strchr(" \t\n", before) != NULL;
		}
		before = *f->last;
	}
	return good;
}

static size_t
spaces(const char *p, const char *end)
{
	size_t n = 0;

	while (p + n < end && p[n] == ' ')
		n++;
	return n;
}

/* Lines from the second on are blank or stand right of a column. */
static bool
stands_right(const char *p, const char *end, size_t indent, bool comments)
{
	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		size_t n = spaces(++p, end);
		bool blank = p + n < end && p[n] == '\n';

		if (comments && p + n < end && p[n] == '#')
			continue;
		if (n <= indent && !blank)
			return false;
	}
	return true;
}

static bool
has_digit(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] >= '0' && p[i] <= '9')
			return true;
	return false;
}

/* Blank lines before the first of a text, which sets its indentation. */
static const char *
vet_block(const char *p, const char *end, size_t indent)
{
	size_t head = 1 + strspn(p + 1, "+-0123456789"), widest = 0, n;

	if (strchr(" \t\n", p[head]) == NULL)
		return sticks;
	if (has_digit(p, head))
		return NULL;
	p = memchr(p, '\n', (size_t)(end - p));
	for (; p != NULL && ++p < end; p += n) {
		n = spaces(p, end);
		if (p + n == end || p[n] != '\n')
			return n > indent && widest > n ?
			    "a blank line is wider than the text behind it" :
			    NULL;
		if (n > widest)
			widest = n;
	}
	return NULL;
}

const char *
docform_next(struct docform *f, const yaml_event_t *ev, size_t indent)
{
	bool good = cross_gap(f, ev->start_mark.index);

	f->first = f->last;
	while (f->index < ev->end_mark.index && f->last < f->end)
		step(f);
	if (!good)
		return sticks;
	/* a mark is not that of the scalar if something stands before it */
	if (ev->type != YAML_SCALAR_EVENT || ev->data.scalar.tag != NULL ||
	    ev->data.scalar.anchor != NULL)
		return NULL;
	switch (ev->data.scalar.style) {
	case YAML_LITERAL_SCALAR_STYLE:
	case YAML_FOLDED_SCALAR_STYLE:
		return vet_block(f->first, f->end, indent);
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return stands_right(f->first, f->last, indent, false) ?
		    NULL :
		    too_far_left;
	default:
		return ev->data.scalar.length == 1 && f->last < f->end &&
			strchr("-?:", *f->first) != NULL &&
			strchr(",[]{}", *f->last) != NULL ?
		    "an indicator is no value" :
		    NULL;
	}
}

const char *
docform_flow(const char *from, const char *to, size_t indent)
{
	return stands_right(from, to, indent, true) ? NULL : too_far_left;
}
