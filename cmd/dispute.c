/* SPDX-License-Identifier: ISC */
/* deed dispute: record a dispute, and pack the evidence for it. */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/outgoing.h"
#include "cmd/cli/record.h"
#include "core/evidence/certify.h"
#include "core/evidence/gaps.h"
#include "core/template.h"

struct args {
	struct record_args record;
	struct outgoing_args outgoing;
	const char *verb, *by, *due, *outcome;
};

static const char *const verbs[] = { "open", "answer", "pack", "close",
	"certify", NULL };

static const struct opt opts[] = {
	OPT_LIST(0, "claim", outgoing.claims, "claim",
	    "what the buyer claims: not-delivered, not-as-described, late, "
	    "quality, scope, unauthorised or refund-after-use"),
	OPT_STR(0, "for", outgoing.venue, "venue",
	    "who decides: fiverr, upwork, freelancer, stripe, paypal, court "
	    "or generic"),
	OPT_STR(0, "by", by, "who",
	    "open, answer: who did, buyer, seller, support or bank"),
	OPT_STR(0, "due", due, "when", "open: the answer is due"),
	OPT_STR(0, "outcome", outcome, "text", "close: how it ended"),
	OPT_OUTGOING(outgoing),
	OPT_RECORD(record),
	OPT_ARG_ENUM(
	    "open|answer|pack|close|certify", verb, verbs, OPT_OPTIONAL),
	OPT_END,
};

/*
 * Recording.
 */

static bool
is_word(const char *text)
{
	return *text != '\0' && strlen(text) <= 32 &&
	    strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
	    strlen(text);
}

static struct err *
put_opening(struct node *content, const struct args *args, int64_t now)
{
	const char *claim =
	    args->outgoing.claims.n > 0 ? args->outgoing.claims.v[0] : NULL;
	char text[DATE_TEXT];
	struct when when;
	struct err *e;

	if (args->outgoing.claims.n > 1)
		return err_hint(
		    err_new(ERR_USAGE, "a dispute is about one claim"),
		    "open another dispute for the next");
	if (claim != NULL && (e = claim_vet(claim)) != NULL)
		return err_wrap(e, "--claim");
	if (claim != NULL)
		node_put_str(content, "claim", claim);
	if (args->outgoing.venue != NULL && !is_word(args->outgoing.venue))
		return err_new(ERR_USAGE,
		    "--for: \"%.40s\" is not the name of a venue",
		    args->outgoing.venue);
	if (args->outgoing.venue != NULL)
		node_put_str(content, "venue", args->outgoing.venue);
	if (args->due == NULL)
		return NULL;
	if ((e = date_parse_loose(&when, args->due, now)) != NULL)
		return err_wrap(e, "--due");
	date_write(text, &when);
	node_put_str(content, "due", text);
	return NULL;
}

/* Who opened or answered it. */
static struct err *
put_initiator(struct node *content, const char *by)
{
	static const char *const who[] = { "buyer", "seller", "support",
		"bank" };

	for (size_t i = 0; i < sizeof(who) / sizeof(who[0]); i++)
		if (strcmp(who[i], by) == 0) {
			node_put_str(content, "initiator", by);
			return NULL;
		}
	return err_new(ERR_USAGE,
	    "--by: \"%.40s\" is none of buyer, seller, support and bank", by);
}

static struct err *
record(struct ctx *ctx, const struct args *args, const char *state)
{
	const struct kind *kind = record_kind("dispute");
	struct record r = { 0 };
	struct node *content = NULL;
	char *text = NULL;
	struct err *e;

	if ((e = record_text(&text, ctx, &args->record, NULL)) != NULL ||
	    (e = record_begin(&r, ctx, NULL)) != NULL ||
	    (e = record_content(&content, &r, &args->record, kind, text)) !=
		NULL)
		goto done;
	node_put_str(content, "state", state);
	if (strcmp(state, "open") == 0)
		e = put_opening(content, args, ctx->env.now);
	else if (args->outcome != NULL)
		node_put_str(content, "outcome", args->outcome);
	if (e == NULL && args->by != NULL)
		e = put_initiator(content, args->by);
	if (e != NULL)
		goto done;
	e = record_add(&r, kind, content);
	content = NULL;
	if (e != NULL ||
	    (e = record_commit(&r, "dispute", text != NULL ? text : state)) !=
		NULL)
		goto done;
	record_print(&r, 0, NULL);
done:
	node_free(content);
	free(text);
	record_end(&r);
	return e;
}

/*
 * Where it stands.
 */

static struct node *
next_steps(const struct order *o, const char *state)
{
	struct node *next = node_list();

	if (state == NULL) {
		node_push_str(next, "deed dispute open --claim CLAIM");
	} else if (strcmp(state, "closed") != 0) {
		if (order_count(o, "package") == 0)
			node_push_str(next, "deed dispute pack");
		if (strcmp(state, "open") == 0)
			node_push_str(next, "deed dispute answer -m TEXT");
		node_push_str(next, "deed dispute close --outcome TEXT");
	}
	return next;
}

static struct node *
standing_node(const struct order *o)
{
	struct node *n = node_map(), *list;
	struct strs claims = VEC_INIT, gaps = VEC_INIT;
	const char *state;
	const struct fact *f = dispute_find(o, &state);

	dispute_claims(&claims, o);
	gaps_find(&gaps, o, &claims);
	node_put_str(n, "order", o->id);
	node_put(n, "state", node_str(state));
	node_put(n, "claim",
	    node_str(f == NULL ? NULL : node_text(f->content, "claim")));
	node_put(n, "venue",
	    node_str(f == NULL ? NULL : node_text(f->content, "venue")));
	node_put(n, "due",
	    node_str(f == NULL ? NULL : node_text(f->content, "due")));
	node_put_int(n, "packages", (int64_t)order_count(o, "package"));
	list = node_put(n, "gaps", node_list());
	for (size_t i = 0; i < gaps.n; i++)
		node_push_str(list, gaps.v[i]);
	node_put(n, "next", next_steps(o, state));
	strs_release(&gaps);
	strs_release(&claims);
	return n;
}

