/* SPDX-License-Identifier: ISC */
/* deed status: where an order stands, and what is next. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/view.h"
#include "core/check.h"

struct args {
	const char *order;
};

static const struct opt opts[] = {
	OPT_ARG("order", order, OPT_OPTIONAL),
	OPT_END,
};

/* The date something is due, as the start of that day or the instant. */
static struct node *
due_node(const struct order *o)
{
	const char *due = node_text(o->terms, "due");
	char text[DATE_TEXT];
	struct when when;
	struct err *e;

	if (due == NULL)
		return node_null();
	e = date_parse(&when, due);
	if (e != NULL) {
		err_drop(e); /* shown as it was written */
		return node_str(due);
	}
	date_format(text, when.time);
	return node_str(text);
}

static int64_t
formal_revisions(const struct order *o)
{
	const struct fact *f;
	int64_t n = 0;

	for (size_t at = 0; (f = order_next(o, "revision", &at)) != NULL;)
		n += node_flag(f->content, "formal");
	return n;
}

static void
push_next(struct node *next, const char *fmt, const char *arg)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s%s", fmt, arg);
	node_push_str(next, b.data);
	buf_release(&b);
}

/* What a sensible seller would do next, in commands. */
static struct node *
next_steps(const struct order *o)
{
	struct node *next = node_list(), *findings = node_list();
	struct check check = { .order = o, .before = CHECK_COMPLETE };

	if (o->pending != NULL)
		push_next(next, "deed cancel --decline", "");
	switch (o->state) {
	case ORDER_OPEN:
	case ORDER_REVISION:
		push_next(next, "deed deliver", "");
		break;
	case ORDER_DELIVERED:
	case ORDER_SUBMITTED:
		check_run(findings, &check);
		for (size_t i = 0; i < findings->n; i++)
			push_next(
			    next, node_text(findings->kids[i], "fix"), "");
		push_next(next, "deed accept", "");
		break;
	case ORDER_DISPUTED:
		push_next(next, "deed dispute pack", "");
		break;
	default:
		break;
	}
	node_free(findings);
	return next;
}

static struct node *
status_node(const struct order *o)
{
	struct node *n = node_map(), *revisions = node_map(), *pending;

	node_put_str(n, "order", o->id);
	node_put_str(n, "state", order_state_name(o->state));
	node_put(n, "native_state", node_str(o->native_state));
	node_put(n, "due", due_node(o));
	node_put_int(revisions, "used", formal_revisions(o));
	node_put(revisions, "allowed",
	    node_get(o->terms, "revisions") == NULL ?
		node_null() :
		node_copy(node_get(o->terms, "revisions")));
	node_put(n, "revisions", revisions);
	node_put(n, "clocks", node_list());
	node_put(n, "next", next_steps(o));
	if (o->pending != NULL) {
		pending = node_put(n, "pending", node_map());
		node_put_str(pending, "entry", o->pending->entry->id);
		node_put(pending, "initiator",
		    node_str(node_text(o->pending->content, "initiator")));
	}
	if (o->opened_twice)
		node_put_bool(n, "opened_twice", true);
	if (o->conflict)
		node_put_bool(n, "conflict", true);
	return n;
}

static void
add_line(struct buf *b, const char *name, const char *value)
{
	if (value != NULL)
		buf_addf(b, "  %-11s%s\n", name, value);
}

static char *
status_text(const struct order *o, const struct node *n)
{
	const struct node *next = node_get(n, "next");
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s  %s", o->id, order_state_name(o->state));
	if (o->native_state != NULL)
		buf_addf(&b, " (%s)", o->native_state);
	if (o->pending != NULL)
		buf_addf(&b, ", cancellation asked for by the %s",
		    node_text(o->pending->content, "initiator"));
	if (o->opened_twice)
		buf_adds(&b, ", opened twice");
	if (o->conflict)
		buf_adds(&b, ", conflict");
	buf_addc(&b, '\n');
	add_line(&b, "title", node_text(o->terms, "title"));
	add_line(&b, "buyer", node_text(o->terms, "buyer"));
	add_line(&b, "platform", node_text(o->terms, "platform"));
	add_line(&b, "price", node_text(o->terms, "price"));
	add_line(&b, "due", node_text(o->terms, "due"));
	if (node_get(o->terms, "revisions") != NULL)
		buf_addf(&b, "  revisions  %lld of %lld used\n",
		    (long long)formal_revisions(o),
		    (long long)node_number(o->terms, "revisions", 0));
	buf_addf(&b, "  deliveries %zu, entries %zu\n",
	    order_count(o, "delivery"), o->n);
	for (size_t i = 0; i < node_count(next); i++)
		buf_addf(&b, "%s%s\n", i == 0 ? "next: " : "      ",
		    node_as_text(node_at(next, i)));
	return buf_steal(&b);
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct strs ids = VEC_INIT;
	struct err *e = NULL;

	if (args->order != NULL)
		strs_add(&ids, args->order);
	else
		e = ctx_orders(&ids, ctx);
	for (size_t i = 0; i < ids.n && e == NULL; i++) {
		struct view v;
		struct node *n;
		char *text;

		if ((e = view_open(&v, ctx, ids.v[i])) == NULL) {
			n = status_node(v.order);
			text = status_text(v.order, n);
			out_object(ctx->out, n, text);
			free(text);
			node_free(n);
		}
		view_close(&v);
	}
	strs_release(&ids);
	return e;
}

const struct command cmd_status = {
	.name = "status",
	.summary = "where an order stands and what is next",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
