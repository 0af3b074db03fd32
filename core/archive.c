/* SPDX-License-Identifier: ISC */
#include "core/archive.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/content.h"
#include "core/ext/deflate.h"
#include "core/lfs.h"
#include "core/secret.h"
#include "core/source.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define WORKERS 2
#define NAMED_MAX 20 /* names in one finding */
#define SUBST_MAX (1u << 20)
#define CHUNK (256u << 10)
#define YEAR_1980 315532800

enum rule {
	RULE_LFS,
	RULE_SUBMODULE,
	RULE_DRIVER,
	RULE_LOCAL,
	RULE_SUBST,
	RULE_SECRET,
	RULE_LINK,
	N_RULES
};

static const struct {
	const char *rule, *severity, *why, *fix;
} rules[N_RULES] = {
	[RULE_LFS] = { "lfs-missing", "block",
	    "only the Git LFS pointer is here, not the file itself",
	    "git lfs fetch" },
	[RULE_SUBMODULE] = { "submodule", "block",
	    "a submodule's files are not part of the commit",
	    "deed deliver --recurse-submodules" },
	[RULE_DRIVER] = { "filter-driver", "warn",
	    "these files are packed as they were committed, not as the filter "
	    "would write them",
	    NULL },
	[RULE_LOCAL] = { "info-attributes", "warn",
	    ".git/info/attributes change how these files are packed, and no "
	    "other clone has them",
	    NULL },
	[RULE_SUBST] = { "export-subst", "warn",
	    "what git writes there can differ in another clone", NULL },
	[RULE_SECRET] = { "secret", "warn",
	    "what looks like a key or password would go to the buyer", NULL },
	[RULE_LINK] = { "symlink", "warn",
	    "not every system can unpack symbolic links", NULL },
};

/* A repository whose commit is being packed: the project, or a submodule. */
struct origin {
	struct checkout *checkout;
	struct strs drivers;
	struct tree tree;
	char *commit, *store;
	char *base; /* of its files, as findings name them; "" or "sub/" */
};

/* One of the streams that are merged. */
struct lane {
	struct source *source;
	const struct origin *origin; /* NULL: the work tree */
	const struct source_member *head;
};

struct packer {
	const struct packing *spec;
	struct packed *out;
	char *scratch;
	struct zip *zip;
	struct secrets *secrets;
	struct content content;
	VEC(struct origin *) origins;
	VEC(struct lane) lanes;
	struct strs outer; /* names of which each may hold the next */
	struct {
		struct buf what;
		size_t n;
	} findings[N_RULES];
	int64_t bytes;
	size_t files;
	char *chunk;
};

/* Findings. */

static void
find(struct packer *p, enum rule rule, const char *base, const char *name,
    const char *detail)
{
	struct buf *what = &p->findings[rule].what;

	if (p->findings[rule].n++ >= NAMED_MAX)
		return;
	if (what->len > 0)
		buf_adds(what, ", ");
	buf_adds(what, base);
	buf_adds(what, name);
	if (detail != NULL)
		buf_addf(what, " (%s)", detail);
}

static struct node *
findings_list(struct packer *p)
{
	struct node *list = node_list();

	for (size_t i = 0; i < N_RULES; i++) {
		struct buf *what = &p->findings[i].what;
		size_t n = p->findings[i].n;
		struct node *f;

		if (n == 0)
			continue;
		if (n > NAMED_MAX)
			buf_addf(what, " and %zu more", n - NAMED_MAX);
		f = node_push(list, node_map());
		node_put_str(f, "rule", rules[i].rule);
		node_put_str(f, "severity", rules[i].severity);
		node_put_str(f, "what", what->data);
		node_put_str(f, "why", rules[i].why);
		if (rules[i].fix != NULL)
			node_put_str(f, "fix", rules[i].fix);
	}
	return list;
}

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

