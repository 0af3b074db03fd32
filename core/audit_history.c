/* SPDX-License-Identifier: ISC */
#include "core/audit_history.h"

#include <stdlib.h>
#include <string.h>

#include "core/audit_loss.h"
#include "core/audit_refs.h"
#include "core/stream.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/verdict.h"

/* Signatures by one key that came to the same. */
struct signing {
	char *key, *detail;
	enum signature_verdict verdict;
	size_t n;
	const char *result;
};

struct walk {
	struct node *checks;
	struct ledger *ledger;
	struct repo *repo;
	const struct strs *paths; /* NULL: all */
	const struct signers *signers;
	const char *temp_dir;
	VEC(struct signing) signings;
	size_t n;              /* commits that were looked at */
	size_t n_signed;       /* of these */
	size_t after;          /* unsigned, though an earlier one is signed */
	size_t bare;           /* unsigned, newer than any signed one so far */
	char newest[REPO_HEX]; /* the newest unsigned one */
};

/*
 * Entries lost on the way.
 */

static bool
is_order(const char *path)
{
	return ledger_split_path(NULL, NULL, path);
}

/* Has all that a commit lost of an order been put back since? */
static bool
is_back(struct walk *w, const char *parent, const char *path)
{
	char head[REPO_HEX];
	struct audit_loss loss = { 0 };
	struct err *e = repo_head(w->repo, head);

	if (e == NULL)
		e = audit_loss_order(&loss, w->repo, parent, head, path);
	if (e != NULL) {
		err_drop(e); /* what cannot be read is not back */
		return false;
	}
	return !audit_loss_any(&loss);
}

/* Can the order be read now, whatever it was then? */
static bool
is_mended(struct walk *w, const char *path)
{
	struct buf bytes = BUF_INIT;
	struct stream *stream = NULL;
	char head[REPO_HEX];
	bool ok;
	struct err *e = repo_head(w->repo, head);

	if (e == NULL)
		e = audit_loss_read(&bytes, w->repo, head, path);
	if (e == NULL)
		e = stream_parse(&stream, &bytes, path);
	ok = e == NULL;
	err_drop(e); /* what could not be read is not mended */
	stream_free(stream);
	buf_release(&bytes);
	return ok;
}

static void
note_loss(struct walk *w, const char *subject, const struct audit_loss *loss)
{
	if (loss->removed)
		verdict_note(w->checks, "history", subject, "fail",
		    "the order was removed");
	if (loss->entries > 0)
		verdict_take(w->checks, "history", subject, "fail",
		    mem_printf("%zu entr%s of its parent are missing",
			loss->entries, loss->entries == 1 ? "y" : "ies"));
	if (loss->contents > 0)
		verdict_take(w->checks, "history", subject, "fail",
		    mem_printf("%zu entr%s lost the content that its parent "
			       "has; to erase one for ever is to take it out "
			       "of the history, too",
			loss->contents, loss->contents == 1 ? "y" : "ies"));
}

/* Of one file, from a commit to one that follows it. */
static struct err *
audit_step(struct walk *w, const struct repo_commit *c, const char *parent,
    const char *path)
{
	char *subject = mem_printf("%.12s %s", c->id, path);
	struct audit_loss loss;
	struct err *e = audit_loss_order(&loss, w->repo, parent, c->id, path);

	if (e != NULL && !err_is(e, ERR_SYSTEM) && is_mended(w, path)) {
		verdict_take(w->checks, "history", subject, "pass",
		    mem_printf("warning: mended since: %s", err_text(e)));
		err_drop(e); /* told above */
		e = NULL;
	} else if (e != NULL && !err_is(e, ERR_SYSTEM)) {
		verdict_error(w->checks, "history", subject, e);
		e = NULL;
	} else if (e == NULL && audit_loss_any(&loss) &&
	    is_back(w, parent, path)) {
		verdict_note(w->checks, "history", subject, "pass",
		    "warning: it lost entries, which were put back since");
	} else if (e == NULL) {
		note_loss(w, subject, &loss);
	}
	free(subject);
	return e;
}

