/* SPDX-License-Identifier: ISC */
/* deed erase: take what entries say out of the ledger, for ever. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/ask.h"
#include "cmd/cli/record.h"
#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/erase.h"
#include "core/util/file.h"
#include "core/util/path.h"

struct args {
	struct record_args record;
	struct words entries;
	bool yes;
};

static const struct opt opts[] = {
	OPT_TEXTS('m', "message", record.messages, "text", "why"),
	OPT_STR('F', "file", record.file, "file",
	    "read the reason from a file; - is standard input"),
	OPT_FLAG(0, "yes", yes, "what is listed may go, for ever"),
	OPT_ARGS("entry", entries, 0),
	OPT_END,
};

static const struct ask consent = { "Erase it for ever?", "nothing was erased",
	"nothing is erased without your consent",
	"look at the list above, then say so: deed erase --yes" };

/*
 * What goes.
 */

static bool
is_among(const struct strs *ids, const struct fact *f)
{
	return strs_find(ids, f->entry->id) >= 0;
}

static struct err *
find_entries(
    struct strs *out, const struct record *r, const struct words *names)
{
	for (size_t i = 0; i < names->n; i++) {
		const struct fact *f;
		unsigned line;
		struct err *e = order_resolve(&f, &line, r->order, names->v[i]);

		if (e != NULL)
			return e;
		if (line != 0)
			return err_hint(
			    err_new(ERR_USAGE,
				"a line of a transcript cannot be erased "
				"alone"),
			    "erase the entry, and import the chat again "
			    "without the line");
		if (node_flag(f->content, "erased"))
			return err_new(ERR_INVALID,
			    "\"%.80s\" tells what was erased, and stays",
			    names->v[i]);
		if (!is_among(out, f))
			strs_add(out, f->entry->id);
	}
	return NULL;
}

/* What a correction says of an entry that goes would tell of it. */
static void
add_corrections(struct strs *out, const struct order *o)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[i];
		const char *target = node_text(f->content, "target");

		if (fact_is(f, "correction") && target != NULL &&
		    !node_flag(f->content, "erased") &&
		    strs_find(out, target) >= 0 && !is_among(out, f))
			strs_add(out, f->entry->id);
	}
}

static bool
mentions(const struct node *n, const struct strs *ids)
{
	const char *text = node_as_text(n);

	for (size_t i = 0; text != NULL && i < ids->n; i++)
		if (strstr(text, ids->v[i]) != NULL)
			return true;
	for (size_t i = 0; i < node_count(n); i++)
		if (mentions(n->kids[i], ids))
			return true;
	return false;
}

static void
add_line(struct buf *b, const struct order *o, const struct fact *f)
{
	char *id = order_short(o, f), *summary = view_summary(o, f);

	buf_addf(b, "  %s  %s  %s\n", id, f->entry->kind->name, summary);
	free(summary);
	free(id);
}

/* What goes for ever, and what stays and may say the same. */
static void
announce(const struct order *o, const struct erasure *x)
{
	struct buf b = BUF_INIT;
	size_t before;

	buf_adds(&b, "These are erased for ever, here and in every commit:\n");
	for (size_t i = 0; i < o->n; i++)
		if (is_among(&x->entries, &o->v[i]))
			add_line(&b, o, &o->v[i]);
	for (size_t i = 0; i < x->paths.n; i++)
		buf_addf(&b, "  %s\n", x->paths.v[i]);
	before = b.len;
	for (size_t i = 0; i < o->n; i++)
		if (!is_among(&x->entries, &o->v[i]) &&
		    !node_flag(o->v[i].content, "erased") &&
		    mentions(o->v[i].content, &x->entries)) {
			if (b.len == before)
				buf_adds(&b,
				    "These refer to them and stay; do they "
				    "say the same?\n");
			add_line(&b, o, &o->v[i]);
		}
	buf_adds(&b,
	    "Copies elsewhere stay: packages that were sent, other clones "
	    "and remotes until they are synchronised, backups.\n");
	say_text(b.data);
	buf_release(&b);
}

/*
 * Going.
 */

/* Has it been said already that this was erased, and is its content gone? */
static bool
is_done(const struct order *o, const char *id)
{
	const struct fact *f = order_fact(o, id);

	return f->erased && f->entry->content_len == 0;
}

