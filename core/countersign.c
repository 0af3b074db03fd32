/* SPDX-License-Identifier: ISC */
#include "core/countersign.h"

#include <stdlib.h>
#include <string.h>

#include "core/ext/sshsig.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/verdict.h"

#define NAMESPACE "deed"
#define KEY_FILE_MAX (64u << 10)

/*
 * Taking one in.
 */

/* Is the key in the file, as ssh-keygen writes public keys, this one? */
static struct err *
is_key(bool *out, const char *file, const char *key)
{
	struct buf text = BUF_INIT;
	struct err *e = file_read(&text, file, KEY_FILE_MAX);
	const char *at = e == NULL ? strstr(text.data, key) : NULL;
	size_t len = strlen(key);

	*out = at != NULL && (at[len] == '\0' || strchr(" \r\n", at[len]));
	buf_release(&text);
	return e;
}

/* Who of those named it is, yours. */
static struct err *
find_principal(char **out, const struct countersign *what, const char *key)
{
	struct err *e = NULL;

	*out = NULL;
	for (size_t i = 0; i < what->n_signers && e == NULL; i++) {
		const char *signer = what->signers[i];
		size_t len = strcspn(signer, "=");
		bool fits = true;

		if (len == 0)
			return err_new(
			    ERR_USAGE, "--signer: \"%s\" names nobody", signer);
		if (signer[len] == '=') {
			char *file = path_join(what->cwd, signer + len + 1);

			e = is_key(&fits, file, key);
			free(file);
		}
		if (e == NULL && fits) {
			*out = mem_ndup(signer, len);
			return NULL;
		}
	}
	return e != NULL ? e :
			   err_new(ERR_MISMATCH,
			       "none of those named with --signer has the key "
			       "that signed");
}

static struct node *
keep(struct store *s, const char *path, const struct buf *b, struct err **e)
{
	struct node *n = node_map();
	char sha256[SHA256_HEX];

	digest_of(b->data, b->len, sha256);
	node_put_str(n, "path", path);
	node_put_str(n, "sha256", sha256);
	node_put_int(n, "size", (int64_t)b->len);
	*e = store_put(s, path, b->data, b->len);
	return n;
}

static struct err *
keep_both(struct node *content, struct store *s, const char *stem,
    const struct buf *text, const struct buf *armour, const struct sshsig *sig,
    const char *principal)
{
	char *path = mem_printf("%s.txt", stem);
	struct buf key = BUF_INIT, fingerprint = BUF_INIT;
	struct node *n;
	struct err *e;

	node_put(content, "signed", keep(s, path, text, &e));
	free(path);
	path = mem_printf("%s.txt.sig", stem);
	sshsig_key(&key, sig);
	sshsig_fingerprint(&fingerprint, sig);
	if (e == NULL) {
		n = node_put(content, "signature", keep(s, path, armour, &e));
		node_put_str(n, "principal", principal);
		node_put_str(n, "key", key.data);
		node_put_str(n, "fingerprint", fingerprint.data);
	}
	buf_release(&key);
	buf_release(&fingerprint);
	free(path);
	return e;
}

static struct err *
read_both(struct buf *text, struct buf *armour, const struct countersign *what)
{
	struct err *e = file_read(text, what->text, COUNTERSIGN_MAX);

	return e != NULL ? e : file_read(armour, what->signature, SSHSIG_MAX);
}

struct err *
countersign_take(struct node *content, struct store *s, const char *month,
    const char *id, const struct countersign *what, const char *temp_dir,
    int64_t now)
{
	const struct signers nobody = SIGNERS_INIT;
	struct buf text = BUF_INIT, armour = BUF_INIT, key = BUF_INIT;
	struct signature verdict = { 0 };
	struct sshsig *sig = NULL;
	char time[DATE_TEXT], sha256[SHA256_HEX];
	char *principal = NULL, *stem = NULL;
	struct err *e;

	if (what->n_signers == 0)
		return err_hint(err_new(ERR_USAGE, "whose signature is it?"),
		    "name the signer: --signer buyer@example.org=key.pub");
	if ((e = read_both(&text, &armour, what)) != NULL ||
	    (e = sshsig_read(&sig, armour.data, armour.len)) != NULL)
		goto done;
	const struct signature_ask ask = { NAMESPACE, text.data, text.len, now,
		temp_dir };

	e = signature_judge(&verdict, armour.data, armour.len, &ask, &nobody);
	if (e == NULL && verdict.verdict == SIGNATURE_BAD)
		e = err_hint(err_new(ERR_MISMATCH, "%s does not sign %s: %s",
				 what->signature, what->text, verdict.detail),
		    "it is made with: ssh-keygen -Y sign -n deed -f KEY FILE");
	if (e != NULL)
		goto done;
	sshsig_key(&key, sig);
	if ((e = find_principal(&principal, what, key.data)) != NULL)
		goto done;
	date_format_compact(time, now);
	digest_of(armour.data, armour.len, sha256);
	stem = mem_printf(
	    "proofs/%s/%s/%s-accepted-%.12s", month, id, time, sha256);
	e = keep_both(content, s, stem, &text, &armour, sig, principal);
done:
	sshsig_free(sig);
	signature_release(&verdict);
	buf_release(&text);
	buf_release(&armour);
	buf_release(&key);
	free(principal);
	free(stem);
	return e;
}

