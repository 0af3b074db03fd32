/* SPDX-License-Identifier: ISC */
#include "core/audit.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/audit_bytes.h"
#include "core/audit_history.h"
#include "core/audit_tree.h"
#include "core/countersign.h"
#include "core/erase.h"
#include "core/mailing.h"
#include "core/stamp.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/verdict.h"

/*
 * Chains.
 */

/* Parents that are not in the stream. */
static size_t
note_missing_parents(struct node *checks, const struct stream *s,
    const char *subject, const struct strs *ids)
{
	size_t missing = 0;

	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; j < s->v[i].after.n; j++) {
			const char *parent = s->v[i].after.v[j];

			if (strs_has(ids, parent))
				continue;
			verdict_take(checks, "chain", subject, "fail",
			    mem_printf("line %u: entry %.12s follows %.12s, "
				       "which is not here",
				s->v[i].line, s->v[i].id, parent));
			missing++;
		}
	return missing;
}

static size_t
note_forged(struct node *checks, const struct stream *s, const char *subject)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (!s->v[i].forged)
			continue;
		n++;
		verdict_take(checks, "chain", subject, "fail",
		    mem_printf("line %u: the content of entry %.12s is not "
			       "the one it was made with",
			s->v[i].line, s->v[i].id));
	}
	return n;
}

/*
 * Where a record forks: several machines made entries at once, or somebody
 * told the story twice.  Neither is forbidden, and neither goes unsaid.
 */
static void
note_forks(struct node *checks, const struct stream *s, const char *subject)
{
	size_t roots = 0, tips, forks;
	struct strs named = VEC_INIT, ends = VEC_INIT;

	for (size_t i = 0; i < s->n; i++) {
		roots += s->v[i].after.n == 0;
		for (size_t j = 0; j < s->v[i].after.n; j++)
			strs_add(&named, s->v[i].after.v[j]);
	}
	strs_sort(&named);
	forks = 0;
	for (size_t i = 1; i < named.n; i++)
		forks += strcmp(named.v[i - 1], named.v[i]) == 0;
	stream_tips(s, &ends);
	tips = ends.n;
	if (roots > 1 || tips > 1 || forks > 0)
		verdict_take(checks, "fork", subject, "pass",
		    mem_printf("%sit begins %zu time%s, forks %zu time%s and "
			       "ends in %zu place%s",
			roots > 1 || tips > 1 ? "warning: " : "", roots,
			roots == 1 ? "" : "s", forks, forks == 1 ? "" : "s",
			tips, tips == 1 ? "" : "s"));
	strs_release(&named);
	strs_release(&ends);
}

void
audit_chain(struct node *checks, struct stream *s, const char *subject)
{
	struct strs ids = VEC_INIT;
	size_t bad, withheld = 0;

	for (size_t i = 0; i < s->n; i++) {
		strs_add(&ids, s->v[i].id);
		withheld += s->v[i].content_len == 0;
	}
	strs_sort(&ids);
	bad = note_missing_parents(checks, s, subject, &ids);
	bad += note_forged(checks, s, subject);
	if (!stream_is_ordered(s)) {
		bad++;
		verdict_note(checks, "chain", subject, "fail",
		    "the entries do not stand in stream order");
	}
	if (bad == 0)
		verdict_take(checks, "chain", subject, "pass",
		    mem_printf("%zu entr%s, %zu withheld", s->n,
			s->n == 1 ? "y" : "ies", withheld));
	note_forks(checks, s, subject);
	strs_release(&ids);
}

/*
 * Places.
 */

void
audit_place(struct node *checks, struct stream *s, const char *subject,
    const char *id, const char *month)
{
	const struct node *content;
	const char *named;
	bool first = true;

	for (size_t i = 0; i < s->n; i++) {
		struct entry *entry = &s->v[i];

		if (strcmp(entry->kind->name, "order") != 0)
			continue;
		if (first && month != NULL &&
		    strncmp(entry->recorded, month, strlen(month)) != 0)
			verdict_take(checks, "place", subject, "fail",
			    mem_printf("the order was opened in %.7s, and is "
				       "not kept there",
				entry->recorded));
		first = false;
		if (entry->forged)
			continue; /* the chain says so */
		/* what cannot be read is named where it is read */
		err_drop(entry_content(&content, s, entry));
		named = node_text(content, "id");
		if (named != NULL && strcmp(named, id) != 0)
			verdict_take(checks, "place", subject, "fail",
			    mem_printf("line %u opens the order %.80s",
				entry->line, named));
	}
}

/* One order has one file, also where case is ignored. */
static int
by_folded_id(const void *a, const void *b)
{
	return strcasecmp(
	    path_base(*(char *const *)a), path_base(*(char *const *)b));
}

