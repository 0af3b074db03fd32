/* SPDX-License-Identifier: ISC */
#include "core/packing.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ext/deflate.h"
#include "core/packing_parts.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define WORKERS 2
#define YEAR_1980 315532800

/* Origins: which repositories, and what their attributes say. */

static void
origin_free(struct origin *o)
{
	if (o == NULL)
		return;
	checkout_free(o->checkout);
	strs_release(&o->drivers);
	tree_release(&o->tree);
	free(o->commit);
	free(o->store);
	free(o->base);
	free(o);
}

struct err *
packer_origin(struct packer *p, struct origin **out, struct checkout *c,
    const char *commit, const char *base)
{
	struct origin *o = mem_zero(1, sizeof(*o));
	struct err *e;

	o->checkout = c;
	o->commit = mem_dup(commit);
	o->base = mem_dup(base);
	vec_push(&p->origins, o);
	*out = o;
	if ((e = checkout_drivers(&o->drivers, c)) != NULL ||
	    (e = checkout_lfs_store(&o->store, c)) != NULL)
		return e;
	return checkout_tree(&o->tree, c, commit, p->scratch);
}

struct err *
packer_add(struct packer *p, struct source *source, const struct origin *origin)
{
	struct lane *lane = vec_add(&p->lanes);

	lane->source = source;
	lane->origin = origin;
	return source_next(source, &lane->head);
}

struct err *
packer_add_commit(struct packer *p, const struct origin *o, const char *root,
    const char *prefix)
{
	struct source *source;
	struct err *e = source_of_commit(&source, o->checkout, o->commit,
	    &o->drivers, &o->tree, root, prefix);

	return e != NULL ? e : packer_add(p, source, o);
}

/* Merge the streams: always the smallest name next. */
static struct err *
merge(struct packer *p)
{
	for (;;) {
		size_t least = p->lanes.n;
		struct source *source;
		struct err *e;

		for (size_t i = 0; i < p->lanes.n; i++)
			if (p->lanes.v[i].head != NULL &&
			    (least == p->lanes.n ||
				strcmp(p->lanes.v[i].head->zip.name,
				    p->lanes.v[least].head->zip.name) < 0))
				least = i;
		if (least == p->lanes.n)
			return NULL;
		/* packing may add a lane, which moves the others */
		source = p->lanes.v[least].source;
		if ((e = packer_member(p, &p->lanes.v[least])) != NULL ||
		    (e = source_next(source, &p->lanes.v[least].head)) != NULL)
			return e;
	}
}

/* What to pack. */

/*
 * The name that an absolute path gets in the archive: relative to the working
 * directory, or its last component if it lies outside; "" is the directory.
 */
static struct err *
name_of(char **name, const char *path, const char *cwd)
{
	size_t len = strlen(cwd);

	if (strcmp(path, "/") == 0)
		return err_new(ERR_INVALID,
		    "the whole file system is no "
		    "delivery");
	if (!path_is_below(path, cwd) && strcmp(cwd, "/") != 0)
		*name = mem_dup(path_base(path));
	else if (path[len] == '\0')
		*name = mem_dup("");
	else
		*name = mem_dup(path + len + (path[len] == '/'));
	return NULL;
}

static struct err *
add_path(struct packer *p, const char *given)
{
	char *joined = path_join(p->spec->cwd, given);
	char *path = path_clean(joined);
	char *cwd = path_clean(p->spec->cwd), *name = NULL;
	struct source *source;
	struct err *e;

	if ((e = name_of(&name, path, cwd)) == NULL &&
	    (e = source_of_path(&source, path, name)) == NULL)
		e = packer_add(p, source, NULL);
	free(name);
	free(cwd);
	free(path);
	free(joined);
	return e;
}

