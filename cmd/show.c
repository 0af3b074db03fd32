/* SPDX-License-Identifier: ISC */
/* deed show: one entry, delivery or archive, as it counts now. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/paint.h"
#include "cmd/cli/trust.h"
#include "cmd/cli/view.h"
#include "core/content.h"
#include "core/emit.h"
#include "core/stamp.h"
#include "core/transcript.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define SUMS_MAX (256u << 20) /* the list of a delivery's files */

struct args {
	const char *entry;
};

static const struct opt opts[] = {
	OPT_ARG("entry", entry, OPT_OPTIONAL),
	OPT_END,
};

static void
add_content(struct buf *b, const struct node *content)
{
	struct buf yaml = BUF_INIT;

	emit_map(&yaml, content);
	buf_addc(b, '\n');
	for (const char *p = yaml.data; *p != '\0';) {
		size_t len = strcspn(p, "\n");

		buf_addf(b, "  %.*s\n", (int)len, p);
		p += len + (p[len] == '\n');
	}
	buf_release(&yaml);
}

/* The files that a delivery holds; NULL if their list is not here. */
static struct node *
files_of(const struct ledger *l, const struct fact *f)
{
	const char *path = node_text(node_get(f->content, "archive"), "sums");
	struct content content;
	struct buf sums = BUF_INIT;
	struct node *files = NULL;
	char *full;
	struct err *e;

	if (!fact_is(f, "delivery") || path == NULL)
		return NULL;
	content_init(&content);
	full = path_join(l->dir, path);
	if ((e = path_vet(path, "sums")) == NULL &&
	    (e = file_read(&sums, full, SUMS_MAX)) == NULL &&
	    (e = content_parse(&content, sums.data, sums.len, path)) == NULL) {
		files = node_list();
		for (size_t i = 0; i < content.files.n; i++)
			node_push_str(files, content.files.v[i].name);
	}
	err_drop(e); /* verify tells what is wrong with it */
	content_release(&content);
	buf_release(&sums);
	free(full);
	return files;
}

static void
add_files(struct buf *b, const struct node *files)
{
	if (files != NULL)
		buf_addf(b, "\nholds %zu %s\n\n", files->n,
		    files->n == 1 ? "file" : "files");
	for (size_t i = 0; i < node_count(files); i++)
		buf_addf(b, "  %s\n", node_text_at(files, i));
}

static char *
text_of(const struct order *o, const struct fact *f,
    const struct timestamp *anchor, const struct node *files)
{
	struct buf b = BUF_INIT;
	char *look_up = order_look_up(o, f);

	buf_addf(&b, PAINT_NAME "%s%s%s" PAINT_END "  order %s\n",
	    f->entry->kind->name, f->label != NULL ? " " : "",
	    f->label != NULL ? f->label : "", o->id);
	buf_addf(&b, "entry     %s\n", f->entry->id);
	buf_addf(&b, "recorded  %s\n", f->entry->recorded);
	buf_addf(&b, "vouched   %s%s%s\n", order_grade(o, f),
	    look_up != NULL ? ": " : "", look_up != NULL ? look_up : "");
	buf_adds(&b, "anchor    ");
	stamp_words(&b, anchor);
	buf_addc(&b, '\n');
	if (f->voided)
		buf_adds(&b, "voided    it does not count\n");
	if (f->corrected)
		buf_adds(&b, "corrected shown as it counts now\n");
	if (f->content != NULL)
		add_content(&b, f->content);
	else
		buf_adds(&b,
		    f->forged ? "\n  (the content is not the one the entry was "
				"made with)\n" :
			f->erased ? "\n  (the content was erased)\n" :
				    "\n  (the content is withheld)\n");
	add_files(&b, files);
	free(look_up);
	return buf_steal(&b);
}

/* One message of a transcript. */
static struct err *
show_line(
    struct ctx *ctx, const struct order *o, const struct fact *f, unsigned line)
{
	struct node *message, *n;
	struct buf b = BUF_INIT;
	struct err *e = transcript_vet_line(f, line);

	if (e == NULL)
		e = transcript_message(&message, ctx->ledger, f->content, line);
	if (e != NULL)
		return e;
	buf_addf(
	    &b, "message   %.8s:%u  order %s\n", f->entry->id, line, o->id);
	buf_addf(&b, "vouched   %s\n", order_grade(o, f));
	add_content(&b, message);
	n = node_map();
	node_put_str(n, "order", o->id);
	node_put_str(n, "entry", f->entry->id);
	node_put_str(n, "kind", f->entry->kind->name);
	node_put_int(n, "line", line);
	node_put_str(n, "grade", order_grade(o, f));
	node_put(n, "message", message);
	out_object(ctx->out, n, b.data);
	node_free(n);
	buf_release(&b);
	return NULL;
}

/* With the earliest stamp that covers it, by the reader's own roots. */
static struct err *
show_fact(struct ctx *ctx, struct view *v, const struct fact *f)
{
	const struct timestamp **cover = mem_zero(v->stream->n, sizeof(*cover));
	const struct timestamp *anchor;
	struct stamps stamps = { VEC_INIT };
	char *roots = NULL, *text;
	struct node *n, *files;
	struct err *e = NULL;

	/* without a stamp there is nobody to trust, and git is not asked */
	if (order_count(v->order, "timestamp") > 0 &&
	    ((e = trust_roots(&roots, ctx, NULL)) != NULL ||
		(e = stamps_of(&stamps, ctx->ledger, v->stream, roots)) !=
		    NULL))
		goto done;
	stamps_cover(&stamps, v->stream, cover);
	anchor = cover[f->entry - v->stream->v];
	n = order_fact_node(v->order, f);
	node_put(n, "anchor", stamp_node(anchor));
	files = files_of(ctx->ledger, f);
	text = text_of(v->order, f, anchor, files);
	if (files != NULL)
		node_put(n, "holds", files);
	out_object(ctx->out, n, text);
	free(text);
	node_free(n);
done:
	stamps_release(&stamps);
	free(cover);
	free(roots);
	return e;
}

/* An entry by any of its names, or by a file that it holds. */
static struct err *
find(const struct fact **out, unsigned *line, const struct ctx *ctx,
    const struct order *o, const char *word)
{
	const char *dir = ctx->ledger->dir, *file = word;
	const struct fact *holder;
	struct err *e = order_resolve(out, line, o, word);

	if (!err_is(e, ERR_NOT_FOUND))
		return e;
	if (strncmp(word, dir, strlen(dir)) == 0 && word[strlen(dir)] == '/')
		file = word + strlen(dir) + 1;
	if ((holder = order_holder(o, file)) == NULL)
		return e;
	err_drop(e); /* it was no entry's name */
	*out = holder;
	*line = 0;
	return NULL;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	const char *entry = args->entry != NULL ? args->entry : "@";
	const struct fact *f;
	struct view v = { 0 };
	unsigned line;
	struct err *e;

	if ((e = view_open(&v, ctx, NULL)) != NULL ||
	    (e = find(&f, &line, ctx, v.order, entry)) != NULL)
		goto done;
	if (line != 0) {
		e = show_line(ctx, v.order, f, line);
		goto done;
	}
	e = show_fact(ctx, &v, f);
done:
	view_close(&v);
	return e;
}

const struct command cmd_show = {
	.name = "show",
	.summary = "show one entry, delivery or archive",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER | CMD_PAGER,
	.run = run,
};
