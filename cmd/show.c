/* SPDX-License-Identifier: ISC */
/* deed show: one entry, as it was written and as it counts now. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/trust.h"
#include "cmd/cli/view.h"
#include "core/emit.h"
#include "core/stamp.h"
#include "core/transcript.h"
#include "core/util/path.h"

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

static char *
text_of(
    const struct order *o, const struct fact *f, const struct timestamp *anchor)
{
	struct buf b = BUF_INIT;
	char *look_up = order_look_up(o, f);

	buf_addf(&b, "%s%s%s  order %s\n", f->entry->kind->name,
	    f->label != NULL ? " " : "", f->label != NULL ? f->label : "",
	    o->id);
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
				"\n  (the content is withheld)\n");
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
	struct node *n;
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
	text = text_of(v->order, f, anchor);
	out_object(ctx->out, n, text);
	free(text);
	node_free(n);
done:
	stamps_release(&stamps);
	free(cover);
	free(roots);
	return e;
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
	    (e = order_resolve(&f, &line, v.order, entry)) != NULL)
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
	.summary = "show one entry",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER | CMD_PAGER,
	.run = run,
};
