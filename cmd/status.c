/* SPDX-License-Identifier: ISC */
/* deed status: where an order stands, and what is next. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/local.h"
#include "cmd/cli/paint.h"
#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/hours.h"
#include "core/purse.h"
#include "core/util/file.h"
#include "core/util/path.h"

struct args {
	const char *order;
};

static const struct opt opts[] = {
	OPT_ARG("order", order, OPT_OPTIONAL),
	OPT_END,
};

/* One command may mend several things. */
static void
push_next(struct node *next, const char *command)
{
	if (!node_has(next, command))
		node_push_str(next, command);
}

/* Is there this command, with whatever options? */
static bool
names(const struct node *next, const char *command)
{
	for (size_t i = 0; i < next->n; i++)
		if (strncmp(node_as_text(next->kids[i]), command,
			strlen(command)) == 0)
			return true;
	return false;
}

/* The commands that mend what a rule found, or with NULL what any did. */
static void
push_fixes(struct node *next, const struct node *findings, const char *rule)
{
	for (size_t i = 0; i < findings->n; i++)
		if (rule == NULL ||
		    node_text_is(findings->kids[i], "rule", rule))
			push_next(next, node_text(findings->kids[i], "fix"));
}

static void
push_all(struct node *next, const struct node *list)
{
	for (size_t i = 0; i < node_count(list); i++)
		push_next(next, node_as_text(node_at(list, i)));
}

/* What ran out must be recorded; then one's own clocks, soonest first. */
static void
push_clocks(struct node *next, const struct standing *at)
{
	for (size_t i = 0; i < at->lapsed.n; i++)
		push_all(next, at->lapsed.v[i].rule->record);
	for (size_t i = 0; i < at->clocks.n; i++)
		if (at->clocks.v[i].rule->who == RULE_SELLER ||
		    at->clocks.v[i].rule->who == RULE_BOTH)
			push_all(next, at->clocks.v[i].rule->act);
}

/* Who asked for what was decided last: the request it answers says so. */
static bool
seller_cancelled(const struct order *o)
{
	const struct fact *f = order_last(o, "cancellation");
	const char *id = f != NULL ? node_text(f->content, "answers") : NULL;
	const struct fact *asked = id != NULL ? order_fact(o, id) : NULL;

	return f != NULL &&
	    node_text_is(
		(asked != NULL ? asked : f)->content, "initiator", "seller");
}

/* For whom it is packed: who decides, if packages are made for that. */
static void
push_pack(struct node *next, struct ctx *ctx, const struct view *v)
{
	const struct fact *d = order_last(v->order, "dispute");
	const char *venue = d != NULL ? node_text(d->content, "venue") : NULL;
	const struct profile *p = v->standing.profile;
	char *command;

	if (names(next, "deed dispute pack"))
		return;
	if (venue != NULL) /* one that cannot be read is none */
		err_drop(profiles_get(&p, ctx->profiles, venue));
	if (profile_value(p, "evidence.deliveries") == NULL)
		p = NULL;
	command = mem_printf("deed dispute pack%s%s",
	    p != NULL ? " --for " : "", p != NULL ? p->name : "");
	push_next(next, command);
	free(command);
}

static void
push_pending(struct node *next, const struct order *o)
{
	if (o->pending == NULL ||
	    node_text_is(o->pending->content, "initiator", "seller"))
		return;
	push_next(next, "deed draft decline");
	push_next(next, "deed cancel --decline");
	push_next(next, "deed draft ticket");
}

/* Nothing was said or handed over yet. */
static bool
is_new(const struct order *o)
{
	return order_count(o, "message") + order_count(o, "transcript") +
	    order_count(o, "call") + order_count(o, "delivery") ==
	    0;
}

/* What a sensible seller would do next, in commands. */
static struct node *
next_steps(struct ctx *ctx, const struct view *v)
{
	const struct order *o = v->order;
	struct node *next = node_list(), *findings = node_list();
	struct check check = view_check(ctx, o, CHECK_COMPLETE);

	check_run(findings, &check);
	push_clocks(next, &v->standing);
	if (next->n == 0)
		push_pending(next, o);
	switch (o->state) {
	case ORDER_OPEN:
	case ORDER_REVISION:
		if (is_new(o))
			push_next(next, "deed draft confirm");
		push_fixes(next, findings, "no-recap");
		push_next(next, "deed deliver");
		break;
	case ORDER_DELIVERED:
	case ORDER_SUBMITTED:
		push_fixes(next, findings, NULL);
		if (o->pending == NULL)
			push_next(next, "deed accept");
		break;
	case ORDER_DISPUTED:
		push_next(next, "deed check --for dispute");
		push_pack(next, ctx, v);
		break;
	case ORDER_CANCELLED:
		/* what was done is still worth a word to support */
		if (order_count(o, "delivery") == 0 || seller_cancelled(o))
			break;
		push_next(next, "deed draft ticket");
		push_next(next, "deed check --for dispute");
		push_pack(next, ctx, v);
		break;
	default:
		break;
	}
	node_free(findings);
	return next;
}

