/* SPDX-License-Identifier: ISC */
#include "core/delivery.h"

#include <stdlib.h>
#include <string.h>

#include "core/ci.h"
#include "core/lfs.h"
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
    const char *month, const char *label, const struct packed *p,
    const struct node *parts, int64_t now)
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
	if (parts != NULL)
		node_put(*out, "parts", node_copy(parts));
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

char *
delivery_bytes(const struct ledger *l, const struct fact *delivery)
{
	const struct node *a = node_get(delivery->content, "archive");
	const char *path = node_text(a, "path");
	const char *sha256 = node_text(a, "sha256");

	return path == NULL || sha256 == NULL || !digest_is_hex(sha256) ?
	    NULL :
	    lfs_find(l->dir, path, sha256);
}
