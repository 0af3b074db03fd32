/* SPDX-License-Identifier: ISC */
#include "cmd/cli/view.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/local.h"
#include "cmd/cli/paint.h"
#include "cmd/cli/say.h"
#include "cmd/cli/trust.h"
#include "core/countersign.h"
#include "core/template.h"
#include "core/util/path.h"
#include "core/wording.h"

#define SUMMARY_MAX 200

/* What the reader's own signers confirm; without a list that is nothing. */
static struct err *
mark_signed(struct order *o, struct ctx *ctx)
{
	struct signers signers = SIGNERS_INIT;
	struct err *e = NULL;

	if (countersign_any(o) &&
	    (e = trust_signers(&signers, ctx, NULL)) == NULL &&
	    signers.path != NULL)
		e = countersign_mark(
		    o, ctx->ledger, &signers, ctx->env.temp_dir);
	signers_release(&signers);
	return e;
}

struct err *
view_open(struct view *v, struct ctx *ctx, const char *id)
{
	struct err *e = NULL;

	memset(v, 0, sizeof(*v));
	if (id != NULL)
		v->id = mem_dup(id);
	else
		e = ctx_order(&v->id, ctx, false);
	if (e == NULL)
		e = ledger_load(&v->stream, ctx->ledger, v->id);
	if (e == NULL)
		e = order_replay(&v->order, v->stream, v->id);
	if (e == NULL)
		view_forged(v->order);
	return e != NULL ? e : mark_signed(v->order, ctx);
}

void
view_forged(const struct order *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->v[i].forged)
			say_warn("%s:%u: the content of entry %.8s is not the "
				 "one it was made with; it is left out (see "
				 "what else is wrong: deed verify)",
			    o->stream->name, o->v[i].entry->line,
			    o->v[i].entry->id);
}

void
view_close(struct view *v)
{
	standing_release(&v->standing);
	order_free(v->order);
	stream_free(v->stream);
	free(v->id);
}

struct err *
view_stand(struct view *v, struct ctx *ctx)
{
	return standing_find(
	    &v->standing, v->order, ctx->profiles, ctx->env.now);
}

static struct err *
count_one(
    struct stats *into, struct ctx *ctx, const char *id, const char *platform)
{
	const struct profile *p = NULL;
	struct view v;
	struct err *e = view_open(&v, ctx, id);

	if (e == NULL &&
	    (platform == NULL ||
		node_text_is(v.order->terms, "platform", platform)) &&
	    (e = clock_profile(&p, v.order, ctx->profiles)) == NULL) {
		standing_understand(v.order, p);
		stats_add(into, v.order, ctx->ledger);
	}
	view_close(&v);
	return e;
}

struct err *
view_count(struct stats *into, struct ctx *ctx, const char *platform,
    bool meant, const char *skip)
{
	struct strs ids = VEC_INIT;
	struct err *e = ledger_orders(&ids, ctx->ledger);

	for (size_t i = 0; i < ids.n && e == NULL; i++) {
		const char *id = path_base(ids.v[i]);

		if ((skip == NULL || strcmp(id, skip) != 0) &&
		    (!meant || ctx_means(ctx, id)))
			e = count_one(into, ctx, id, platform);
	}
	strs_release(&ids);
	return e;
}

void
view_unknown(struct strs *told, const struct view *v)
{
	const char *platform = node_text(v->order->terms, "platform");
	const char *name = platform == NULL ? "direct" : platform;

	if (v->standing.profile != NULL || strs_find(told, name) >= 0)
		return;
	strs_add(told, name);
	say_note("no rules of %s are known, only the dates you recorded; "
		 "deed-platform(5) says how to write them down",
	    name);
}

const char *
view_who(const struct clock *c)
{
	switch (c->rule->who) {
	case RULE_SELLER:
		return "you";
	case RULE_BUYER:
		return "the buyer";
	case RULE_BOTH:
		return "you and the buyer";
	case RULE_PLATFORM:
		break;
	}
	return c->profile->title;
}

char *
view_span(int64_t time, int64_t now)
{
	int64_t s = time < now ? now - time : time - now;
	int64_t n = s >= 3 * DATE_DAY ? s / DATE_DAY :
	    s >= 2 * 3600             ? s / 3600 :
					s / 60;
	const char *unit = s >= 3 * DATE_DAY ? "day" :
	    s >= 2 * 3600                    ? "hour" :
					       "minute";

	return mem_printf("%s%lld %s%s%s", time < now ? "" : "in ",
	    (long long)n, unit, n == 1 ? "" : "s", time < now ? " ago" : "");
}