static void
audit_twins(struct node *checks, const struct strs *all)
{
	struct strs ids = VEC_INIT;

	for (size_t i = 0; i < all->n; i++)
		strs_add(&ids, all->v[i]);
	vec_sort(&ids, by_folded_id);
	for (size_t i = 1; i < ids.n; i++)
		if (by_folded_id(&ids.v[i - 1], &ids.v[i]) == 0)
			verdict_take(checks, "place", ids.v[i], "fail",
			    mem_printf(
				"the same order is in %s, too", ids.v[i - 1]));
	strs_release(&ids);
}

/*
 * Mails.
 */

void
audit_platform_mail(
    struct strs *out, struct profiles *profiles, const struct order *o)
{
	const char *name = node_text(o->terms, "platform");
	const struct profile *profile = NULL;
	const struct node *domains;

	if (profiles == NULL || name == NULL)
		return;
	/* a profile nobody can read vouches for nobody */
	err_drop(profiles_get(&profile, profiles, name));
	domains = profile == NULL ?
	    NULL :
	    node_get(profile_value(profile, "mail.domains"), "value");
	for (size_t i = 0; i < node_count(domains); i++)
		if (node_as_text(node_at(domains, i)) != NULL)
			strs_add(out, node_as_text(node_at(domains, i)));
}

static struct err *
audit_mail(struct node *checks, const struct ledger *l, const struct order *o,
    const struct fact *f, const struct mailing_proof *proof)
{
	const struct node *archive = node_get(f->content, "archive");
	const char *path = node_text(archive, "path");
	const char *sha256 = node_text(archive, "sha256");
	const char *keys =
	    node_text(node_at(node_get(f->content, "keys"), 0), "path");
	char *full, *stored, *subject;
	struct err *e;

	if (path == NULL || sha256 == NULL || !digest_is_hex(sha256))
		return NULL;
	full = audit_find(l, path, sha256);
	stored = keys == NULL ? NULL : path_join(l->dir, keys);
	subject = mem_printf("%s %.12s", o->id, f->entry->id);
	e = mailing_recheck(checks, subject, f, full, stored, proof);
	free(subject);
	free(stored);
	free(full);
	return e;
}

/* What others signed. */
static struct err *
audit_vouchers(struct node *checks, struct ledger *l, struct stream *s,
    const char *id, const struct judge *judge)
{
	struct strs trusted = VEC_INIT;
	const struct mailing_proof proof = { judge->helper, judge->temp_dir,
		judge->keys, &trusted };
	const struct fact *f;
	struct order *o = NULL;
	struct err *e = order_replay(&o, s, id);

	if (e == NULL && order_count(o, "mail") > 0) {
		mailing_counterpart(&trusted, o);
		audit_platform_mail(&trusted, judge->profiles, o);
	}
	for (size_t at = 0; e == NULL && (f = order_next(o, "mail", &at));)
		e = audit_mail(checks, l, o, f, &proof);
	if (e == NULL)
		e = countersign_audit(checks, l, o, judge);
	order_free(o);
	strs_release(&trusted);
	return e;
}

/*
 * One order.
 */

/* What was erased is to be in no commit. */
static struct err *
audit_erased(struct node *checks, struct ledger *l, const char *head,
    struct stream *s, const char *id, const char *path)
{
	struct erasures all = { VEC_INIT };
	struct erasure *x = erasures_of(&all, id);
	struct strs tips = VEC_INIT;
	struct err *e = NULL;

	stream_erased(&x->entries, s);
	strs_add(&tips, head);
	if (x->entries.n > 0)
		e = erase_look(&all, l, &tips);
	if (e == NULL && x->texts.n > 0)
		verdict_take(checks, "erased", path, "pass",
		    mem_printf("warning: %zu erased entr%s in older commits: "
			       "deed -o %s erase %.12s",
			x->texts.n,
			x->texts.n == 1 ? "y still stands" : "ies still stand",
			id, x->entries.v[0]));
	strs_release(&tips);
	erasures_release(&all);
	return e;
}

static struct err *
audit_order(struct node *checks, struct ledger *l, struct audit_bytes *bytes,
    const char *head, const char *id, const struct judge *judge)
{
	char *month = NULL, *path = NULL;
	struct stream *s = NULL;
	struct err *e = ledger_month(&month, l, id);

	if (e != NULL)
		return e;
	path = ledger_order_path(month, id);
	e = ledger_load(&s, l, id);
	if (e == NULL) {
		audit_chain(checks, s, path);
		audit_place(checks, s, path, id, month);
		if ((e = audit_bytes_add(checks, bytes, s)) == NULL &&
		    (e = audit_vouchers(checks, l, s, id, judge)) == NULL)
			e = audit_erased(checks, l, head, s, id, path);
	}
	if (e != NULL)
		verdict_error(checks, "stream", path, e);
	stream_free(s);
	free(path);
	free(month);
	return NULL;
}

