/* SPDX-License-Identifier: ISC */
#include "core/attach.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/utf8.h"

#define STEM_MAX 40
#define EXT_MAX 8

/* Letters, digits, dash and underscore stay; the rest becomes dashes. */
static void
add_safe(struct buf *out, const char *p, size_t len, size_t max)
{
	size_t start = out->len;

	for (size_t i = 0; i < len && out->len - start < max; i++) {
		char c = p[i];

		if (isalnum((unsigned char)c) || c == '_')
			buf_addc(out, c);
		else if (out->len > start && out->data[out->len - 1] != '-')
			buf_addc(out, '-');
	}
	while (out->len > start && out->data[out->len - 1] == '-')
		buf_cut(out, out->len - 1);
}

char *
attach_path(const char *month, const char *id, const char *name,
    const char *sha256, int64_t now)
{
	const char *base = path_base(name), *dot = strrchr(base, '.');
	struct buf b = BUF_INIT;
	char time[DATE_TEXT];
	size_t start;

	if (dot == NULL || dot == base)
		dot = base + strlen(base);
	date_format_compact(time, now);
	buf_addf(&b, "archives/%s/%s/%s-", month, id, time);
	start = b.len;
	add_safe(&b, base, (size_t)(dot - base), STEM_MAX);
	if (b.len == start)
		buf_adds(&b, "file");
	buf_addf(&b, "-%.12s", sha256);
	if (strlen(dot) > 1) {
		buf_addc(&b, '.');
		start = b.len;
		add_safe(&b, dot + 1, strlen(dot + 1), EXT_MAX);
		if (b.len == start)
			buf_cut(&b, start - 1);
	}
	return buf_steal(&b);
}

/* The private copy becomes the object. */
static struct err *
take(struct node **out, struct store *s, const char *id, const char *month,
    const char *name, const char *temp, int64_t now)
{
	char sha256[SHA256_HEX], *path;
	int64_t size;
	struct err *e = digest_file(temp, sha256, &size);

	if (e != NULL)
		return e;
	path = attach_path(month, id, name, sha256, now);
	e = store_put_archive(s, path, temp, sha256, size);
	if (e == NULL) {
		*out = node_map();
		node_put_str(*out, "name", path_base(name));
		node_put_str(*out, "sha256", sha256);
		node_put_int(*out, "size", size);
		node_put_str(*out, "path", path);
		store_trailer(s, "Deed-Archive", sha256);
	}
	free(path);
	return e;
}

static struct err *
vet_name(const char *name)
{
	const char *base = path_base(name);

	if (!utf8_valid(base, strlen(base)))
		return err_new(ERR_INVALID, "%s: the name is not UTF-8", name);
	return NULL;
}

struct err *
attach_file(struct node **out, struct store *s, const char *id,
    const char *month, const char *file, int64_t now)
{
	char *temp = path_join(store_temp_dir(s), "attached");
	struct stat st;
	struct err *e;

	*out = NULL;
	if ((e = vet_name(file)) != NULL)
		goto done;
	if (stat(file, &st) != 0)
		e = err_new(
		    ERR_NOT_FOUND, "cannot attach %s: no such file", file);
	else if (!S_ISREG(st.st_mode))
		e = err_new(ERR_INVALID,
		    "cannot attach %s: it is not a regular file", file);
	if (e != NULL)
		goto done;
	if ((e = file_unlink(temp)) != NULL ||
	    (e = file_share(file, temp, false)) != NULL)
		goto done;
	e = take(out, s, id, month, file, temp, now);
done:
	free(temp);
	return e;
}

struct err *
attach_bytes(struct node **out, struct store *s, const char *id,
    const char *month, const char *name, const void *data, size_t len,
    int64_t now)
{
	char *temp = path_join(store_temp_dir(s), "attached");
	struct err *e;

	*out = NULL;
	if ((e = vet_name(name)) == NULL && (e = file_unlink(temp)) == NULL &&
	    (e = file_create(temp, data, len, 0600)) == NULL)
		e = take(out, s, id, month, name, temp, now);
	free(temp);
	return e;
}
