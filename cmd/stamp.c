/* SPDX-License-Identifier: ISC */
/* deed stamp: let authorities vouch for the time of all that is recorded. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/record.h"
#include "cmd/cli/say.h"
#include "cmd/cli/trust.h"
#include "core/stamp.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/proc.h"

#define SECONDS "15"     /* that an authority may take */
#define LIST_SECONDS "5" /* the same for a list of revoked certificates */
#define LISTS_MAX 8
#define QUEUE "queue"

struct args {
	const char *roots;
};

static const struct opt opts[] = {
	OPT_STR(0, "roots", roots, "file",
	    "the certificates you trust; default those of the system"),
	OPT_END,
};

/* An authority, and its answer once it is found good. */
struct answer {
	const char *url;
	struct buf token;
	struct tsp_token told;
	char *why; /* it is not */
};

struct run {
	struct ctx *ctx;
	char *roots;
	struct strs urls, tips, orders;
	struct buf list;
	char sha256[SHA256_HEX];
	VEC(struct answer) answers;
	size_t good;
	char *name; /* "proofs/stamps/TIME" */
	char commit[REPO_HEX];
};

/*
 * Asking.
 */

static struct err *
fetch(struct buf *out, const struct run *run, const char *type, const char *url,
    const struct buf *in, const char *seconds)
{
	char *program = mem_printf("%s/deed-fetch",
	    run->ctx->env.libexec != NULL ? run->ctx->env.libexec : ".");
	const char *const argv[] = { program, type, url, seconds, NULL };
	const struct proc_spec spec = { .argv = argv,
		.in = in->data,
		.in_len = in->len,
		.out_max = TSP_MAX };
	struct buf said = BUF_INIT;
	int status;
	struct err *e = proc_run(&spec, out, &said, &status);

	said.data[strcspn(said.data, "\n")] = '\0';
	if (e == NULL && status != 0)
		e = err_new(ERR_SYSTEM, "%s",
		    said.data[0] != '\0' ? said.data : "no answer");
	buf_release(&said);
	free(program);
	return e;
}

/*
 * The lists of revoked certificates that those of a trusted authority name, as
 * they are now: later they may be gone.  One that cannot be had is a warning.
 */
static void
add_lists(struct answer *a, const struct run *run)
{
	const struct buf nothing = BUF_INIT;

	for (size_t i = 0; i < a->told.lists.n && i < LISTS_MAX; i++) {
		const char *url = a->told.lists.v[i];
		struct buf list = BUF_INIT;
		struct err *e =
		    fetch(&list, run, "-", url, &nothing, LIST_SECONDS);

		if (e == NULL)
			e = tsp_add_list(&a->told.chain, list.data, list.len);
		if (e != NULL)
			say_warn("%s: what it has revoked is not kept: %s: %s",
			    a->url, url, err_text(e));
		err_drop(e); /* said */
		buf_release(&list);
	}
}

/* Is it good, also by the lists of what was revoked until now? */
static struct err *
judge(struct answer *a, const struct run *run, const struct buf *request)
{
	struct tsp_token again = { .chain = BUF_INIT };
	struct tsp_ask about = { .sha256 = run->sha256,
		.roots = run->roots,
		.request = request->data,
		.request_len = request->len };
	struct err *e =
	    tsp_judge(&a->told, a->token.data, a->token.len, &about);

	if (e != NULL || a->told.lists.n == 0)
		return e;
	add_lists(a, run);
	about.beside = a->told.chain.data;
	about.beside_len = a->told.chain.len;
	e = tsp_judge(&again, a->token.data, a->token.len, &about);
	tsp_release(&again);
	return e;
}

/* Whatever an authority does, it is a warning and nothing more. */
static void
ask(struct answer *a, struct run *run)
{
	struct buf request = BUF_INIT;
	struct err *e = tsp_request(&request, run->sha256);

	if (e == NULL)
		e = fetch(&a->token, run, "application/timestamp-query", a->url,
		    &request, SECONDS);
	if (e == NULL)
		e = judge(a, run, &request);
	if (e != NULL) {
		a->why = mem_dup(err_text(e));
		say_warn("%s: %s", a->url, a->why);
	} else {
		run->good++;
		if (!a->told.trusted)
			say_warn("%s: its root is none of those you trust, so "
				 "it vouches for nothing yet; name the root: "
				 "git config --global deed.roots FILE",
			    a->url);
	}
	err_drop(e); /* said */
	buf_release(&request);
}

