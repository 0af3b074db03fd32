/* SPDX-License-Identifier: ISC */
#include "core/evidence/bagcheck.h"

#include <ctype.h>
#include <iconv.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/util/path.h"
#include "core/util/utf8.h"
#include "core/verdict.h"

#define V1_0 100 /* bagcheck.version of BagIt 1.0 */

static const char *const other_names[] = { "md5", "sha1", "sha512" };

#define N_OTHERS (sizeof(other_names) / sizeof(other_names[0]))

/* A bag being checked. */
struct checking {
	struct bagcheck *b;
	struct node *checks;
	char encoding[32]; /* of its tag files */
	size_t failed;     /* in the check that is being made */
};

static void
fail(struct checking *c, const char *name, const char *subject,
    const char *detail)
{
	c->failed++;
	verdict_note(c->checks, name, subject, "fail", detail);
}

/* Valid, but a reader may stumble over it. */
static void
warn(struct checking *c, const char *name, const char *subject,
    const char *detail)
{
	char *text = mem_printf("warning: %s", detail);

	c->b->warnings = true;
	verdict_note(c->checks, name, subject, "pass", text);
	free(text);
}

static void
pass(struct checking *c, const char *name, const char *subject, char *detail)
{
	if (c->failed == 0)
		verdict_note(c->checks, name, subject, "pass", detail);
	c->failed = 0;
	free(detail);
}

/*
 * Reading.
 */

static bool
is_tag(const char *name)
{
	return strchr(name, '/') == NULL;
}

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

struct digests {
	struct digest *sha256;
	struct digest *others[N_OTHERS]; /* NULL: nobody asks */
};

static void
start_digests(struct digests *d, const struct parcel *p)
{
	memset(d, 0, sizeof(*d));
	d->sha256 = digest_new();
	for (size_t i = 0; i < N_OTHERS; i++) {
		char *name = mem_printf("manifest-%s.txt", other_names[i]);
		char *tag = mem_printf("tag%s", name);

		if (parcel_has(p, name) || parcel_has(p, tag))
			d->others[i] = digest_new_named(other_names[i]);
		free(tag);
		free(name);
	}
}

static void
end_digests(struct digests *d)
{
	digest_free(d->sha256);
	for (size_t i = 0; i < N_OTHERS; i++)
		digest_free(d->others[i]);
}

static struct err *
read_file(struct checking *c, struct parcel *p, const struct parcel_file *file,
    struct digests *d)
{
	struct bagcheck_file *f = vec_add(&c->b->files);
	struct bagcheck_tag *tag = NULL;
	char hex[DIGEST_HEX_MAX];
	const void *bytes;
	size_t len;
	struct err *e;

	f->name = mem_dup(file->name);
	if (is_tag(f->name)) {
		tag = vec_add(&c->b->tags);
		tag->name = mem_dup(f->name);
		buf_init(&tag->text);
	}
	while ((e = parcel_read(p, &bytes, &len)) == NULL && len > 0) {
		digest_add(d->sha256, bytes, len);
		for (size_t i = 0; i < N_OTHERS; i++)
			if (d->others[i] != NULL)
				digest_add(d->others[i], bytes, len);
		f->size += (int64_t)len;
		if (tag == NULL)
			continue;
		if (tag->text.len + len > BAGCHECK_TAG_MAX)
			return err_new(ERR_LIMIT,
			    "%s is larger than a tag file can be", f->name);
		buf_add(&tag->text, bytes, len);
	}
	digest_hex(d->sha256, f->sha256);
	for (size_t i = 0; i < N_OTHERS; i++)
		if (d->others[i] != NULL) {
			digest_hex_long(d->others[i], hex);
			f->others[i] = mem_dup(hex);
		}
	if (!is_tag(f->name) && strncmp(f->name, "data/", 5) == 0) {
		c->b->payload_files++;
		c->b->payload_bytes += f->size;
	}
	return e;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct bagcheck_file *)a)->name,
	    ((const struct bagcheck_file *)b)->name);
}

static struct err *
read_all(struct checking *c, struct parcel *p)
{
	const struct parcel_file *file;
	struct digests d;
	struct err *e = parcel_rewind(p);

	start_digests(&d, p);
	while (
	    e == NULL && (e = parcel_next(p, &file)) == NULL && file != NULL) {
		if (file->outside) {
			fail(c, "files", file->name,
			    "it lies beside the bag's folder");
		} else {
			e = read_file(c, p, file, &d);
		}
	}
	end_digests(&d);
	vec_sort(&c->b->files, by_name);
	return e;
}

