/* SPDX-License-Identifier: ISC */
/* deed dispute: record a dispute, and pack the evidence for it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/record.h"
#include "cmd/cli/say.h"
#include "core/evidence/gaps.h"
#include "core/evidence/gather.h"
#include "core/evidence/package.h"
#include "core/evidence/telling.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define VENUE "generic"
#define THREADS 2

struct args {
	struct record_args record;
	const char *verb, *venue, *due, *outcome, *out, *deliveries;
	struct words claims, withhold;
	bool yes;
};

static const char *const verbs[] = { "open", "answer", "pack", "close", NULL };
static const char *const delivery_forms[] = { "all", "list", NULL };

static const struct opt opts[] = {
	OPT_LIST(0, "claim", claims, "claim",
	    "what the buyer claims: not-delivered, not-as-described, late, "
	    "quality, scope, unauthorised or refund-after-use"),
	OPT_STR(0, "for", venue, "venue", "who decides"),
	OPT_STR(0, "due", due, "when", "open: the answer is due"),
	OPT_STR(0, "outcome", outcome, "text", "close: how it ended"),
	OPT_FLAG(0, "yes", yes, "pack: what is listed may leave"),
	OPT_STR('O', "outbox", out, "dir", "pack: where to put the package"),
	OPT_ENUM(0, "deliveries", deliveries, "form", delivery_forms,
	    "pack: all bytes of deliveries, or a list of their files"),
	OPT_LIST(0, "withhold", withhold, "entry",
	    "pack: leave out the content of this entry"),
	OPT_RECORD(record),
	OPT_ARG_ENUM("open|answer|pack|close", verb, verbs, OPT_OPTIONAL),
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
	const char *claim = args->claims.n > 0 ? args->claims.v[0] : NULL;
	char text[DATE_TEXT];
	struct when when;
	struct err *e;

	if (args->claims.n > 1)
		return err_hint(
		    err_new(ERR_USAGE, "a dispute is about one claim"),
		    "open another dispute for the next");
	if (claim != NULL && (e = claim_vet(claim)) != NULL)
		return err_wrap(e, "--claim");
	if (claim != NULL)
		node_put_str(content, "claim", claim);
	if (args->venue != NULL && !is_word(args->venue))
		return err_new(ERR_USAGE,
		    "--for: \"%.40s\" is not the name of a venue", args->venue);
	if (args->venue != NULL)
		node_put_str(content, "venue", args->venue);
	if (args->due == NULL)
		return NULL;
	if ((e = date_parse_loose(&when, args->due, now)) != NULL)
		return err_wrap(e, "--due");
	date_write(text, &when);
	node_put_str(content, "due", text);
	return NULL;
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

/* The dispute that was opened last, and the word for what became of it. */
static const struct fact *
find_dispute(const struct order *o, const char **state)
{
	const struct fact *f, *opened = NULL;

	*state = NULL;
	for (size_t at = 0; (f = order_next(o, "dispute", &at)) != NULL;) {
		const char *now = node_text(f->content, "state");

		*state = now != NULL ? now : "open";
		if (opened == NULL || strcmp(*state, "open") == 0)
			opened = f;
	}
	return opened;
}

static void
claims_of(struct strs *out, const struct order *o)
{
	const char *state, *claim;
	const struct fact *f = find_dispute(o, &state);

	if (f == NULL || strcmp(state, "closed") == 0)
		return;
	claim = node_text(f->content, "claim");
	if (claim != NULL && claim_words(claim) != NULL &&
	    strs_find(out, claim) < 0)
		strs_add(out, claim);
}

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
	const struct fact *f = find_dispute(o, &state);

	claims_of(&claims, o);
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
 * Packing.
 */

static void
add_words(struct strs *out, const struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		if (strs_find(out, words->v[i]) < 0)
			strs_add(out, words->v[i]);
}

/* The claims given, else those of the disputes that are open. */
static struct err *
find_claims(struct strs *out, struct ctx *ctx, const struct args *args,
    const struct strs *ids)
{
	struct err *e = NULL;

	add_words(out, &args->claims);
	for (size_t i = 0; i < ids->n && args->claims.n == 0 && e == NULL;
	     i++) {
		struct stream *stream = NULL;
		struct order *o = NULL;

		if ((e = ledger_load(&stream, ctx->ledger, ids->v[i])) ==
			NULL &&
		    (e = order_replay(&o, stream, ids->v[i])) == NULL)
			claims_of(out, o);
		order_free(o);
		stream_free(stream);
	}
	return e;
}