/* What the other side has in hand, as recorded. */
static struct node *
handover_node(const struct order *o)
{
	struct node *list = node_list();
	const struct fact *f;
	char day[DATE_TEXT];

	for (size_t at = 0; (f = order_next(o, "handover", &at)) != NULL;) {
		struct node *row = node_push(list, node_map());

		date_format(day, f->happened);
		node_put(row, "item", node_str(node_text(f->content, "item")));
		node_put(row, "to", node_str(node_text(f->content, "to")));
		node_put_str(row, "happened", day);
		node_put_str(row, "entry", f->entry->id);
	}
	return list;
}

static struct node *
status_node(struct ctx *ctx, const struct view *v)
{
	const struct order *o = v->order;
	const struct standing *at = &v->standing;
	int64_t now = ctx->env.now;
	struct hours hours;
	struct node *n = node_map(), *revisions = node_map(), *pending, *money;

	node_put_str(n, "order", o->id);
	node_put_str(n, "state", order_state_name(o->state));
	node_put(n, "native_state", node_str(at->native));
	node_put(n, "due", standing_due(at, o));
	node_put_int(revisions, "used", order_revisions_used(o));
	node_put(revisions, "allowed",
	    node_get(o->terms, "revisions") == NULL ?
		node_null() :
		node_copy(node_get(o->terms, "revisions")));
	node_put(n, "revisions", revisions);
	money = purse_node(o);
	if (money->type == NODE_MAP)
		node_put(n, "money", money);
	else
		node_free(money);
	if (order_count(o, "handover") > 0)
		node_put(n, "handover", handover_node(o));
	hours_read(&hours, ctx->ledger, o);
	if (hours.logs > 0)
		node_put(n, "hours", hours_node(&hours));
	hours_release(&hours);
	node_put(n, "clocks", standing_clocks(&at->clocks, o, now));
	if (at->lapsed.n > 0)
		node_put(n, "lapsed", standing_clocks(&at->lapsed, o, now));
	node_put(n, "next", next_steps(ctx, v));
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

static void
add_price(struct buf *b, const char *price)
{
	char *shown = price != NULL ? local_money(price) : NULL;

	add_line(b, "price", shown);
	free(shown);
}

/* As it was written if that is a day, else the time in the user's zone. */
static void
add_due(struct buf *b, const struct order *o)
{
	struct when due;
	char local[DATE_TEXT];

	if (!order_time(&due, o->terms, "due") || due.date_only) {
		add_line(b, "due", node_text(o->terms, "due"));
		return;
	}
	date_format_local(local, due.time);
	add_line(b, "due", local);
}

/* "2026-11-07 11:00 (16:00 UTC)": in the user's zone, and the platform's. */
static void
add_time(struct buf *b, int64_t time)
{
	char local[DATE_TEXT], utc[DATE_TEXT];

	date_format_local(local, time);
	buf_adds(b, local);
	if (date_zone_at(time) == 0)
		return;
	date_format(utc, time);
	if (strncmp(local, utc, 10) == 0)
		buf_addf(b, " (%.5s UTC)", utc + 11);
	else
		buf_addf(b, " (%.10s %.5s UTC)", utc, utc + 11);
}

static void
add_ends(struct buf *b, const struct clock *c, int64_t now)
{
	char *span = view_span(c->earliest, now);

	if (c->latest == CLOCK_ENDLESS) {
		buf_adds(b, "since ");
		add_time(b, c->earliest);
	} else {
		add_time(b, c->earliest);
		buf_addf(b, ", %s", span);
	}
	if (c->latest != CLOCK_ENDLESS && c->latest != c->earliest) {
		buf_adds(b, ", or as late as ");
		add_time(b, c->latest);
	}
	free(span);
}

/* Who must act until when, what silence does, and who says so. */
static void
add_clocks(struct buf *b, const char *title, const struct clocks *clocks,
    const struct order *o, int64_t now)
{
	if (clocks->n > 0)
		buf_addf(b, "%s\n", title);
	for (size_t i = 0; i < clocks->n; i++) {
		const struct clock *c = &clocks->v[i];
		struct node *n = clock_node(c, o, now);
		const char *mine = node_text(n, "override");
		char *source = clock_source(c, o, false);

		buf_addf(b, "  %s", node_text(n, "name"));
		if (c->milestone != NULL)
			buf_addf(b, " of %s", c->milestone);
		buf_addf(b, " (%s): ", view_who(c));
		add_ends(b, c, now);
		buf_addf(b, "\n      %s\n      as of %s%s: %s\n",
		    node_text(n, "if_missed"), node_text(n, "as_of"),
		    node_flag(n, "stale") ? ", over a year ago, check it" : "",
		    source);
		if (mine != NULL)
			buf_addf(b, "      your own rule, from %s\n", mine);
		free(source);
		node_free(n);
	}
}

/* "funded 100.00 USD, paid nothing"; the milestones below it. */
static void
add_money(struct buf *out, const struct node *money)
{
	static const char *const keys[] = { "funded", "approved", "paid",
		"refunded" };
	const struct node *list = node_get(money, "milestones");
	struct buf b = BUF_INIT;
	size_t n = 0;
	char *shown;

	if (money == NULL)
		return;
	buf_adds(&b, "  money      ");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (node_text(money, keys[i]) != NULL)
			buf_addf(&b, "%s%s %s", n++ > 0 ? ", " : "", keys[i],
			    node_text(money, keys[i]));
	buf_adds(&b, n > 0 ? "\n" : "nothing is recorded as funded or paid\n");
	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *m = node_at(list, i);
		const char *state = node_text(m, "state");

		buf_addf(&b, "    %s %s: %s, %s\n", node_text(m, "label"),
		    node_text(m, "name"), node_text(m, "amount"),
		    state != NULL ? state : "not recorded as funded");
	}
	shown = local_money(b.data);
	buf_adds(out, shown);
	free(shown);
	buf_release(&b);
}