static struct err *
origin_open(struct packer *p, struct origin **out, struct checkout *c,
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

/* Let in what a stream gives, from its first member on. */
static struct err *
add_lane(struct packer *p, struct source *source, const struct origin *origin)
{
	struct lane *lane = vec_add(&p->lanes);

	lane->source = source;
	lane->origin = origin;
	return source_next(source, &lane->head);
}

static struct err *
add_commit(struct packer *p, const struct origin *o, const char *root,
    const char *prefix)
{
	struct source *source;
	struct err *e = source_of_commit(&source, o->checkout, o->commit,
	    &o->drivers, &o->tree, root, prefix);

	return e != NULL ? e : add_lane(p, source, o);
}

static bool
is_below(const char *path, const char *root)
{
	size_t len = strlen(root);

	return len == 0 ||
	    (strncmp(path, root, len) == 0 &&
		(path[len] == '\0' || path[len] == '/'));
}

/* Attributes that only this clone has; some may have left files out. */
static void
find_local(struct packer *p, const struct origin *o, const char *root)
{
	const struct special *s;

	vec_each (s, &o->tree.specials)
		if (s->local && is_below(s->path, root))
			find(p, RULE_LOCAL, o->base, s->path, NULL);
}

/* A submodule was met: pack its commit in its place, or find it missing. */
static struct err *
meet_submodule(struct packer *p, const struct origin *o,
    const struct source_member *m, size_t i)
{
	char *dir = path_join(o->checkout->top, m->path);
	char *base = mem_printf("%s%s/", o->base, m->path);
	const char *commit = o->tree.modules.v[i];
	struct revision rev = { .ref = NULL };
	struct checkout *c = NULL;
	struct origin *sub = NULL;
	struct err *e;

	if (!p->spec->recurse_submodules) {
		find(p, RULE_SUBMODULE, o->base, m->path, NULL);
		e = NULL;
		goto done;
	}
	e = checkout_open(&c, dir);
	if (e == NULL && strcmp(c->top, o->checkout->top) != 0)
		e = checkout_resolve(&rev, c, commit);
	if (err_is(e, ERR_NOT_FOUND) || (e == NULL && rev.commit[0] == '\0')) {
		err_drop(e); /* not fetched: that is the finding */
		e = NULL;
		find(p, RULE_SUBMODULE, o->base, m->path,
		    "not here: git submodule update --init");
		checkout_free(c);
		goto done;
	}
	if (e != NULL) {
		checkout_free(c);
		goto done;
	}
	if ((e = origin_open(p, &sub, c, commit, base)) == NULL) {
		find_local(p, sub, "");
		e = add_commit(p, sub, "", m->zip.name);
	}
done:
	revision_release(&rev);
	free(dir);
	free(base);
	return e;
}

/* Members. */

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
	find(p, RULE_LINK, "", m->zip.name, NULL);
	content_add_link(&p->content, m->zip.name, m->target);
	if ((e = zip_begin(p->zip, &m->zip)) != NULL ||
	    (e = zip_write(p->zip, m->target, strlen(m->target))) != NULL)
		return e;
	return zip_end(p->zip);
}

static struct err *
push(struct packer *p, const void *bytes, size_t len)
{
	p->bytes += (int64_t)len;
	if (p->spec->progress != NULL)
		p->spec->progress(p->spec->arg, p->bytes, p->files);
	return zip_write(p->zip, bytes, len);
}

static struct err *
push_rest(struct packer *p, struct source *source)
{
	const void *bytes;
	size_t len;
	struct err *e;

	while ((e = source_read(source, &bytes, &len)) == NULL && len > 0)
		if ((e = push(p, bytes, len)) != NULL)
			return e;
	return e != NULL ? e : zip_end(p->zip);
}

