/* SPDX-License-Identifier: ISC */
#include "cmd/cli/record.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/alone.h"
#include "core/attach.h"
#include "core/merge.h"
#include "core/standing.h"
#include "core/util/file.h"
#include "core/util/path.h"

const struct kind *
record_kind(const char *name)
{
	const struct kind *kind;

	/* the names are ours: they are in the table */
	err_drop(kind_find(&kind, name));
	return kind;
}

/* There is none of that name: these are. */
static struct err *
with_kinds(struct err *e)
{
	struct buf b = BUF_INIT;

	if (err_advice(e) != NULL)
		return e; /* one that is near was named */
	for (size_t i = 0; kind_at(i) != NULL; i++)
		if (kind_at(i)->verb == NULL)
			buf_addf(&b, "%s%s", b.len > 0 ? ", " : "",
			    kind_at(i)->name);
	e = err_hint(e, "log records: %s", b.data);
	buf_release(&b);
	return e;
}

struct err *
record_log_kind(const struct kind **out, const char *name)
{
	struct err *e = kind_find(out, name);

	if (e != NULL)
		return with_kinds(e);
	if ((*out)->verb != NULL)
		e = err_hint(
		    err_new(ERR_USAGE, "%s %s is not recorded with log -k",
			kind_article(*out), name),
		    "use its own command: deed %s", (*out)->verb);
	return e;
}

void
record_explain(struct ctx *ctx, const struct kind *kind)
{
	char *marker = path_join(ctx->ledger->own, "note-said");

	if (strcmp(kind->name, "note") == 0 && !file_exists(marker)) {
		say_note("a note stays out of packages; what shall travel "
			 "is a message, call, file or ticket (-k)");
		/* without the mark it is said again, no reason to fail */
		err_drop(file_replace(marker, "", 0, 0600));
	}
	free(marker);
}

void
record_say_found(enum journal_found found)
{
	if (found == JOURNAL_FINISHED)
		say_note("finished what an interrupted deed had begun");
	else if (found == JOURNAL_CLEARED)
		say_note("cleared away what an interrupted deed had left; "
			 "nothing of it was recorded");
}

void
record_say_lag(const struct store *s)
{
	if (store_lag(s) != NULL)
		say_warn("recorded, but the files of the ledger could not "
			 "follow; the next deed brings them after: %s",
		    store_lag(s));
}

/* A clock that was given stands still, or jumps. */
static void
nag(const struct ctx *ctx)
{
	char *fix;

	if (ctx->env.clock_given || !alone_nags(ctx->ledger, &ctx->env))
		return;
	fix = alone_fix(ctx->ledger, alone_is(ctx->ledger));
	say_note("the only copy of the ledger is on this machine; for "
		 "another: %s",
	    fix);
	free(fix);
}

static struct err *
begin(struct record *r, struct ctx *ctx)
{
	bool mended;
	struct err *e;

	memset(r, 0, sizeof(*r));
	r->ctx = ctx;
	e = merge_begin(&r->store, ctx->ledger, &ctx->env, &mended);
	if (e == NULL && mended)
		say_note("finished the merge that git had left in conflict");
	if (e == NULL)
		record_say_found(store_found(r->store));
	if (e == NULL && store_notice(r->store) != NULL)
		say_note("%s", store_notice(r->store));
	if (e == NULL)
		nag(ctx);
	return e;
}

/*
 * The state at this hour.  A mistake in a profile must not keep anybody from
 * recording a fact, so it is only told.
 */
static void
stand(struct record *r)
{
	struct standing standing;
	struct err *e = standing_find(
	    &standing, r->order, r->ctx->profiles, r->ctx->env.now);

	if (e != NULL)
		say_warn("%s", err_text(e));
	err_drop(e); /* told above */
	standing_release(&standing);
}

static struct err *
open_order(struct record *r)
{
	struct err *e = store_order(r->store, r->id, &r->stream, &r->month);

	if (e == NULL)
		e = order_replay(&r->order, r->stream, r->id);
	if (e == NULL)
		view_forged(r->order);
	return e;
}

struct err *
record_begin_fact(struct record *r, struct ctx *ctx, const char *id)
{
	struct err *e = begin(r, ctx);

	if (e != NULL)
		return e;
	if (id != NULL)
		r->id = mem_dup(id);
	else
		e = ctx_order(&r->id, ctx, true);
	return e == NULL ? open_order(r) : e;
}

struct err *
record_begin(struct record *r, struct ctx *ctx, const char *id)
{
	struct err *e = record_begin_fact(r, ctx, id);

	if (e == NULL)
		stand(r);
	return e;
}

struct err *
record_join(struct record *r, const struct record *first, const char *id)
{
	memset(r, 0, sizeof(*r));
	r->ctx = first->ctx;
	r->store = first->store;
	r->joined = true;
	r->id = mem_dup(id);
	return open_order(r);
}

struct err *
record_begin_new(struct record *r, struct ctx *ctx, const char *id)
{
	struct err *e = begin(r, ctx);

	if (e != NULL)
		return e;
	r->id = mem_dup(id);
	return store_new_order(r->store, id, &r->stream, &r->month);
}

void
record_end(struct record *r)
{
	order_free(r->order);
	if (!r->joined)
		store_end(r->store);
	free(r->id);
	vec_release(&r->added);
}