/* A path as the commit has it. */
static struct err *
add_path_of_commit(struct packer *p, const struct origin *o, const char *given)
{
	const char *top = o->checkout->top;
	char *joined, *path = NULL, *name = NULL, cwd[PATH_MAX];
	const char *root;
	struct err *e;

	/* git's idea of the top has no links in it */
	if (realpath(p->spec->cwd, cwd) == NULL)
		return err_errno("cannot find %s", p->spec->cwd);
	joined = path_join(cwd, given);
	path = path_clean(joined);
	if (!path_is_below(path, top)) {
		e = err_new(
		    ERR_INVALID, "%s is outside of the project %s", given, top);
		goto done;
	}
	root = path + strlen(top);
	root += *root == '/';
	if ((e = name_of(&name, path, cwd)) != NULL)
		goto done;
	packer_find_local(p, o, root);
	e = packer_add_commit(p, o, root, name);
done:
	free(name);
	free(path);
	free(joined);
	return e;
}

/* Which commit, and how the work tree stands to it. */
static struct err *
open_commit(struct packer *p, struct origin **origin)
{
	struct revision rev = { .ref = NULL };
	struct checkout *c = NULL;
	struct node *source;
	int64_t untracked = 0;
	bool dirty = false;
	struct err *e;

	*origin = NULL;
	if ((e = checkout_open(&c, p->spec->cwd)) != NULL)
		return err_is(e, ERR_NOT_FOUND) && p->spec->ref == NULL ?
		    err_hint(e, "name the files to deliver") :
		    e;
	if ((e = checkout_resolve(&rev, c, p->spec->ref)) != NULL ||
	    (e = checkout_state(&dirty, &untracked, c)) != NULL) {
		checkout_free(c);
		goto done;
	}
	if ((e = packer_origin(p, origin, c, rev.commit, "")) != NULL)
		goto done;
	source = node_map();
	node_put_str(source, "commit", rev.commit);
	if (rev.ref != NULL)
		node_put_str(source, "ref", rev.ref);
	node_put_bool(source, "dirty", dirty);
	node_put_int(source, "untracked", untracked);
	p->out->source = source;
	p->out->time = rev.time;
done:
	revision_release(&rev);
	return e;
}

/* What was meant is not known; "." would be all that lies here. */
static struct err *
vet_given(const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (*paths[i] == '\0')
			return err_hint(err_new(ERR_INVALID, "a path is empty"),
			    "to take all that lies here: .");
	return NULL;
}

/* Open all streams. */
static struct err *
gather(struct packer *p)
{
	const struct packing *spec = p->spec;
	struct origin *origin = NULL;
	struct err *e = vet_given(spec->paths, spec->n_paths);

	if (e == NULL)
		e = vet_given(spec->adds, spec->n_adds);
	if (e == NULL && (spec->n_paths == 0 || spec->ref != NULL))
		e = open_commit(p, &origin);
	if (e == NULL && spec->n_paths == 0) {
		packer_find_local(p, origin, "");
		e = packer_add_commit(p, origin, "", "");
	}
	for (size_t i = 0; e == NULL && i < spec->n_paths; i++)
		e = origin != NULL ?
		    add_path_of_commit(p, origin, spec->paths[i]) :
		    add_path(p, spec->paths[i]);
	for (size_t i = 0; e == NULL && i < spec->n_adds; i++)
		e = add_path(p, spec->adds[i]);
	return e;
}

/* Is it the bytes its pointer names, if it had one? */
static void
compare_object(struct packer *p, const struct zip_record *record)
{
	const struct object *o;

	if (p->object_at == p->objects.n)
		return;
	o = &p->objects.v[p->object_at];
	if (strcmp(o->name, record->name) != 0)
		return;
	if (strcmp(o->sha256, record->sha256) != 0 && p->damaged == NULL)
		p->damaged = o->name;
	p->object_at++;
}

/* Called as members are written. */
static void
take_record(void *arg, const struct zip_record *record)
{
	struct packer *p = arg;
	const char *found = record->found;

	if (record->type == ZIP_LINK)
		return;
	compare_object(p, record);
	content_add(&p->content, record->name, record->sha256);
	if (found == NULL && secret_name(record->name))
		found = "by its name";
	if (found != NULL)
		packer_find(p, RULE_SECRET, "", record->name, found);
}

