/* SPDX-License-Identifier: ISC */
#include "core/evidence/bagcheck_parts.h"

#include <ctype.h>
#include <iconv.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/util/utf8.h"
#include "core/verdict.h"

const char *const bagcheck_others[BAGCHECK_OTHERS] = { "md5", "sha1", "sha224",
	"sha384", "sha512" };

void
bagcheck_fail(struct bagcheck_work *c, const char *name, const char *subject,
    const char *detail)
{
	c->failed++;
	verdict_note(c->checks, name, subject, "fail", detail);
}

void
bagcheck_warn(struct bagcheck_work *c, const char *name, const char *subject,
    const char *detail)
{
	char *text = mem_printf("warning: %s", detail);

	c->b->warnings = true;
	verdict_note(c->checks, name, subject, "pass", text);
	free(text);
}

void
bagcheck_pass(struct bagcheck_work *c, const char *name, const char *subject,
    char *detail)
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

struct digests {
	struct digest *sha256;
	struct digest *others[BAGCHECK_OTHERS]; /* NULL: nobody asks */
};

static void
start_digests(struct digests *d, const struct parcel *p)
{
	memset(d, 0, sizeof(*d));
	d->sha256 = digest_new();
	for (size_t i = 0; i < BAGCHECK_OTHERS; i++) {
		char *name = mem_printf("manifest-%s.txt", bagcheck_others[i]);
		char *tag = mem_printf("tag%s", name);

		if (parcel_has(p, name) || parcel_has(p, tag))
			d->others[i] = digest_new_named(bagcheck_others[i]);
		free(tag);
		free(name);
	}
}

static void
end_digests(struct digests *d)
{
	digest_free(d->sha256);
	for (size_t i = 0; i < BAGCHECK_OTHERS; i++)
		digest_free(d->others[i]);
}

/* All tag files are held until the end, so there is a limit to them. */
static struct err *
hold(struct bagcheck_work *c, struct bagcheck_tag *tag, const void *bytes,
    size_t len)
{
	if (tag->text.len + len > BAGCHECK_TAG_MAX)
		return err_new(ERR_LIMIT, "%s is larger than a tag file can be",
		    tag->name);
	if ((c->held += len) > BAGCHECK_TAGS_MAX)
		return err_new(ERR_LIMIT,
		    "%s: the tag files are larger than 64 MiB together",
		    tag->name);
	buf_add(&tag->text, bytes, len);
	return NULL;
}

static struct err *
read_file(struct bagcheck_work *c, struct parcel *p,
    const struct parcel_file *file, struct digests *d)
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
		for (size_t i = 0; i < BAGCHECK_OTHERS; i++)
			if (d->others[i] != NULL)
				digest_add(d->others[i], bytes, len);
		f->size += (int64_t)len;
		if (tag != NULL && (e = hold(c, tag, bytes, len)) != NULL)
			return e;
	}
	digest_hex(d->sha256, f->sha256);
	for (size_t i = 0; i < BAGCHECK_OTHERS; i++)
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
read_all(struct bagcheck_work *c, struct parcel *p)
{
	const struct parcel_file *file;
	struct digests d;
	struct err *e = parcel_rewind(p);

	start_digests(&d, p);
	while (
	    e == NULL && (e = parcel_next(p, &file)) == NULL && file != NULL) {
		if (file->outside) {
			bagcheck_fail(c, "files", file->name,
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
bool
bagcheck_lines(
    struct strs *out, const struct bagcheck_work *c, const struct buf *text)
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
check_declaration(struct bagcheck_work *c)
{
	const struct buf *text = bagcheck_text(c->b, "bagit.txt");
	struct strs lines = VEC_INIT;
	const char *version, *encoding;

	c->b->version = BAGCHECK_V1_0;
	snprintf(c->encoding, sizeof(c->encoding), "UTF-8");
	if (text == NULL) {
		bagcheck_fail(c, "declaration", "bagit.txt", "it is missing");
		goto done;
	}
	if (!bagcheck_lines(&lines, c, text) || lines.n != 2) {
		bagcheck_fail(
		    c, "declaration", "bagit.txt", "it is not two lines");
		goto done;
	}
	version = value_of(lines.v[0], "BagIt-Version");
	encoding = value_of(lines.v[1], "Tag-File-Character-Encoding");
	if (version == NULL || parse_version(version) < 93 ||
	    parse_version(version) > BAGCHECK_V1_0)
		bagcheck_fail(c, "declaration", "bagit.txt",
		    "it names no version of BagIt from 0.93 to 1.0");
	else
		c->b->version = parse_version(version);
	if (encoding == NULL || !knows_encoding(encoding))
		bagcheck_fail(c, "declaration", "bagit.txt",
		    "it names no encoding that deed knows");
	else if (c->b->version >= BAGCHECK_V1_0 &&
	    strcasecmp(encoding, "UTF-8") != 0)
		bagcheck_fail(c, "declaration", "bagit.txt",
		    "the tag files of BagIt 1.0 are UTF-8");
	else
		snprintf(c->encoding, sizeof(c->encoding), "%s", encoding);
done:
	bagcheck_pass(c, "declaration", "bagit.txt", mem_dup(""));
	strs_release(&lines);
}

/* Names that Windows and macOS take for one. */
static int
by_folded_name(const void *a, const void *b)
{
	return strcasecmp((*(const struct bagcheck_file *const *)a)->name,
	    (*(const struct bagcheck_file *const *)b)->name);
}

static void
check_cases(struct bagcheck_work *c)
{
	VEC(const struct bagcheck_file *) all = VEC_INIT;
	const struct bagcheck_file *f;

	vec_each (f, &c->b->files)
		vec_push(&all, f);
	vec_sort(&all, by_folded_name);
	for (size_t i = 1; i < all.n; i++)
		if (strcasecmp(all.v[i - 1]->name, all.v[i]->name) == 0)
			bagcheck_warn(c, "manifest", all.v[i]->name,
			    "another name differs in case only");
	vec_release(&all);
}

/*
 * bag-info.txt.
 */

static void
check_oxum(struct bagcheck_work *c)
{
	const char *name =
	    c->b->version < 96 ? "package-info.txt" : "bag-info.txt";
	const struct buf *text = bagcheck_text(c->b, name);
	char *actual = mem_printf(
	    "%" PRId64 ".%zu", c->b->payload_bytes, c->b->payload_files);
	struct strs lines = VEC_INIT;

	if (text != NULL && !bagcheck_lines(&lines, c, text))
		bagcheck_fail(c, "oxum", name, "it is no text");
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
			bagcheck_fail(c, "oxum", name,
			    "Payload-Oxum is not the size of the payload");
	}
	c->failed = 0;
	free(actual);
	strs_release(&lines);
}

struct err *
bagcheck_run(struct bagcheck **out, struct node *checks, struct parcel *p)
{
	struct bagcheck_work c = { .checks = checks };
	struct err *e;

	*out = NULL;
	c.b = mem_zero(1, sizeof(*c.b));
	if ((e = read_all(&c, p)) != NULL) {
		bagcheck_free(c.b);
		return e;
	}
	c.failed = 0;
	check_declaration(&c);
	bagcheck_payload(&c);
	bagcheck_tags(&c);
	c.failed = 0;
	check_cases(&c);
	check_oxum(&c);
	bagcheck_fetch(&c);
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
		for (size_t i = 0; i < BAGCHECK_OTHERS; i++)
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