static struct err *
put_time(struct node *content, const struct ctx *ctx, const char *at)
{
	struct when when = { .time = ctx->env.now };
	char text[DATE_TEXT], zone[8];
	struct err *e = NULL;

	if (at != NULL)
		e = date_parse_loose(&when, at, ctx->env.now);
	if (e != NULL)
		return err_wrap(e, "--at");
	date_write(text, &when);
	node_put_str(content, "happened", text);
	if (when.date_only) {
		date_format_zone(zone, when.offset);
		node_put_str(content, "zone", zone);
	}
	return NULL;
}

struct err *
record_attach(struct node **out, struct record *r, const char *file)
{
	char *path = path_join(r->ctx->env.cwd, file);
	struct err *e =
	    attach_file(out, r->store, r->id, r->month, path, r->ctx->env.now);

	free(path);
	return e;
}

struct err *
record_content(struct node **out, struct record *r,
    const struct record_args *args, const struct kind *kind, const char *text)
{
	struct node *content = node_map(), *files, *file;
	struct err *e = put_time(content, r->ctx, args->at);

	node_put_str(content, "by", store_author(r->store));
	if (r->ctx->env.clock_given)
		node_put_str(content, "clock", "given");
	if (kind->label != NULL && r->order != NULL) {
		char *label = order_next_label(r->order, kind);

		node_put_str(content, "label", label);
		free(label);
	}
	node_put_str(content, "text", text);
	for (size_t i = 0; i < args->sets.n && e == NULL; i++)
		e = record_set(
		    content, kind, args->sets.v[i], r->ctx->env.now, NULL);
	if (e == NULL && args->sets.n > 0)
		e = err_wrap(record_vet_refs(content, r), "--set");
	files = e == NULL && args->attach.n > 0 ?
	    node_put(content, "files", node_list()) :
	    NULL;
	for (size_t i = 0; i < args->attach.n && e == NULL; i++)
		if ((e = record_attach(&file, r, args->attach.v[i])) == NULL)
			node_push(files, file);
	if (e != NULL) {
		node_free(content);
		content = NULL;
	}
	*out = content;
	return e;
}

struct err *
record_append(struct record *r, const struct kind *kind, struct node *content)
{
	char recorded[DATE_TEXT];
	struct entry *entry;
	struct err *e;

	date_format(recorded, r->ctx->env.now);
	e = stream_append(&entry, r->stream, kind, content, recorded);
	if (e != NULL)
		return e;
	vec_push(&r->added, (size_t)(entry - r->stream->v));
	/* it borrows entries, which may have moved */
	order_free(r->order);
	r->order = NULL;
	return NULL;
}

struct err *
record_replay(struct record *r)
{
	return r->order != NULL ? NULL :
				  order_replay(&r->order, r->stream, r->id);
}

struct err *
record_add(struct record *r, const struct kind *kind, struct node *content)
{
	struct err *e = record_append(r, kind, content);

	return e == NULL ? record_replay(r) : e;
}

const struct fact *
record_fact(const struct record *r, size_t i)
{
	return order_fact(r->order, r->stream->v[r->added.v[i]].id);
}

struct err *
record_commit_all(
    struct record *const *all, size_t n, const char *verb, const char *summary)
{
	struct store *store = all[0]->store;
	size_t line = summary == NULL ? 0 : strcspn(summary, "\n");
	char *orders =
	    n == 1 ? mem_dup(all[0]->id) : mem_printf("%zu orders", n);
	char *subject = mem_printf("%s %s%s%.*s", verb, orders,
	    line > 0 ? ": " : "", (int)line, line > 0 ? summary : "");
	struct err *e;

	for (size_t i = 0; i < n; i++)
		store_trailer(store, "Deed-Order", all[i]->id);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < all[i]->added.n; k++)
			store_trailer(store, "Deed-Entry",
			    all[i]->stream->v[all[i]->added.v[k]].id);
	e = store_commit(store, subject, all[0]->commit);
	record_say_lag(store);
	for (size_t i = 1; i < n; i++)
		memcpy(all[i]->commit, all[0]->commit, REPO_HEX);
	free(orders);
	free(subject);
	return e;
}

struct err *
record_commit(struct record *r, const char *verb, const char *summary)
{
	return record_commit_all(&r, 1, verb, summary);
}

struct node *
record_fact_node(const struct record *r, const struct fact *fact)
{
	struct node *n = node_map();
	char happened[DATE_TEXT];

	date_format(happened, fact->happened);
	node_put_str(n, "order", r->id);
	node_put_str(n, "entry", fact->entry->id);
	node_put(
	    n, "commit", node_str(r->commit[0] != '\0' ? r->commit : NULL));
	node_put_str(n, "kind", fact->entry->kind->name);
	node_put_str(n, "happened", happened);
	node_put_str(n, "recorded", fact->entry->recorded);
	if (fact->label != NULL)
		node_put_str(n, "label", fact->label);
	return n;
}

struct node *
record_node(const struct record *r, size_t i)
{
	return record_fact_node(r, record_fact(r, i));
}

void
record_print(const struct record *r, size_t i, const struct node *object)
{
	const struct fact *fact = record_fact(r, i);
	struct node *own = object == NULL ? record_node(r, i) : NULL;
	char *text = fact->label != NULL ? mem_dup(fact->label) :
					   order_short(r->order, fact);

	out_result(r->ctx->out, object != NULL ? object : own, text);
	free(text);
	node_free(own);
}
