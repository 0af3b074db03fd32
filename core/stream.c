/* SPDX-License-Identifier: ISC */
#include "core/stream.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/ext/doc.h"
#include "core/stream_parts.h"
#include "core/util/mem.h"

#define ENTRIES_MAX 1000000u

struct stream *
stream_new(const char *name)
{
	struct stream *s = mem_zero(1, sizeof(*s));

	s->name = mem_dup(name);
	buf_init(&s->bytes);
	return s;
}

void
stream_free(struct stream *s)
{
	struct entry *entry;

	if (s == NULL)
		return;
	vec_each (entry, s) {
		strs_release(&entry->after);
		node_free(entry->content);
	}
	vec_release(s);
	buf_release(&s->bytes);
	free(s->index);
	free(s->name);
	free(s);
}

/*
 * Reading.
 */

struct cursor {
	const struct stream *s;
	const char *p, *end;
	unsigned line;
};

static struct err *
refuse(const struct cursor *c, const char *why)
{
	return err_new(ERR_SYNTAX, "%s:%u: %s", c->s->name, c->line, why);
}

/* The line at the cursor, without its LF, as a length; the cursor stays. */
static size_t
line_len(const struct cursor *c)
{
	const char *lf = memchr(c->p, '\n', (size_t)(c->end - c->p));

	return (size_t)((lf == NULL ? c->end : lf) - c->p);
}

static void
next_line(struct cursor *c)
{
	c->p += line_len(c);
	c->p += c->p < c->end;
	c->line++;
}

static bool
is_separator(const char *line, size_t len)
{
	return len == 3 && memcmp(line, "---", 3) == 0;
}

/* Take "prefix" off the line; NULL if it does not begin so. */
static const char *
field(const struct cursor *c, const char *prefix, size_t *len)
{
	size_t n = strlen(prefix), whole = line_len(c);

	if (c->p == c->end || whole < n || memcmp(c->p, prefix, n) != 0)
		return NULL;
	*len = whole - n;
	return c->p + n;
}

/* A quoted digest at p; moves behind it. */
static bool
take_digest(const char **p, const char *end, char out[static SHA256_HEX])
{
	if (end - *p < SHA256_HEX + 1 || (*p)[0] != '"' ||
	    (*p)[SHA256_HEX] != '"')
		return false;
	memcpy(out, *p + 1, SHA256_HEX - 1);
	out[SHA256_HEX - 1] = '\0';
	*p += SHA256_HEX + 1;
	return digest_is_hex(out);
}

static struct err *
read_version(struct cursor *c)
{
	size_t len;
	const char *v = field(c, "deed: ", &len);
	unsigned number = 0;

	if (v == NULL || len == 0 || len > 6)
		return refuse(c, "an entry begins with \"deed: 1\"");
	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)v[i]))
			return refuse(c, "an entry begins with \"deed: 1\"");
		number = number * 10 + (unsigned)(v[i] - '0');
	}
	if (number > STREAM_FORMAT)
		return err_hint(err_new(ERR_UNSUPPORTED,
				    "%s:%u: the entry has format %u, newer "
				    "than this deed reads",
				    c->s->name, c->line, number),
		    "install a newer deed");
	if (number != STREAM_FORMAT || len != 1)
		return refuse(c, "an entry begins with \"deed: 1\"");
	next_line(c);
	return NULL;
}

static struct err *
read_kind(struct cursor *c, struct entry *entry)
{
	size_t len;
	const char *v = field(c, "kind: ", &len);
	char name[32];

	if (v == NULL || len == 0 || len >= sizeof(name))
		return refuse(c, "expected \"kind: KIND\"");
	memcpy(name, v, len);
	name[len] = '\0';
	if (strlen(name) != len)
		return refuse(c, "expected \"kind: KIND\"");
	for (size_t i = 0; (entry->kind = kind_at(i)) != NULL; i++)
		if (strcmp(entry->kind->name, name) == 0)
			break;
	if (entry->kind == NULL)
		return refuse(c, "unknown kind");
	next_line(c);
	return NULL;
}

static struct err *
read_after(struct cursor *c, struct entry *entry)
{
	static const char rule[] =
	    "expected \"after: [...]\" with sorted ids, comma and one blank";
	size_t len;
	const char *v = field(c, "after: ", &len), *end;
	char id[SHA256_HEX];

	if (v == NULL || len < 2 || v[0] != '[')
		return refuse(c, rule);
	end = v + len;
	v++;
	while (*v != ']') {
		if (entry->after.n > 0) {
			if (end - v < 2 || v[0] != ',' || v[1] != ' ')
				return refuse(c, rule);
			v += 2;
		}
		if (!take_digest(&v, end, id) ||
		    (entry->after.n > 0 &&
			strcmp(entry->after.v[entry->after.n - 1], id) >= 0))
			return refuse(c, rule);
		strs_add(&entry->after, id);
		if (v >= end)
			return refuse(c, rule);
	}
	if (v + 1 != end)
		return refuse(c, rule);
	next_line(c);
	return NULL;
}