/* Everything a commit brought is in the object store, whole. */
static struct err *
read_blob(struct walk *w, const struct repo_commit *c, const char *path)
{
	struct buf bytes = BUF_INIT;
	struct err *e = repo_read(w->repo, c->id, path, &bytes);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* it was removed */
		e = NULL;
	}
	buf_release(&bytes);
	return e;
}

static struct err *
audit_changes(struct walk *w, const struct repo_commit *c, const char *parent,
    bool *orders)
{
	struct strs paths = VEC_INIT;
	struct err *e = repo_changed(w->repo, parent, c->id, &paths);

	for (size_t i = 0; i < paths.n && e == NULL; i++) {
		const char *path = paths.v[i];

		if (w->paths != NULL && strs_find(w->paths, path) < 0)
			continue;
		*orders |= is_order(path);
		e = is_order(path) && *parent != '\0' ?
		    audit_step(w, c, parent, path) :
		    read_blob(w, c, path);
	}
	strs_release(&paths);
	return e;
}

/*
 * Signatures.
 */

static void
count_signature(
    struct walk *w, const struct repo_commit *c, const struct signature *sig)
{
	const char *key = sig->key != NULL ? sig->key : c->id;
	struct signing *s;

	w->n_signed++;
	w->after += w->bare;
	w->bare = 0;
	if (sig->verdict == SIGNATURE_BAD) {
		verdict_note(w->checks, "commit", c->id, "fail", sig->detail);
		return;
	}
	vec_each (s, &w->signings)
		if (strcmp(s->key, key) == 0 && s->verdict == sig->verdict) {
			s->n++;
			return;
		}
	s = vec_add(&w->signings);
	s->key = mem_dup(key);
	s->detail = mem_dup(sig->detail);
	s->verdict = sig->verdict;
	s->result = signature_result(sig, w->signers);
	s->n = 1;
}

static struct err *
audit_signature(struct walk *w, const struct repo_commit *c)
{
	struct buf armour = BUF_INIT, text = BUF_INIT;
	struct signature sig = { 0 };
	int64_t time;
	struct err *e = repo_signature(w->repo, c->id, &armour, &text, &time);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* counted */
		e = NULL;
		if (w->bare++ == 0 && w->after == 0)
			memcpy(w->newest, c->id, REPO_HEX);
	} else if (e == NULL) {
		const struct signature_ask ask = { "git", text.data, text.len,
			time, w->temp_dir };

		e = signature_judge(
		    &sig, armour.data, armour.len, &ask, w->signers);
		if (e == NULL)
			count_signature(w, c, &sig);
	}
	signature_release(&sig);
	buf_release(&armour);
	buf_release(&text);
	return e;
}

static void
note_unsigned(struct walk *w)
{
	bool demanded = w->signers->demanded;

	if (w->after > 0)
		verdict_take(w->checks, "commit", w->newest,
		    demanded ? "fail" : "pass",
		    mem_printf("%s%zu commit%s not signed, though earlier ones "
			       "are; this is the newest",
			demanded ? "" : "warning: ", w->after,
			w->after == 1 ? " is" : "s are"));
	if (demanded && w->n_signed == 0)
		verdict_note(
		    w->checks, "commit", "HEAD", "fail", "no commit is signed");
	else if (demanded && w->bare > 0)
		verdict_take(w->checks, "commit", "HEAD", "skipped",
		    mem_printf("%zu commit%s made before the first that is "
			       "signed",
			w->bare, w->bare == 1 ? " was" : "s were"));
}

static void
note_signatures(struct walk *w)
{
	struct signing *s;

	vec_each (s, &w->signings) {
		verdict_take(w->checks, "commit", s->key, s->result,
		    mem_printf("%zu commit%s %s", s->n, s->n == 1 ? "" : "s",
			s->detail));
		free(s->key);
		free(s->detail);
	}
	vec_release(&w->signings);
	note_unsigned(w);
}