/* The object's bytes in place of the pointer. */
static struct err *
pack_object(struct packer *p, const struct lane *lane,
    const struct lfs_pointer *pointer, const char *path)
{
	struct zip_member m = lane->head->zip;
	struct digest *d = digest_new();
	char sha256[SHA256_HEX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;
	struct err *e;

	m.size = pointer->size;
	if (fd < 0) {
		e = err_errno("cannot read %s", path);
		goto done;
	}
	e = zip_begin(p->zip, &m);
	while (e == NULL && (n = read(fd, p->chunk, CHUNK)) > 0) {
		digest_add(d, p->chunk, (size_t)n);
		e = push(p, p->chunk, (size_t)n);
	}
	if (e == NULL && n < 0)
		e = err_errno("cannot read %s", path);
	digest_hex(d, sha256);
	if (e == NULL && strcmp(sha256, pointer->oid) != 0)
		e = err_hint(err_new(ERR_MISMATCH,
				 "the Git LFS object of %s is damaged", m.name),
		    "git lfs fsck");
	if (e == NULL)
		e = zip_end(p->zip);
done:
	if (fd >= 0)
		close(fd);
	digest_free(d);
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

/* A file of a commit that is small enough to be a Git LFS pointer. */
static struct err *
pack_small(struct packer *p, const struct lane *lane)
{
	const struct source_member *m = lane->head;
	struct lfs_pointer pointer;
	struct buf text = BUF_INIT;
	char *object = NULL;
	const void *bytes;
	size_t len;
	struct err *e;

	while ((e = source_read(lane->source, &bytes, &len)) == NULL && len > 0)
		buf_add(&text, bytes, len);
	if (e != NULL)
		goto done;
	if (lfs_read_pointer(&pointer, text.data, text.len)) {
		object = object_path(lane->origin, pointer.oid);
		if (has_object(object, &pointer)) {
			e = pack_object(p, lane, &pointer, object);
			goto done;
		}
		find(p, RULE_LFS, lane->origin->base, m->path, NULL);
	}
	if ((e = zip_begin(p->zip, &m->zip)) == NULL &&
	    (e = push(p, text.data, text.len)) == NULL)
		e = zip_end(p->zip);
done:
	buf_release(&text);
	free(object);
	return e;
}

/* Is "$Format:...$" made only of what is the same in every clone? */
static bool
is_stable_format(const char *p, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		if (p[i] != '%')
			continue;
		i++;
		if (strchr("HTPn%", p[i]) != NULL)
			continue;
		if ((p[i] != 'a' && p[i] != 'c') || i + 1 >= len ||
		    strchr("neldDtiIs", p[i + 1]) == NULL)
			return false;
		i++;
	}
	return true;
}

static struct err *
check_subst(struct packer *p, const struct origin *o, const char *path)
{
	struct buf text = BUF_INIT;
	const char *at, *end;
	bool stable = true;
	struct err *e =
	    checkout_file(&text, o->checkout, o->commit, path, SUBST_MAX);

	if (err_is(e, ERR_LIMIT)) {
		err_drop(e); /* not looked at, so it is named */
		e = NULL;
		stable = false;
	}
	at = text.data;
	end = at + text.len;
	while (e == NULL && at < end &&
	    (at = memmem(at, (size_t)(end - at), "$Format:", 8)) != NULL) {
		const char *dollar;

		at += 8;
		dollar = memchr(at, '$', (size_t)(end - at));
		if (dollar == NULL)
			break;
		stable = stable && is_stable_format(at, (size_t)(dollar - at));
		at = dollar + 1;
	}
	if (!stable)
		find(p, RULE_SUBST, o->base, path, NULL);
	buf_release(&text);
	return e;
}

/* What attributes say of a file of a commit. */
static struct err *
check_special(struct packer *p, const struct lane *lane)
{
	const struct origin *o = lane->origin;
	const struct special *s = tree_special(&o->tree, lane->head->path);

	if (s == NULL)
		return NULL;
	if (s->driver != NULL && strcmp(s->driver, "lfs") != 0)
		find(p, RULE_DRIVER, o->base, s->path, s->driver);
	return s->subst ? check_subst(p, o, s->path) : NULL;
}

static struct err *
pack_file(struct packer *p, const struct lane *lane)
{
	const struct source_member *m = lane->head;
	struct err *e = NULL;

	p->files++;
	if (m->zip.type == ZIP_PROGRAM)
		content_add_program(&p->content, m->zip.name);
	if (lane->origin != NULL && (e = check_special(p, lane)) != NULL)
		return e;
	if (lane->origin != NULL && m->zip.size <= LFS_POINTER_MAX)
		return pack_small(p, lane);
	e = zip_begin(p->zip, &m->zip);
	return e != NULL ? e : push_rest(p, lane->source);
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

static struct err *
pack_member(struct packer *p, struct lane *lane)
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
		if ((e = pack_member(p, &p->lanes.v[least])) != NULL ||
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
	if (!is_below(path, cwd) && strcmp(cwd, "/") != 0)
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
		e = add_lane(p, source, NULL);
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
	if (!is_below(path, top)) {
		e = err_new(
		    ERR_INVALID, "%s is outside of the project %s", given, top);
		goto done;
	}
	root = path + strlen(top);
	root += *root == '/';
	if ((e = name_of(&name, path, cwd)) != NULL)
		goto done;
	find_local(p, o, root);
	e = add_commit(p, o, root, name);
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
	if ((e = origin_open(p, origin, c, rev.commit, "")) != NULL)
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

/* Open all streams. */
static struct err *
gather(struct packer *p)
{
	const struct packing *spec = p->spec;
	struct origin *origin = NULL;
	struct err *e = NULL;

	if (spec->n_paths == 0 || spec->ref != NULL)
		e = open_commit(p, &origin);
	if (e == NULL && spec->n_paths == 0) {
		find_local(p, origin, "");
		e = add_commit(p, origin, "", "");
	}
	for (size_t i = 0; e == NULL && i < spec->n_paths; i++)
		e = origin != NULL ?
		    add_path_of_commit(p, origin, spec->paths[i]) :
		    add_path(p, spec->paths[i]);
	for (size_t i = 0; e == NULL && i < spec->n_adds; i++)
		e = add_path(p, spec->adds[i]);
	return e;
}

/* Called as members are written. */
static void
take_record(void *arg, const struct zip_record *record)
{
	struct packer *p = arg;
	const char *found = record->found;

	if (record->type == ZIP_LINK)
		return;
	content_add(&p->content, record->name, record->sha256);
	if (found == NULL && secret_name(record->name))
		found = "by its name";
	if (found != NULL)
		find(p, RULE_SECRET, "", record->name, found);
}

/* Called in worker threads. */
static const char *
inspect(void *arg, const void *bytes, size_t len)
{
	const struct packer *p = arg;

	return secrets_find(p->secrets, bytes, len);
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
		.arg = p,
	};
	struct zip_total total;
	struct err *e;

	if ((e = zip_new(&p->zip, &spec)) != NULL || (e = merge(p)) != NULL ||
	    (e = zip_finish(p->zip, &total)) != NULL)
		return e;
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
	out->findings = findings_list(p);
}

static void
packer_release(struct packer *p)
{
	struct lane *lane;
	struct origin **o;

	zip_free(p->zip);
	vec_each (lane, &p->lanes)
		source_free(lane->source);
	vec_release(&p->lanes);
	vec_each (o, &p->origins)
		origin_free(*o);
	vec_release(&p->origins);
	for (size_t i = 0; i < N_RULES; i++)
		buf_release(&p->findings[i].what);
	content_release(&p->content);
	secrets_free(p->secrets);
	strs_release(&p->outer);
	if (p->scratch != NULL)
		file_remove_tree(p->scratch);
	free(p->scratch);
	free(p->chunk);
}

struct err *
packing_run(struct packed **out, const struct packing *packing)
{
	struct packer p = {
		.spec = packing,
		.out = mem_zero(1, sizeof(struct packed)),
		.secrets = secrets_new(),
		.chunk = mem_alloc(CHUNK),
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