const struct bagcheck_file *
bagcheck_find(const struct bagcheck *b, const char *name)
{
	const struct bagcheck_file key = { .name = (char *)name };

	return b->files.n == 0 ?
	    NULL :
	    bsearch(&key, b->files.v, b->files.n, sizeof(key), by_name);
}

const struct buf *
bagcheck_text(const struct bagcheck *b, const char *name)
{
	for (size_t i = 0; i < b->tags.n; i++)
		if (strcmp(b->tags.v[i].name, name) == 0)
			return &b->tags.v[i].text;
	return NULL;
}

/*
 * Lines.  Tag files of drafts may be in another encoding than UTF-8.
 */

static bool
convert(struct buf *out, const struct buf *text, const char *encoding)
{
	iconv_t cd = iconv_open("UTF-8", encoding);
	char *in = text->data, room[4096];
	size_t left = text->len;
	bool good = cd != (iconv_t)-1;

	while (good && left > 0) {
		char *to = room;
		size_t free_room = sizeof(room), before = left;

		iconv(cd, &in, &left, &to, &free_room);
		buf_add(out, room, sizeof(room) - free_room);
		good = left < before;
	}
	if (cd != (iconv_t)-1)
		iconv_close(cd);
	return good;
}

/* The lines of a tag file, whatever ends them; false if they are no text. */
static bool
read_lines(struct strs *out, const struct checking *c, const struct buf *text)
{
	struct buf b = BUF_INIT;
	bool good = true;
	const char *p, *end;

	if (strcasecmp(c->encoding, "UTF-8") == 0)
		buf_add(&b, text->data, text->len);
	else
		good = convert(&b, text, c->encoding);
	good = good && utf8_valid(b.data, b.len) &&
	    memchr(b.data, '\0', b.len) == NULL;
	for (p = b.data, end = p + b.len; good && p < end;) {
		size_t len = strcspn(p, "\r\n");

		strs_take(out, mem_ndup(p, len));
		p += len;
		p += *p == '\r';
		p += *p == '\n';
	}
	buf_release(&b);
	return good;
}

/*
 * bagit.txt.
 */

/* "0.97" and "1.0", as 97 and 100; 0 if it is none. */
static int
parse_version(const char *text)
{
	const char *digits = "0123456789";
	size_t major = strspn(text, digits), minor;

	if (major != 1 || text[1] != '.')
		return 0;
	minor = strspn(text + 2, digits);
	if (minor < 1 || minor > 2 || text[2 + minor] != '\0')
		return 0;
	return (text[0] - '0') * 100 + (int)strtol(text + 2, NULL, 10);
}

/* The value of "label: value", in the strict form; NULL if it is not that. */
static const char *
value_of(const char *line, const char *label)
{
	size_t len = strlen(label);

	if (line == NULL || strncmp(line, label, len) != 0 ||
	    strncmp(line + len, ": ", 2) != 0)
		return NULL;
	line += len + 2;
	return *line == '\0' || isspace((unsigned char)*line) ||
		isspace((unsigned char)line[strlen(line) - 1]) ?
	    NULL :
	    line;
}

static bool
knows_encoding(const char *name)
{
	static const char *const known[] = { "UTF-8", "UTF-16", "ISO-8859-1",
		"US-ASCII" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcasecmp(known[i], name) == 0)
			return true;
	return false;
}

static void
check_declaration(struct checking *c)
{
	const struct buf *text = bagcheck_text(c->b, "bagit.txt");
	struct strs lines = VEC_INIT;
	const char *version, *encoding;

	c->b->version = V1_0;
	snprintf(c->encoding, sizeof(c->encoding), "UTF-8");
	if (text == NULL) {
		fail(c, "declaration", "bagit.txt", "it is missing");
		goto done;
	}
	if (!read_lines(&lines, c, text) || lines.n != 2) {
		fail(c, "declaration", "bagit.txt", "it is not two lines");
		goto done;
	}
	version = value_of(lines.v[0], "BagIt-Version");
	encoding = value_of(lines.v[1], "Tag-File-Character-Encoding");
	if (version == NULL || parse_version(version) < 93 ||
	    parse_version(version) > V1_0)
		fail(c, "declaration", "bagit.txt",
		    "it names no version of BagIt from 0.93 to 1.0");
	else
		c->b->version = parse_version(version);
	if (encoding == NULL || !knows_encoding(encoding))
		fail(c, "declaration", "bagit.txt",
		    "it names no encoding that deed knows");
	else if (c->b->version >= V1_0 && strcasecmp(encoding, "UTF-8") != 0)
		fail(c, "declaration", "bagit.txt",
		    "the tag files of BagIt 1.0 are UTF-8");
	else
		snprintf(c->encoding, sizeof(c->encoding), "%s", encoding);
done:
	pass(c, "declaration", "bagit.txt", mem_dup(""));
	strs_release(&lines);
}

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
	for (size_t i = 0; i < N_OTHERS; i++)
		if (strcmp(algorithm, other_names[i]) == 0)
			return f->others[i];
	return NULL;
}

