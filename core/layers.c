/* SPDX-License-Identifier: ISC */
#include "core/layers.h"

#include <string.h>

#include "core/ext/doc.h"
#include "core/util/file.h"

static void
put_section(struct node *to, const struct node *from, bool mix)
{
	for (size_t i = 0; i < from->n; i++) {
		struct node *old = node_get(to, from->keys[i]);
		const struct node *item = from->kids[i];

		if (mix && old != NULL && old->type == NODE_MAP &&
		    item->type == NODE_MAP)
			put_section(old, item, false);
		else
			node_put(to, from->keys[i], node_copy(item));
	}
}

static void
merge(struct node *to, const struct node *from, const char *mixed)
{
	for (size_t i = 0; i < from->n; i++) {
		const char *key = from->keys[i];
		struct node *old = node_get(to, key);

		if (old != NULL && old->type == NODE_MAP &&
		    from->kids[i]->type == NODE_MAP)
			put_section(
			    old, from->kids[i], strcmp(key, mixed) == 0);
		else
			node_put(to, key, node_copy(from->kids[i]));
	}
}

struct err *
layers_add(struct layers *l, const char *file, bool own,
    const struct shape *shape, const char *mixed)
{
	struct buf text = BUF_INIT;
	struct node *tree = NULL;
	struct layer *layer;
	struct err *e = file_read(&text, file, LAYER_MAX);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* nobody needs to have one */
		buf_release(&text);
		return NULL;
	}
	if (e != NULL || (e = doc_vet(text.data, text.len, file, 1)) != NULL ||
	    (e = doc_parse(&tree, text.data, text.len, file, 1)) != NULL ||
	    (e = shape_check(tree, shape, file)) != NULL)
		goto done;
	layer = vec_add(&l->files);
	layer->file = mem_dup(file);
	layer->own = own;
	layer->tree = tree;
	if (l->files.n == 1) {
		l->tree = tree; /* mostly there is no other */
	} else {
		if (l->files.n == 2)
			l->tree = node_copy(l->tree);
		merge(l->tree, tree, mixed);
	}
	tree = NULL;
done:
	node_free(tree);
	buf_release(&text);
	return e;
}

void
layers_release(struct layers *l)
{
	struct layer *layer;

	if (l->files.n > 1)
		node_free(l->tree);
	vec_each (layer, &l->files) {
		free(layer->file);
		node_free(layer->tree);
	}
	vec_release(&l->files);
	l->tree = NULL;
}

static const struct layer *
last_with(const struct layers *l, const char *section, const char *name)
{
	for (size_t i = l->files.n; i-- > 1;) {
		const struct node *n = node_get(l->files.v[i].tree, section);

		if (name == NULL ? n != NULL : node_get(n, name) != NULL)
			return &l->files.v[i];
	}
	return l->files.n == 0 ? NULL : &l->files.v[0];
}

const char *
layers_file(const struct layers *l, const char *section, const char *name)
{
	const struct layer *layer = last_with(l, section, name);

	return layer == NULL ? NULL : layer->file;
}

const char *
layers_override(const struct layers *l, const char *section, const char *name)
{
	const struct layer *layer = last_with(l, section, name);

	return layer == NULL || !layer->own ? NULL : layer->file;
}
