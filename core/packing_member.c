/* SPDX-License-Identifier: ISC */
/* The members of an archive. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/lfs.h"
#include "core/packing_parts.h"
#include "core/util/file.h"
#include "core/util/path.h"

/* The repository of a submodule, if it and its commit are here; else NULL. */
static struct err *
open_submodule(struct checkout **out, const struct origin *o, const char *path,
    const char *commit)
{
	char *dir = path_join(o->checkout->top, path);
	struct revision rev = { .ref = NULL };
	bool here = false;
	struct err *e = checkout_open(out, dir);

	/* in the folder of one that was not fetched, git finds the project */
	if (e == NULL && strcmp((*out)->top, o->checkout->top) != 0) {
		e = checkout_resolve(&rev, *out, commit);
		here = e == NULL;
	}
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e);
		e = NULL;
	}
	if (!here) {
		checkout_free(*out);
		*out = NULL;
	}
	revision_release(&rev);
	free(dir);
	return e;
}

/* A submodule was met: pack its commit in its place, or find it missing. */
static struct err *
meet_submodule(struct packer *p, const struct origin *o,
    const struct source_member *m, size_t i)
{
	const char *commit = o->tree.modules.v[i];
	struct checkout *c = NULL;
	struct origin *sub;
	struct err *e;
	char *base;

	if (!p->spec->recurse_submodules) {
		packer_find(p, RULE_SUBMODULE, o->base, m->path, NULL);
		return NULL;
	}
	if ((e = open_submodule(&c, o, m->path, commit)) != NULL)
		return e;
	if (c == NULL) {
		packer_find(p, RULE_SUBMODULE, o->base, m->path,
		    "not here: git submodule update --init");
		return NULL;
	}
	base = mem_printf("%s%s/", o->base, m->path);
	if ((e = packer_origin(p, &sub, c, commit, base)) == NULL) {
		packer_find_local(p, sub, "");
		e = packer_add_commit(p, sub, "", m->zip.name);
	}
	free(base);
	return e;
}

/*
 * Does a link's target stay inside?  It may climb with ".." at its beginning
 * only, where the folders it climbs are real ones; behind another link they
 * need not be.
 */
static bool
stays_inside(const char *name, const char *target)
{
	size_t depth = 0;
	bool climbing = true;

	for (const char *p = name; (p = strchr(p, '/')) != NULL; p++)
		depth++;
	if (target[0] == '/' || target[0] == '\0')
		return false;
	while (*target != '\0') {
		size_t len = strcspn(target, "/");

		if (len == 2 && memcmp(target, "..", 2) == 0) {
			if (!climbing || depth-- == 0)
				return false;
		} else if (len > 0 && !(len == 1 && target[0] == '.')) {
			climbing = false;
		}
		target += len;
		target += *target == '/';
	}
	return true;
}

static struct err *
pack_link(struct packer *p, const struct lane *lane)
{
	const struct source_member *m = lane->head;
	struct err *e;

	if (!stays_inside(m->zip.name, m->target))
		return err_new(ERR_INVALID,
		    "%s is a symbolic link to \"%.200s\", outside of what is "
		    "delivered",
		    m->zip.name, m->target);
	packer_find(p, RULE_LINK, "", m->zip.name, NULL);
	content_add_link(&p->content, m->zip.name, m->target);
	if ((e = zip_begin(p->zip, &m->zip)) != NULL ||
	    (e = zip_write(p->zip, m->target, strlen(m->target))) != NULL)
		return e;
	return zip_end(p->zip);
}

/*
 * The object's bytes in place of the pointer.  Whether they are those that it
 * names is seen when they are digested: see take_record().
 */
static struct err *
pack_object(struct packer *p, const struct lane *lane,
    const struct lfs_pointer *pointer, const char *path)
{
	struct zip_member m = lane->head->zip;
	struct object *object = vec_add(&p->objects);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct err *e;

	if (fd < 0)
		return err_errno("cannot read %s", path);
	object->name = mem_dup(m.name);
	memcpy(object->sha256, pointer->oid, SHA256_HEX);
	m.size = pointer->size;
	if ((e = zip_begin(p->zip, &m)) == NULL &&
	    (e = zip_pour(p->zip, fd, path)) == NULL)
		e = zip_end(p->zip);
	close(fd);
	return e;
}

