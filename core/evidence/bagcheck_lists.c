/* SPDX-License-Identifier: ISC */
#include "core/evidence/bagcheck_parts.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "core/util/path.h"
#include "core/verdict.h"

/*
 * Paths in manifests.
 */

static void
decode(char *path)
{
	char *to = path;

	for (; *path != '\0'; path++) {
		if (strncasecmp(path, "%0d", 3) == 0)
			*to++ = '\r', path += 2;
		else if (strncasecmp(path, "%0a", 3) == 0)
			*to++ = '\n', path += 2;
		else if (strncmp(path, "%25", 3) == 0)
			*to++ = '%', path += 2;
		else
			*to++ = *path;
	}
	*to = '\0';
}

/* Outside of the bag, on this system or on another. */
static bool
strays(const char *path)
{
	struct err *e;

	if (*path == '/' || *path == '~' || strchr(path, '\\') != NULL ||
	    (isalpha((unsigned char)path[0]) && path[1] == ':'))
		return true;
	for (const char *p = path; *p != '\0';) {
		size_t len = strcspn(p, "/");

		if (len == 2 && strncmp(p, "..", 2) == 0)
			return true;
		p += len;
		p += *p == '/';
	}
	e = path_vet(path, "path");
	if (e == NULL)
		return false;
	err_drop(e); /* the answer is yes */
	return true;
}

/* A line "HEX  path" of a manifest, cut in two in place. */
static bool
split_line(char *line, char **hex, char **path)
{
	size_t len = strspn(line, "0123456789abcdefABCDEF");

	*hex = line;
	if (len == 0 || (line[len] != ' ' && line[len] != '\t'))
		return false;
	line[len] = '\0';
	*path = line + len + 1;
	*path += strspn(*path, " \t");
	return **path != '\0';
}

/*
 * Manifests.
 */

/* "sha256" of "manifest-sha256.txt" behind a prefix; NULL if it is none. */
static char *
algorithm_of(const char *name, const char *prefix)
{
	size_t head = strlen(prefix), len = strlen(name);

	if (len <= head + 4 || strncmp(name, prefix, head) != 0 ||
	    strcmp(name + len - 4, ".txt") != 0)
		return NULL;
	return mem_ndup(name + head, len - head - 4);
}

struct manifest {
	const char *name;      /* "manifest-sha256.txt" */
	const char *check;     /* "manifest" or "tagmanifest" */
	const char *algorithm; /* "sha256" */
	bool payload;
	struct strs seen; /* paths, as listed */
};

static const char *
digest_in(const struct bagcheck_file *f, const char *algorithm)
{
	if (strcmp(algorithm, "sha256") == 0)
		return f->sha256;
	for (size_t i = 0; i < BAGCHECK_OTHERS; i++)
		if (strcmp(algorithm, bagcheck_others[i]) == 0)
			return f->others[i];
	return NULL;
}

/* What stands before the path and does not belong to it. */
static const char *
strip_path(struct bagcheck_work *c, const struct manifest *m, char *path)
{
	if (*path == '*') {
		if (c->b->version >= BAGCHECK_V1_0)
			return path;
		bagcheck_warn(
		    c, m->check, path + 1, "a * stands before its name");
		path++;
	}
	if (strncmp(path, "./", 2) == 0) {
		bagcheck_warn(c, m->check, path, "a ./ stands before its name");
		path += 2;
	}
	return path;
}

/* Drafts up to 0.96 let a manifest of the payload list tag files, too. */
static bool
belongs(
    const struct bagcheck_work *c, const struct manifest *m, const char *path)
{
	bool payload = strncmp(path, "data/", 5) == 0;

	return payload == m->payload ||
	    (m->payload && c->b->version < BAGCHECK_V0_97);
}

static void
check_line(struct bagcheck_work *c, struct manifest *m, char *line)
{
	char *hex, *raw;
	const char *path, *actual;
	struct bagcheck_file *f;

	if (!split_line(line, &hex, &raw)) {
		bagcheck_fail(
		    c, m->check, m->name, "a line is no digest and path");
		return;
	}
	path = strip_path(c, m, raw);
	decode((char *)path);
	if (strays(path) || !belongs(c, m, path)) {
		bagcheck_fail(
		    c, m->check, path, "such a path cannot be listed here");
		return;
	}
	strs_add(&m->seen, path);
	f = (struct bagcheck_file *)bagcheck_find(c->b, path);
	if (f == NULL) {
		bagcheck_fail(c, m->check, path, "it is missing");
		return;
	}
	f->listed += m->payload;
	actual = digest_in(f, m->algorithm);
	if (actual == NULL || strcasecmp(actual, hex) != 0)
		bagcheck_fail(
		    c, m->check, path, "it is not the file that was listed");
}

/*
 * The same path twice.  Drafts did not forbid it where the digests agree, and
 * where they do not, one is not that of the file.
 */
static void
check_doubles(struct bagcheck_work *c, struct manifest *m)
{
	void (*say)(
	    struct bagcheck_work *, const char *, const char *, const char *) =
	    c->b->version >= BAGCHECK_V1_0 ? bagcheck_fail : bagcheck_warn;

	strs_sort(&m->seen);
	for (size_t i = 1; i < m->seen.n; i++)
		if (strcmp(m->seen.v[i - 1], m->seen.v[i]) == 0)
			say(c, m->check, m->seen.v[i], "it is listed twice");
}

