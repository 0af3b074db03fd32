/* SPDX-License-Identifier: ISC */
#include "core/intake/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/utf8.h"

#define CHUNK (256u << 10)

struct scan {
	char *name;
	int fd; /* -1: all there is, is in the chunk */
	char *own;
	const char *p, *end;
	unsigned long line;
	unsigned depth;
	char closers[SCAN_DEPTH_MAX]; /* of what we are in */
	bool fresh;                   /* nothing taken yet from the innermost */
	struct buf text;              /* the string or number read last */
	size_t taken;                 /* bytes of the record being read */
	struct scan_notes notes;
};

struct err *
scan_open(struct scan **out, const struct part *part)
{
	int fd;
	struct err *e = part_open_text(&fd, part);

	*out = NULL;
	if (e != NULL)
		return e;
	*out = scan_bytes("", 0, part->name);
	(*out)->fd = fd;
	(*out)->own = mem_alloc(CHUNK);
	return NULL;
}

struct scan *
scan_bytes(const char *p, size_t len, const char *name)
{
	struct scan *s = mem_zero(1, sizeof(*s));

	s->name = mem_dup(name);
	s->fd = -1;
	s->p = p;
	s->end = p + len;
	s->line = 1;
	buf_init(&s->text);
	return s;
}

void
scan_close(struct scan *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	buf_release(&s->text);
	free(s->own);
	free(s->name);
	free(s);
}

unsigned long
scan_line(const struct scan *s)
{
	return s->line;
}

const struct scan_notes *
scan_notes(const struct scan *s)
{
	return &s->notes;
}

static struct err *
bad(const struct scan *s, const char *what)
{
	return err_new(ERR_SYNTAX, "%s:%lu: %s", s->name, s->line, what);
}

