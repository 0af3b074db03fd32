/* SPDX-License-Identifier: ISC */
/*
 * Checking again: the mails are taken out of their archive and asked about
 * anew; what messages.jsonl says of each is what it came to at import.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/ext/json.h"
#include "core/ext/unpack.h"
#include "core/mailing.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/verdict.h"

#define LINE_BYTES_MAX (64u << 20)
#define TOLD 3 /* keys and failures named in one sentence */

struct asked {
	char sha256[SHA256_HEX];
	struct node *dkim;
	bool is_signed; /* by somebody trusted */
};

struct recheck {
	const struct mailing_proof *proof;
	VEC(struct asked) mails; /* sorted by digest */
	size_t n, n_signed;      /* mails of the entry */
	size_t held, lost, absent, gained, again, strange;
	struct buf failures; /* the first of them, in words */
	struct strs keys;    /* names of keys that count */
	struct strs fingerprints;
};

static bool
is_within(const char *name, const char *domain)
{
	size_t n = strlen(name), d = strlen(domain);

	return n >= d && strcasecmp(name + n - d, domain) == 0 &&
	    (n == d || name[n - d - 1] == '.');
}

static bool
is_trusted(
    const struct strs *trusted, const char *domain, const struct node *senders)
{
	const char *sender = node_text(node_at(senders, 0), "address");

	for (size_t i = 0; trusted != NULL && i < trusted->n; i++) {
		const char *who = trusted->v[i];

		if (strchr(who, '@') == NULL) {
			if (is_within(domain, who))
				return true;
		} else if (node_count(senders) == 1 && sender != NULL &&
		    strcasecmp(sender, who) == 0) {
			return true;
		}
	}
	return false;
}

/* Does this signature alone say who wrote the whole of the mail? */
static bool
vouches(
    const struct recheck *r, const struct node *s, const struct node *senders)
{
	const struct node *missing = node_get(s, "unsigned");
	const char *domain = node_text(s, "domain");

	return r->proof->keys != NULL && domain != NULL &&
	    strcmp(node_text(s, "result"), "pass") == 0 &&
	    node_flag(s, "aligned") && node_flag(s, "whole") &&
	    !node_flag(s, "testing") && !node_has(missing, "from") &&
	    !node_has(missing, "subject") && !node_has(missing, "date") &&
	    is_trusted(r->proof->trusted, domain, senders);
}

static struct err *
note_asked(void *arg, const struct node *mail)
{
	struct recheck *r = arg;
	const char *sha256 = node_text(mail, "sha256");
	const struct node *dkim = node_get(mail, "dkim");
	struct asked *a;

	if (sha256 == NULL || strlen(sha256) != SHA256_HEX - 1)
		return NULL;
	a = vec_add(&r->mails);
	memcpy(a->sha256, sha256, SHA256_HEX);
	a->dkim = node_copy(dkim);
	for (size_t i = 0; i < node_count(dkim); i++)
		a->is_signed |=
		    vouches(r, node_at(dkim, i), node_get(mail, "senders"));
	return NULL;
}

static int
by_digest(const void *a, const void *b)
{
	return strcmp(((const struct asked *)a)->sha256,
	    ((const struct asked *)b)->sha256);
}

static void
note_key(struct recheck *r, const struct node *signature)
{
	const struct node *key = node_get(signature, "key");
	const char *name = node_text(key, "name");

	if (name == NULL || strs_find(&r->keys, name) >= 0)
		return;
	strs_add(&r->keys, name);
	strs_add(&r->fingerprints,
	    node_text(key, "fingerprint") != NULL ?
		node_text(key, "fingerprint") :
		"");
}

static void
note_failure(struct recheck *r, const struct node *signature)
{
	if (++r->lost > TOLD)
		return;
	buf_addf(&r->failures, "%s%s: %s", r->lost > 1 ? "; " : "",
	    node_text(signature, "domain") != NULL ?
		node_text(signature, "domain") :
		"a signature",
	    node_text(signature, "detail"));
}

static void
compare_one(struct recheck *r, const struct node *then, const struct node *now)
{
	const char *was = node_text(then, "result");
	const char *is = node_text(now, "result");
	bool held = was != NULL && strcmp(was, "pass") == 0;

	if (strcmp(is, "pass") == 0) {
		r->held += held;
		r->gained += !held;
		note_key(r, now);
	} else if (!held) {
		r->again++;
	} else if (strcmp(is, "unverifiable") == 0) {
		r->absent++;
		note_key(r, then);
	} else {
		note_failure(r, now);
	}
}

