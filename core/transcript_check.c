/* SPDX-License-Identifier: ISC */
#include "core/transcript_check.h"

#include <stdlib.h>
#include <string.h>

#include "core/content.h"
#include "core/verdict.h"

#define SOURCE "source/"
#define MESSAGES "messages.jsonl"
#define SUMS "messages.sha256"
#define TEXT "transcript.txt"

/* What an archive turned out to hold; "" where there is no such member. */
struct found {
	char messages[SHA256_HEX], sums[SHA256_HEX], text[SHA256_HEX];
	char lines[SHA256_HEX]; /* what sums should be */
	int64_t n;              /* of messages */
	struct content source;
};

/* Cuts what is read into lines, of which only digests are kept. */
struct lines {
	struct digest *whole, *line, *sums;
	int64_t n;
	bool open; /* a line has begun */
};

static void
end_line(struct lines *l)
{
	char hex[SHA256_HEX];

	digest_hex(l->line, hex);
	if (l->sums != NULL) {
		digest_add(l->sums, hex, SHA256_HEX - 1);
		digest_add(l->sums, "\n", 1);
	}
	l->n++;
	l->open = false;
}

static void
add_lines(struct lines *l, const char *p, size_t len)
{
	const char *end = p + len;

	digest_add(l->whole, p, len);
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		const char *stop = lf != NULL ? lf : end;

		digest_add(l->line, p, (size_t)(stop - p));
		l->open = true;
		if (lf != NULL)
			end_line(l);
		p = stop + (lf != NULL);
	}
}

static struct err *
read_messages(struct found *f, struct unpack *u)
{
	struct lines l = { digest_new(), digest_new(), digest_new(), 0, false };
	const void *p;
	size_t len;
	struct err *e;

	while ((e = unpack_read(u, &p, &len)) == NULL && len > 0)
		add_lines(&l, p, len);
	if (l.open)
		end_line(&l);
	digest_hex(l.whole, f->messages);
	digest_hex(l.sums, f->lines);
	f->n = l.n;
	digest_free(l.whole);
	digest_free(l.line);
	digest_free(l.sums);
	return e;
}

static struct err *
read_member(char out[static SHA256_HEX], struct unpack *u)
{
	struct digest *d = digest_new();
	const void *p;
	size_t len;
	struct err *e;

	while ((e = unpack_read(u, &p, &len)) == NULL && len > 0)
		digest_add(d, p, len);
	digest_hex(d, out);
	digest_free(d);
	return e;
}

static struct err *
read_source(struct found *f, struct unpack *u, const char *name)
{
	char hex[SHA256_HEX], *own = mem_dup(name + strlen(SOURCE));
	struct err *e = read_member(hex, u);

	if (e == NULL)
		content_add(&f->source, own, hex);
	free(own);
	return e;
}

static struct err *
read_archive(struct found *f, const char *archive)
{
	struct unpack_limits known = { .known = true };
	const struct unpack_entry *entry;
	struct unpack *u = NULL;
	struct err *e = unpack_open(&u, archive, &known);

	while (e == NULL && (e = unpack_next(u, &entry)) == NULL &&
	    entry != NULL) {
		if (entry->type != UNPACK_FILE)
			continue;
		if (strcmp(entry->name, MESSAGES) == 0)
			e = read_messages(f, u);
		else if (strcmp(entry->name, SUMS) == 0)
			e = read_member(f->sums, u);
		else if (strcmp(entry->name, TEXT) == 0)
			e = read_member(f->text, u);
		else if (strncmp(entry->name, SOURCE, strlen(SOURCE)) == 0)
			e = read_source(f, u, entry->name);
	}
	unpack_close(u);
	content_sort(&f->source);
	return e;
}

/*
 * The first line whose digest is not the one beside it.
 */

/* Into the member of that name. */
static struct err *
enter(struct unpack **u, const char *archive, const char *name)
{
	struct unpack_limits known = { .known = true };
	const struct unpack_entry *entry;
	struct err *e = unpack_open(u, archive, &known);

	while (
	    e == NULL && (e = unpack_next(*u, &entry)) == NULL && entry != NULL)
		if (strcmp(entry->name, name) == 0)
			return NULL;
	return e != NULL ? e : err_new(ERR_NOT_FOUND, "it has no %s", name);
}

/* The next digest of a list; "" after the last. */
struct sums {
	struct unpack *u;
	const char *p;
	size_t len;
};

