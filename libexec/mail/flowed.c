/* SPDX-License-Identifier: ISC */
#include "libexec/mail/flowed.h"

#include <string.h>

struct flowed {
	const char *p; /* behind the marks of quoting */
	size_t len, depth;
	bool signature; /* "-- " */
	bool open;      /* the next line belongs to it */
};

/* The line at p, without its LF; *line is what it says. */
static size_t
read_line(struct flowed *line, const char *p, size_t len)
{
	const char *lf = memchr(p, '\n', len);
	size_t n = lf == NULL ? len : (size_t)(lf - p), depth = 0;

	while (depth < n && p[depth] == '>')
		depth++;
	line->depth = depth;
	/* a blank in front keeps "From" and ">" of the text from being marks */
	depth += depth < n && p[depth] == ' ';
	line->p = p + depth;
	line->len = n - depth;
	line->signature = line->len == 3 && memcmp(line->p, "-- ", 3) == 0;
	line->open =
	    line->len > 0 && line->p[line->len - 1] == ' ' && !line->signature;
	return n;
}

void
flowed_join(struct buf *out, const char *p, size_t len, bool delsp)
{
	struct flowed before = { .open = false }, line;

	while (len > 0) {
		size_t n = read_line(&line, p, len);

		if (before.open &&
		    (line.depth != before.depth || line.signature)) {
			buf_addc(out, '\n');
			before.open = false;
		}
		for (size_t i = 0; !before.open && i < line.depth; i++)
			buf_addc(out, '>');
		if (!before.open && line.depth > 0 && line.len > 0)
			buf_addc(out, ' ');
		buf_add(out, line.p, line.len - (delsp && line.open ? 1 : 0));
		if (!line.open && n < len)
			buf_addc(out, '\n');
		before = line;
		n += n < len;
		p += n;
		len -= n;
	}
}