static void
compare_line(struct recheck *r, const struct node *line)
{
	const struct node *more = node_get(line, "more");
	const struct node *then = node_get(more, "dkim");
	const char *sha256 = node_text(more, "sha256");
	const struct asked *a = NULL;
	struct asked key = { 0 };

	r->n++;
	if (sha256 != NULL && strlen(sha256) == SHA256_HEX - 1) {
		memcpy(key.sha256, sha256, SHA256_HEX);
		a = r->mails.n == 0 ? NULL :
				      bsearch(&key, r->mails.v, r->mails.n,
					  sizeof(key), by_digest);
	}
	if (a == NULL || node_count(a->dkim) != node_count(then)) {
		r->strange++;
		return;
	}
	r->n_signed += a->is_signed;
	for (size_t i = 0; i < node_count(then); i++)
		compare_one(r, node_at(then, i), node_at(a->dkim, i));
}

/* The messages of the archive, line by line. */
static struct err *
compare_messages(struct recheck *r, struct unpack *u)
{
	struct buf line = BUF_INIT;
	struct node *n;
	const void *p;
	size_t len;
	struct err *e;

	while ((e = unpack_read(u, &p, &len)) == NULL && len > 0) {
		const char *at = p, *end = at + len;

		while (e == NULL && at < end) {
			const char *lf = memchr(at, '\n', (size_t)(end - at));

			buf_add(
			    &line, at, (size_t)((lf != NULL ? lf : end) - at));
			if (line.len > LINE_BYTES_MAX)
				e = err_new(ERR_LIMIT, "a line is too long");
			if (lf == NULL || e != NULL)
				break;
			e = json_parse_message(
			    &n, line.data, line.len, "messages.jsonl");
			if (e == NULL)
				compare_line(r, n);
			node_free(n);
			buf_clear(&line);
			at = lf + 1;
		}
		if (e != NULL)
			break;
	}
	buf_release(&line);
	return e;
}

static struct err *
save_member(struct unpack *u, const char *path)
{
	int fd;
	const void *p;
	size_t len;
	struct err *e = file_mkdir_for(path, 0700);

	if (e != NULL)
		return e;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno("cannot make %s", path);
	while ((e = unpack_read(u, &p, &len)) == NULL && len > 0)
		if ((e = file_write_fd(fd, p, len, path)) != NULL)
			break;
	close(fd);
	return e;
}

/* Every member below source/ into dir; its messages are compared, or not. */
static struct err *
walk_archive(const char *archive, const char *dir, struct recheck *compare)
{
	struct unpack_limits known = { .known = true };
	const struct unpack_entry *entry;
	struct unpack *u = NULL;
	struct err *e = unpack_open(&u, archive, &known);

	while (e == NULL && (e = unpack_next(u, &entry)) == NULL &&
	    entry != NULL) {
		if (compare != NULL) {
			if (strcmp(entry->name, "messages.jsonl") == 0)
				e = compare_messages(compare, u);
		} else if (entry->type == UNPACK_FILE &&
		    strncmp(entry->name, "source/", 7) == 0) {
			char *path = path_join(dir, entry->name);

			e = save_member(u, path);
			free(path);
		}
	}
	unpack_close(u);
	return e;
}

/* What was imported, as it lies unpacked below dir. */
static struct err *
open_source(struct input **in, const struct node *content, const char *dir)
{
	const struct node *source = node_get(content, "source");
	const char *name = node_text(source, "name");
	char *folder = path_join(dir, "source"), *path;
	struct err *e;

	path = node_get(source, "files") != NULL || name == NULL ?
	    mem_dup(folder) :
	    path_join(folder, name);
	e = input_open(in, path, -1, NULL, dir);
	free(path);
	free(folder);
	return e;
}

static struct err *
ask_again(struct recheck *r, const struct fact *fact, const char *dir,
    const char *keys)
{
	struct mail_job job = { .helper = r->proof->helper,
		.keys = &keys,
		.n_keys = keys != NULL };
	struct input *in = NULL;
	struct choice choice;
	struct when when;
	struct err *e = date_parse(&when, fact->entry->recorded);

	job.now = when.time;
	if (e == NULL && (e = open_source(&in, fact->content, dir)) == NULL &&
	    (e = reader_choose(
		 &choice, in, node_text(fact->content, "format"))) == NULL)
		e = mail_reads(choice.reader) ?
		    mail_ask(&job, &choice, in, note_asked, r) :
		    err_new(ERR_INVALID, "%s: it is no mail", in->name);
	input_close(in);
	vec_sort(&r->mails, by_digest);
	return e;
}

/*
 * What it came to.
 */