/*
 * Recording.
 */

static struct node *
file_node(const char *path, const void *p, size_t len)
{
	struct node *n = node_map();
	char sha256[SHA256_HEX];

	digest_of(p, len, sha256);
	node_put_str(n, "path", path);
	node_put_str(n, "sha256", sha256);
	node_put_int(n, "size", (int64_t)len);
	return n;
}

static struct node *
content_of(const struct run *run, const struct answer *a, const char *stem,
    const char *author)
{
	struct node *n = node_map();
	char *list = mem_printf("%s.txt", run->name), time[DATE_TEXT];
	char *token = mem_printf("%s.tsr", stem);
	char *chain = mem_printf("%s.pem", stem);

	date_format(time, run->ctx->env.now);
	node_put_str(n, "happened", time);
	node_put_str(n, "by", author);
	if (run->ctx->env.clock_given)
		node_put_str(n, "clock", "given");
	node_put_str(n, "authority", a->url);
	date_format(time, a->told.time);
	node_put_str(n, "time", time);
	node_put(n, "list", file_node(list, run->list.data, run->list.len));
	node_put(n, "token", file_node(token, a->token.data, a->token.len));
	if (a->told.chain.len > 0)
		node_put(n, "chain",
		    file_node(chain, a->told.chain.data, a->told.chain.len));
	free(chain);
	free(token);
	free(list);
	return n;
}

static struct err *
note(struct run *run, struct store *s, const struct answer *a, const char *stem)
{
	char recorded[DATE_TEXT];
	struct err *e = NULL;

	date_format(recorded, run->ctx->env.now);
	for (size_t i = 0; i < run->orders.n && e == NULL; i++) {
		struct stream *stream;
		struct entry *entry;

		e = store_order(s, run->orders.v[i], &stream, NULL);
		if (e == NULL)
			e = stream_append(&entry, stream,
			    record_kind("timestamp"),
			    content_of(run, a, stem, store_author(s)),
			    recorded);
		if (e == NULL) {
			store_trailer(s, "Deed-Order", run->orders.v[i]);
			store_trailer(s, "Deed-Entry", entry->id);
		}
	}
	return e;
}

/* A name no list has: two stamps of one second are two. */
static char *
new_name(const struct ledger *l, int64_t now)
{
	for (;; now++) {
		char time[DATE_TEXT], *name, *full;
		bool taken;

		date_format_compact(time, now);
		name = mem_printf(STAMP_DIR "/%s", time);
		full = mem_printf("%s/%s.txt", l->dir, name);
		taken = file_exists(full);
		free(full);
		if (!taken)
			return name;
		free(name);
	}
}

/* One answer, and what belongs to it, under this stem. */
static struct err *
keep_answer(
    struct run *run, struct store *s, const struct answer *a, const char *stem)
{
	char *token = mem_printf("%s.tsr", stem);
	char *chain = mem_printf("%s.pem", stem);
	struct err *e = store_put(s, token, a->token.data, a->token.len);

	if (e == NULL && a->told.chain.len > 0)
		e = store_put(s, chain, a->told.chain.data, a->told.chain.len);
	if (e == NULL)
		e = note(run, s, a, stem);
	free(chain);
	free(token);
	return e;
}

static struct err *
keep(struct run *run)
{
	struct ctx *ctx = run->ctx;
	struct store *s = NULL;
	char *path, *subject;
	size_t n = 0;
	struct err *e = store_begin(&s, ctx->ledger, &ctx->env);

	if (e != NULL)
		return e;
	run->name = new_name(ctx->ledger, ctx->env.now);
	path = mem_printf("%s.txt", run->name);
	e = store_put(s, path, run->list.data, run->list.len);
	free(path);
	for (size_t i = 0; i < run->answers.n && e == NULL; i++) {
		const struct answer *a = &run->answers.v[i];

		if (a->why != NULL)
			continue;
		path = mem_printf("%s-%zu", run->name, ++n);
		e = keep_answer(run, s, a, path);
		free(path);
	}
	subject = mem_printf("stamp: %zu tip%s, %zu token%s", run->tips.n,
	    run->tips.n == 1 ? "" : "s", n, n == 1 ? "" : "s");
	if (e == NULL)
		e = store_commit(s, subject, run->commit);
	record_say_lag(s);
	free(subject);
	store_end(s);
	return e;
}