/*
 * Judging.
 */

bool
countersign_has(const struct fact *f)
{
	return fact_is(f, "acceptance") &&
	    node_find(f->content, "signature.sha256") != NULL;
}

bool
countersign_any(const struct order *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (countersign_has(&o->v[i]))
			return true;
	return false;
}

/* Does the text name what was accepted, by a digest of it? */
static bool
names_delivery(
    const struct order *o, const struct fact *f, const struct buf *text)
{
	const char *id = node_text(f->content, "delivery");
	const struct fact *d = id == NULL ? NULL : order_fact(o, id);
	const struct node *archive =
	    d == NULL ? NULL : node_get(d->content, "archive");
	const char *sha256 = node_text(archive, "sha256");
	const char *content = node_text(archive, "content");
	char own[SHA256_HEX];

	digest_of(text->data, text->len, own);
	return (sha256 != NULL && strstr(text->data, sha256) != NULL) ||
	    (content != NULL &&
		(strstr(text->data, content) != NULL ||
		    strcmp(content, own) == 0)) ||
	    (id != NULL && strstr(text->data, id) != NULL);
}

static struct err *
judge_fact(struct signature *out, const struct fact *f, const struct buf *text,
    const struct buf *armour, const struct signers *signers,
    const char *temp_dir)
{
	struct signature_ask ask = { NAMESPACE, text->data, text->len, 0,
		temp_dir };
	struct when when;
	struct err *e = date_parse(&when, f->entry->recorded);

	if (e != NULL)
		return e;
	ask.time = when.time;
	return signature_judge(out, armour->data, armour->len, &ask, signers);
}

struct err *
countersign_own_key(char **out, struct ledger *l)
{
	struct buf armour = BUF_INIT, text = BUF_INIT, key = BUF_INIT;
	struct sshsig *sig = NULL;
	char head[REPO_HEX];
	struct repo *r;
	int64_t time;
	struct err *e;

	*out = NULL;
	if ((e = ledger_repo(&r, l)) == NULL &&
	    (e = repo_head(r, head)) == NULL &&
	    (e = repo_signature(r, head, &armour, &text, &time)) == NULL)
		e = sshsig_read(&sig, armour.data, armour.len);
	if (e == NULL) {
		sshsig_fingerprint(&key, sig);
		*out = buf_steal(&key);
	} else if (err_is(e, ERR_NOT_FOUND) || err_is(e, ERR_SYNTAX)) {
		err_drop(e); /* it is not signed, or by OpenPGP */
		e = NULL;
	}
	sshsig_free(sig);
	buf_release(&armour);
	buf_release(&text);
	return e;
}

/* What a signature comes to, and what keeps it from a grade; NULL: nothing. */
struct verdict {
	struct signature signature;
	const char *result, *but;
};

static struct err *
judge_all(struct verdict *out, const struct order *o, const struct fact *f,
    const struct buf *text, const struct buf *armour, const char *own,
    const struct signers *signers, const char *temp_dir)
{
	const char *principal =
	    node_as_text(node_find(f->content, "signature.principal"));
	const struct signature *s = &out->signature;
	struct err *e =
	    judge_fact(&out->signature, f, text, armour, signers, temp_dir);

	out->but = NULL;
	out->result = s->verdict == SIGNATURE_GOOD ? "pass" :
	    s->verdict == SIGNATURE_BAD            ? "fail" :
						     "skipped";
	if (e != NULL || s->verdict == SIGNATURE_BAD)
		return e;
	if (s->verdict == SIGNATURE_GOOD &&
	    (principal == NULL || !signers_name(s->who, principal))) {
		out->result = "skipped";
		out->but = "the record says it is another's";
	} else if (own != NULL && s->key != NULL && strcmp(own, s->key) == 0) {
		out->result = "skipped";
		out->but = "it is the key that signs this record itself";
	} else if (!names_delivery(o, f, text)) {
		out->but = "the text does not name the delivery by its digest";
	}
	return NULL;
}