/* Called in worker threads. */
static const char *
inspect(void *arg, const void *bytes, size_t len)
{
	const struct packer *p = arg;

	return secrets_find(p->secrets, bytes, len);
}

static void
take_progress(void *arg, size_t len)
{
	struct packer *p = arg;

	p->bytes += (int64_t)len;
	if (p->spec->progress != NULL)
		p->spec->progress(p->spec->arg, p->bytes, p->files);
}

/* Fill the file behind fd. */
static struct err *
pack(struct packer *p, int fd)
{
	struct zip_spec spec = {
		.fd = fd,
		.path = p->out->path,
		.time = p->out->time,
		.threads = p->spec->threads > 0 ? p->spec->threads : WORKERS,
		.done = take_record,
		.inspect = inspect,
		.took = take_progress,
		.arg = p,
	};
	struct zip_total total;
	struct err *e;

	if ((e = zip_new(&p->zip, &spec)) != NULL || (e = merge(p)) != NULL ||
	    (e = zip_finish(p->zip, &total)) != NULL)
		return e;
	if (p->damaged != NULL)
		return err_hint(
		    err_new(ERR_MISMATCH, "the Git LFS object of %s is damaged",
			p->damaged),
		    "git lfs fsck");
	if (total.members == 0)
		return err_new(ERR_INVALID, "there is nothing to deliver");
	memcpy(p->out->sha256, total.sha256, SHA256_HEX);
	p->out->size = total.size;
	return file_sync(fd, p->out->path);
}

static void
state_facts(struct packer *p)
{
	struct packed *out = p->out;

	content_sort(&p->content);
	content_sums(&out->sums, &p->content);
	content_digest(out->content, &p->content);
	content_shape(out->shape, &p->content);
	out->files = p->content.files.n;
	out->findings = packer_findings(p);
}

static void
packer_release(struct packer *p)
{
	struct lane *lane;
	struct origin **o;
	struct object *object;

	zip_free(p->zip);
	vec_each (lane, &p->lanes)
		source_free(lane->source);
	vec_release(&p->lanes);
	vec_each (o, &p->origins)
		origin_free(*o);
	vec_release(&p->origins);
	vec_each (object, &p->objects)
		free(object->name);
	vec_release(&p->objects);
	for (size_t i = 0; i < N_RULES; i++)
		buf_release(&p->findings[i].what);
	content_release(&p->content);
	secrets_free(p->secrets);
	strs_release(&p->outer);
	if (p->scratch != NULL)
		file_remove_tree(p->scratch);
	free(p->scratch);
}

struct err *
packing_run(struct packed **out, const struct packing *packing)
{
	struct packer p = {
		.spec = packing,
		.out = mem_zero(1, sizeof(struct packed)),
		.secrets = secrets_new(),
	};
	int fd = -1;
	struct err *e;

	*out = NULL;
	for (size_t i = 0; i < N_RULES; i++)
		buf_init(&p.findings[i].what);
	buf_init(&p.out->sums);
	content_init(&p.content);
	p.out->time = YEAR_1980;
	p.out->deflate =
	    mem_printf("deed " DEED_VERSION ", %s", deflate_version());
	if ((e = file_temp_dir(&p.scratch, packing->temp_dir)) == NULL &&
	    (e = gather(&p)) == NULL &&
	    (e = file_temp(&p.out->path, &fd, packing->temp_dir)) == NULL &&
	    (e = pack(&p, fd)) == NULL)
		state_facts(&p);
	packer_release(&p);
	if (fd >= 0)
		close(fd);
	if (e != NULL)
		packed_free(p.out);
	else
		*out = p.out;
	return e;
}

void
packed_free(struct packed *p)
{
	if (p == NULL)
		return;
	if (p->path != NULL)
		unlink(p->path);
	free(p->path);
	free(p->deflate);
	buf_release(&p->sums);
	node_free(p->source);
	node_free(p->findings);
	free(p);
}
