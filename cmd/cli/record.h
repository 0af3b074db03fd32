/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_RECORD_H
#define DEED_CMD_CLI_RECORD_H

#include "cmd/cli/command.h"
#include "core/order.h"
#include "core/store.h"

/*
 * What every recording command shares: the options of the text, the time and
 * the keys, and the way from a content to a committed entry and its one line
 * of output.
 *
 *	record_begin()      takes the lock, reads and replays the order
 *	record_content()    a content from the options
 *	record_add()        appends it
 *	record_commit()     one commit for all that was added
 *	record_print()      what the command prints
 *	record_end()        always
 */

struct record_args {
	struct words messages; /* -m, each a paragraph */
	const char *file;      /* -F */
	const char *at;        /* --at */
	struct words sets;     /* --set */
	struct words attach;   /* --attach */
	bool keep_blank;       /* a blank text is not the same as none */
};

/* clang-format off */
#define OPT_RECORD(F) \
	OPT_TEXTS('m', "message", F.messages, "text", "the text"), \
	OPT_STR('F', "file", F.file, "file", \
	    "read the text from a file; - is standard input"), \
	OPT_STR(0, "at", F.at, "when", "when it happened; default now"), \
	OPT_LIST(0, "set", F.sets, "key=value", \
	    "set any key of the entry; see deed-order(5)"), \
	OPT_LIST(0, "attach", F.attach, "file", \
	    "keep a file with the entry")
/* clang-format on */

struct record {
	struct ctx *ctx;
	struct store *store;
	bool joined; /* the transaction is another record's */
	char *id;
	const char *month;
	struct stream *stream;
	struct order *order;
	VEC(size_t) added; /* positions in stream */
	char commit[REPO_HEX];
};

/* id NULL: the order the command line or the project means. */
struct err *record_begin(
    struct record *r, struct ctx *ctx, const char *id) MUST_CHECK;
/* The same for an order that is new; its stream is empty, order is NULL. */
struct err *record_begin_new(
    struct record *r, struct ctx *ctx, const char *id) MUST_CHECK;
/*
 * The same without the state at this hour, which takes the rules of the
 * platform, longer to read than an order.
 */
struct err *record_begin_fact(
    struct record *r, struct ctx *ctx, const char *id) MUST_CHECK;
/* One more order in a transaction that was begun. */
struct err *record_join(
    struct record *r, const struct record *first, const char *id) MUST_CHECK;
/* What an interrupted deed had left is told. */
void record_say_found(enum journal_found found);
/* So is a work tree that could not follow its commit. */
void record_say_lag(const struct store *s);

void record_end(struct record *r);

/*
 * The text of -m or -F; else, on a terminal, from the editor with template
 * (NULL: no editor).  *out is NULL if there is none, or it is blank.
 * ERR_INVALID if it is not UTF-8 or holds NUL.  Yours.
 */
struct err *record_text(char **out, struct ctx *ctx,
    const struct record_args *args, const char *template) MUST_CHECK;

/*
 * A content with happened, by, the text (may be NULL) and what --set says;
 * attached files go into the ledger.  Yours until record_add().
 */
struct err *record_content(struct node **out, struct record *r,
    const struct record_args *args, const struct kind *kind,
    const char *text) MUST_CHECK;

/*
 * One "KEY=VALUE" of --set into a map, by the type the kind gives the key.
 * With the content that is corrected, "a.b" stays one key, as a correction
 * keeps it, and what the kind does not tell has the type it had.
 */
struct err *record_set(struct node *into, const struct kind *kind,
    const char *pair, int64_t now, const struct node *corrected) MUST_CHECK;

/*
 * A value of any type under a key: text is understood as --set does, but for
 * lists; of other types only those that the key can have.
 */
struct err *record_put(struct node *into, const struct kind *kind,
    const char *key, const struct node *value, int64_t now) MUST_CHECK;

/* What options say of keys; those without a text are left out. */
struct record_pair {
	const char *key, *text;
};
struct err *record_put_pairs(struct node *into, const struct kind *kind,
    const struct record_pair *pairs, size_t n, int64_t now) MUST_CHECK;

/* Put a file's bytes into the ledger: {name, sha256, size, path}.  Yours. */
struct err *record_attach(
    struct node **out, struct record *r, const char *file) MUST_CHECK;

/* Append; the order is replayed, so facts got before are gone. */
struct err *record_add(
    struct record *r, const struct kind *kind, struct node *content) MUST_CHECK;

/* For many: append, and replay once behind them. */
struct err *record_append(
    struct record *r, const struct kind *kind, struct node *content) MUST_CHECK;
struct err *record_replay(struct record *r) MUST_CHECK; /* if need be */

/* The fact of the i-th entry added. */
const struct fact *record_fact(const struct record *r, size_t i);

/* "VERB ORDER: summary" */
struct err *record_commit(
    struct record *r, const char *verb, const char *summary) MUST_CHECK;

/* One commit for several orders: "VERB ORDER: summary", "VERB 3 orders: ..." */
struct err *record_commit_all(struct record *const *all, size_t n,
    const char *verb, const char *summary) MUST_CHECK;

/* {"order","entry","commit","kind","happened","recorded"} of the i-th. */
struct node *record_node(const struct record *r, size_t i);
/* The same of any fact of the order; "commit" is null. */
struct node *record_fact_node(const struct record *r, const struct fact *f);
/* The label or short id of the i-th, or the object with more put in. */
void record_print(const struct record *r, size_t i, const struct node *object);

/* The delivery meant: a label, else the newest, if there is one. */
struct err *record_delivery(
    struct node *content, const struct record *r, const char *label) MUST_CHECK;
/* Is there just one requirement of that label?  NULL is fine. */
struct err *record_requirement(
    const struct record *r, const char *label) MUST_CHECK;
/* --covers r1,r2: each must be a requirement of the order; NULL is fine. */
struct err *record_covers(struct node *content, const struct record *r,
    const char *labels) MUST_CHECK;
/* --milestone: one of the order, by label or name; NULL is fine. */
struct err *record_milestone(
    struct node *content, const struct record *r, const char *word) MUST_CHECK;
/* --cites ENTRY:LINE, kept with the full id. */
struct err *record_cites(struct node *content, const struct record *r,
    const struct words *cites) MUST_CHECK;

/*
 * What --set says of other entries, among a content's keys or a correction's:
 * covers must be requirements, and cites get their full ids.
 */
struct err *record_vet_refs(
    struct node *keys, const struct record *r) MUST_CHECK;

/* --anyway must give a reason; NULL is fine. */
struct err *record_vet_anyway(const char *reason) MUST_CHECK;
/* Keep the reason for going on in spite of blocking findings, if any. */
void record_anyway(
    struct node *content, const char *reason, const struct node *findings);

const struct kind *record_kind(const char *name); /* one that exists */
/* One that log records: ERR_USAGE if it has a command of its own. */
struct err *record_log_kind(
    const struct kind **out, const char *name) MUST_CHECK;
/* A note stays at home: say so the first time somebody writes one. */
void record_explain(struct ctx *ctx, const struct kind *kind);

#endif