/* More bytes; at the end of the file none. */
static struct err *
fill(struct scan *s)
{
	ssize_t n;

	if (s->fd < 0)
		return NULL;
	do {
		n = read(s->fd, s->own, CHUNK);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno("cannot read %s", s->name);
	s->p = s->own;
	s->end = s->own + n;
	return NULL;
}

/* The next byte without taking it, -1 at the end. */
static struct err *
look(struct scan *s, int *c)
{
	struct err *e = NULL;

	if (s->p == s->end && (e = fill(s)) != NULL)
		return e;
	*c = s->p == s->end ? -1 : (unsigned char)*s->p;
	return NULL;
}

static struct err *
skip_blanks(struct scan *s, int *c)
{
	struct err *e;

	for (;;) {
		if ((e = look(s, c)) != NULL)
			return e;
		if (*c != ' ' && *c != '\n' && *c != '\t' && *c != '\r')
			return NULL;
		s->line += *c == '\n';
		s->p++;
	}
}

/* A byte order mark at the very beginning is no part of the document. */
static void
skip_mark(struct scan *s)
{
	if (s->line == 1 && s->depth == 0 && s->end - s->p >= 3 &&
	    memcmp(s->p, "\xef\xbb\xbf", 3) == 0)
		s->p += 3;
}

struct err *
scan_peek(struct scan *s, char *c)
{
	int next;
	struct err *e = look(s, &next);

	*c = 0;
	if (e != NULL)
		return e;
	skip_mark(s);
	if ((e = skip_blanks(s, &next)) != NULL || next < 0)
		return e;
	if (next == '-' || (next >= '0' && next <= '9'))
		next = '0';
	if (strchr("{[\"0tfn", next) == NULL)
		return bad(s, "this is not JSON");
	*c = (char)next;
	return NULL;
}

/*
 * Strings and numbers, into s->text.
 */

static struct err *
read_hex(struct scan *s, uint32_t *out, int digits)
{
	struct err *e;

	*out = 0;
	for (int i = 0; i < digits; i++) {
		int c;

		if ((e = look(s, &c)) != NULL)
			return e;
		if (c >= '0' && c <= '9')
			c -= '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			c = (c | 32) - 'a' + 10;
		else
			return bad(s,
			    digits == 4 ? "\\u wants four hexadecimal digits" :
					  "unknown escape in a string");
		*out = *out << 4 | (uint32_t)c;
		s->p++;
	}
	return NULL;
}

static void
add_lone(struct scan *s)
{
	utf8_add(&s->text, 0xfffd);
	s->notes.surrogates++;
}

/*
 * Behind "\u": one character, which may take a second "\u".  *escape: the
 * backslash of another escape was taken, too.
 */
static struct err *
read_unicode(struct scan *s, bool *escape)
{
	uint32_t first, second;
	struct err *e;
	int c;

	*escape = false;
	if ((e = read_hex(s, &first, 4)) != NULL)
		return e;
	while (first >= 0xd800 && first <= 0xdbff) {
		if ((e = look(s, &c)) != NULL)
			return e;
		*escape = c == '\\';
		if (*escape) {
			s->p++;
			if ((e = look(s, &c)) != NULL)
				return e;
		}
		if (!*escape || c != 'u') {
			add_lone(s);
			return NULL;
		}
		*escape = false;
		s->p++;
		if ((e = read_hex(s, &second, 4)) != NULL)
			return e;
		if (second >= 0xdc00 && second <= 0xdfff) {
			utf8_add(&s->text,
			    0x10000 + ((first - 0xd800) << 10) +
				(second - 0xdc00));
			return NULL;
		}
		add_lone(s);
		first = second;
	}
	if (first >= 0xdc00 && first <= 0xdfff)
		add_lone(s);
	else
		utf8_add(&s->text, first);
	return NULL;
}

/* "\x1B": how Telegram writes controls, and nothing else. */
static struct err *
read_control(struct scan *s)
{
	uint32_t c;
	struct err *e = read_hex(s, &c, 2);

	if (e != NULL)
		return e;
	if (c >= 0x20)
		return bad(s, "unknown escape in a string");
	buf_addc(&s->text, (char)c);
	s->notes.controls++;
	return NULL;
}

/* The character behind a backslash. */
static struct err *
read_escape(struct scan *s)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	bool again = true;
	const char *at;
	struct err *e;
	int c;

	while (again) {
		if ((e = look(s, &c)) != NULL)
			return e;
		if (c == 'u') {
			s->p++;
			if ((e = read_unicode(s, &again)) != NULL)
				return e;
			continue;
		}
		at = c > 0 ? strchr(from, c) : NULL;
		if (at == NULL && c != 'x')
			return bad(s, "unknown escape in a string");
		s->p++;
		if (at == NULL)
			return read_control(s);
		buf_addc(&s->text, to[at - from]);
		again = false;
	}
	return NULL;
}

/* Bytes of a string that stand for themselves. */
static size_t
plain_run(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
		p++;
	return (size_t)(p - start);
}

/* Replace what is not UTF-8, byte by byte. */
static void
mend_utf8(struct scan *s)
{
	struct buf mended = BUF_INIT;
	const char *p = s->text.data;
	size_t len = s->text.len, used;

	if (utf8_valid(p, len))
		return;
	for (; len > 0; p += used, len -= used) {
		if (utf8_decode(p, len, &used) != UTF8_BAD) {
			buf_add(&mended, p, used);
			continue;
		}
		utf8_add(&mended, 0xfffd);
		s->notes.bytes++;
	}
	buf_release(&s->text);
	s->text = mended;
}

static struct err *
vet_size(const struct scan *s)
{
	if (s->taken + s->text.len <= SCAN_RECORD_MAX)
		return NULL;
	return err_new(ERR_LIMIT, "%s:%lu: one record has more than %u bytes",
	    s->name, s->line, SCAN_RECORD_MAX);
}

/* The string whose quote comes next. */
static struct err *
read_string(struct scan *s)
{
	struct err *e;
	int c;

	buf_clear(&s->text);
	s->p++;
	for (;;) {
		size_t n = plain_run(s->p, s->end);

		buf_add(&s->text, s->p, n);
		s->p += n;
		if ((e = vet_size(s)) != NULL || (e = look(s, &c)) != NULL)
			return e;
		if (c < 0)
			return bad(s, "it ends inside of a string");
		if (c == '"')
			break;
		if (c == '\\') {
			s->p++;
			if ((e = read_escape(s)) != NULL)
				return e;
		} else if (c < 0x20) {
			return bad(s, "a control character in a string");
		}
	}
	s->p++;
	mend_utf8(s);
	return NULL;
}