static struct err *
next_sum(struct sums *s, char out[static SHA256_HEX + 1])
{
	size_t n = 0;
	const void *more;
	struct err *e = NULL;

	while (e == NULL) {
		if (s->len == 0) {
			e = unpack_read(s->u, &more, &s->len);
			s->p = more;
			if (e != NULL || s->len == 0)
				break;
		}
		s->len--;
		if (*s->p++ == '\n')
			break;
		if (n < SHA256_HEX)
			out[n++] = s->p[-1];
	}
	out[n] = '\0';
	return e;
}

/* *line is the number of the first, 0 if all agree. */
static struct err *
first_other(int64_t *line, const char *archive)
{
	struct unpack *u = NULL;
	struct sums sums = { 0 };
	struct digest *d = digest_new();
	char is[SHA256_HEX], said[SHA256_HEX + 1];
	const void *p;
	size_t len;
	int64_t n = 0;
	struct err *e = enter(&u, archive, MESSAGES);

	*line = 0;
	if (e == NULL)
		e = enter(&sums.u, archive, SUMS);
	while (e == NULL && *line == 0 &&
	    (e = unpack_read(u, &p, &len)) == NULL && len > 0) {
		const char *at = p, *end = at + len, *lf;

		while (e == NULL && *line == 0 &&
		    (lf = memchr(at, '\n', (size_t)(end - at))) != NULL) {
			digest_add(d, at, (size_t)(lf - at));
			digest_hex(d, is);
			n++;
			at = lf + 1;
			if ((e = next_sum(&sums, said)) == NULL &&
			    strcmp(is, said) != 0)
				*line = n;
		}
		digest_add(d, at, (size_t)(end - at));
	}
	digest_free(d);
	unpack_close(u);
	unpack_close(sums.u);
	return e;
}

/*
 * Judging.
 */

static bool
differs(const struct node *content, const char *key, const char *found)
{
	const char *wanted = node_as_text(node_find(content, key));

	return wanted != NULL && strcmp(wanted, found) != 0;
}

/* One file has its own digest, a folder its content digest. */
static bool
is_other_source(const struct node *content, const struct found *f)
{
	char hex[SHA256_HEX];

	if (node_find(content, "source.files") == NULL)
		return f->source.files.n != 1 ||
		    differs(
			content, "source.sha256", f->source.files.v[0].sha256);
	content_digest(hex, &f->source);
	return differs(content, "source.sha256", hex);
}

/* What is wrong with it, yours; NULL if nothing is. */
static char *
find_fault(
    const struct node *content, const struct found *f, const char *archive)
{
	const char *count =
	    node_get(content, "mails") != NULL ? "mails" : "messages";
	int64_t said = node_number(content, count, -1), line = 0;

	if (strcmp(f->lines, f->sums) != 0 ||
	    differs(content, "digests.messages_jsonl", f->messages)) {
		err_drop(first_other(&line, archive)); /* then it has no line */
		return line == 0 ?
		    mem_dup("its messages are not those that were imported") :
		    mem_printf("line %lld is not the message that was imported",
			(long long)line);
	}
	if (differs(content, "digests.messages_sha256", f->sums))
		return mem_dup("its list of digests is not the one that was "
			       "recorded");
	if (differs(content, "digests.transcript_txt", f->text))
		return mem_dup("its text for people is not the one that was "
			       "recorded");
	if (is_other_source(content, f))
		return mem_dup("its source is not what was imported");
	if (said >= 0 && said != f->n)
		return mem_printf("it holds %lld messages, recorded were %lld",
		    (long long)f->n, (long long)said);
	return NULL;
}

struct err *
transcript_check(struct node *checks, const char *subject,
    const struct node *content, const char *archive)
{
	struct found f = { .n = 0 };
	char *fault;
	struct err *e;

	content_init(&f.source);
	e = read_archive(&f, archive);
	if (err_is(e, ERR_SYSTEM))
		goto done;
	if (e != NULL) {
		verdict_error(checks, "transcript", subject, e);
		e = NULL;
		goto done;
	}
	fault = find_fault(content, &f, archive);
	if (fault != NULL)
		verdict_take(checks, "transcript", subject, "fail", fault);
	else
		verdict_take(checks, "transcript", subject, "pass",
		    mem_printf("%lld message%s, line by line", (long long)f.n,
			f.n == 1 ? "" : "s"));
done:
	content_release(&f.source);
	return e;
}
