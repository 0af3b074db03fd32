/* SPDX-License-Identifier: ISC */
#include "core/upload.h"

#include <stdlib.h>
#include <string.h>

#include "core/cut.h"
#include "core/draft.h"
#include "core/util/file.h"
#include "core/util/path.h"

/*
 * Parts.
 */

int64_t
upload_limit(const struct profile *p)
{
	static const struct {
		const char *unit;
		int64_t bytes;
	} units[] = { { "bytes", 1 }, { "MB", 1000000 }, { "GB", 1000000000 } };
	const struct node *v =
	    p != NULL ? profile_value(p, "file.delivery.max") : NULL;
	const char *unit = node_text(v, "unit");

	for (size_t i = 0; unit != NULL && i < sizeof(units) / sizeof(units[0]);
	     i++)
		if (strcmp(units[i].unit, unit) == 0)
			return node_number(v, "value", 0) * units[i].bytes;
	return 0;
}

static struct err *
describe_parts(struct node *list, const struct cut *c, const char *order,
    const char *label)
{
	char sha256[SHA256_HEX];
	struct err *e = NULL;

	for (size_t i = 0; i < c->parts.n && e == NULL; i++) {
		const struct cut_part *part = &c->parts.v[i];
		struct node *n = node_push(list, node_map());
		char *name = draft_part_name(order, label, i, c->parts.n);

		e = cut_write(c, part, -1, c->path, sha256);
		node_put_str(n, "name", name);
		node_put_str(n, "sha256", sha256);
		node_put_int(n, "size", part->size);
		node_put_int(n, "members", (int64_t)part->n);
		free(name);
	}
	return e;
}

struct err *
upload_cut(struct node **out, const char *path, const char *order,
    const char *label, int64_t limit)
{
	struct node *list = node_list();
	struct stat st;
	struct cut c;
	struct err *e;

	*out = NULL;
	if ((e = file_stat(&st, path)) == NULL && limit > 0 &&
	    st.st_size > limit) {
		e = cut_open(&c, path);
		if (e == NULL)
			cut_at_most(&c, limit);
		if (e == NULL && c.parts.n > 1)
			e = describe_parts(list, &c, order, label);
		cut_close(&c);
	}
	if (e == NULL && list->n > 0)
		*out = list;
	else
		node_free(list);
	return e;
}

/* The next part, to fd or, with -1, nowhere: it must be what was recorded. */
static struct err *
write_next(struct cut *c, const struct node *recorded, int fd, const char *name)
{
	char sha256[SHA256_HEX];
	struct err *e;

	if ((e = cut_next(c, (size_t)node_number(recorded, "members", 0))) ==
	    NULL)
		e = cut_write(c, &c->parts.v[c->parts.n - 1], fd, name, sha256);
	if (e == NULL && !node_text_is(recorded, "sha256", sha256))
		e = err_new(ERR_MISMATCH,
		    "part %zu of %s is not what was recorded of it", c->parts.n,
		    path_base(c->path));
	return e;
}

struct err *
upload_check(const char *path, const struct node *archive)
{
	const struct node *parts = node_get(archive, "parts");
	struct cut c;
	struct err *e = cut_open(&c, path);
	size_t members = 0;

	for (size_t i = 0; i < node_count(parts) && e == NULL; i++) {
		e = write_next(&c, node_at(parts, i), -1, path);
		if (e == NULL)
			members += c.parts.v[i].n;
	}
	if (e == NULL && members != c.dir.members.n)
		e = err_new(ERR_MISMATCH,
		    "the parts that were recorded of %s are not all of it",
		    path_base(path));
	cut_close(&c);
	return e;
}

/*
 * The uploader's copy.
 */

static struct err *
vet_free(const char *path, const char *sha256)
{
	char there[SHA256_HEX];
	struct err *e;

	if (!file_exists(path))
		return NULL;
	if (sha256 != NULL) {
		if ((e = digest_file(path, there, NULL)) != NULL)
			return e;
		if (strcmp(there, sha256) == 0)
			return NULL;
	}
	return err_hint(err_new(ERR_EXISTS,
			    "%s is there already, with other contents", path),
	    "move it away, or name another folder with -O");
}

/*
 * The ZIP, or its parts, and the digest of each; "" is none.  Names follow from
 * the order: what an entry says of them may come from somebody else.
 */
