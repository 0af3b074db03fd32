/* SPDX-License-Identifier: ISC */
#include "core/util/path.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/buf.h"
#include "core/util/mem.h"
#include "core/util/utf8.h"

char *
path_join(const char *dir, const char *name)
{
	size_t len = strlen(dir);

	if (name[0] == '/' || len == 0)
		return mem_dup(name);
	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (strcmp(name, ".") == 0 || name[0] == '\0')
		return mem_ndup(dir, len);
	return mem_printf(
	    "%.*s%s%s", (int)len, dir, dir[len - 1] == '/' ? "" : "/", name);
}

const char *
path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

char *
path_parent(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return mem_dup(".");
	if (slash == path)
		return mem_dup("/");
	return mem_ndup(path, (size_t)(slash - path));
}

/* Take the last component off b, if it is one that ".." undoes. */
static bool
climb(struct buf *b, size_t root)
{
	size_t at = b->len;

	while (at > root && b->data[at - 1] != '/')
		at--;
	if (b->len == root || strcmp(b->data + at, "..") == 0)
		return false;
	buf_cut(b, at > root ? at - 1 : root);
	return true;
}

char *
path_clean(const char *path)
{
	struct buf b = BUF_INIT;
	size_t root = path[0] == '/';

	if (root)
		buf_addc(&b, '/');
	while (*path != '\0') {
		size_t len = strcspn(path, "/");

		if (len == 2 && memcmp(path, "..", 2) == 0 &&
		    (climb(&b, root) || root)) {
			/* resolved, or ".." of the root, which is the root */
		} else if (len > 0 && !(len == 1 && path[0] == '.')) {
			if (b.len > root)
				buf_addc(&b, '/');
			buf_add(&b, path, len);
		}
		path += len;
		path += *path == '/';
	}
	if (b.len == 0)
		buf_addc(&b, '.');
	return buf_steal(&b);
}

bool
path_is_below(const char *path, const char *root)
{
	size_t len = strlen(root);

	return len == 0 ||
	    (strncmp(path, root, len) == 0 &&
		(path[len] == '\0' || path[len] == '/'));
}

static bool
has_bad_component(const char *name)
{
	for (;;) {
		size_t len = strcspn(name, "/");

		if (len == 0 || (len == 1 && name[0] == '.') ||
		    (len == 2 && memcmp(name, "..", 2) == 0))
			return true;
		name += len;
		if (*name++ == '\0')
			return false;
	}
}

struct err *
path_vet(const char *name, const char *what)
{
	size_t len = strlen(name), used;
	const char *why = NULL;

	if (len > PATH_NAME_MAX)
		why = "is too long";
	else if (!utf8_valid(name, len))
		why = "is not UTF-8";
	else if (has_bad_component(name))
		why = "is absolute, or has an empty, \".\" or \"..\" part";
	for (size_t i = 0; why == NULL && i < len; i += used)
		if (utf8_is_control(utf8_decode(name + i, len - i, &used)))
			why = "has a control character";
	if (why == NULL)
		return NULL;
	return err_new(
	    ERR_INVALID, "%s: the name \"%.200s\" %s", what, name, why);
}