struct err *
countersign_check(struct node *checks, const char *subject,
    const struct order *o, const struct fact *f, const struct buf *text,
    const struct buf *signature, const char *own, const struct judge *judge)
{
	const char *principal =
	    node_as_text(node_find(f->content, "signature.principal"));
	struct verdict v = { .but = NULL };
	bool good;
	struct err *e;

	if (text == NULL || signature == NULL) {
		verdict_note(checks, "acceptance", subject, "skipped",
		    "the text or its signature is not here");
		return NULL;
	}
	e = judge_all(
	    &v, o, f, text, signature, own, judge->signers, judge->temp_dir);
	if (e != NULL)
		return e;
	good = v.signature.verdict == SIGNATURE_GOOD && v.but == NULL;
	verdict_take(checks, "acceptance", subject, v.result,
	    mem_printf("%s%s%s%s%s", v.signature.detail,
		good || principal == NULL ? "" :
					    "; the record says it is that of ",
		good || principal == NULL ? "" : principal,
		v.but != NULL ? "; " : "", v.but != NULL ? v.but : ""));
	node_put_str(node_at(checks, node_count(checks) - 1), "grade",
	    good ? "signed" : order_grade(o, f));
	signature_release(&v.signature);
	return NULL;
}

/* The bytes a map names, if they are here; false else. */
static bool
read_named(struct buf *out, const struct ledger *l, const struct node *file)
{
	const char *path = node_text(file, "path");
	char *full, sha256[SHA256_HEX];
	struct err *e = path == NULL ? NULL : path_vet(path, "proof");

	if (path == NULL || e != NULL || strncmp(path, "proofs/", 7) != 0) {
		err_drop(e); /* such a path leads nowhere here */
		return false;
	}
	full = path_join(l->dir, path);
	e = file_read(out, full, COUNTERSIGN_MAX);
	free(full);
	digest_of(out->data, out->len, sha256);
	if (e == NULL && node_text_is(file, "sha256", sha256))
		return true;
	err_drop(e); /* then there is nothing to judge */
	return false;
}

struct err *
countersign_audit(struct node *checks, struct ledger *l, const struct order *o,
    const struct judge *judge)
{
	char *own = NULL;
	struct err *e =
	    countersign_any(o) ? countersign_own_key(&own, l) : NULL;

	for (size_t i = 0; i < o->n && e == NULL; i++) {
		const struct fact *f = &o->v[i];
		struct buf text = BUF_INIT, armour = BUF_INIT;
		bool here;
		char *subject;

		if (!countersign_has(f))
			continue;
		here = read_named(&text, l, node_get(f->content, "signed")) &&
		    read_named(&armour, l, node_get(f->content, "signature"));
		subject = mem_printf("%s %.12s", o->id, f->entry->id);
		e = countersign_check(checks, subject, o, f,
		    here ? &text : NULL, here ? &armour : NULL, own, judge);
		free(subject);
		buf_release(&text);
		buf_release(&armour);
	}
	free(own);
	return e;
}

struct err *
countersign_mark(struct order *o, struct ledger *l,
    const struct signers *signers, const char *temp_dir)
{
	char *own = NULL;
	struct err *e =
	    countersign_any(o) ? countersign_own_key(&own, l) : NULL;

	for (size_t i = 0; i < o->n && e == NULL; i++) {
		struct fact *f = &o->v[i];
		struct buf text = BUF_INIT, armour = BUF_INIT;
		struct verdict v = { .but = NULL };

		if (!countersign_has(f))
			continue;
		if (read_named(&text, l, node_get(f->content, "signed")) &&
		    read_named(&armour, l, node_get(f->content, "signature")))
			e = judge_all(
			    &v, o, f, &text, &armour, own, signers, temp_dir);
		f->is_signed = e == NULL && v.signature.who != NULL &&
		    v.signature.verdict == SIGNATURE_GOOD && v.but == NULL;
		signature_release(&v.signature);
		buf_release(&text);
		buf_release(&armour);
	}
	free(own);
	return e;
}
