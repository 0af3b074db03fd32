/* SPDX-License-Identifier: ISC */
#include "cmd/cli/outgoing.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/ask.h"
#include "cmd/cli/leaving.h"
#include "cmd/cli/outbox.h"
#include "cmd/cli/record.h"
#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/check.h"
#include "core/evidence/gaps.h"
#include "core/evidence/gate.h"
#include "core/evidence/gather.h"
#include "core/evidence/package.h"
#include "core/evidence/propose.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define THREADS 2

static const struct ask consent = { "Pack it?", "nothing was packed",
	"nothing leaves without your consent",
	"look at the list above, then say so: deed dispute pack --yes" };

const char *const outgoing_deliveries[] = { "all", "list", "digests", NULL };

static void
add_words(struct strs *out, const struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		if (strs_find(out, words->v[i]) < 0)
			strs_add(out, words->v[i]);
}

/* The claims given, else those of the disputes that are open. */
static struct err *
find_claims(struct strs *out, struct ctx *ctx, const struct outgoing_args *args,
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
			dispute_claims(out, o);
		order_free(o);
		stream_free(stream);
	}
	return e;
}

static enum venue_deliveries
choose_deliveries(const struct venue *v, const char *form)
{
	for (size_t i = 0; form != NULL && outgoing_deliveries[i] != NULL; i++)
		if (strcmp(outgoing_deliveries[i], form) == 0)
			return (enum venue_deliveries)i;
	return v->deliveries;
}

static struct err *
open_dossier(struct dossier **out, struct venue *venue, struct strs *masks,
    struct ctx *ctx, const struct outgoing_args *args)
{
	struct strs ids = VEC_INIT, withhold = VEC_INIT, claims = VEC_INIT;
	struct gather_spec spec = { &ids, &withhold, masks, &claims,
		VENUE_BYTES };
	struct err *e;

	if ((e = venue_get(venue, ctx->profiles,
		 args->venue != NULL ? args->venue : VENUE_ANY)) != NULL)
		return e;
	add_words(&withhold, &args->withhold);
	add_words(masks, &args->masks);
	for (size_t i = 0; i < masks->n; i++)
		if (strlen(masks->v[i]) < 2)
			e = err_new(ERR_USAGE,
			    "--mask: a name has two letters or more");
	spec.deliveries = choose_deliveries(venue, args->deliveries);
	if (e == NULL && (e = ctx_orders(&ids, ctx)) == NULL &&
	    (e = find_claims(&claims, ctx, args, &ids)) == NULL)
		e = gather(out, ctx->ledger, &spec);
	strs_release(&ids);
	strs_release(&withhold);
	strs_release(&claims);
	return e;
}

/* What a package is, for whom, and what was passed over for it. */
struct packed {
	const struct dossier *d;
	const struct package *p;
	const struct venue *venue;
	const char *anyway;
	const struct node *findings;
	struct node *proposed; /* to be withheld too */
};

static struct err *
choose_dir(char **out, struct ctx *ctx, const char *given)
{
	struct err *e = outbox_find(out, ctx, given, true);

	if (e == NULL && *out == NULL)
		*out = path_clean(ctx->env.cwd);
	if (e != NULL || file_is_dir(*out))
		return e;
	e = err_new(ERR_NOT_FOUND, "there is no folder %s", *out);
	return given == NULL ?
	    err_hint(e, "deed.outbox in git's config names it") :
	    err_hint(e, "make it first: mkdir -p '%s'", *out);
}

static struct node *
package_content(
    const struct ctx *ctx, const char *author, const struct packed *packed)
{
	const struct dossier *d = packed->d;
	const struct package *p = packed->p;
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
	node_put_str(n, "venue", packed->venue->name);
	list = node_put(n, "claims", node_list());
	for (size_t i = 0; i < d->claims.n; i++)
		node_push_str(list, d->claims.v[i]);
	list = node_put(n, "orders", node_list());
	for (size_t i = 0; i < d->orders.n; i++)
		node_push_str(list, d->orders.v[i].id);
	node_put_int(n, "exhibits", (int64_t)d->exhibits.n);
	node_put_int(n, "withheld", (int64_t)d->withheld);
	record_anyway(n, packed->anyway, packed->findings);
	return n;
}