static void
add_list(struct buf *b, const char *title, const struct node *list)
{
	for (size_t i = 0; i < node_count(list); i++)
		buf_addf(b, "  %-8s%s\n", i == 0 ? title : "",
		    node_as_text(node_at(list, i)));
}

static char *
standing_text(const struct node *n)
{
	static const char *const keys[] = { "claim", "venue", "due" };
	const char *state = node_text(n, "state");
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s  %s\n", node_text(n, "order"),
	    state == NULL                      ? "no dispute is recorded" :
		strcmp(state, "open") == 0     ? "the dispute is open" :
		strcmp(state, "answered") == 0 ? "the dispute is answered" :
						 "the dispute is closed");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (node_text(n, keys[i]) != NULL)
			buf_addf(
			    &b, "  %-8s%s\n", keys[i], node_text(n, keys[i]));
	add_list(&b, "missing", node_get(n, "gaps"));
	add_list(&b, "next", node_get(n, "next"));
	return buf_steal(&b);
}

static struct err *
show(struct ctx *ctx)
{
	struct strs ids = VEC_INIT;
	struct err *e = ctx_orders(&ids, ctx);

	for (size_t i = 0; i < ids.n && e == NULL; i++) {
		struct stream *stream = NULL;
		struct order *o = NULL;
		struct node *n;
		char *text;

		if ((e = ledger_load(&stream, ctx->ledger, ids.v[i])) == NULL &&
		    (e = order_replay(&o, stream, ids.v[i])) == NULL) {
			n = standing_node(o);
			text = standing_text(n);
			out_object(ctx->out, n, text);
			free(text);
			node_free(n);
		}
		order_free(o);
		stream_free(stream);
	}
	strs_release(&ids);
	return e;
}

/*
 * The custodian's declaration: a text to be read, corrected and signed.
 */
static struct err *
certify(struct ctx *ctx)
{
	struct buf template = BUF_INIT, text = BUF_INIT;
	struct strs ids = VEC_INIT;
	struct node *values = NULL, *n = node_map();
	struct repo *repo;
	char *name = NULL;
	struct err *e;

	if ((e = ctx_orders(&ids, ctx)) != NULL ||
	    (e = ledger_repo(&repo, ctx->ledger)) != NULL ||
	    (e = repo_config(&name, repo, "user.name")) != NULL ||
	    (e = template_read(
		 &template, &ctx->env, ctx->ledger->dir, "certify")) != NULL ||
	    (e = certify_values(&values, ctx->ledger, &ids,
		 name != NULL ? name : ctx->env.login())) != NULL)
		goto done;
	template_fill(&text, template.data, values);
	node_put(n, "declaration", node_str(text.data));
	node_put(n, "values", values);
	out_object(ctx->out, n, text.data);
done:
	node_free(n);
	free(name);
	strs_release(&ids);
	buf_release(&text);
	buf_release(&template);
	return e;
}

static bool
is_verb(const struct args *args, const char *verb)
{
	return args->verb != NULL && strcmp(args->verb, verb) == 0;
}

/* An option that this verb does not know is a mistake, not to be passed over. */
static struct err *
vet_options(const struct args *args)
{
	bool open = is_verb(args, "open"), pack = is_verb(args, "pack");
	bool records = args->verb != NULL && !pack && !is_verb(args, "certify");
	const struct record_args *record = &args->record;
	const struct {
		const char *name;
		bool given, allowed;
	} options[] = {
		{ "--claim", args->outgoing.claims.n > 0, open || pack },
		{ "--for", args->outgoing.venue != NULL, open || pack },
		{ "--due", args->due != NULL, open },
		{ "--outcome", args->outcome != NULL, is_verb(args, "close") },
		{ "--by", args->by != NULL, open || is_verb(args, "answer") },
		{ "--yes", args->outgoing.yes, pack },
		{ "-O", args->outgoing.out != NULL, pack },
		{ "--deliveries", args->outgoing.deliveries != NULL, pack },
		{ "--withhold", args->outgoing.withhold.n > 0, pack },
		{ "--mask", args->outgoing.masks.n > 0, pack },
		{ "--anyway", args->outgoing.anyway != NULL, pack },
		{ "-m", record->messages.n > 0, records },
		{ "-F", record->file != NULL, records },
		{ "--at", record->at != NULL, records },
		{ "--set", record->sets.n > 0, records },
		{ "--attach", record->attach.n > 0, records },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].given && !options[i].allowed)
			return err_hint(
			    err_new(ERR_USAGE,
				"%s does not go with dispute%s%s",
				options[i].name, args->verb != NULL ? " " : "",
				args->verb != NULL ? args->verb : ""),
			    "see deed dispute -h");
	return NULL;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct err *e = vet_options(args);

	if (e != NULL)
		return e;
	if (args->verb == NULL)
		return show(ctx);
	if (is_verb(args, "pack"))
		return outgoing_run(ctx, &args->outgoing);
	if (is_verb(args, "certify"))
		return certify(ctx);
	return record(ctx, args,
	    is_verb(args, "open")       ? "open" :
		is_verb(args, "answer") ? "answered" :
					  "closed");
}

const struct command cmd_dispute = {
	.name = "dispute",
	.summary = "record a dispute, and pack the evidence for it",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