static char *
object_path(const struct origin *o, const char *oid)
{
	return mem_printf("%s/%.2s/%.2s/%s", o->store, oid, oid + 2, oid);
}

static bool
has_object(const char *path, const struct lfs_pointer *pointer)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size == pointer->size;
}

/* The object of a commit's pointer, yours; NULL where it is not at hand. */
static char *
find_object(struct packer *p, const struct lane *lane,
    const struct lfs_pointer *pointer)
{
	const struct origin *o = lane->origin;
	char *path;

	if (o == NULL) {
		packer_find(p, RULE_LFS_HERE, "", lane->head->zip.name, NULL);
		return NULL;
	}
	path = object_path(o, pointer->oid);
	if (has_object(path, pointer))
		return path;
	packer_find(p, RULE_LFS, o->base, lane->head->path, NULL);
	free(path);
	return NULL;
}

/* A file that is small enough to be a Git LFS pointer. */
static struct err *
pack_small(struct packer *p, const struct lane *lane)
{
	const struct source_member *m = lane->head;
	struct lfs_pointer pointer;
	struct buf text = BUF_INIT;
	char *object = NULL;
	struct err *e = source_text(lane->source, &text);

	if (e != NULL)
		goto done;
	if (lfs_read_pointer(&pointer, text.data, text.len))
		object = find_object(p, lane, &pointer);
	if (object != NULL)
		e = pack_object(p, lane, &pointer, object);
	else if ((e = zip_begin(p->zip, &m->zip)) == NULL &&
	    (e = zip_write(p->zip, text.data, text.len)) == NULL)
		e = zip_end(p->zip);
done:
	buf_release(&text);
	free(object);
	return e;
}

static struct err *
pack_file(struct packer *p, const struct lane *lane)
{
	const struct source_member *m = lane->head;
	struct err *e = NULL;

	p->files++;
	if (m->zip.type == ZIP_PROGRAM)
		content_add_program(&p->content, m->zip.name);
	if (lane->origin != NULL && (e = packer_look_at(p, lane)) != NULL)
		return e;
	if (m->zip.size <= LFS_POINTER_MAX)
		return pack_small(p, lane);
	if ((e = zip_begin(p->zip, &m->zip)) != NULL ||
	    (e = source_pour(lane->source, p->zip)) != NULL)
		return e;
	return zip_end(p->zip);
}

/*
 * Members come sorted, so all that begin with "a" follow on "a".  Refuse a
 * name that was there, and one inside of a file.
 */
static struct err *
vet_place(struct packer *p, const char *name)
{
	while (p->outer.n > 0) {
		const char *last = p->outer.v[p->outer.n - 1];

		if (strncmp(name, last, strlen(last)) == 0)
			break;
		free(p->outer.v[--p->outer.n]);
	}
	for (size_t i = 0; i < p->outer.n; i++) {
		const char *rest = name + strlen(p->outer.v[i]);

		if (rest[0] == '\0')
			return err_new(ERR_INVALID,
			    "%s would be in the archive twice", name);
		if (rest[0] == '/')
			return err_new(ERR_INVALID,
			    "%s would be in the archive as a file and as a "
			    "folder",
			    p->outer.v[i]);
	}
	strs_add(&p->outer, name);
	return NULL;
}

struct err *
packer_member(struct packer *p, struct lane *lane)
{
	const struct source_member *m = lane->head;
	struct err *e;

	if (m->folder) {
		int i = strs_find(&lane->origin->tree.submodules, m->path);

		return i < 0 ? NULL :
			       meet_submodule(p, lane->origin, m, (size_t)i);
	}
	if ((e = vet_place(p, m->zip.name)) != NULL)
		return e;
	return m->target != NULL ? pack_link(p, lane) : pack_file(p, lane);
}