/* The keys that say most about an entry, in front of its text. */
static void
add_facts(struct buf *b, const struct order *o, const struct fact *f)
{
	static const char *const keys[] = { "title", "state", "initiator",
		"how", "from", "channel", "amount", "item", "claim", "venue",
		"reason", "name", "format" };
	const char *id = node_text(f->content, "delivery");
	const struct fact *d = id != NULL ? order_fact(o, id) : NULL;

	if (d == NULL && (id = node_text(f->content, "target")) != NULL)
		d = order_fact(o, id);
	if (d != NULL && d->label != NULL)
		buf_adds(b, d->label);
	else if (d != NULL)
		buf_add(b, d->entry->id, order_short_len(o, d->entry->id));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *text = node_text(f->content, keys[i]);
		char *shown = NULL;

		if (text != NULL && strcmp(keys[i], "amount") == 0)
			text = shown = local_money(text);
		if (text != NULL)
			buf_addf(b, "%s%s", b->len > 0 ? ", " : "", text);
		free(shown);
	}
}

char *
view_summary(const struct order *o, const struct fact *f)
{
	const char *text = node_text(f->content, "text");
	struct buf b = BUF_INIT;

	if (f->content == NULL)
		return mem_dup(f->forged ? "(changed: see deed verify)" :
			f->erased        ? "(erased)" :
					   "(withheld)");
	add_facts(&b, o, f);
	if (text != NULL) {
		size_t len = strcspn(text, "\n");

		if (len > SUMMARY_MAX)
			len = SUMMARY_MAX;
		buf_addf(&b, "%s%.*s", b.len > 0 ? ": " : "", (int)len, text);
	}
	if (f->voided)
		buf_adds(&b, " (voided)");
	else if (f->corrected)
		buf_adds(&b, " (corrected)");
	if (node_text(f->content, "clock") != NULL)
		buf_adds(&b, " (clock given)");
	return buf_steal(&b);
}

struct check
view_check(struct ctx *ctx, const struct order *o, enum check_for before)
{
	struct check c = { .order = o,
		.before = before,
		.ledger = ctx->ledger,
		.now = ctx->env.now };

	err_drop(clock_profile(&c.profile, o, ctx->profiles)); /* told */
	return c;
}

static void
tell_findings(const struct ctx *ctx, const struct node *findings)
{
	struct buf said = BUF_INIT;

	view_findings(&said, findings);
	if (said.len > 0 && !ctx->common.json)
		say_text(said.data);
	buf_release(&said);
}

struct node *
view_wording(struct ctx *ctx, const struct order *o, const char *text)
{
	struct node *findings = node_list();
	const struct profile *p = NULL;

	err_drop(
	    clock_profile(&p, o, ctx->profiles)); /* told with the clocks */
	wording_check(findings, text, p, o);
	tell_findings(ctx, findings);
	return findings;
}

struct err *
view_draft(struct buf *out, struct node **findings, struct ctx *ctx,
    const struct order *o, const char *template, const struct node *values)
{
	const struct profile *p;
	struct buf form = BUF_INIT;
	bool cut;
	struct err *e;

	if ((e = clock_profile(&p, o, ctx->profiles)) != NULL ||
	    (e = template_read(&form, &ctx->env, ctx->ledger->dir, template)) !=
		NULL)
		goto done;
	cut = template_fit(out, form.data, values, (size_t)wording_limit(p));
	*findings = node_list();
	wording_check(*findings, out->data, p, o);
	if (cut)
		wording_cut(*findings, p);
	tell_findings(ctx, *findings);
done:
	buf_release(&form);
	return e;
}

void
view_findings(struct buf *out, const struct node *findings)
{
	for (size_t i = 0; i < node_count(findings); i++) {
		const struct node *f = node_at(findings, i);
		const char *fix = node_text(f, "fix");
		const char *severity = node_text(f, "severity");

		buf_addf(out,
		    "%s%s" PAINT_END ": %s: %s\n" PAINT_SOFT "  why:" PAINT_END
		    " %s\n",
		    paint_word(severity), severity, node_text(f, "rule"),
		    node_text(f, "what"), node_text(f, "why"));
		if (fix != NULL)
			buf_addf(
			    out, PAINT_SOFT "  fix:" PAINT_END " %s\n", fix);
	}
}

void
view_refusal(struct ctx *ctx, struct node *findings)
{
	struct node *n = node_map();
	struct buf b = BUF_INIT;

	node_put_bool(n, "ok", false);
	node_put(n, "findings", findings);
	if (ctx->common.json) {
		out_object(ctx->out, n, "");
	} else {
		view_findings(&b, findings);
		buf_adds(&b,
		    "nothing was recorded; to record it all the "
		    "same: --anyway 'REASON'\n");
		say_always(b.data);
	}
	ctx->status = 1;
	buf_release(&b);
	node_free(n);
}