/* The files of these orders, as history names them. */
static struct err *
paths_of(struct strs *out, const struct ledger *l, const struct strs *ids)
{
	struct err *e = NULL;

	for (size_t i = 0; i < ids->n && e == NULL; i++) {
		char *month;

		if ((e = ledger_month(&month, l, ids->v[i])) != NULL)
			break;
		strs_take(out, ledger_order_path(month, ids->v[i]));
		free(month);
	}
	return e;
}

/*
 * Nothing is asked of git once some of its objects are damaged: it might not
 * come back.  What the work tree has is checked all the same.
 */
static struct err *
audit_rotten(struct node *checks, struct ledger *l, const struct strs *rotten,
    const struct strs *ids)
{
	for (size_t i = 0; i < rotten->n; i++)
		verdict_note(checks, "object", rotten->v[i], "fail",
		    "this object of git was damaged");
	for (size_t i = 0; i < ids->n; i++) {
		const char *id = path_base(ids->v[i]);
		char *month = NULL, *path;
		struct stream *s = NULL;
		struct err *e = ledger_month(&month, l, id);

		if (e != NULL)
			return e;
		path = ledger_order_path(month, id);
		if ((e = ledger_load(&s, l, id)) == NULL)
			audit_chain(checks, s, path);
		else
			verdict_error(checks, "stream", path, e);
		stream_free(s);
		free(path);
		free(month);
	}
	verdict_note(checks, "history", "HEAD", "skipped",
	    "objects of git are damaged: mend them first, as with git fsck "
	    "and a remote that has them");
	return NULL;
}

/* All that a sound repository can be asked. */
static struct err *
audit_sound(struct node *checks, struct ledger *l, const struct strs *ids,
    bool all, const struct judge *judge)
{
	struct audit_bytes *bytes = audit_bytes_new(l, judge->threads);
	struct strs paths = VEC_INIT;
	char head[REPO_HEX];
	struct err *e = repo_head(l->repo, head);

	for (size_t i = 0; i < ids->n && e == NULL; i++)
		e = audit_order(
		    checks, l, bytes, head, path_base(ids->v[i]), judge);
	if (e != NULL)
		goto done;
	audit_bytes_start(bytes);
	if (all)
		e = audit_files(checks, l, head);
	else if ((e = paths_of(&paths, l, ids)) == NULL)
		for (size_t i = 0; i < paths.n && e == NULL; i++)
			e = audit_file(checks, l, head, paths.v[i]);
	if (e != NULL) {
		/* what git cannot read any more is a finding like others */
		verdict_error(checks, "worktree", "HEAD", e);
		e = NULL;
	}
	if ((e = audit_index(checks, l, head)) != NULL)
		goto done;
	e = audit_history(
	    checks, l, all ? NULL : &paths, judge->signers, judge->temp_dir);
	if (e == NULL)
		audit_bytes_finish(checks, bytes, head);
done:
	audit_bytes_free(bytes);
	strs_release(&paths);
	return e;
}

/* What authorities vouched for, by the reader's roots. */
static struct err *
audit_stamps(struct node *checks, struct ledger *l, const struct strs *ids,
    const struct judge *judge)
{
	struct stamps stamps;
	struct err *e = stamps_read(&stamps, l, judge->roots, checks);

	if (e == NULL)
		e = stamps_audit(checks, l, &stamps, ids);
	stamps_release(&stamps);
	return e;
}

static struct err *
audit_all(struct node *checks, struct ledger *l, const struct strs *ids,
    const struct judge *judge)
{
	struct strs all = VEC_INIT, rotten = VEC_INIT;
	struct repo *r;
	struct err *e;

	if ((e = ledger_repo(&r, l)) != NULL ||
	    (e = repo_rotten(r, &rotten)) != NULL ||
	    (e = ledger_orders(&all, l)) != NULL)
		goto done;
	audit_twins(checks, &all);
	if (rotten.n > 0)
		e = audit_rotten(checks, l, &rotten, ids != NULL ? ids : &all);
	else
		e = audit_sound(
		    checks, l, ids != NULL ? ids : &all, ids == NULL, judge);
	if (e == NULL)
		e = audit_stamps(checks, l, ids, judge);
done:
	strs_release(&rotten);
	strs_release(&all);
	return e;
}

struct err *
audit_ledger(struct node *checks, struct ledger *l, const struct strs *ids,
    const struct judge *judge)
{
	bool odd;
	struct err *e = audit_plain(&odd, checks, l);

	if (e == NULL && !odd)
		return audit_all(checks, l, ids, judge);
	if (e == NULL)
		verdict_note(checks, "history", "HEAD", "skipped",
		    "not all that lies here are files: put them back first, "
		    "as with git checkout");
	return e;
}