/*
 * The walk.
 */

static struct err *
audit_trailers(struct walk *w, const struct repo_commit *c)
{
	char *message;
	struct err *e = repo_message(&message, w->repo, c->id);

	if (e == NULL && strstr(message, "\nDeed-Entry: ") == NULL)
		verdict_note(w->checks, "history", c->id, "pass",
		    "warning: committed without deed's trailers");
	free(message);
	return e;
}

static struct err *
audit_commit(struct walk *w, const struct repo_commit *c)
{
	bool orders = false;
	struct err *e = NULL;

	for (size_t i = 0; i < c->parents.n && e == NULL; i++)
		e = audit_changes(w, c, c->parents.v[i], &orders);
	if (e == NULL && c->parents.n == 0)
		e = audit_changes(w, c, "", &orders);
	if (e == NULL && orders && c->parents.n == 1)
		e = audit_trailers(w, c);
	if (e == NULL && (w->paths == NULL || orders)) {
		w->n++;
		e = audit_signature(w, c);
	}
	return e;
}

/* Has git noted, beside a pack, that others keep what it refers to? */
static bool
is_partial(const char *dir)
{
	char *packs = path_join(dir, ".git/objects/pack");
	struct strs names = VEC_INIT;
	bool found = false;

	/* what cannot be listed is not partial */
	err_drop(file_list(&names, packs));
	for (size_t i = 0; i < names.n; i++) {
		const char *dot = strrchr(names.v[i], '.');

		found |= dot != NULL && strcmp(dot, ".promisor") == 0;
	}
	strs_release(&names);
	free(packs);
	return found;
}

/* Why a clone need not have all of it; NULL if it should. */
static const char *
why_thin(const char *dir)
{
	char *shallow = path_join(dir, ".git/shallow");
	bool is_shallow = file_exists(shallow);

	free(shallow);
	return is_shallow ? "a shallow clone lacks it: git fetch --unshallow" :
	    is_partial(dir) ? "a partial clone lacks what was not asked for" :
			      NULL;
}

/* A repository that cannot be read to its end is a finding like others. */
static void
note_broken(struct walk *w, struct err *e)
{
	const char *why = e == NULL ? NULL : why_thin(w->ledger->dir);

	if (why != NULL)
		verdict_note(w->checks, "history", "HEAD", "skipped", why);
	else if (e != NULL)
		verdict_note(w->checks, "history", "HEAD", "fail", err_text(e));
	err_drop(e); /* noted */
}

struct err *
audit_history(struct node *checks, struct ledger *l, const struct strs *paths,
    const struct signers *signers, const char *temp_dir)
{
	struct walk w = { .checks = checks,
		.ledger = l,
		.paths = paths,
		.signers = signers,
		.temp_dir = temp_dir };
	struct repo_commit *commits = NULL;
	struct strs ids = VEC_INIT;
	size_t n = 0, before = node_count(checks);
	struct err *e;

	if ((e = ledger_repo(&w.repo, l)) != NULL)
		return e;
	e = repo_history(w.repo, "", &commits, &n);
	for (size_t i = 0; i < n && e == NULL; i++) {
		strs_add(&ids, commits[i].id);
		e = audit_commit(&w, &commits[i]);
	}
	strs_sort(&ids);
	if (e == NULL)
		e = audit_stand_ins(checks, w.repo, l->dir);
	if (e == NULL && paths == NULL && n > 0)
		e = audit_branch(checks, w.repo, &ids, commits[0].id);
	if (e == NULL && node_count(checks) == before)
		verdict_take(checks, "history", "HEAD", "pass",
		    mem_printf("%zu commit%s, no entry was lost", w.n,
			w.n == 1 ? "" : "s"));
	if (e == NULL && paths == NULL && n > 0)
		e = audit_remotes(checks, w.repo, &ids, commits[0].id);
	note_signatures(&w);
	repo_history_free(commits, n);
	strs_release(&ids);
	note_broken(&w, e);
	return NULL;
}