static struct err *
note_package(
    struct ctx *ctx, const struct packed *packed, char commit[static REPO_HEX])
{
	const struct dossier *d = packed->d;
	struct store *store = NULL;
	char recorded[DATE_TEXT], *subject;
	struct err *e = store_begin(&store, ctx->ledger, &ctx->env);

	if (e == NULL)
		record_say_found(store_found(store));
	date_format(recorded, ctx->env.now);
	for (size_t i = 0; i < d->orders.n && e == NULL; i++) {
		const char *id = d->orders.v[i].id, *month;
		struct stream *stream;
		struct entry *entry;

		if ((e = store_order(store, id, &stream, &month)) != NULL)
			break;
		e = stream_append(&entry, stream, record_kind("package"),
		    package_content(ctx, store_author(store), packed),
		    recorded);
		if (e != NULL)
			break;
		store_trailer(store, "Deed-Order", id);
		store_trailer(store, "Deed-Entry", entry->id);
	}
	subject = mem_printf(
	    "dispute pack %s: %s", d->orders.v[0].id, packed->p->name);
	if (e == NULL)
		e = store_commit(store, subject, commit);
	if (store != NULL)
		record_say_lag(store);
	free(subject);
	store_end(store);
	return e;
}

static void
put_list(struct node *n, const char *key, const struct strs *texts)
{
	struct node *list = node_put(n, key, node_list());

	for (size_t i = 0; i < texts->n; i++)
		node_push_str(list, texts->v[i]);
}

static struct node *
held_node(const struct dossier *d)
{
	struct node *list = node_list();
	const struct held *h;

	vec_each (h, &d->held) {
		struct node *n = node_push(list, node_map());

		node_put_str(n, "entry", h->id);
		if (h->line > 0)
			node_put_int(n, "line", h->line);
		if (h->file != NULL)
			node_put_str(n, "file", h->file);
		node_put(n, "why", node_str(h->why));
		node_put_bool(n, "masked", h->masked);
	}
	return list;
}

static struct node *
packed_node(const struct packed *packed, const char *commit)
{
	const struct dossier *d = packed->d;
	const struct package *p = packed->p;
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
	put_list(n, "gaps", &d->gaps);
	node_put_str(n, "venue", packed->venue->name);
	node_put(n, "limits", venue_limits(packed->venue));
	put_list(n, "left_out", &p->left_out);
	node_put_int(n, "withheld", (int64_t)d->withheld);
	node_put(n, "held", held_node(d));
	node_put(n, "proposed", node_copy(packed->proposed));
	node_put_int(n, "adverse", (int64_t)d->adverse);
	node_put_str(n, "commit", commit);
	return n;
}

static void
add_limit(struct buf *out, const struct node *limit)
{
	buf_addf(out, "  %s: %lld %s (as of %s: %s)\n",
	    node_text(limit, "name"), (long long)node_number(limit, "value", 0),
	    node_text(limit, "unit"), node_text(limit, "as_of"),
	    node_text(limit, "source"));
}

/* What the limits of the venue kept out, and who says what they are. */
static void
say_left_out(const struct packed *packed)
{
	struct node *limits = venue_limits(packed->venue);
	struct buf b = BUF_INIT;

	if (packed->p->left_out.n > 0)
		buf_addf(&b, "Left out, as %s takes no more:\n",
		    packed->venue->title);
	for (size_t i = 0; i < packed->p->left_out.n; i++)
		buf_addf(&b, "  - %s\n", packed->p->left_out.v[i]);
	for (size_t i = 0; b.len > 0 && i < node_count(limits); i++)
		add_limit(&b, node_at(limits, i));
	if (b.len > 0)
		say_text(b.data);
	node_free(limits);
	buf_release(&b);
}