static char *
list_keys(const struct recheck *r, bool fingerprints)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < r->keys.n && i < TOLD; i++) {
		buf_addf(&b, "%s%s", i > 0 ? ", " : "", r->keys.v[i]);
		if (fingerprints)
			buf_addf(&b, " (%s)", r->fingerprints.v[i]);
	}
	if (r->keys.n > TOLD)
		buf_addf(&b, " and %zu more", r->keys.n - TOLD);
	return buf_steal(&b);
}

static char *
detail_of_pass(const struct recheck *r, bool is_signed)
{
	char *keys = list_keys(r, r->proof->keys == NULL), *text;
	size_t n = r->held + r->gained;

	if (n == 0 && r->again == 0)
		text = mem_dup("there is no signature to check");
	else if (n == 0)
		text = mem_printf(
		    "no signature holds, as at import: %zu", r->again);
	else if (r->proof->keys == NULL)
		text = mem_printf("signatures that hold with the keys kept at "
				  "import: %zu; nobody has confirmed those: "
				  "compare %s with what the DNS says (dig "
				  "+short TXT NAME)",
		    n, keys);
	else if (is_signed)
		text = mem_printf("signed: with your keys signatures hold that "
				  "cover who, what and when, by those who may "
				  "vouch: %zu (%s)",
		    n, keys);
	else
		text = mem_printf("signatures that hold with your keys: %zu "
				  "(%s); they do not cover all, or are of "
				  "nobody known to be the platform or the "
				  "counterpart",
		    n, keys);
	free(keys);
	return text;
}

static void
conclude(struct node *checks, const char *subject, const struct recheck *r)
{
	bool is_signed =
	    r->n > 0 && r->n_signed == r->n && r->lost == 0 && r->strange == 0;
	const char *result = "pass";
	char *text, *keys = list_keys(r, false);

	if (r->lost > 0) {
		result = "fail";
		text = mem_printf("signatures that held at import and do not "
				  "hold now: %zu (%s)",
		    r->lost, r->failures.data);
	} else if (r->strange > 0) {
		result = "fail";
		text = mem_printf("mails that are not among those that were "
				  "imported: %zu",
		    r->strange);
	} else if (r->absent > 0) {
		result = "skipped";
		text = mem_printf("signatures that hold: %zu; without a key at "
				  "hand: %zu (%s)",
		    r->held + r->gained, r->absent, keys);
	} else {
		text = detail_of_pass(r, is_signed);
	}
	verdict_note(checks, "dkim", subject, result, text);
	node_put_str(node_at(checks, node_count(checks) - 1), "grade",
	    is_signed ? "signed" : "counterpart");
	free(keys);
	free(text);
}

static void
release(struct recheck *r)
{
	struct asked *a;

	vec_each (a, &r->mails)
		node_free(a->dkim);
	vec_release(&r->mails);
	buf_release(&r->failures);
	strs_release(&r->keys);
	strs_release(&r->fingerprints);
}

struct err *
mailing_recheck(struct node *checks, const char *subject,
    const struct fact *fact, const char *archive, const char *stored_keys,
    const struct mailing_proof *proof)
{
	struct recheck r = { .proof = proof, .failures = BUF_INIT };
	const char *keys = proof->keys;
	char *dir = NULL;
	struct err *e;

	if (fact->content == NULL || archive == NULL || !file_exists(archive)) {
		verdict_note(
		    checks, "dkim", subject, "skipped", "the mail is not here");
		return NULL;
	}
	if (!file_exists(proof->helper)) {
		verdict_note(checks, "dkim", subject, "skipped",
		    "deed-mail, which reads mails, is not installed");
		return NULL;
	}
	if (keys == NULL && stored_keys != NULL && file_exists(stored_keys))
		keys = stored_keys;
	if ((e = file_temp_dir(&dir, proof->temp_dir)) == NULL &&
	    (e = walk_archive(archive, dir, NULL)) == NULL &&
	    (e = ask_again(&r, fact, dir, keys)) == NULL &&
	    (e = walk_archive(archive, dir, &r)) == NULL)
		conclude(checks, subject, &r);
	if (dir != NULL)
		file_remove_tree(dir);
	free(dir);
	release(&r);
	return e;
}

void
mailing_counterpart(struct strs *out, const struct order *o)
{
	const char *const texts[] = {
		node_text(o->terms, "buyer"),
		node_as_text(node_find(o->terms, "party.mail")),
		node_as_text(node_find(o->terms, "party.domain")),
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *text = texts[i];
		bool is_name = text == NULL || strchr(text, ' ') != NULL ||
		    (strchr(text, '@') == NULL && i != 2);

		if (!is_name)
			strs_add(out, text);
	}
}