static struct err *
read_recorded(struct cursor *c, struct entry *entry)
{
	static const char rule[] = "expected \"recorded:\" and a time in UTC";
	size_t len;
	const char *v = field(c, "recorded: \"", &len);
	char canonical[DATE_TEXT];
	struct when when;
	struct err *e;

	if (v == NULL || len != DATE_TEXT || v[DATE_TEXT - 1] != '"')
		return refuse(c, rule);
	memcpy(entry->recorded, v, DATE_TEXT - 1);
	entry->recorded[DATE_TEXT - 1] = '\0';
	if ((e = date_parse(&when, entry->recorded)) != NULL) {
		err_drop(e); /* said better here */
		return refuse(c, rule);
	}
	/* times are compared as bytes, so each has one form */
	date_format(canonical, when.time);
	if (strcmp(canonical, entry->recorded) != 0)
		return refuse(c, rule);
	next_line(c);
	return NULL;
}

static struct err *
read_content_id(struct cursor *c, struct entry *entry)
{
	size_t len;
	const char *v = field(c, "content: ", &len), *at = v;

	if (v == NULL || !take_digest(&at, v + len, entry->content_id) ||
	    at != v + len)
		return refuse(c, "expected \"content:\" and a digest");
	next_line(c);
	return NULL;
}

/* Up to the next separator, holding each line to the rules. */
static struct err *
read_content(struct cursor *c, struct entry *entry, const char *base)
{
	const char *start = c->p;
	char id[SHA256_HEX];

	while (c->p < c->end) {
		size_t len = line_len(c);

		if (is_separator(c->p, len))
			break;
		if (len > 0 && (c->p[0] == '%' || c->p[0] == '#'))
			return refuse(c, "a line may not begin with % or #");
		if (len >= 3 &&
		    (memcmp(c->p, "...", 3) == 0 ||
			memcmp(c->p, "---", 3) == 0))
			return refuse(c,
			    "a line may not begin with ... or "
			    "---");
		next_line(c);
	}
	entry->content_at = (size_t)(start - base);
	entry->content_len = (size_t)(c->p - start);
	if (entry->content_len == 0)
		return NULL;
	digest_of(start, entry->content_len, id);
	entry->forged = strcmp(id, entry->content_id) != 0;
	return NULL;
}

static struct err *
read_entry(struct cursor *c, struct entry *entry)
{
	const char *base = c->s->bytes.data, *start = c->p, *envelope;
	struct err *e;

	entry->line = c->line;
	if (!is_separator(c->p, line_len(c)))
		return refuse(c, "an entry begins with a line \"---\"");
	next_line(c);
	envelope = c->p;
	if ((e = read_version(c)) != NULL ||
	    (e = read_kind(c, entry)) != NULL ||
	    (e = read_after(c, entry)) != NULL ||
	    (e = read_recorded(c, entry)) != NULL ||
	    (e = read_content_id(c, entry)) != NULL)
		return e;
	digest_of(envelope, (size_t)(c->p - envelope), entry->id);
	e = read_content(c, entry, base);
	entry->at = (size_t)(start - base);
	entry->len = (size_t)(c->p - start);
	return e;
}

/*
 * Entries by id: positions sorted so that they can be searched.
 */

static int
by_id(const void *a, const void *b, void *v)
{
	const struct entry *entries = v;

	return strcmp(
	    entries[*(const size_t *)a].id, entries[*(const size_t *)b].id);
}

size_t *
stream_index(const struct stream *s)
{
	size_t *index = mem_zero(s->n, sizeof(*index));

	for (size_t i = 0; i < s->n; i++)
		index[i] = i;
	if (s->n > 1)
		qsort_r(index, s->n, sizeof(*index), by_id, s->v);
	return index;
}

size_t
stream_look_up(
    const struct stream *s, const size_t *index, size_t n, const char *id)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(s->v[index[mid]].id, id);

		if (order == 0)
			return index[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return s->n;
}

static struct err *
refuse_doubles(const struct stream *s)
{
	size_t *index = stream_index(s);
	struct err *e = NULL;

	for (size_t i = 1; i < s->n && e == NULL; i++) {
		const struct entry *a = &s->v[index[i - 1]];
		const struct entry *b = &s->v[index[i]];

		if (strcmp(a->id, b->id) == 0)
			e = err_new(ERR_SYNTAX,
			    "%s:%u: the same entry stands twice", s->name,
			    a->line > b->line ? a->line : b->line);
	}
	free(index);
	return e;
}