static void
print_packed(struct ctx *ctx, const struct packed *packed, const char *commit)
{
	const struct package *p = packed->p;
	struct node *n = packed_node(packed, commit);
	char *text = mem_printf("Fingerprint, to be sent along in the ticket "
				"or letter:\n  %s",
	    p->fingerprint);

	if (p->no_helper)
		say_warn("the package has no PDF: deed-report is not "
			 "installed");
	if (!ctx->common.json) {
		say_left_out(packed);
		say_text(text);
	}
	out_result(ctx->out, n, p->path);
	free(text);
	node_free(n);
}

/* The name that signs, as entries have it. */
static struct err *
write_package(struct package *p, struct ctx *ctx, const struct dossier *d,
    struct package_spec *spec)
{
	char *report = path_join(ctx->env.libexec, "deed-report");
	struct signer *signer = NULL;
	char *by = NULL;
	struct repo *repo;
	struct err *e;

	if ((e = ledger_repo(&repo, ctx->ledger)) != NULL ||
	    (e = signer_for_packages(&signer, repo, ctx->env.home)) != NULL)
		goto done;
	if ((e = repo_config(&by, repo, "user.name")) != NULL)
		goto done;
	spec->signer = signer;
	spec->by = by != NULL ? by : ctx->env.login();
	spec->temp_dir = ctx->env.temp_dir;
	spec->report = report;
	e = package_write(p, d, spec);
done:
	free(report);
	spec->report = NULL;
	spec->signer = NULL;
	spec->by = NULL;
	signer_free(signer);
	free(by);
	return e;
}

/* One submission and no second: is all there?  Status 1 says it is not. */
static bool
passes_gate(struct ctx *ctx, struct node *findings, const struct dossier *d,
    const struct venue *venue, const char *anyway)
{
	gate_check(findings, d, venue);
	if (!check_blocks(findings) || anyway != NULL)
		return true;
	view_refusal(ctx, node_copy(findings));
	return false;
}

struct err *
outgoing_run(struct ctx *ctx, const struct outgoing_args *args)
{
	struct package_spec spec = { .now = ctx->env.now,
		.clock_given = ctx->env.clock_given,
		.threads = THREADS };
	struct dossier *d = NULL;
	struct package p = { 0 };
	struct venue venue;
	struct node *findings = node_list();
	struct packed packed = { NULL, &p, &venue, args->anyway, findings,
		node_list() };
	struct strs masks = VEC_INIT;
	char *dir = NULL, commit[REPO_HEX] = "";
	struct err *e;

	if ((e = record_vet_anyway(args->anyway)) != NULL ||
	    (e = open_dossier(&d, &venue, &masks, ctx, args)) != NULL)
		goto done;
	packed.d = d;
	if (!passes_gate(ctx, findings, d, &venue, args->anyway))
		goto done;
	if ((e = propose_withholding(packed.proposed, d, ctx->ledger)) != NULL)
		goto done;
	if ((e = choose_dir(&dir, ctx, args->out)) != NULL)
		goto done;
	leaving_say(
	    &(struct leaving){ d, &venue, packed.proposed, dir, args->yes });
	if ((e = ask(ctx, args->yes, &consent)) != NULL)
		goto done;
	spec.dir = dir;
	spec.venue = &venue;
	if ((e = write_package(&p, ctx, d, &spec)) != NULL)
		goto done;
	e = note_package(ctx, &packed, commit);
	if (e == NULL)
		print_packed(ctx, &packed, commit);
	else if (commit[0] == '\0')
		unlink(p.path); /* what the ledger does not know never was */
done:
	package_release(&p);
	node_free(findings);
	free(dir);
	dossier_free(d);
	strs_release(&masks);
	node_free(packed.proposed);
	return e;
}
