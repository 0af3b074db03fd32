/* SPDX-License-Identifier: ISC */
#include "core/evidence/parcel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/ext/unpack.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define READ_SIZE (256u << 10)
#define DEPTH_MAX 64 /* folders within folders */

struct parcel {
	char *path;
	bool is_folder;
	struct strs names; /* of all files, from the top, sorted */
	char *root;        /* of the bag: "" or "NAME/" */
	struct parcel_file file;
	size_t at; /* the next name, of a folder */
	int fd;    /* the file being read, of a folder; or -1 */
	char *full, *chunk;
	struct unpack *unpack;
};

/*
 * Names.
 */

static struct err *
walk(struct strs *out, const char *path, const char *prefix, int depth)
{
	struct strs names = VEC_INIT;
	struct err *e = file_list(&names, path);

	if (e == NULL && depth > DEPTH_MAX)
		e = err_new(ERR_LIMIT, "%s: too many folders deep", path);
	if (e == NULL && out->n > UNPACK_NAMES)
		e = err_new(ERR_LIMIT, "%s: too many files", path);
	for (size_t i = 0; i < names.n && e == NULL; i++) {
		char *child = path_join(path, names.v[i]);
		char *name = mem_printf("%s%s", prefix, names.v[i]), *below;
		struct stat st;

		if ((e = path_vet(name, path)) == NULL &&
		    lstat(child, &st) != 0)
			e = err_errno("cannot read %s", child);
		if (e == NULL && S_ISDIR(st.st_mode)) {
			below = mem_printf("%s/", name);
			e = walk(out, child, below, depth + 1);
			free(below);
		} else if (e == NULL && S_ISREG(st.st_mode)) {
			strs_add(out, name);
		} else if (e == NULL) {
			e = err_new(ERR_INVALID,
			    "%s is neither a file nor a folder", child);
		}
		free(name);
		free(child);
	}
	strs_release(&names);
	return e;
}

static struct err *
list_archive(struct strs *out, const char *path)
{
	const struct unpack_entry *entry;
	struct unpack *u = NULL;
	struct err *e = unpack_open(&u, path, NULL);

	while (e == NULL && (e = unpack_next(u, &entry)) == NULL &&
	    entry != NULL) {
		if (entry->type == UNPACK_FILE)
			strs_add(out, entry->name);
		else if (entry->type == UNPACK_LINK)
			e = err_new(
			    ERR_INVALID, "%s: %s is a link", path, entry->name);
	}
	unpack_close(u);
	return e;
}

/* The first folder of a name, "" if it has none; with its slash, yours. */
static char *
first_folder(const char *name)
{
	const char *slash = strchr(name, '/');

	return slash == NULL ? mem_dup("") :
			       mem_ndup(name, (size_t)(slash + 1 - name));
}

/* What names have in common, or "". */
static char *
only_folder(const struct strs *names)
{
	char *root = names->n == 0 ? mem_dup("") : first_folder(names->v[0]);

	for (size_t i = 1; i < names->n; i++)
		if (strncmp(names->v[i], root, strlen(root)) != 0) {
			free(root);
			return mem_dup("");
		}
	return root;
}

/*
 * The folder with a bagit.txt in it, of several the first that has a root.txt,
 * too; NULL if there is none.  Yours.
 */
static char *
bag_folder(const struct strs *names)
{
	char *found = NULL;

	for (size_t i = 0; i < names->n; i++) {
		const char *slash = strchr(names->v[i], '/');
		char *folder, *root;
		bool whole;

		if (slash == NULL || strcmp(slash + 1, "bagit.txt") != 0)
			continue;
		folder = first_folder(names->v[i]);
		root = mem_printf("%sroot.txt", folder);
		whole = strs_has(names, root);
		free(root);
		if (found == NULL || whole) {
			free(found);
			found = folder;
		} else {
			free(folder);
		}
		if (whole)
			break;
	}
	return found;
}

static void
find_root(struct parcel *p)
{
	p->root = strs_has(&p->names, "bagit.txt") ? mem_dup("") :
						     bag_folder(&p->names);
	if (p->root == NULL)
		p->root = only_folder(&p->names);
	/* a bag that lost bagit.txt may lie in the open: data is its payload */
	if (strcmp(p->root, "data/") == 0)
		p->root[0] = '\0';
}