static struct err *
open_dossier(struct dossier **out, struct ctx *ctx, const struct args *args)
{
	struct strs ids = VEC_INIT, withhold = VEC_INIT, claims = VEC_INIT;
	struct gather_spec spec = { &ids, &withhold, &claims,
		args->deliveries != NULL &&
		    strcmp(args->deliveries, "list") == 0 };
	struct err *e;

	if (args->venue != NULL && strcmp(args->venue, VENUE) != 0)
		return err_hint(
		    err_new(ERR_UNSUPPORTED,
			"--for: deed knows no venue \"%.40s\"", args->venue),
		    "pack for any reader: --for " VENUE);
	add_words(&withhold, &args->withhold);
	if ((e = ctx_orders(&ids, ctx)) == NULL &&
	    (e = find_claims(&claims, ctx, args, &ids)) == NULL)
		e = gather(out, ctx->ledger, &spec);
	strs_release(&ids);
	strs_release(&withhold);
	strs_release(&claims);
	return e;
}

/* What leaves, for the one who has to say yes. */
static void
announce(const struct dossier *d)
{
	const struct exhibit *x;
	struct buf b = BUF_INIT;

	buf_adds(&b, "These leave:\n");
	vec_each (x, &d->exhibits)
		buf_addf(&b, "  %s  %s\n       %s\n", x->id, x->title, x->path);
	if (d->lists_only)
		buf_adds(&b, "Of deliveries, only the lists of their files.\n");
	buf_addf(&b, "Withheld, as envelopes: %zu.\n", d->withheld);
	buf_addf(
	    &b, "For the other side: %zu, all of them left in.\n", d->adverse);
	if (d->gaps.n > 0)
		buf_adds(&b, "Missing, and named in the package:\n");
	for (size_t i = 0; i < d->gaps.n; i++)
		buf_addf(&b, "  - %s\n", d->gaps.v[i]);
	say_text(b.data);
	buf_release(&b);
}

static struct err *
ask(const struct ctx *ctx, const struct args *args)
{
	char line[16];

	if (args->yes)
		return NULL;
	if (!ctx->tty_in || !ctx->tty_out)
		return err_hint(
		    err_new(ERR_USAGE, "nothing leaves without your consent"),
		    "look at the list above, then say so: deed dispute pack "
		    "--yes");
	say_text("Pack it? [y/N]");
	if (fgets(line, sizeof(line), stdin) == NULL ||
	    (line[0] != 'y' && line[0] != 'Y'))
		return err_new(ERR_USAGE, "nothing was packed");
	return NULL;
}

static struct err *
choose_dir(char **out, struct ctx *ctx, const char *given)
{
	const char *outbox = NULL;
	char *joined;
	struct err *e = NULL;

	if (given == NULL)
		e = project_config(&outbox, ctx->project, "deed.outbox", false);
	if (e != NULL)
		return e;
	if (given == NULL)
		given = outbox != NULL ? outbox : ctx->env.downloads;
	joined = path_join(ctx->env.cwd, given != NULL ? given : ".");
	*out = path_clean(joined);
	free(joined);
	return NULL;
}

static struct node *
package_content(const struct ctx *ctx, const char *author,
    const struct dossier *d, const struct package *p)
{
	struct node *n = node_map(), *list;
	char now[DATE_TEXT];

	date_format(now, ctx->env.now);
	node_put_str(n, "happened", now);
	node_put_str(n, "by", author);
	if (ctx->env.clock_given)
		node_put_str(n, "clock", "given");
	node_put_str(n, "name", p->name);
	node_put_str(n, "sha256", p->sha256);
	node_put_int(n, "size", p->size);
	node_put_str(n, "fingerprint", p->fingerprint);
	node_put_str(n, "venue", VENUE);
	list = node_put(n, "claims", node_list());
	for (size_t i = 0; i < d->claims.n; i++)
		node_push_str(list, d->claims.v[i]);
	list = node_put(n, "orders", node_list());
	for (size_t i = 0; i < d->orders.n; i++)
		node_push_str(list, d->orders.v[i].id);
	node_put_int(n, "exhibits", (int64_t)d->exhibits.n);
	node_put_int(n, "withheld", (int64_t)d->withheld);
	return n;
}

static struct err *
note_package(struct ctx *ctx, const struct dossier *d, const struct package *p,
    char commit[static REPO_HEX])
{
	struct store *store = NULL;
	char recorded[DATE_TEXT], *subject;
	struct err *e = store_begin(&store, ctx->ledger, &ctx->env);

	date_format(recorded, ctx->env.now);
	for (size_t i = 0; i < d->orders.n && e == NULL; i++) {
		const char *id = d->orders.v[i].id, *month;
		struct stream *stream;
		struct entry *entry;

		if ((e = store_order(store, id, &stream, &month)) != NULL)
			break;
		e = stream_append(&entry, stream, record_kind("package"),
		    package_content(ctx, store_author(store), d, p), recorded);
		if (e != NULL)
			break;
		store_trailer(store, "Deed-Order", id);
		store_trailer(store, "Deed-Entry", entry->id);
	}
	subject = mem_printf("dispute pack %s: %s", d->orders.v[0].id, p->name);
	if (e == NULL)
		e = store_commit(store, subject, commit);
	free(subject);
	store_end(store);
	return e;
}