struct err *
stream_parse(struct stream **out, struct buf *bytes, const char *name)
{
	struct stream *s = stream_new(name);
	struct cursor c;
	struct err *e;

	*out = NULL;
	s->bytes = *bytes;
	buf_init(bytes);
	c = (struct cursor){ s, s->bytes.data, s->bytes.data + s->bytes.len,
		1 };
	if (s->bytes.len > STREAM_MAX)
		e = err_new(ERR_LIMIT, "%s is larger than 64 MiB", name);
	else if (s->bytes.len == 0)
		e = refuse(&c, "the file is empty");
	else
		e = doc_vet(s->bytes.data, s->bytes.len, name, 1);
	while (e == NULL && c.p < c.end) {
		if (s->n == ENTRIES_MAX)
			e = err_new(ERR_LIMIT, "%s has too many entries", name);
		else
			e = read_entry(&c, vec_add(s));
	}
	if (e == NULL)
		e = refuse_doubles(s);
	if (e != NULL)
		stream_free(s);
	else
		*out = s;
	return e;
}

const char *
stream_envelope_key(const struct node *content)
{
	static const char *const keys[] = { "deed", "kind", "after", "recorded",
		"content" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (node_get(content, keys[i]) != NULL)
			return keys[i];
	return NULL;
}

/* What holds for every content, whatever its kind. */
static struct err *
vet_content(const struct stream *s, const struct entry *entry)
{
	const char *nonce = node_text(entry->content, "nonce");
	const char *twice = stream_envelope_key(entry->content);

	if (twice != NULL)
		return err_new(ERR_SYNTAX, "%s:%u: the key \"%s\" stands twice",
		    s->name, node_get(entry->content, twice)->line, twice);
	if (nonce == NULL || strcmp(entry->content->keys[0], "nonce") != 0 ||
	    strlen(nonce) != 2 * NONCE_BYTES ||
	    strspn(nonce, "0123456789abcdef") != 2 * NONCE_BYTES)
		return err_new(ERR_SYNTAX,
		    "%s:%u: a content begins with a nonce of 32 digits",
		    s->name, entry->line);
	return NULL;
}

struct err *
entry_content(const struct node **out, struct stream *s, struct entry *entry)
{
	struct err *e = NULL;

	*out = NULL;
	if (entry->content_len == 0)
		return NULL;
	if (entry->forged)
		return err_hint(err_new(ERR_MISMATCH,
				    "%s:%u: the content is not the one this "
				    "entry was made with",
				    s->name, entry->line),
		    "see what else is wrong: deed verify");
	if (entry->content == NULL) {
		e = doc_parse(&entry->content,
		    s->bytes.data + entry->content_at, entry->content_len,
		    s->name, entry->line + 6);
		if (e == NULL && (e = vet_content(s, entry)) != NULL) {
			node_free(entry->content);
			entry->content = NULL;
		}
	}
	*out = entry->content;
	return e;
}

struct err *
stream_load(struct stream *s)
{
	const struct node *content;
	struct err *e = NULL;

	for (size_t i = 0; i < s->n && e == NULL; i++)
		e = entry_content(&content, s, &s->v[i]);
	return e;
}

#define TAIL_MAX 32 /* entries that are not in the index yet */

struct entry *
stream_find(const struct stream *s, const char *id)
{
	struct stream *cache = (struct stream *)s; /* it answers the same */
	size_t at;

	if (s->n_index > s->n || s->n - s->n_index > TAIL_MAX) {
		free(cache->index);
		cache->index = stream_index(s);
		cache->n_index = s->n;
	}
	at = stream_look_up(s, s->index, s->n_index, id);
	if (at < s->n)
		return &s->v[at];
	for (size_t i = s->n_index; i < s->n; i++)
		if (strcmp(s->v[i].id, id) == 0)
			return &s->v[i];
	return NULL;
}

void
stream_tips(const struct stream *s, struct strs *out)
{
	size_t *index = stream_index(s);
	bool *named = mem_zero(s->n, sizeof(*named));

	for (size_t i = 0; i < s->n; i++) {
		const struct strs *after = &s->v[i].after;

		for (size_t j = 0; j < after->n; j++) {
			size_t parent =
			    stream_look_up(s, index, s->n, after->v[j]);

			if (parent < s->n)
				named[parent] = true;
		}
	}
	for (size_t i = 0; i < s->n; i++)
		if (!named[index[i]])
			strs_add(out, s->v[index[i]].id);
	free(named);
	free(index);
}
