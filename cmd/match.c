/* SPDX-License-Identifier: ISC */
/* deed match: which delivery is this file? */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/view.h"
#include "core/content.h"
#include "core/delivery.h"
#include "core/util/file.h"
#include "core/util/path.h"

struct args {
	const char *file;
};

static const struct opt opts[] = {
	OPT_ARG("file", file, 0),
	OPT_END,
};

#define SUMS_MAX (256u << 20)

/* The file somebody holds, or the folder it was unpacked to. */
struct thing {
	char *path;
	char sha256[SHA256_HEX]; /* of a file */
	struct content content;
	char digest[SHA256_HEX];
};

/* What the nearest delivery is, so far. */
struct nearest {
	const char *result;
	char *label;
	size_t part, parts; /* it is this one of so many; 0: the whole */
	struct strs here, there, changed;
	size_t differences;
};

static void
nearest_release(struct nearest *n)
{
	free(n->label);
	strs_release(&n->here);
	strs_release(&n->there);
	strs_release(&n->changed);
}

/* Which part of it has this digest, counted from 1; 0: none. */
static size_t
part_of(const struct node *archive, const char *sha256)
{
	const struct node *parts = node_get(archive, "parts");

	for (size_t i = 0; i < node_count(parts); i++)
		if (node_text_is(node_at(parts, i), "sha256", sha256))
			return i + 1;
	return 0;
}

/* Are these the bytes of a delivery, or of a part of one? */
static bool
is_delivered(const struct order *o, const char *sha256)
{
	const struct fact *d;
	size_t at = 0;

	while ((d = order_next(o, "delivery", &at)) != NULL) {
		const struct node *a = node_get(d->content, "archive");

		if (node_text_is(a, "sha256", sha256) || part_of(a, sha256) > 0)
			return true;
	}
	return false;
}

static struct err *
read_thing(struct thing *t, const char *path, const struct order *o)
{
	struct unpack_limits limits = { .known = false };
	struct err *e;

	if (file_is_dir(path)) {
		e = content_of_folder(&t->content, path);
	} else if ((e = digest_file(path, t->sha256, NULL)) == NULL) {
		/* what deed packed itself need not please a stranger */
		limits.known = is_delivered(o, t->sha256);
		e = content_of_archive(&t->content, path, &limits);
		if (err_is(e, ERR_UNSUPPORTED)) {
			err_drop(e); /* a plain file is its own content */
			e = NULL;
			content_add(&t->content, path_base(path), t->sha256);
		}
	}
	if (e != NULL)
		return e;
	content_sort(&t->content);
	content_digest(t->digest, &t->content);
	return NULL;
}

static struct err *
read_sums(struct content *out, const struct ledger *l, const struct fact *d)
{
	const char *path = node_text(node_get(d->content, "archive"), "sums");
	struct buf text = BUF_INIT;
	char *full;
	struct err *e;

	if (path == NULL)
		return err_new(ERR_NOT_FOUND, "there is no list of files");
	full = path_join(l->dir, path);
	e = file_read(&text, full, SUMS_MAX);
	if (e == NULL)
		e = content_parse(out, text.data, text.len, path);
	content_sort(out);
	buf_release(&text);
	free(full);
	return e;
}

static struct err *
compare(struct nearest *best, const struct thing *t, const struct ledger *l,
    const struct fact *d)
{
	const struct node *a = node_get(d->content, "archive");
	const char *digest = node_text(a, "content");
	struct nearest n = { .result = "differs",
		.label = mem_dup(d->label),
		.part = part_of(a, t->sha256),
		.parts = node_count(node_get(a, "parts")) };
	struct content theirs;
	struct err *e = NULL;

	content_init(&theirs);
	if (n.part > 0 || node_text_is(a, "sha256", t->sha256)) {
		n.result = "bytes";
	} else if (digest != NULL && strcmp(digest, t->digest) == 0) {
		n.result = "content";
		n.differences = 1;
	} else if ((e = read_sums(&theirs, l, d)) == NULL) {
		content_compare(
		    &t->content, &theirs, &n.here, &n.there, &n.changed);
		n.differences = 2 + n.here.n + n.there.n + n.changed.n;
	} else if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* it differs, and nobody can say in what */
		e = NULL;
		n.differences = SIZE_MAX;
	}
	content_release(&theirs);
	if (e == NULL &&
	    (best->result == NULL || n.differences < best->differences)) {
		nearest_release(best);
		*best = n;
	} else {
		nearest_release(&n);
	}
	return e;
}

static struct node *
names(const struct strs *s)
{
	struct node *list = node_list();

	for (size_t i = 0; i < s->n; i++)
		node_push_str(list, s->v[i]);
	return list;
}

static void
add_names(struct buf *b, const char *what, const struct strs *s)
{
	for (size_t i = 0; i < s->n; i++)
		buf_addf(b, "  %s %s\n", what, s->v[i]);
}

static void
print(struct ctx *ctx, const struct nearest *n)
{
	struct node *result = node_map();
	struct buf b = BUF_INIT;

	node_put_str(
	    result, "result", n->result != NULL ? n->result : "differs");
	node_put(result, "delivery", node_str(n->label));
	if (n->part > 0)
		node_put_int(result, "part", (int64_t)n->part);
	node_put(result, "only_here", names(&n->here));
	node_put(result, "only_there", names(&n->there));
	node_put(result, "changed", names(&n->changed));
	if (n->result == NULL)
		buf_adds(&b, "there is no delivery to compare it with\n");
	else if (n->part > 0)
		buf_addf(&b, "%s: the same bytes, part %zu of %zu\n", n->label,
		    n->part, n->parts);
	else if (strcmp(n->result, "bytes") == 0)
		buf_addf(&b, "%s: the same bytes\n", n->label);
	else if (strcmp(n->result, "content") == 0)
		buf_addf(&b, "%s: the same content in another container\n",
		    n->label);
	else
		buf_addf(
		    &b, "no delivery; nearest is %s, and differs:\n", n->label);
	add_names(&b, "only here ", &n->here);
	add_names(&b, "only there", &n->there);
	add_names(&b, "changed   ", &n->changed);
	out_object(ctx->out, result, b.data);
	ctx->status = n->result == NULL || strcmp(n->result, "differs") == 0;
	buf_release(&b);
	node_free(result);
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct thing t = { .path = path_join(ctx->env.cwd, args->file) };
	struct nearest best = { 0 };
	struct view v = { 0 };
	const struct fact *d;
	struct err *e;

	content_init(&t.content);
	if ((e = view_open(&v, ctx, NULL)) != NULL ||
	    (e = read_thing(&t, t.path, v.order)) != NULL)
		goto done;
	for (size_t at = 0;
	     e == NULL && (d = order_next(v.order, "delivery", &at)) != NULL;)
		if (node_get(d->content, "archive") != NULL)
			e = compare(&best, &t, ctx->ledger, d);
	if (e == NULL)
		print(ctx, &best);
done:
	nearest_release(&best);
	view_close(&v);
	content_release(&t.content);
	free(t.path);
	return e;
}

const struct command cmd_match = {
	.name = "match",
	.summary = "which delivery a file or folder is",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
