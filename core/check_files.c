/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/check_rules.h"
#include "core/cut.h"
#include "core/delivery.h"
#include "core/ext/digest.h"
#include "core/secret.h"
#include "core/upload.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define SUMS_MAX (256u << 20)
#define TOLD_MAX 3       /* names that are told; of more, how many */
#define WINDOWS_PATH 240 /* 259, and room for the folder it goes into */
#define WINDOWS_NAME 255

/*
 * The names of a delivery's files, from the lines that sha256sum prints.
 */

struct files {
	struct strs names;
	const char *label; /* of the delivery; "this delivery" */
};

/* "DIGEST  ./NAME"; a line that begins with a backslash has escaped ones. */
static void
add_name(struct files *out, const char *line, size_t len)
{
	bool escaped = len > 0 && line[0] == '\\';
	const char *name = line + escaped + SHA256_HEX + 1;
	char *copy, *to;

	if (len < (size_t)(name - line))
		return;
	copy = mem_ndup(name, len - (size_t)(name - line));
	for (char *from = to = copy; escaped && *from != '\0'; from++) {
		from += from[0] == '\\' && from[1] == '\\';
		*to++ = *from;
	}
	if (escaped)
		*to = '\0';
	if (strncmp(copy, "./", 2) == 0)
		memmove(copy, copy + 2, strlen(copy) - 1);
	strs_take(&out->names, copy);
}

static void
read_sums(struct files *out, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		add_name(out, text, len);
		text += len + (text[len] == '\n');
	}
}

/* Those of the newest delivery; false if they are not at hand. */
static bool
newest_files(struct files *out, const struct check *c)
{
	const struct fact *d = order_last(c->order, "delivery");
	const char *sums = d != NULL ?
	    node_text(node_get(d->content, "archive"), "sums") :
	    NULL;
	struct buf b = BUF_INIT;
	struct err *e;
	char *path;

	*out = (struct files){ VEC_INIT, NULL };
	if (sums == NULL || c->ledger == NULL)
		return false;
	out->label = d->label != NULL ? d->label : "the delivery";
	path = path_join(c->ledger->dir, sums);
	e = file_read(&b, path, SUMS_MAX);
	if (e == NULL)
		read_sums(out, b.data);
	err_drop(e); /* what is not there cannot be looked through */
	buf_release(&b);
	free(path);
	return out->names.n > 0;
}

/* One finding for all names a test holds for. */
static void
add_names(const struct finder *f, const struct files *files,
    bool (*is_bad)(const char *name), const char *what, const char *fix)
{
	struct buf names = BUF_INIT;
	size_t n = 0;

	for (size_t i = 0; i < files->names.n; i++) {
		if (!is_bad(files->names.v[i]))
			continue;
		if (n++ < TOLD_MAX)
			buf_addf(&names, "%s%s", n > 1 ? ", " : "",
			    files->names.v[i]);
	}
	if (n > TOLD_MAX)
		buf_addf(&names, " and %zu more", n - TOLD_MAX);
	if (n > 0)
		finder_add(f, fix, "%s %s: %s", files->label, what, names.data);
	buf_release(&names);
}

/*
 * Names.
 */

/* Does a test hold for any of the names between slashes? */
static bool
any_part(const char *path, bool (*is)(const char *part, size_t len))
{
	while (*path != '\0') {
		size_t len = strcspn(path, "/");

		if (is(path, len))
			return true;
		path += len + (path[len] == '/');
	}
	return false;
}

static bool
part_is_git(const char *part, size_t len)
{
	return (len == 4 && strncasecmp(part, ".git", 4) == 0) ||
	    (len == 5 && strncasecmp(part, ".deed", 5) == 0);
}

static bool
is_git(const char *path)
{
	return any_part(path, part_is_git);
}

/* "con", "nul.txt", "com1": names of devices, whatever follows a dot. */
static bool
is_device(const char *part, size_t len)
{
	static const char *const plain[] = { "con", "prn", "aux", "nul" };
	size_t stem = 0;

	while (stem < len && part[stem] != '.')
		stem++;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (stem == 3 && strncasecmp(part, plain[i], 3) == 0)
			return true;
	return stem == 4 && isdigit((unsigned char)part[3]) && part[3] != '0' &&
	    (strncasecmp(part, "com", 3) == 0 ||
		strncasecmp(part, "lpt", 3) == 0);
}

static bool
part_is_foreign(const char *part, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)part[i] < 0x20 ||
		    strchr("<>:\"|?*\\", part[i]) != NULL)
			return true;
	return len > WINDOWS_NAME || part[len - 1] == '.' ||
	    part[len - 1] == ' ' || is_device(part, len);
}

static bool
is_foreign(const char *path)
{
	return strlen(path) > WINDOWS_PATH || any_part(path, part_is_foreign);
}

static int
by_case(const void *a, const void *b)
{
	return strcasecmp(*(char *const *)a, *(char *const *)b);
}

/* Two names that differ in case alone are one file there. */
static void
add_doubles(const struct finder *f, struct files *files, const char *fix)
{
	vec_sort(&files->names, by_case);
	for (size_t i = 1; i < files->names.n; i++) {
		if (by_case(&files->names.v[i - 1], &files->names.v[i]) != 0)
			continue;
		finder_add(f, fix,
		    "%s has two files that are one on Windows: %s and %s",
		    files->label, files->names.v[i - 1], files->names.v[i]);
		return;
	}
}

