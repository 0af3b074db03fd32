/* SPDX-License-Identifier: ISC */
#include "libexec/mail/message.h"

#include <string.h>
#include <strings.h>

size_t
line_len(const char *p, size_t len)
{
	const char *lf = memchr(p, '\n', len);

	return lf == NULL ? len : (size_t)(lf - p) + 1;
}

size_t
line_text(const char *p, size_t len)
{
	if (len > 0 && p[len - 1] == '\n')
		len--;
	if (len > 0 && p[len - 1] == '\r')
		len--;
	return len;
}

static bool
begins(const char *p, size_t len, const char *with)
{
	return len >= strlen(with) && memcmp(p, with, strlen(with)) == 0;
}

size_t
message_bom(const char *p, size_t len)
{
	return begins(p, len, "\xef\xbb\xbf") ? 3 : 0;
}

static size_t
junk(const char *p, size_t len)
{
	size_t at = message_bom(p, len);

	while (at < len) {
		size_t line = line_len(p + at, len - at);

		if (line_text(p + at, line) > 0 &&
		    !begins(p + at, line, "From ") &&
		    !begins(p + at, line, ">From "))
			break;
		at += line;
	}
	return at;
}

/* Printable ASCII but the colon, RFC 5322; blanks may stand before the colon */
static bool
cut_name(struct field *f)
{
	size_t n = 0, colon;

	while (n < f->len && f->raw[n] > ' ' && f->raw[n] < 127 &&
	    f->raw[n] != ':')
		n++;
	colon = n;
	while (
	    colon < f->len && (f->raw[colon] == ' ' || f->raw[colon] == '\t'))
		colon++;
	if (n == 0 || colon >= f->len || f->raw[colon] != ':')
		return false;
	f->name_len = n;
	f->value = f->raw + colon + 1;
	return true;
}

static bool
continues(const char *p, size_t len)
{
	return len > 0 && (*p == ' ' || *p == '\t') && line_text(p, len) > 0;
}

void
message_parse(struct message *m, const char *p, size_t len)
{
	size_t at = 0, skip = junk(p, len);
	unsigned line = 1;

	memset(m, 0, sizeof(*m));
	m->p = p + skip;
	m->len = len - skip;
	while (at < m->len) {
		struct field f = { .raw = m->p + at };

		f.len = line_len(f.raw, m->len - at);
		if (line_text(f.raw, f.len) == 0) {
			at += f.len;
			break;
		}
		if (!cut_name(&f)) {
			m->bad_line = line;
			break;
		}
		line++;
		while (at + f.len < m->len &&
		    continues(f.raw + f.len, m->len - at - f.len)) {
			f.len += line_len(f.raw + f.len, m->len - at - f.len);
			line++;
		}
		f.value_len = (size_t)(f.raw + f.len - f.value);
		at += f.len;
		if (m->fields.n < MESSAGE_FIELDS_MAX)
			vec_push(&m->fields, f);
		else
			m->crowded = true;
	}
	m->body = m->p + at;
	m->body_len = m->len - at;
}

void
message_release(struct message *m)
{
	vec_release(&m->fields);
}

bool
field_is(const struct field *f, const char *name)
{
	return strlen(name) == f->name_len &&
	    strncasecmp(f->raw, name, f->name_len) == 0;
}

size_t
message_count(const struct message *m, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < m->fields.n; i++)
		n += field_is(&m->fields.v[i], name);
	return n;
}

const struct field *
message_field(const struct message *m, const char *name)
{
	for (size_t i = 0; i < m->fields.n; i++)
		if (field_is(&m->fields.v[i], name))
			return &m->fields.v[i];
	return NULL;
}
