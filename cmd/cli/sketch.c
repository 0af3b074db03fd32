/* SPDX-License-Identifier: ISC */
#include "cmd/cli/sketch.h"

#include <string.h>

#include "cmd/cli/view.h"
#include "core/util/path.h"

static struct err *
append(struct stream *s, const char *kind, struct node *content, int64_t time,
    int64_t now, struct entry **out)
{
	char text[DATE_TEXT];

	date_format(text, time);
	node_put_str(content, "happened", text);
	date_format(text, now);
	return stream_append(out, s, record_kind(kind), content, text);
}

static struct err *
append_order(struct stream *s, const struct sketch *k, int64_t now)
{
	const struct words *files = &k->terms->terms;
	struct node *content = node_map(), *list;
	struct entry *entry;
	struct err *e = terms_put(content, k->terms, now);

	if (e != NULL) {
		node_free(content);
		return e;
	}
	node_put_str(content, "id", k->id);
	if (files->n > 0)
		list = node_put(content, "terms", node_list());
	for (size_t i = 0; i < files->n; i++)
		node_put_str(node_push(list, node_map()), "name",
		    path_base(files->v[i]));
	return append(s, "order", content, k->adoption->opened, now, &entry);
}

static struct err *
append_delivery(struct stream *s, const struct sketch *k, size_t i, int64_t now)
{
	const struct proposal *p = &k->adoption->deliveries.v[i];
	struct node *content = node_map();
	int offset = 0;
	struct entry *entry;
	struct err *e = NULL;
	char *label = mem_printf("d%zu", i + 1);

	node_put_str(content, "label", label);
	node_put_str(content, "text", p->text);
	free(label);
	if (k->covers != NULL && i + 1 == k->adoption->deliveries.n) {
		const struct kind *kind = record_kind("delivery");
		struct node *list;

		e = kind_value(
		    &list, kind_key(kind, "covers"), k->covers, now, &offset);
		if (e == NULL)
			node_put(content, "covers", list);
	}
	if (e != NULL) {
		node_free(content);
		return e;
	}
	e = append(s, "delivery", content, p->time, now, &entry);
	if (e != NULL || !k->submitted)
		return e;
	content = node_map();
	node_put_str(content, "delivery", entry->id);
	return append(s, "submission", content, p->time, now, &entry);
}

struct err *
sketch_gaps(struct node *findings, struct ctx *ctx, const struct sketch *k)
{
	struct stream *s = stream_new("what is proposed");
	struct order *o = NULL;
	struct err *e = append_order(s, k, ctx->env.now);

	for (size_t i = 0; i < k->adoption->deliveries.n && e == NULL; i++)
		e = append_delivery(s, k, i, ctx->env.now);
	if (e == NULL && (e = order_replay(&o, s, k->id)) == NULL) {
		struct check check = view_check(ctx, o, CHECK_DISPUTE);

		check.ledger = NULL;
		check_run(findings, &check);
	}
	order_free(o);
	stream_free(s);
	return e;
}