/* Check one manifest; false if nobody here can compute its digests. */
static bool
check_manifest(struct bagcheck_work *c, struct manifest *m)
{
	const struct buf *text = bagcheck_text(c->b, m->name);
	struct digest *d = digest_new_named(m->algorithm);
	struct strs lines = VEC_INIT;

	if (d == NULL) {
		verdict_note(c->checks, m->check, m->name, "skipped",
		    "deed knows no such algorithm");
		return false;
	}
	digest_free(d);
	if (!bagcheck_lines(&lines, c, text))
		bagcheck_fail(c, m->check, m->name, "it is no text");
	for (size_t i = 0; i < lines.n; i++)
		if (lines.v[i][0] != '\0')
			check_line(c, m, lines.v[i]);
	check_doubles(c, m);
	strs_release(&lines);
	return true;
}

static void
check_unlisted(struct bagcheck_work *c, unsigned manifests)
{
	const struct bagcheck_file *f;

	vec_each (f, &c->b->files) {
		if (strncmp(f->name, "data/", 5) != 0)
			continue;
		if (f->listed == 0)
			bagcheck_fail(
			    c, "manifest", f->name, "it is not listed");
		else if (f->listed < manifests &&
		    c->b->version >= BAGCHECK_V1_0)
			bagcheck_fail(c, "manifest", f->name,
			    "it is not in every manifest");
	}
}

/* All of a sort: "manifest-" or "tagmanifest-". */
static unsigned
check_manifests(struct bagcheck_work *c, bool payload)
{
	const char *check = payload ? "manifest" : "tagmanifest";
	char *prefix = mem_printf("%s-", check);
	unsigned n = 0;

	for (size_t i = 0; i < c->b->tags.n; i++) {
		struct manifest m = { .name = c->b->tags.v[i].name,
			.check = check,
			.payload = payload };
		char *algorithm = algorithm_of(m.name, prefix);
		size_t listed;

		if (algorithm == NULL)
			continue;
		m.algorithm = algorithm;
		if (check_manifest(c, &m)) {
			n++;
			listed = m.seen.n;
			if (!payload)
				bagcheck_pass(c, check, m.name,
				    mem_printf("%zu files", listed));
		}
		strs_release(&m.seen);
		free(algorithm);
	}
	free(prefix);
	return n;
}

void
bagcheck_payload(struct bagcheck_work *c)
{
	unsigned n = check_manifests(c, true);

	if (n == 0)
		bagcheck_fail(c, "manifest", "manifest-sha256.txt",
		    "there is no manifest of the payload that could be "
		    "checked");
	else
		check_unlisted(c, n);
	bagcheck_pass(c, "manifest", "data",
	    mem_printf("%zu files, %" PRId64 " bytes", c->b->payload_files,
		c->b->payload_bytes));
}

void
bagcheck_tags(struct bagcheck_work *c)
{
	check_manifests(c, false);
}

/*
 * fetch.txt.
 */

/* "SCHEME://HOST...", with blanks or tabs behind it. */
static bool
is_address(const char *line)
{
	size_t len = strspn(line,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

	return isalpha((unsigned char)*line) &&
	    strncmp(line + len, "://", 3) == 0 &&
	    strcspn(line + len + 3, "/ \t") > 0;
}

static void
check_fetch_line(struct bagcheck_work *c, char *line)
{
	char *size = line + strcspn(line, " \t"), *path;
	const struct bagcheck_file *f;
	size_t len;

	size += strspn(size, " \t");
	len = *size == '-' ? 1 : strspn(size, "0123456789");
	path = size + len + strspn(size + len, " \t");
	if (!is_address(line) || len == 0 || path == size + len ||
	    *path == '\0') {
		bagcheck_fail(c, "fetch", "fetch.txt",
		    "a line is no address, length and path");
		return;
	}
	decode(path);
	if (strays(path) || strncmp(path, "data/", 5) != 0) {
		bagcheck_fail(
		    c, "fetch", path, "such a path cannot be listed here");
		return;
	}
	f = bagcheck_find(c->b, path);
	if (f != NULL && f->listed > 0)
		return;
	if (c->b->version >= BAGCHECK_V1_0)
		bagcheck_fail(c, "fetch", path,
		    f == NULL ? "it would have to be fetched first" :
				"no manifest lists it");
	else
		bagcheck_warn(c, "fetch", path, "no manifest lists it");
}

void
bagcheck_fetch(struct bagcheck_work *c)
{
	const struct buf *text = bagcheck_text(c->b, "fetch.txt");
	struct strs lines = VEC_INIT;

	if (text == NULL)
		return;
	if (!bagcheck_lines(&lines, c, text))
		bagcheck_fail(c, "fetch", "fetch.txt", "it is no text");
	for (size_t i = 0; i < lines.n; i++)
		if (lines.v[i][0] != '\0')
			check_fetch_line(c, lines.v[i]);
	bagcheck_pass(
	    c, "fetch", "fetch.txt", mem_printf("%zu files", lines.n));
	strs_release(&lines);
}
