/* SPDX-License-Identifier: ISC */
#include "cmd/cli/record.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/editor.h"
#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/attach.h"
#include "core/check.h"
#include "core/merge.h"
#include "core/standing.h"
#include "core/transcript.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/utf8.h"

#define TEXT_MAX (1u << 20)
#define KEY_MAX 200
#define KEY_DEPTH_MAX 8

const struct kind *
record_kind(const char *name)
{
	const struct kind *kind;

	/* the names are ours: they are in the table */
	err_drop(kind_find(&kind, name));
	return kind;
}

struct err *
record_log_kind(const struct kind **out, const char *name)
{
	struct err *e = kind_find(out, name);

	if (e == NULL && (*out)->verb != NULL)
		e = err_hint(err_new(ERR_USAGE,
				 "a %s is not recorded with log -k", name),
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
read_text(struct buf *out, const char *file)
{
	if (strcmp(file, "-") == 0)
		return file_read_fd(
		    out, STDIN_FILENO, "standard input", TEXT_MAX);
	return file_read(out, file, TEXT_MAX);
}

static struct err *
vet_text(const struct buf *text, const char *from)
{
	if (text->len > TEXT_MAX)
		return err_new(
		    ERR_LIMIT, "%s: the text is longer than 1 MiB", from);
	if (memchr(text->data, '\0', text->len) != NULL)
		return err_new(ERR_INVALID, "%s: the text holds NUL", from);
	if (!utf8_valid(text->data, text->len))
		return err_hint(
		    err_new(ERR_INVALID, "%s: the text is not UTF-8", from),
		    "convert it first, for example with iconv");
	return NULL;
}

static bool
is_blank(const char *text)
{
	return strspn(text, " \t\r\n") == strlen(text);
}

struct err *
record_text(char **out, struct ctx *ctx, const struct record_args *args,
    const char *template)
{
	struct buf text = BUF_INIT;
	const char *from = "-m";
	struct err *e = NULL;

	*out = NULL;
	if (args->messages.n > 0 && args->file != NULL)
		return err_new(ERR_USAGE, "-m and -F exclude each other");
	if (args->messages.n > 0) {
		for (size_t i = 0; i < args->messages.n; i++)
			buf_addf(&text, "%s%s", i > 0 ? "\n\n" : "",
			    args->messages.v[i]);
	} else if (args->file != NULL) {
		from = args->file;
		e = read_text(&text, args->file);
		while (e == NULL && text.len > 0 &&
		    text.data[text.len - 1] == '\n')
			buf_cut(&text, text.len - 1);
	} else if (template != NULL && ctx->tty_in && ctx->tty_out) {
		from = "the editor";
		e = editor_text(&text, ctx, template);
	} else {
		return NULL;
	}
	if (e == NULL)
		e = vet_text(&text, from);
	if (e == NULL && (args->keep_blank || !is_blank(text.data)))
		*out = buf_steal(&text);
	buf_release(&text);
	return e;
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

/* One that any reader takes, and that nests no deeper than a file may. */
static bool
is_key(const char *key)
{
	size_t dots = 0;

	for (const char *p = key; *p != '\0'; p++)
		dots += *p == '.';
	return dots <= KEY_DEPTH_MAX && strlen(key) <= KEY_MAX &&
	    key[0] != '\0' && key[0] != '.' &&
	    strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_.-") ==
	    strlen(key) &&
	    strstr(key, "..") == NULL && key[strlen(key) - 1] != '.';
}

/* Keys that say what deed itself vouches for. */
static bool
is_reserved(const char *key)
{
	static const char *const reserved[] = { "deed", "kind", "after",
		"recorded", "content", "nonce", "by", "clock", "grade" };
	size_t len = strcspn(key, ".");

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strlen(reserved[i]) == len &&
		    strncmp(reserved[i], key, len) == 0)
			return true;
	return false;
}

static struct err *
vet_key(const char *key)
{
	if (!is_key(key))
		return err_new(ERR_USAGE, "\"%.80s\" is not a key", key);
	if (is_reserved(key))
		return err_new(ERR_INVALID, "%s cannot be set", key);
	return NULL;
}

/* A text as a value of the key, NULL if that is not known. */
static struct err *
set_text(struct node *into, const struct key *known, const char *key,
    const char *text, int64_t now, bool keep_dots)
{
	int offset = INT32_MIN;
	struct node *value = NULL;
	char zone[8];
	struct err *e = NULL;

	if (!utf8_valid(text, strlen(text)))
		e = err_new(ERR_INVALID, "%s is not UTF-8", key);
	else if (known == NULL)
		value = node_str(text);
	else
		e = kind_value(&value, known, text, now, &offset);
	if (e != NULL)
		return e;
	if (keep_dots)
		node_put(into, key, value);
	else
		order_put(into, key, value);
	if (offset != INT32_MIN) {
		date_format_zone(zone, offset);
		node_put_str(into, "zone", zone);
	}
	return NULL;
}

struct err *
record_set(struct node *into, const struct kind *kind, const char *pair,
    int64_t now, bool keep_dots)
{
	const char *equal = strchr(pair, '=');
	char *key;
	const struct key *known;
	struct err *e;

	if (equal == NULL)
		return err_hint(
		    err_new(ERR_USAGE, "--set: \"%.80s\" has no =", pair),
		    "write --set KEY=VALUE");
	key = mem_ndup(pair, (size_t)(equal - pair));
	if ((e = vet_key(key)) == NULL) {
		known = kind_key(kind, key);
		e = set_text(into, known, key, equal + 1, now, keep_dots);
		if (e == NULL && known == NULL && strchr(key, '.') == NULL)
			say_note("note: %s has no key \"%s\"; it is kept as "
				 "text",
			    kind->name, key);
	}
	free(key);
	return err_wrap(e, "--set");
}

struct err *
record_put_pairs(struct node *into, const struct kind *kind,
    const struct record_pair *pairs, size_t n, int64_t now)
{
	struct err *e = NULL;

	for (size_t i = 0; i < n && e == NULL; i++)
		if (pairs[i].text != NULL)
			e = set_text(into, kind_key(kind, pairs[i].key),
			    pairs[i].key, pairs[i].text, now, false);
	return e;
}

static bool
is_list_of(const struct node *value, enum node_type type)
{
	for (size_t i = 0; i < node_count(value); i++)
		if (value->kids[i]->type != type)
			return false;
	return value->type == NODE_LIST;
}

/* Is it what the key holds?  Text stands apart. */
static bool
suits(const struct key *key, const struct node *value)
{
	switch (key->type) {
	case KEY_INT:
		return value->type == NODE_INT;
	case KEY_BOOL:
		return value->type == NODE_BOOL;
	case KEY_LIST:
		return is_list_of(value, NODE_STR);
	case KEY_MAP:
		return value->type == NODE_MAP;
	case KEY_MAPS:
		return is_list_of(value, NODE_MAP);
	default:
		return false;
	}
}

struct err *
record_put(struct node *into, const struct kind *kind, const char *key,
    const struct node *value, int64_t now)
{
	const struct key *known = kind_key(kind, key);
	struct err *e = vet_key(key);

	if (e != NULL)
		return e;
	if (strcmp(key, "files") == 0)
		return err_hint(err_new(ERR_INVALID, "files cannot be set"),
		    "name files to keep with the entry: \"attach\"");
	if (value->type == NODE_STR &&
	    (known == NULL || known->type != KEY_LIST))
		return set_text(into, known, key, value->text, now, false);
	if (known != NULL && !suits(known, value))
		return err_new(ERR_INVALID, "%s is of another type", key);
	order_put(into, key, node_copy(value));
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
		    content, kind, args->sets.v[i], r->ctx->env.now, false);
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

struct err *
record_delivery(struct node *content, const struct record *r, const char *label)
{
	const struct fact *fact = order_last(r->order, "delivery");
	unsigned line;
	struct err *e;

	if (label != NULL) {
		e = order_resolve(&fact, &line, r->order, label);
		if (e != NULL)
			return e;
		if (line != 0 || !fact_is(fact, "delivery"))
			return err_new(ERR_INVALID,
			    "\"%.80s\" is a %s, not a delivery", label,
			    fact->entry->kind->name);
	}
	if (fact != NULL)
		node_put_str(content, "delivery", fact->entry->id);
	return NULL;
}

struct err *
record_covers(struct node *content, const struct record *r, const char *labels)
{
	struct node *all, *list;
	struct err *e = NULL;

	if (labels == NULL)
		return NULL;
	all = order_requirements(r->order);
	list = node_put(content, "covers", node_list());
	for (const char *p = labels; *p != '\0' && e == NULL;) {
		size_t len = strcspn(p, ", ");
		char *label = mem_ndup(p, len);
		bool known = false;

		for (size_t i = 0; i < all->n; i++)
			known |= strcmp(node_text(all->kids[i], "label"),
				     label) == 0;
		if (len > 0 && !known)
			e = err_hint(err_new(ERR_NOT_FOUND,
					 "--covers: order %s has no "
					 "requirement \"%s\"",
					 r->id, label),
			    "see them: deed show @~%zu", r->order->n - 1);
		else if (len > 0 && !node_has(list, label))
			node_push_str(list, label);
		free(label);
		p += len + strspn(p + len, ", ");
	}
	node_free(all);
	return e;
}

/* Is it this one's label, or what it is called? */
static bool
is_called(const struct node *milestone, const char *word)
{
	const char *label = node_text(milestone, "label");
	const char *name = node_text(milestone, "name");

	return (label != NULL && strcmp(label, word) == 0) ||
	    (name != NULL && strcmp(name, word) == 0);
}

struct err *
record_milestone(struct node *content, const struct record *r, const char *word)
{
	const struct node *list = node_get(r->order->terms, "milestones");
	bool known = word == NULL;

	for (size_t i = 0; i < node_count(list) && !known; i++)
		known = is_called(list->kids[i], word);
	for (size_t i = 0; i < r->order->n && !known; i++)
		known = fact_is(&r->order->v[i], "milestone") &&
		    is_called(r->order->v[i].content, word);
	if (!known)
		return err_hint(
		    err_new(ERR_NOT_FOUND,
			"--milestone: order %s has no milestone \"%.80s\"",
			r->id, word),
		    "see them: deed show @~%zu", r->order->n - 1);
	node_put_str(content, "milestone", word);
	return NULL;
}

struct err *
record_cites(
    struct node *content, const struct record *r, const struct words *cites)
{
	const struct fact *fact;
	struct node *list;
	struct err *e = NULL;

	if (cites->n == 0)
		return NULL;
	list = node_put(content, "cites", node_list());
	for (size_t i = 0; i < cites->n && e == NULL; i++) {
		unsigned line;
		char *full;

		e = order_resolve(&fact, &line, r->order, cites->v[i]);
		if (e == NULL && line != 0)
			e = transcript_vet_line(fact, line);
		if (e != NULL)
			break;
		full = line == 0 ? mem_dup(fact->entry->id) :
				   mem_printf("%s:%u", fact->entry->id, line);
		node_push_str(list, full);
		free(full);
	}
	return err_wrap(e, "--cites");
}

struct err *
record_vet_anyway(const char *reason)
{
	if (reason == NULL)
		return NULL;
	if (!utf8_valid(reason, strlen(reason)))
		return err_new(ERR_INVALID, "--anyway: the text is not UTF-8");
	if (is_blank(reason))
		return err_new(ERR_USAGE, "--anyway needs a reason");
	return NULL;
}

void
record_anyway(
    struct node *content, const char *reason, const struct node *findings)
{
	if (reason == NULL || !check_blocks(findings))
		return;
	node_put_str(content, "anyway", reason);
	node_put(content, "blockers", check_blockers(findings));
}