/* What stands before the path and does not belong to it. */
static const char *
strip_path(struct checking *c, const struct manifest *m, char *path)
{
	if (*path == '*') {
		if (c->b->version >= V1_0)
			return path;
		warn(c, m->check, path + 1, "a * stands before its name");
		path++;
	}
	if (strncmp(path, "./", 2) == 0) {
		warn(c, m->check, path, "a ./ stands before its name");
		path += 2;
	}
	return path;
}

static void
check_line(struct checking *c, struct manifest *m, char *line)
{
	char *hex, *raw;
	const char *path, *actual;
	struct bagcheck_file *f;

	if (!split_line(line, &hex, &raw)) {
		fail(c, m->check, m->name, "a line is no digest and path");
		return;
	}
	path = strip_path(c, m, raw);
	decode((char *)path);
	if (strays(path) || m->payload != (strncmp(path, "data/", 5) == 0)) {
		fail(c, m->check, path, "such a path cannot be listed here");
		return;
	}
	strs_add(&m->seen, path);
	f = (struct bagcheck_file *)bagcheck_find(c->b, path);
	if (f == NULL) {
		fail(c, m->check, path, "it is missing");
		return;
	}
	f->listed += m->payload;
	actual = digest_in(f, m->algorithm);
	if (actual == NULL || strcasecmp(actual, hex) != 0)
		fail(c, m->check, path, "it is not the file that was listed");
}

/* The same path twice, or two that some systems take for one. */
static void
check_doubles(struct checking *c, struct manifest *m)
{
	strs_sort(&m->seen);
	for (size_t i = 1; i < m->seen.n; i++)
		if (strcmp(m->seen.v[i - 1], m->seen.v[i]) == 0)
			fail(c, m->check, m->seen.v[i], "it is listed twice");
}

/* Check one manifest; false if nobody here can compute its digests. */
static bool
check_manifest(struct checking *c, struct manifest *m)
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
	if (!read_lines(&lines, c, text))
		fail(c, m->check, m->name, "it is no text");
	for (size_t i = 0; i < lines.n; i++)
		if (lines.v[i][0] != '\0')
			check_line(c, m, lines.v[i]);
	check_doubles(c, m);
	strs_release(&lines);
	return true;
}

static void
check_unlisted(struct checking *c, unsigned manifests)
{
	const struct bagcheck_file *f;

	vec_each (f, &c->b->files) {
		if (strncmp(f->name, "data/", 5) != 0)
			continue;
		if (f->listed == 0)
			fail(c, "manifest", f->name, "it is not listed");
		else if (f->listed < manifests && c->b->version >= V1_0)
			fail(c, "manifest", f->name,
			    "it is not in every manifest");
	}
}

/* All of a sort: "manifest-" or "tagmanifest-". */
static unsigned
check_manifests(struct checking *c, bool payload)
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
				pass(c, check, m.name,
				    mem_printf("%zu files", listed));
		}
		strs_release(&m.seen);
		free(algorithm);
	}
	free(prefix);
	return n;
}

static void
check_payload(struct checking *c)
{
	unsigned n = check_manifests(c, true);

	if (n == 0)
		fail(c, "manifest", "manifest-sha256.txt",
		    "there is no manifest of the payload that could be "
		    "checked");
	else
		check_unlisted(c, n);
	pass(c, "manifest", "data",
	    mem_printf("%zu files, %" PRId64 " bytes", c->b->payload_files,
		c->b->payload_bytes));
}

/* Names that Windows and macOS take for one. */
static int
by_folded_name(const void *a, const void *b)
{
	return strcasecmp((*(const struct bagcheck_file *const *)a)->name,
	    (*(const struct bagcheck_file *const *)b)->name);
}