/* "handed over source, domain" */
static void
add_handover(struct buf *b, const struct node *list)
{
	for (size_t i = 0; i < node_count(list); i++) {
		const char *item = node_text(node_at(list, i), "item");

		buf_addf(b, "%s%s", i == 0 ? "  handed over " : ", ",
		    item != NULL ? item : "something");
	}
	if (node_count(list) > 0)
		buf_addc(b, '\n');
}

static char *
status_text(const struct view *v, const struct node *n, int64_t now)
{
	const struct order *o = v->order;
	const struct node *next = node_get(n, "next");
	const struct node *hours = node_get(n, "hours");
	struct buf b = BUF_INIT;

	buf_addf(&b, PAINT_NAME "%s" PAINT_END "  %s%s" PAINT_END, o->id,
	    paint_word(order_state_name(o->state)), order_state_name(o->state));
	if (v->standing.shown != NULL)
		buf_addf(&b, " (%s: %s)",
		    v->standing.profile != NULL ? v->standing.profile->title :
						  "seen",
		    v->standing.shown);
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
	add_price(&b, node_text(o->terms, "price"));
	add_due(&b, o);
	if (node_get(o->terms, "revisions") != NULL)
		buf_addf(&b, "  revisions  %lld of %lld used\n",
		    (long long)order_revisions_used(o),
		    (long long)node_number(o->terms, "revisions", 0));
	buf_addf(&b, "  deliveries %zu, entries %zu\n",
	    order_count(o, "delivery"), o->n);
	add_money(&b, node_get(n, "money"));
	add_handover(&b, node_get(n, "handover"));
	if (hours != NULL)
		buf_addf(&b, "  hours      %s, %s of them without a flaw\n",
		    node_text(hours, "hours"), node_text(hours, "unflawed"));
	add_clocks(&b, "if nothing is done:", &v->standing.clocks, o, now);
	add_clocks(&b,
	    "ran out, record what became of it:", &v->standing.lapsed, o, now);
	for (size_t i = 0; i < node_count(next); i++)
		buf_addf(&b, "%s%s\n",
		    i == 0 ? PAINT_SOFT "next:" PAINT_END " " : "      ",
		    node_as_text(node_at(next, i)));
	return buf_steal(&b);
}

/* A stamp that no authority gave yet. */
static void
remind_of_stamp(const struct ctx *ctx)
{
	char *path = path_join(ctx->ledger->own, "queue");

	if (file_exists(path))
		say_note("entries wait for a time stamp since no authority "
			 "answered: deed stamp");
	free(path);
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct strs ids = VEC_INIT, told = VEC_INIT;
	int64_t now = ctx->env.now;
	struct err *e = NULL;

	if (args->order != NULL)
		strs_add(&ids, args->order);
	else
		e = ctx_orders(&ids, ctx);
	for (size_t i = 0; i < ids.n && e == NULL; i++) {
		struct view v;
		struct node *n;
		char *text;

		if ((e = view_open(&v, ctx, ids.v[i])) == NULL &&
		    (e = view_stand(&v, ctx)) == NULL) {
			view_unknown(&told, &v);
			n = status_node(ctx, &v);
			text = status_text(&v, n, now);
			out_object(ctx->out, n, text);
			free(text);
			node_free(n);
		}
		view_close(&v);
	}
	if (e == NULL)
		remind_of_stamp(ctx);
	strs_release(&told);
	strs_release(&ids);
	return e;
}

const struct command cmd_status = {
	.name = "status",
	.summary = "where an order stands and what is next",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER | CMD_PAGER,
	.run = run,
};