struct err *
parcel_open(struct parcel **out, const char *path)
{
	struct parcel *p = mem_zero(1, sizeof(*p));
	struct err *e;

	*out = NULL;
	p->path = mem_dup(path);
	p->fd = -1;
	p->chunk = mem_alloc(READ_SIZE);
	p->is_folder = file_is_dir(path);
	e = p->is_folder ? walk(&p->names, path, "", 0) :
			   list_archive(&p->names, path);
	if (e != NULL) {
		parcel_close(p);
		return e;
	}
	strs_sort(&p->names);
	find_root(p);
	*out = p;
	return NULL;
}

static void
close_file(struct parcel *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	free(p->full);
	p->full = NULL;
}

void
parcel_close(struct parcel *p)
{
	if (p == NULL)
		return;
	close_file(p);
	unpack_close(p->unpack);
	strs_release(&p->names);
	free(p->root);
	free(p->chunk);
	free(p->path);
	free(p);
}

static bool
has(const struct parcel *p, const char *name, bool below)
{
	size_t root = strlen(p->root), len = strlen(name);

	for (size_t i = 0; i < p->names.n; i++) {
		const char *own = p->names.v[i];

		if (strncmp(own, p->root, root) == 0 &&
		    strncmp(own + root, name, len) == 0 &&
		    (below || own[root + len] == '\0'))
			return true;
	}
	return false;
}

bool
parcel_has(const struct parcel *p, const char *name)
{
	return has(p, name, false);
}

bool
parcel_has_below(const struct parcel *p, const char *prefix)
{
	return has(p, prefix, true);
}

/*
 * Bytes.
 */

struct err *
parcel_rewind(struct parcel *p)
{
	close_file(p);
	p->at = 0;
	if (p->is_folder)
		return NULL;
	unpack_close(p->unpack);
	p->unpack = NULL;
	return unpack_open(&p->unpack, p->path, NULL);
}

static struct err *
next_name(const char **out, struct parcel *p)
{
	const struct unpack_entry *entry;
	struct err *e;

	*out = NULL;
	if (p->is_folder) {
		if (p->at < p->names.n)
			*out = p->names.v[p->at++];
		return NULL;
	}
	do {
		if ((e = unpack_next(p->unpack, &entry)) != NULL)
			return e;
	} while (entry != NULL && entry->type != UNPACK_FILE);
	if (entry != NULL)
		*out = entry->name;
	return NULL;
}

static struct err *
open_file(struct parcel *p, const char *name)
{
	p->full = path_join(p->path, name);
	p->fd = open(p->full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return p->fd < 0 ? err_errno("cannot read %s", p->full) : NULL;
}

struct err *
parcel_next(struct parcel *p, const struct parcel_file **file)
{
	const char *name;
	size_t root = strlen(p->root);
	struct err *e;

	*file = NULL;
	close_file(p);
	if ((e = next_name(&name, p)) != NULL || name == NULL)
		return e;
	if (p->is_folder && (e = open_file(p, name)) != NULL)
		return e;
	p->file.outside = strncmp(name, p->root, root) != 0;
	p->file.name = p->file.outside ? name : name + root;
	p->file.path = p->full;
	*file = &p->file;
	return NULL;
}

struct err *
parcel_read(struct parcel *p, const void **bytes, size_t *len)
{
	ssize_t n;

	if (!p->is_folder)
		return unpack_read(p->unpack, bytes, len);
	do
		n = read(p->fd, p->chunk, READ_SIZE);
	while (n < 0 && errno == EINTR);
	*bytes = p->chunk;
	*len = n > 0 ? (size_t)n : 0;
	return n < 0 ? err_errno("cannot read %s", p->full) : NULL;
}

struct err *
parcel_text(struct buf *out, struct parcel *p, size_t max)
{
	const void *bytes;
	size_t len;
	struct err *e;

	while ((e = parcel_read(p, &bytes, &len)) == NULL && len > 0) {
		if (out->len + len > max)
			return err_new(ERR_LIMIT, "%s is larger than %zu bytes",
			    p->file.name, max);
		buf_add(out, bytes, len);
	}
	return e;
}