static bool
is_number(const char *p)
{
	p += *p == '-';
	if (*p == '0')
		p++;
	else if (*p >= '1' && *p <= '9')
		p += strspn(p, "0123456789");
	else
		return false;
	if (*p == '.') {
		size_t n = strspn(++p, "0123456789");

		if (n == 0)
			return false;
		p += n;
	}
	if (*p == 'e' || *p == 'E') {
		size_t n;

		p++;
		p += *p == '+' || *p == '-';
		if ((n = strspn(p, "0123456789")) == 0)
			return false;
		p += n;
	}
	return *p == '\0';
}

static struct err *
read_number(struct scan *s)
{
	struct err *e;
	int c;

	buf_clear(&s->text);
	for (;;) {
		if ((e = look(s, &c)) != NULL)
			return e;
		if (c <= 0 || strchr("+-.0123456789eE", c) == NULL)
			break;
		if (s->text.len > 400)
			return bad(s, "a number has too many digits");
		buf_addc(&s->text, (char)c);
		s->p++;
	}
	return is_number(s->text.data) ? NULL : bad(s, "this is no number");
}

static struct err *
read_word(struct scan *s, const char *word)
{
	struct err *e;
	int c;

	for (; *word != '\0'; word++) {
		if ((e = look(s, &c)) != NULL)
			return e;
		if (c != *word)
			return bad(s, "this is not JSON");
		s->p++;
	}
	return NULL;
}

/*
 * Structure.
 */

static struct err *
push(struct scan *s, char open)
{
	if (s->depth == SCAN_DEPTH_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: nested deeper than %d levels", s->name, s->line,
		    SCAN_DEPTH_MAX);
	s->p++;
	s->closers[s->depth++] = open == '{' ? '}' : ']';
	s->fresh = true;
	return NULL;
}

struct err *
scan_enter(struct scan *s, char open)
{
	char c;
	struct err *e = scan_peek(s, &c);

	if (e != NULL)
		return e;
	if (c == 0)
		return bad(s, "it ends too early");
	if (c != open)
		return err_new(ERR_INVALID, "%s:%lu: %s is wanted here",
		    s->name, s->line, open == '{' ? "an object" : "a list");
	return push(s, open);
}

/* Is there another member?  The comma before it, or the end, is taken. */
static struct err *
next_member(struct scan *s, bool *more)
{
	struct err *e;
	int c;

	*more = false;
	if ((e = skip_blanks(s, &c)) != NULL)
		return e;
	if (c < 0)
		return bad(s, "it ends too early");
	if (c == s->closers[s->depth - 1]) {
		s->p++;
		s->depth--;
		s->fresh = false;
		return NULL;
	}
	if (!s->fresh) {
		if (c != ',')
			return bad(s, "a comma is missing");
		s->p++;
		if ((e = skip_blanks(s, &c)) != NULL)
			return e;
		if (c == '}' || c == ']')
			return bad(s, "a comma before the end");
	}
	s->fresh = false;
	*more = true;
	return NULL;
}

struct err *
scan_item(struct scan *s, bool *more)
{
	return next_member(s, more);
}

struct err *
scan_key(struct scan *s, const char **key)
{
	bool more;
	struct err *e = next_member(s, &more);
	int c;

	*key = NULL;
	if (e != NULL || !more)
		return e;
	if ((e = skip_blanks(s, &c)) != NULL)
		return e;
	if (c != '"')
		return bad(s, "a key is wanted here");
	if ((e = read_string(s)) != NULL || (e = skip_blanks(s, &c)) != NULL)
		return e;
	if (c != ':')
		return bad(s, "a colon is missing behind a key");
	s->p++;
	if (memchr(s->text.data, '\0', s->text.len) != NULL)
		return bad(s, "a key holds NUL");
	*key = s->text.data;
	return NULL;
}