/* An entry for each that says so; contents are gone from the stream. */
static struct err *
add_entries(struct record *r, const struct args *args, const struct erasure *x,
    const char *text)
{
	const struct kind *kind = record_kind("correction");
	VEC(struct node *) contents = VEC_INIT;
	struct err *e = NULL;

	for (size_t i = 0; i < x->entries.n && e == NULL; i++) {
		struct node *content = NULL;

		if (is_done(r->order, x->entries.v[i]))
			continue;
		e = record_content(&content, r, &args->record, kind, text);
		if (e != NULL)
			break;
		node_put_str(content, "target", x->entries.v[i]);
		node_put_bool(content, "erased", true);
		vec_push(&contents, content);
	}
	if (e == NULL)
		e = stream_drop(r->stream, &x->entries);
	for (size_t i = 0; i < contents.n; i++)
		if (e == NULL)
			e = record_append(r, kind, contents.v[i]);
		else
			node_free(contents.v[i]);
	vec_release(&contents);
	if (e != NULL)
		return e;
	order_free(r->order);
	r->order = NULL;
	return record_replay(r);
}

static struct err *
remove_files(struct record *r, const struct erasure *x)
{
	struct err *e = NULL;

	for (size_t i = 0; i < x->paths.n && e == NULL; i++) {
		struct buf data = BUF_INIT;

		e = repo_read(r->ctx->ledger->repo, store_head(r->store),
		    x->paths.v[i], &data);
		if (e == NULL)
			store_remove(r->store, x->paths.v[i]);
		if (err_is(e, ERR_NOT_FOUND)) {
			err_drop(e); /* gone from here before */
			e = NULL;
		}
		buf_release(&data);
	}
	return e;
}

/* The orders in a line each are kept in a file, and made anew from nothing. */
static struct err *
forget_roster(const struct ledger *l)
{
	char *path = path_join(l->own, "roster");
	struct err *e = file_unlink(path);

	free(path);
	return e;
}

static void
print_erased(struct record *r, const struct erasure *x, size_t commits)
{
	const struct fact *f = r->added.n > 0 ?
	    record_fact(r, 0) :
	    order_fact(r->order, x->entries.v[0]);
	struct node *n = record_fact_node(r, f), *list;
	char *id = order_short(r->order, f);

	list = node_put(n, "erased", node_list());
	for (size_t i = 0; i < x->entries.n; i++)
		node_push_str(list, x->entries.v[i]);
	node_put_int(n, "files", (int64_t)x->paths.n);
	node_put_int(n, "commits", (int64_t)commits);
	out_result(r->ctx->out, n, id);
	free(id);
	node_free(n);
}

/* A file that could not be removed is still there for all to read. */
static struct err *
vet_files(const struct record *r)
{
	if (store_lag(r->store) == NULL)
		return NULL;
	return err_hint(err_new(ERR_SYSTEM, "recorded, but not erased"),
	    "mend what is told above; then the same command ends it");
}

static struct err *
erase(struct record *r, const struct args *args, struct erasures *all,
    const char *text)
{
	struct erasure *x = erasures_of(all, r->id);
	struct strs tips = VEC_INIT;
	size_t commits = 0;
	struct err *e;

	if ((e = find_entries(&x->entries, r, &args->entries)) != NULL)
		goto done;
	add_corrections(&x->entries, r->order);
	strs_sort(&x->entries);
	if ((e = erase_tips(&tips, r->ctx->ledger)) != NULL ||
	    (e = erase_look(all, r->ctx->ledger, &tips)) != NULL)
		goto done;
	erase_spare(x, r->order);
	announce(r->order, x);
	if ((e = ask(r->ctx, args->yes, &consent)) != NULL ||
	    (e = add_entries(r, args, x, text)) != NULL ||
	    (e = remove_files(r, x)) != NULL ||
	    (e = record_commit(r, "erase", text)) != NULL ||
	    (e = vet_files(r)) != NULL ||
	    (e = erase_scrub(&commits, all, r->store, r->ctx->ledger)) !=
		NULL ||
	    (e = forget_roster(r->ctx->ledger)) != NULL ||
	    (e = erase_purge(r->ctx->ledger)) != NULL)
		goto done;
	memcpy(r->commit, store_head(r->store), REPO_HEX);
	print_erased(r, x, commits);
done:
	strs_release(&tips);
	return e;
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct erasures all = { VEC_INIT };
	struct record r = { 0 };
	char *text = NULL;
	struct err *e;

	if ((e = record_text(&text, ctx, &args->record, NULL)) == NULL &&
	    (e = record_begin_fact(&r, ctx, NULL)) == NULL)
		e = erase(&r, args, &all, text);
	erasures_release(&all);
	free(text);
	record_end(&r);
	return e;
}

const struct command cmd_erase = {
	.name = "erase",
	.summary = "take what an entry says out of the ledger, for ever",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