#define RENAMED "deed deliver -m 'the same, with other names'"
#define SMALLER "deed deliver PATH..."
#define CLEANED "deed deliver -m 'the same, without them'"

static void
windows_names(const struct finder *f, struct files *files)
{
	add_names(
	    f, files, is_foreign, "has names Windows cannot open", RENAMED);
	add_doubles(f, files, RENAMED);
}

/* What was handed over is told to others: which login, never the secret. */
static void
find_secret_handover(const struct finder *f)
{
	const struct order *o = f->c->order;
	struct secrets *shapes = secrets_new();
	const struct fact *h;

	for (size_t at = 0; (h = order_next(o, "handover", &at)) != NULL;) {
		const char *text = node_text(h->content, "text");
		char *id, *fix;

		if (text == NULL ||
		    (!secret_is_told(text) &&
			secrets_find(shapes, text, strlen(text)) == NULL))
			continue;
		id = order_short(o, h);
		fix = mem_printf("deed correct %s --set text='which login, and "
				 "how it was sent' -m 'without the secret'",
		    id);
		finder_add(f, fix, "the handover %s holds a secret itself", id);
		free(fix);
		free(id);
	}
	secrets_free(shapes);
}

void
find_secret(const struct finder *f)
{
	struct files files;

	if (newest_files(&files, f->c))
		add_names(f, &files, secret_name, "has files that hold secrets",
		    CLEANED);
	strs_release(&files.names);
	find_secret_handover(f);
}

void
find_git_folder(const struct finder *f)
{
	struct files files;

	if (newest_files(&files, f->c))
		add_names(f, &files, is_git, "has a repository's own folder",
		    CLEANED);
	strs_release(&files.names);
}

void
find_windows_name(const struct finder *f)
{
	struct files files;

	if (newest_files(&files, f->c))
		windows_names(f, &files);
	strs_release(&files.names);
}

/*
 * Size.
 */

/* "1.4 GB", "23.0 MB", "12 kB": yours. */
static char *
size_text(int64_t bytes)
{
	if (bytes >= 1000000000)
		return mem_printf("%lld.%lld GB", (long long)bytes / 1000000000,
		    (long long)bytes / 100000000 % 10);
	if (bytes >= 1000000)
		return mem_printf("%lld.%lld MB", (long long)bytes / 1000000,
		    (long long)bytes / 100000 % 10);
	return mem_printf("%lld kB", (long long)(bytes + 999) / 1000);
}

/* Into which parts it goes: "part 1 from a.png to f.png, 4.1 GB; ...". */
static void
tell_parts(struct buf *out, const struct cut *c)
{
	for (size_t i = 0; i < c->parts.n; i++) {
		const struct cut_part *p = &c->parts.v[i];
		const struct zipdir_member *first = &c->dir.members.v[p->first];
		char *size = size_text(p->size);

		buf_addf(out, "%spart %zu from %s to %s, %s", i > 0 ? "; " : "",
		    i + 1, first->name, first[p->n - 1].name, size);
		free(size);
	}
}

static void
tell_too_large(const struct finder *f, const char *zip, const char *is,
    const char *may, int64_t limit)
{
	struct buf parts = BUF_INIT;
	struct cut c = { .fd = -1 };
	struct err *e = zip != NULL ? cut_open(&c, zip) : NULL;

	/* without its bytes, or as no ZIP, its size alone is told */
	if (e != NULL || c.fd < 0) {
		finder_add(f, SMALLER,
		    "the delivery has %s, and the box takes %s", is, may);
	} else if (!cut_at_most(&c, limit)) {
		finder_add(f, SMALLER,
		    "the delivery has %s, the box takes %s, and one file alone "
		    "is larger",
		    is, may);
	} else {
		tell_parts(&parts, &c);
		finder_add(f, "deed deliver -O .",
		    "the delivery has %s, and the box takes %s; %zu parts fit: "
		    "%s",
		    is, may, c.parts.n, parts.data);
	}
	cut_close(&c);
	buf_release(&parts);
	err_drop(e);
}

void
find_too_large_in(const struct finder *f, const char *zip, int64_t size)
{
	int64_t limit = upload_limit(f->c->profile);
	char *is, *may;

	if (limit == 0 || size <= limit)
		return;
	is = size_text(size);
	may = size_text(limit);
	tell_too_large(f, zip, is, may, limit);
	free(is);
	free(may);
}

void
find_too_large(const struct finder *f)
{
	const struct fact *d = order_last(f->c->order, "delivery");
	char *path;

	if (d == NULL || f->c->ledger == NULL)
		return;
	path = delivery_bytes(f->c->ledger, d);
	find_too_large_in(
	    f, path, node_number(node_get(d->content, "archive"), "size", 0));
	free(path);
}

/*
 * Before it is recorded.
 */

static void
read_packed(struct files *out, const struct buf *sums)
{
	*out = (struct files){ VEC_INIT, "this delivery" };
	read_sums(out, sums->data);
}

void
find_git_folder_in(const struct finder *f, const struct buf *sums)
{
	struct files files;

	read_packed(&files, sums);
	add_names(f, &files, is_git, "has a repository's own folder", CLEANED);
	strs_release(&files.names);
}

void
find_windows_name_in(const struct finder *f, const struct buf *sums)
{
	struct files files;

	read_packed(&files, sums);
	windows_names(f, &files);
	strs_release(&files.names);
}