/* A value that is neither object nor list; c is its first byte. */
static struct err *
read_scalar(struct scan *s, char c)
{
	switch (c) {
	case '"':
		return read_string(s);
	case '0':
		return read_number(s);
	case 't':
		return read_word(s, "true");
	case 'f':
		return read_word(s, "false");
	case 'n':
		return read_word(s, "null");
	default:
		return bad(s, "it ends too early");
	}
}

/* Whole numbers stay numbers if they fit, all others are text. */
static struct node *
number_node(const struct buf *text)
{
	long long v;
	char *end;

	errno = 0;
	v = strtoll(text->data, &end, 10);
	if (errno != 0 || *end != '\0')
		return node_strn(text->data, text->len);
	return node_int(v);
}

static struct node *
scalar_node(const struct scan *s, char c)
{
	switch (c) {
	case '"':
		return node_strn(s->text.data, s->text.len);
	case '0':
		return number_node(&s->text);
	case 't':
	case 'f':
		return node_bool(c == 't');
	default:
		return node_null();
	}
}

static struct err *value(struct scan *s, struct node **out);

static struct err *
object_value(struct scan *s, struct node *map)
{
	const char *at;
	struct node *kid;
	struct err *e;

	while ((e = scan_key(s, &at)) == NULL && at != NULL) {
		char *key = mem_ndup(at, s->text.len);

		s->taken += s->text.len + sizeof(*kid);
		if (node_get(map, key) != NULL)
			s->notes.duplicates++;
		if (map->n == SCAN_KEYS_MAX)
			e = err_new(ERR_LIMIT,
			    "%s:%lu: an object has more than %d keys", s->name,
			    s->line, SCAN_KEYS_MAX);
		else if ((e = value(s, &kid)) == NULL)
			node_put(map, key, kid);
		free(key);
		if (e != NULL)
			return e;
	}
	return e;
}

static struct err *
list_value(struct scan *s, struct node *list)
{
	struct node *kid;
	struct err *e;
	bool more;

	while ((e = scan_item(s, &more)) == NULL && more) {
		s->taken += sizeof(*kid);
		if ((e = value(s, &kid)) != NULL)
			return e;
		node_push(list, kid);
	}
	return e;
}

static struct err *
value(struct scan *s, struct node **out)
{
	unsigned line;
	struct err *e;
	char c;

	*out = NULL;
	if ((e = scan_peek(s, &c)) != NULL)
		return e;
	line = (unsigned)s->line;
	if (c == '{' || c == '[') {
		if ((e = push(s, c)) != NULL)
			return e;
		*out = c == '{' ? node_map() : node_list();
		e = c == '{' ? object_value(s, *out) : list_value(s, *out);
	} else if ((e = read_scalar(s, c)) == NULL) {
		*out = scalar_node(s, c);
		s->taken += c == '"' ? s->text.len : 0;
	}
	if (e == NULL)
		e = vet_size(s);
	if (e != NULL) {
		node_free(*out);
		*out = NULL;
	} else {
		(*out)->line = line;
	}
	return e;
}

struct err *
scan_value(struct scan *s, struct node **out)
{
	s->taken = 0;
	return value(s, out);
}

struct err *
scan_skip(struct scan *s)
{
	unsigned depth = s->depth;
	const char *key;
	bool more = true;
	struct err *e;
	char c;

	s->taken = 0;
	do {
		if (s->depth > depth) {
			bool object = s->closers[s->depth - 1] == '}';

			if (object)
				e = scan_key(s, &key);
			else
				e = scan_item(s, &more);
			if (e != NULL)
				return e;
			if (object ? key == NULL : !more)
				continue;
		}
		if ((e = scan_peek(s, &c)) != NULL)
			return e;
		e = c == '{' || c == '[' ? push(s, c) : read_scalar(s, c);
		if (e != NULL)
			return e;
	} while (s->depth > depth);
	return NULL;
}

struct err *
scan_end(struct scan *s)
{
	int c;
	struct err *e = skip_blanks(s, &c);

	if (e == NULL && c >= 0)
		e = bad(s, "something follows behind the end");
	return e;
}
