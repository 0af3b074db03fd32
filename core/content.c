/* SPDX-License-Identifier: ISC */
#include "core/content.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/util/path.h"

void
content_init(struct content *c)
{
	memset(c, 0, sizeof(*c));
}

void
content_release(struct content *c)
{
	struct content_file *f;

	vec_each (f, &c->files)
		free(f->name);
	vec_release(&c->files);
	strs_release(&c->shape);
}

void
content_add(struct content *c, const char *name, const char *sha256)
{
	struct content_file *f = vec_add(&c->files);

	f->name = mem_dup(name);
	memcpy(f->sha256, sha256, SHA256_HEX);
}

void
content_add_program(struct content *c, const char *name)
{
	strs_take(&c->shape, mem_printf("program %s", name));
}

void
content_add_link(struct content *c, const char *name, const char *target)
{
	strs_take(&c->shape, mem_printf("link %s -> %s", name, target));
}

static int
by_name(const void *a, const void *b)
{
	const struct content_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void
content_sort(struct content *c)
{
	vec_sort(&c->files, by_name);
	strs_sort(&c->shape);
}

/*
 * A name with a backslash is escaped, and the line then begins with one, as
 * GNU sha256sum has it.  (It would do so for line ends too; no name has any.)
 */
static void
add_line(struct buf *out, const struct content_file *f)
{
	if (strchr(f->name, '\\') != NULL)
		buf_addc(out, '\\');
	buf_adds(out, f->sha256);
	buf_adds(out, "  ./");
	for (const char *p = f->name; *p != '\0'; p++) {
		if (*p == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *p);
	}
	buf_addc(out, '\n');
}

void
content_sums(struct buf *out, const struct content *c)
{
	const struct content_file *f;

	vec_each (f, &c->files)
		add_line(out, f);
}

void
content_digest(char out[static SHA256_HEX], const struct content *c)
{
	struct digest *d = digest_new();
	struct buf line = BUF_INIT;
	const struct content_file *f;

	vec_each (f, &c->files) {
		buf_clear(&line);
		add_line(&line, f);
		digest_add(d, line.data, line.len);
	}
	digest_hex(d, out);
	buf_release(&line);
	digest_free(d);
}

void
content_shape(char out[static SHA256_HEX], const struct content *c)
{
	struct digest *d = digest_new();

	for (size_t i = 0; i < c->shape.n; i++)
		/* with its NUL, which no name or target can hold */
		digest_add(d, c->shape.v[i], strlen(c->shape.v[i]) + 1);
	digest_hex(d, out);
	digest_free(d);
}

static bool
parse_line(struct content *out, const char *p, size_t len)
{
	bool escaped = len > 0 && *p == '\\';
	struct buf name = BUF_INIT;
	char sha256[SHA256_HEX];
	bool plain = true, good;

	p += escaped;
	len -= escaped;
	if (len < SHA256_HEX + 4 || memcmp(p + 64, "  ./", 4) != 0)
		return false;
	memcpy(sha256, p, 64);
	sha256[64] = '\0';
	/* "\\n" and "\\r" are line ends, which no name here has */
	for (size_t i = 68; i < len && plain; i++) {
		plain = !escaped || p[i] != '\\' || (++i < len && p[i] == '\\');
		buf_addc(&name, p[i]);
	}
	good = plain && digest_is_hex(sha256) && strlen(name.data) == name.len;
	if (good)
		content_add(out, name.data, sha256);
	buf_release(&name);
	return good;
}

struct err *
content_parse(struct content *out, const char *p, size_t len, const char *name)
{
	unsigned line = 0;

	content_init(out);
	while (len > 0) {
		const char *lf = memchr(p, '\n', len);

		line++;
		if (lf == NULL || !parse_line(out, p, (size_t)(lf - p))) {
			content_release(out);
			return err_new(ERR_SYNTAX,
			    "%s:%u: this is no line of sha256sum", name, line);
		}
		len -= (size_t)(lf + 1 - p);
		p = lf + 1;
	}
	content_sort(out);
	return NULL;
}

static struct err *
digest_entry(struct unpack *u, struct digest *d, char sha256[static SHA256_HEX])
{
	const void *p;
	size_t len;
	struct err *e;

	while ((e = unpack_read(u, &p, &len)) == NULL && len > 0)
		digest_add(d, p, len);
	digest_hex(d, sha256);
	return e;
}

static struct err *
add_entry(struct content *out, struct unpack *u,
    const struct unpack_entry *entry, struct digest *d)
{
	char sha256[SHA256_HEX];
	struct err *e;

	switch (entry->type) {
	case UNPACK_FOLDER:
		return NULL;
	case UNPACK_LINK:
		content_add_link(out, entry->name, entry->target);
		return NULL;
	case UNPACK_FILE:
		break;
	}
	/* the name is good until the next entry, so also after reading */
	if ((e = digest_entry(u, d, sha256)) != NULL)
		return e;
	content_add(out, entry->name, sha256);
	if (entry->program)
		content_add_program(out, entry->name);
	return NULL;
}

struct err *
content_of_archive(
    struct content *out, const char *path, const struct unpack_limits *limits)
{
	struct digest *d = digest_new();
	const struct unpack_entry *entry;
	struct unpack *u = NULL;
	struct err *e;

	content_init(out);
	e = unpack_open(&u, path, limits);
	while (
	    e == NULL && (e = unpack_next(u, &entry)) == NULL && entry != NULL)
		e = add_entry(out, u, entry, d);
	if (e != NULL)
		content_release(out);
	else
		content_sort(out);
	unpack_close(u);
	digest_free(d);
	return e;
}

static struct err *walk(
    struct content *out, const char *path, const char *prefix) MUST_CHECK;

static struct err *
add_path(struct content *out, const char *path, const char *name)
{
	char sha256[SHA256_HEX], target[PATH_MAX];
	struct stat st;
	struct err *e;
	ssize_t n;

	if ((e = path_vet(name, path)) != NULL ||
	    (e = file_stat(&st, path)) != NULL)
		return e;
	if (S_ISDIR(st.st_mode))
		return walk(out, path, name);
	if (S_ISLNK(st.st_mode)) {
		n = readlink(path, target, sizeof(target) - 1);
		if (n < 0)
			return err_errno("cannot read %s", path);
		target[n] = '\0';
		content_add_link(out, name, target);
		return NULL;
	}
	if (!S_ISREG(st.st_mode))
		return err_new(ERR_INVALID,
		    "%s is neither a file, a folder nor a link", path);
	if ((e = digest_file(path, sha256, NULL)) != NULL)
		return e;
	content_add(out, name, sha256);
	if (st.st_mode & S_IXUSR)
		content_add_program(out, name);
	return NULL;
}

static struct err *
walk(struct content *out, const char *path, const char *prefix)
{
	struct strs names = VEC_INIT;
	struct err *e = file_list(&names, path);

	for (size_t i = 0; e == NULL && i < names.n; i++) {
		char *child = path_join(path, names.v[i]);
		char *name = path_join(prefix, names.v[i]);

		e = add_path(out, child, name);
		free(child);
		free(name);
	}
	strs_release(&names);
	return e;
}

struct err *
content_of_folder(struct content *out, const char *path)
{
	struct err *e;

	content_init(out);
	e = walk(out, path, "");
	if (e != NULL)
		content_release(out);
	else
		content_sort(out);
	return e;
}

bool
content_compare(const struct content *a, const struct content *b,
    struct strs *only_a, struct strs *only_b, struct strs *changed)
{
	size_t i = 0, j = 0;
	bool same = true;

	while (i < a->files.n || j < b->files.n) {
		int order = i == a->files.n ?
		    1 :
		    j == b->files.n ?
		    -1 :
		    strcmp(a->files.v[i].name, b->files.v[j].name);

		if (order < 0)
			strs_add(only_a, a->files.v[i].name);
		else if (order > 0)
			strs_add(only_b, b->files.v[j].name);
		else if (strcmp(a->files.v[i].sha256, b->files.v[j].sha256) !=
		    0)
			strs_add(changed, a->files.v[i].name);
		else {
			i++;
			j++;
			continue;
		}
		same = false;
		i += order <= 0;
		j += order >= 0;
	}
	return same;
}