/*
 * The queue: what waits for an authority that answers.  It is only a reminder;
 * what is not covered is found anew.
 */
static struct err *
remember(const struct run *run)
{
	char *path = path_join(run->ctx->ledger->own, QUEUE), *text;
	char time[DATE_TEXT];
	struct err *e;

	date_format(time, run->ctx->env.now);
	text = mem_printf("%s %zu\n", time, run->tips.n);
	e = run->good > 0 ? file_unlink(path) :
			    file_replace(path, text, strlen(text), 0600);
	free(text);
	free(path);
	return e;
}

static void
print(const struct run *run)
{
	struct node *n = node_map(), *list, *item;
	char *text, *path;

	node_put_int(n, "tips", (int64_t)run->tips.n);
	path = run->good > 0 ? mem_printf("%s.txt", run->name) : NULL;
	node_put(n, "list", node_str(path));
	list = node_put(n, "tokens", node_list());
	for (size_t i = 0; i < run->answers.n; i++) {
		const struct answer *a = &run->answers.v[i];
		char time[DATE_TEXT];

		item = node_push(list, node_map());
		node_put_str(item, "authority", a->url);
		node_put_bool(item, "ok", a->why == NULL);
		node_put(item, "warning", node_str(a->why));
		if (a->why != NULL)
			continue;
		date_format(time, a->told.time);
		node_put_str(item, "time", time);
		node_put_bool(item, "trusted", a->told.trusted);
		node_put_str(item, "name", a->told.name);
	}
	node_put_bool(n, "queued", run->tips.n > 0 && run->good == 0);
	node_put_str(n, "commit", run->commit);
	text = run->tips.n == 0 ? mem_dup("nothing waits for a stamp") :
	    run->good == 0      ? mem_printf("%zu tips wait for an authority "
						  "that answers: deed stamp",
				      run->tips.n) :
				  mem_dup(path);
	out_result(run->ctx->out, n, text);
	free(text);
	free(path);
	node_free(n);
}

static struct err *
stamp(struct run *run)
{
	struct err *e = NULL;

	stamp_list(&run->list, &run->tips);
	digest_of(run->list.data, run->list.len, run->sha256);
	for (size_t i = 0; i < run->urls.n; i++) {
		struct answer *a = vec_add(&run->answers);

		a->url = run->urls.v[i];
		buf_init(&a->token);
		ask(a, run);
	}
	if (run->good > 0)
		e = keep(run);
	return e != NULL ? e : remember(run);
}

static void
release(struct run *run)
{
	struct answer *a;

	vec_each (a, &run->answers) {
		buf_release(&a->token);
		tsp_release(&a->told);
		free(a->why);
	}
	vec_release(&run->answers);
	buf_release(&run->list);
	strs_release(&run->urls);
	strs_release(&run->tips);
	strs_release(&run->orders);
	free(run->roots);
	free(run->name);
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct run run = { .ctx = ctx, .list = BUF_INIT };
	struct stamps stamps = { VEC_INIT };
	struct err *e;

	if ((e = trust_values(&run.urls, ctx, "deed.tsa")) != NULL ||
	    (e = trust_roots(&run.roots, ctx, args->roots)) != NULL)
		goto done;
	if (run.urls.n == 0) {
		e = err_hint(err_new(ERR_NOT_FOUND,
				 "no authority is configured, and "
				 "deed asks none of its own accord"),
		    "name one or more: git config --global --add deed.tsa "
		    "https://freetsa.org/tsr");
		goto done;
	}
	if ((e = stamps_read(&stamps, ctx->ledger, run.roots, NULL)) != NULL ||
	    (e = stamps_pending(&run.tips, &run.orders, ctx->ledger, &stamps,
		 &run.urls)) != NULL)
		goto done;
	if (run.tips.n > 0)
		e = stamp(&run);
	if (e == NULL)
		print(&run);
done:
	stamps_release(&stamps);
	release(&run);
	return e;
}

const struct command cmd_stamp = {
	.name = "stamp",
	.summary = "have the time of all records vouched for",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_LEDGER,
	.run = run,
};