static struct node *
packed_node(
    const struct dossier *d, const struct package *p, const char *commit)
{
	struct node *n = node_map(), *list, *item;

	item = node_put(n, "package", node_map());
	node_put_str(item, "path", p->path);
	node_put_str(item, "sha256", p->sha256);
	node_put_int(item, "size", p->size);
	node_put_str(item, "fingerprint", p->fingerprint);
	list = node_put(n, "exhibits", node_list());
	for (size_t i = 0; i < d->exhibits.n; i++) {
		const struct exhibit *x = &d->exhibits.v[i];

		item = node_push(list, node_map());
		node_put_str(item, "id", x->id);
		node_put_str(item, "title", x->title);
		node_put_str(item, "grade", x->grade);
		node_put_str(item, "path", x->path);
	}
	list = node_put(n, "gaps", node_list());
	for (size_t i = 0; i < d->gaps.n; i++)
		node_push_str(list, d->gaps.v[i]);
	node_put_int(n, "withheld", (int64_t)d->withheld);
	node_put_int(n, "adverse", (int64_t)d->adverse);
	node_put_str(n, "commit", commit);
	return n;
}

static void
print_packed(struct ctx *ctx, const struct dossier *d, const struct package *p,
    const char *commit)
{
	struct node *n = packed_node(d, p, commit);
	char *text = mem_printf("Fingerprint, to be sent along in the ticket "
				"or letter:\n  %s",
	    p->fingerprint);

	if (!ctx->common.json)
		say_text(text);
	out_result(ctx->out, n, p->path);
	free(text);
	node_free(n);
}

/* The name that signs, as entries have it. */
static struct err *
write_package(struct package *p, struct ctx *ctx, const struct dossier *d,
    struct package_spec *spec)
{
	struct signer *signer = NULL;
	char *by = NULL;
	struct repo *repo;
	struct err *e;

	if ((e = ledger_repo(&repo, ctx->ledger)) != NULL ||
	    (e = signer_for_packages(&signer, repo, ctx->env.home)) != NULL)
		goto done;
	if (signer != NULL && (e = repo_config(&by, repo, "user.name")) != NULL)
		goto done;
	spec->signer = signer;
	spec->by = by != NULL ? by : ctx->env.login;
	spec->temp_dir = ctx->env.temp_dir;
	e = package_write(p, d, spec);
done:
	spec->signer = NULL;
	spec->by = NULL;
	signer_free(signer);
	free(by);
	return e;
}

static struct err *
pack(struct ctx *ctx, const struct args *args)
{
	struct package_spec spec = { .now = ctx->env.now,
		.clock_given = ctx->env.clock_given,
		.threads = THREADS };
	struct dossier *d = NULL;
	struct package p = { 0 };
	char *dir = NULL, commit[REPO_HEX] = "";
	struct err *e;

	if ((e = open_dossier(&d, ctx, args)) != NULL)
		goto done;
	announce(d);
	if ((e = ask(ctx, args)) != NULL ||
	    (e = choose_dir(&dir, ctx, args->out)) != NULL)
		goto done;
	spec.dir = dir;
	if ((e = write_package(&p, ctx, d, &spec)) != NULL)
		goto done;
	if ((e = note_package(ctx, d, &p, commit)) != NULL)
		unlink(p.path); /* what the ledger does not know never was */
	else
		print_packed(ctx, d, &p, commit);
done:
	package_release(&p);
	free(dir);
	dossier_free(d);
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
	const struct record_args *record = &args->record;
	const struct {
		const char *name;
		bool given, allowed;
	} options[] = {
		{ "--claim", args->claims.n > 0, open || pack },
		{ "--for", args->venue != NULL, open || pack },
		{ "--due", args->due != NULL, open },
		{ "--outcome", args->outcome != NULL, is_verb(args, "close") },
		{ "--yes", args->yes, pack },
		{ "-O", args->out != NULL, pack },
		{ "--deliveries", args->deliveries != NULL, pack },
		{ "--withhold", args->withhold.n > 0, pack },
		{ "-m", record->messages.n > 0, args->verb != NULL && !pack },
		{ "-F", record->file != NULL, args->verb != NULL && !pack },
		{ "--at", record->at != NULL, args->verb != NULL && !pack },
		{ "--set", record->sets.n > 0, args->verb != NULL && !pack },
		{ "--attach", record->attach.n > 0,
		    args->verb != NULL && !pack },
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
		return pack(ctx, args);
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
