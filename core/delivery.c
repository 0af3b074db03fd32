/* SPDX-License-Identifier: ISC */
#include "core/delivery.h"

#include <stdlib.h>
#include <string.h>

#include "core/ci.h"
#include "core/draft.h"
#include "core/util/file.h"
#include "core/util/path.h"

const struct fact *
delivery_twin(const struct order *o, const struct packed *p)
{
	const struct fact *f;

	for (size_t at = 0; (f = order_next(o, "delivery", &at)) != NULL;)
		if (order_is_delivery_of(f->content, p->sha256, p->content,
			p->shape, node_text(p->source, "commit")))
			return f;
	return NULL;
}

bool
delivery_is_known(
    const struct order *o, const struct fact *first, const struct node *run)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[i];

		if ((f == first || f->first == first) && !f->voided &&
		    ci_is_same_run(node_get(f->content, "run"), run))
			return true;
	}
	return false;
}

/* "20261123T101502Z-delivery-1-5f1c0a9b22e4" */
static char *
stem(const char *label, const char *sha256, int64_t now)
{
	char time[DATE_TEXT];

	date_format_compact(time, now);
	return mem_printf("%s-delivery-%s-%.12s", time,
	    label[0] == 'd' ? label + 1 : label, sha256);
}

struct err *
delivery_keep(struct node **out, struct store *s, const char *id,
    const char *month, const char *label, const struct packed *p, int64_t now)
{
	char *name = stem(label, p->sha256, now);
	char *path = mem_printf("archives/%s/%s/%s.zip", month, id, name);
	char *sums = mem_printf("proofs/%s/%s/%s.sha256sums", month, id, name);
	struct err *e;

	*out = NULL;
	if ((e = store_put_archive(s, path, p->path, p->sha256, p->size)) !=
		NULL ||
	    (e = store_put(s, sums, p->sums.data, p->sums.len)) != NULL)
		goto done;
	*out = node_map();
	node_put_str(*out, "path", path);
	node_put_str(*out, "sha256", p->sha256);
	node_put_int(*out, "size", p->size);
	node_put_int(*out, "files", (int64_t)p->files);
	node_put_str(*out, "content", p->content);
	node_put_str(*out, "sums", sums);
	node_put_str(*out, "links", p->shape);
	node_put_str(*out, "deflate", p->deflate);
	store_trailer(s, "Deed-Archive", p->sha256);
	if (node_text(p->source, "commit") != NULL)
		store_trailer(s, "Deed-Source", node_text(p->source, "commit"));
done:
	free(name);
	free(path);
	free(sums);
	return e;
}

char *
delivery_path(const struct ledger *l, const struct fact *delivery)
{
	const char *path =
	    node_text(node_get(delivery->content, "archive"), "path");

	return path == NULL ? NULL : path_join(l->dir, path);
}

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

struct err *
upload_plan(struct upload *out, const char *dir, const char *order,
    const char *label, const char *sha256)
{
	char *zip = draft_upload_name(order, label);
	char *checksums = draft_checksums_name(order, label);
	struct err *e = NULL;

	out->zip = path_join(dir, zip);
	out->checksums = path_join(dir, checksums);
	if (!file_is_dir(dir))
		e = err_hint(
		    err_new(ERR_NOT_FOUND, "there is no folder %s", dir),
		    "make it first: mkdir -p '%s'", dir);
	if (e == NULL)
		e = vet_free(out->zip, sha256);
	/* beside the same ZIP stands the same list, or an older form of it */
	if (e == NULL && !file_exists(out->zip))
		e = vet_free(out->checksums, NULL);
	free(zip);
	free(checksums);
	return e;
}

struct err *
upload_write(const struct upload *u, const char *path, const char *sha256,
    const char *content, const char *commit)
{
	struct buf b = BUF_INIT;
	struct err *e = NULL;

	buf_addf(&b, "# Check with: sha256sum -c %s\n%s  %s\n",
	    path_base(u->checksums), sha256, path_base(u->zip));
	buf_addf(&b, "# content of the unpacked folder: %s\n", content);
	if (commit != NULL)
		buf_addf(&b, "# made from commit: %s\n", commit);
	/* a copy, never a link: what the user does with it is his affair */
	if (!file_exists(u->zip))
		e = file_copy(path, u->zip, 0644);
	if (e == NULL)
		e = file_exists(u->checksums) ?
		    file_replace(u->checksums, b.data, b.len, 0644) :
		    file_appear(u->checksums, b.data, b.len, 0644);
	buf_release(&b);
	return e;
}

void
upload_release(struct upload *u)
{
	free(u->zip);
	free(u->checksums);
	*u = (struct upload){ NULL, NULL };
}