static void
name_zips(struct upload *u, struct strs *digests, const char *dir,
    const char *order, const char *label, const char *sha256,
    const struct node *parts)
{
	size_t n = node_count(parts);

	for (size_t i = 0; i < (n > 0 ? n : 1); i++) {
		const char *own = node_text(node_at(parts, i), "sha256");
		char *name = n > 0 ? draft_part_name(order, label, i, n) :
				     draft_upload_name(order, label);

		strs_take(&u->zips, path_join(dir, name));
		strs_add(digests, n == 0 ? sha256 : own != NULL ? own : "");
		free(name);
	}
}

struct err *
upload_plan(struct upload *out, const char *dir, const char *order,
    const char *label, const char *sha256, const struct node *parts)
{
	char *checksums = draft_checksums_name(order, label);
	struct strs digests = VEC_INIT;
	bool there = false;
	struct err *e = NULL;

	name_zips(out, &digests, dir, order, label, sha256, parts);
	out->checksums = path_join(dir, checksums);
	if (!file_is_dir(dir))
		e = err_hint(
		    err_new(ERR_NOT_FOUND, "there is no folder %s", dir),
		    "make it first: mkdir -p '%s'", dir);
	for (size_t i = 0; i < out->zips.n && e == NULL; i++) {
		e = vet_free(out->zips.v[i], digests.v[i]);
		there |= file_exists(out->zips.v[i]);
	}
	/* beside the same ZIP stands the same list, or an older form of it */
	if (e == NULL && !there)
		e = vet_free(out->checksums, NULL);
	strs_release(&digests);
	free(checksums);
	return e;
}

/* Not as a link: what the user does with his copy is his affair. */
static struct err *
write_zip(const char *to, const char *path)
{
	return file_exists(to) ? NULL : file_copy(path, to, 0644);
}

static struct err *
write_part(const char *to, struct cut *c, const struct node *recorded)
{
	char *dir = path_parent(to);
	struct file_draft d = { .fd = -1 };
	struct err *e = file_draft(&d, dir);

	if (e == NULL && (e = write_next(c, recorded, d.fd, to)) == NULL)
		e = file_publish(&d, to, 0644);
	file_drop(&d);
	free(dir);
	return e;
}

static struct err *
write_parts(const struct upload *u, const char *path, const struct node *parts)
{
	struct cut c;
	struct err *e = cut_open(&c, path);

	for (size_t i = 0; i < u->zips.n && e == NULL; i++) {
		const struct node *part = node_at(parts, i);
		const char *to = u->zips.v[i];

		e = file_exists(to) ?
		    cut_next(&c, (size_t)node_number(part, "members", 0)) :
		    write_part(to, &c, part);
	}
	cut_close(&c);
	return e;
}

static struct err *
write_checksums(
    const struct upload *u, const struct node *archive, const char *commit)
{
	const struct node *parts = node_get(archive, "parts");
	const char *sha256 = node_text(archive, "sha256");
	const char *content = node_text(archive, "content");
	bool in_parts = node_count(parts) > 0;
	struct buf b = BUF_INIT;
	struct err *e;

	buf_addf(
	    &b, "# Check with: sha256sum -c %s\n", path_base(u->checksums));
	for (size_t i = 0; i < u->zips.n; i++)
		buf_addf(&b, "%s  %s\n",
		    in_parts ? node_text(node_at(parts, i), "sha256") : sha256,
		    path_base(u->zips.v[i]));
	if (in_parts)
		buf_addf(&b, "# parts of one archive: %s\n", sha256);
	if (content != NULL)
		buf_addf(&b, "# content of the unpacked folder: %s\n", content);
	if (commit != NULL)
		buf_addf(&b, "# made from commit: %s\n", commit);
	e = file_exists(u->checksums) ?
	    file_replace(u->checksums, b.data, b.len, 0644) :
	    file_appear(u->checksums, b.data, b.len, 0644);
	buf_release(&b);
	return e;
}

struct err *
upload_write(const struct upload *u, const char *path,
    const struct node *archive, const char *commit)
{
	const struct node *parts = node_get(archive, "parts");
	struct err *e = node_count(parts) > 0 ? write_parts(u, path, parts) :
						write_zip(u->zips.v[0], path);

	return e != NULL ? e : write_checksums(u, archive, commit);
}

void
upload_release(struct upload *u)
{
	strs_release(&u->zips);
	free(u->checksums);
	u->checksums = NULL;
}