static void
check_cases(struct checking *c)
{
	VEC(const struct bagcheck_file *) all = VEC_INIT;
	const struct bagcheck_file *f;

	vec_each (f, &c->b->files)
		vec_push(&all, f);
	vec_sort(&all, by_folded_name);
	for (size_t i = 1; i < all.n; i++)
		if (strcasecmp(all.v[i - 1]->name, all.v[i]->name) == 0)
			warn(c, "manifest", all.v[i]->name,
			    "another name differs in case only");
	vec_release(&all);
}

/*
 * bag-info.txt and fetch.txt.
 */

static void
check_oxum(struct checking *c)
{
	const char *name =
	    c->b->version < 96 ? "package-info.txt" : "bag-info.txt";
	const struct buf *text = bagcheck_text(c->b, name);
	char *actual = mem_printf(
	    "%" PRId64 ".%zu", c->b->payload_bytes, c->b->payload_files);
	struct strs lines = VEC_INIT;

	if (text != NULL && !read_lines(&lines, c, text))
		fail(c, "oxum", name, "it is no text");
	for (size_t i = 0; i < lines.n; i++) {
		const char *value = lines.v[i];

		if (strncasecmp(value, "Payload-Oxum:", 13) != 0)
			continue;
		value += 13;
		value += strspn(value, " \t");
		if (strncmp(value, actual, strlen(actual)) == 0 &&
		    strspn(value + strlen(actual), " \t") ==
			strlen(value + strlen(actual)))
			verdict_note(c->checks, "oxum", name, "pass", actual);
		else
			fail(c, "oxum", name,
			    "Payload-Oxum is not the size of the payload");
	}
	c->failed = 0;
	free(actual);
	strs_release(&lines);
}

static void
check_fetch_line(struct checking *c, char *line)
{
	char *at = line + strcspn(line, " \t");
	char *path = at + strspn(at, " \t");
	const struct bagcheck_file *f;

	path += strcspn(path, " \t");
	path += strspn(path, " \t");
	if (*path == '\0') {
		fail(c, "fetch", "fetch.txt",
		    "a line is no address, length and path");
		return;
	}
	decode(path);
	if (strays(path) || strncmp(path, "data/", 5) != 0) {
		fail(c, "fetch", path, "such a path cannot be listed here");
		return;
	}
	f = bagcheck_find(c->b, path);
	if (f != NULL && f->listed > 0)
		return;
	if (c->b->version >= V1_0)
		fail(c, "fetch", path,
		    f == NULL ? "it would have to be fetched first" :
				"no manifest lists it");
	else
		warn(c, "fetch", path, "no manifest lists it");
}

static void
check_fetch(struct checking *c)
{
	const struct buf *text = bagcheck_text(c->b, "fetch.txt");
	struct strs lines = VEC_INIT;

	if (text == NULL)
		return;
	if (!read_lines(&lines, c, text))
		fail(c, "fetch", "fetch.txt", "it is no text");
	for (size_t i = 0; i < lines.n; i++)
		if (lines.v[i][0] != '\0')
			check_fetch_line(c, lines.v[i]);
	pass(c, "fetch", "fetch.txt", mem_printf("%zu files", lines.n));
	strs_release(&lines);
}

struct err *
bagcheck_run(struct bagcheck **out, struct node *checks, struct parcel *p)
{
	struct checking c = { .checks = checks };
	struct err *e;

	*out = NULL;
	c.b = mem_zero(1, sizeof(*c.b));
	if ((e = read_all(&c, p)) != NULL) {
		bagcheck_free(c.b);
		return e;
	}
	c.failed = 0;
	check_declaration(&c);
	check_payload(&c);
	check_manifests(&c, false);
	c.failed = 0;
	check_cases(&c);
	check_oxum(&c);
	check_fetch(&c);
	*out = c.b;
	return NULL;
}

void
bagcheck_free(struct bagcheck *b)
{
	struct bagcheck_file *f;
	struct bagcheck_tag *tag;

	if (b == NULL)
		return;
	vec_each (f, &b->files) {
		free(f->name);
		for (size_t i = 0; i < N_OTHERS; i++)
			free(f->others[i]);
	}
	vec_each (tag, &b->tags) {
		free(tag->name);
		buf_release(&tag->text);
	}
	vec_release(&b->files);
	vec_release(&b->tags);
	free(b);
}
