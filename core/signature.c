/* SPDX-License-Identifier: ISC */
#include "core/signature.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ext/sshsig.h"
#include "core/pgp.h"
#include "core/util/date.h"
#include "core/util/file.h"
#include "core/util/proc.h"

#define SAID_MAX (64u << 10)

/*
 * What this process cannot check: ssh-keygen, with the signature in a file.
 */

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_NONE /* it is not installed */ };

struct outside {
	enum answer good;
	enum answer known; /* of a certificate: by an authority's line? */
	char *who;         /* whom the certificate names, if that is allowed */
};

static struct err *
ask_ssh_keygen(enum answer *out, struct buf *said, const char *const argv[],
    const struct signature_ask *ask)
{
	const struct proc_spec spec = { .argv = argv,
		.in = ask->p,
		.in_len = ask->len,
		.out_max = SAID_MAX };
	int status = 1;
	struct err *e = proc_run(&spec, said, NULL, &status);

	*out = e == NULL && status == 0 ? ANSWER_YES : ANSWER_NO;
	if (err_is(e, ERR_NOT_FOUND))
		*out = ANSWER_NONE;
	if (err_is(e, ERR_NOT_FOUND) || err_is(e, ERR_LIMIT)) {
		err_drop(e); /* it became the answer */
		e = NULL;
	}
	return e;
}

/* May one of those that ssh-keygen found, a line each, sign this? */
static struct err *
try_principals(struct outside *out, char *lines, const char *file,
    const char *time, const struct signature_ask *ask,
    const struct signers *signers)
{
	struct err *e = NULL;
	char *next = NULL;

	for (char *who = strtok_r(lines, "\n", &next);
	     who != NULL && e == NULL && out->who == NULL;
	     who = strtok_r(NULL, "\n", &next)) {
		const char *const argv[] = { "ssh-keygen", "-Y", "verify", "-f",
			signers->path, "-I", who, "-n", ask->namespace, "-s",
			file, "-O", time, NULL };
		struct buf ignored = BUF_INIT;
		enum answer answer;

		e = ask_ssh_keygen(&answer, &ignored, argv, ask);
		if (e == NULL && answer == ANSWER_YES)
			out->who = mem_dup(who);
		buf_release(&ignored);
	}
	return e;
}

static char *
verify_time(const struct signature_ask *ask)
{
	char at[DATE_TEXT];

	date_format_compact(at, ask->time);
	memmove(at + 8, at + 9, strlen(at + 9) + 1); /* without the T */
	return mem_printf("verify-time=%s", at);
}

static struct err *
leave_to_ssh_keygen(struct outside *out, const char *file, bool certified,
    const struct signature_ask *ask, const struct signers *signers)
{
	char *time = verify_time(ask);
	struct buf said = BUF_INIT, ignored = BUF_INIT;
	struct err *e;

	const char *const check[] = { "ssh-keygen", "-Y", "check-novalidate",
		"-n", ask->namespace, "-s", file, NULL };
	const char *const find[] = { "ssh-keygen", "-Y", "find-principals",
		"-f", signers->path, "-s", file, "-O", time, NULL };

	e = ask_ssh_keygen(&out->good, &ignored, check, ask);
	if (e == NULL && out->good == ANSWER_YES && certified &&
	    signers->path != NULL)
		e = ask_ssh_keygen(&out->known, &said, find, ask);
	if (e == NULL && out->known == ANSWER_YES)
		e = try_principals(out, said.data, file, time, ask, signers);
	buf_release(&said);
	buf_release(&ignored);
	free(time);
	return e;
}

/* A file for ssh-keygen, removed with remove_file(). */
static struct err *
make_file(char **path, const char *p, size_t len, const char *temp_dir)
{
	int fd = -1;
	struct err *e = file_temp(path, &fd, temp_dir);

	if (e == NULL)
		e = file_write_fd(fd, p, len, *path);
	if (fd >= 0)
		close(fd);
	return e;
}

static void
remove_file(char *path)
{
	if (path != NULL)
		unlink(path);
	free(path);
}

static struct err *
ask_outside(struct outside *out, const char *armour, size_t len, bool certified,
    const struct signature_ask *ask, const struct signers *signers)
{
	char *temp = NULL;
	struct err *e = make_file(&temp, armour, len, ask->temp_dir);

	if (e == NULL)
		e = leave_to_ssh_keygen(out, temp, certified, ask, signers);
	remove_file(temp);
	return e;
}

/*
 * As git asks it: would ssh-keygen let a signature of this key pass, were it
 * not for the reader's list of revoked ones?  Of a certificate, which names
 * whom it is for, by his own signers; else by a list of this key alone.
 */
static struct err *
ask_revoked(enum answer *passes, const char *armour, size_t len,
    const char *key, const char *who, const struct signature_ask *ask,
    const struct signers *signers)
{
	char *file = NULL, *list = NULL, *line = mem_printf("deed %s\n", key);
	char *time = verify_time(ask);
	struct buf said = BUF_INIT;
	struct err *e = make_file(&file, armour, len, ask->temp_dir);

	if (e == NULL && who == NULL)
		e = make_file(&list, line, strlen(line), ask->temp_dir);
	if (e == NULL) {
		const char *const argv[] = { "ssh-keygen", "-Y", "verify", "-f",
			who != NULL ? signers->path : list, "-I",
			who != NULL ? who : "deed", "-n", ask->namespace, "-s",
			file, "-O", time, "-r", signers->revoked, NULL };

		e = ask_ssh_keygen(passes, &said, argv, ask);
	}
	buf_release(&said);
	remove_file(list);
	remove_file(file);
	free(time);
	free(line);
	return e;
}

/*
 * Verdicts.
 */

static void
say(struct signature *out, enum signature_verdict verdict, char *detail)
{
	out->verdict = verdict;
	out->detail = detail;
}

/* It is good: whose is it? */
static void
name_signer(struct signature *out, const char *key,
    const struct signature_ask *ask, const struct signers *signers)
{
	const struct signers_ask whose = { key, ask->namespace, NULL,
		ask->time };
	struct err *e =
	    out->who != NULL ? NULL : signers_whose(&out->who, signers, &whose);

	if (e == NULL)
		say(out, SIGNATURE_GOOD,
		    mem_printf(
			"signed by %s with the key %s", out->who, out->key));
	else if (err_is(e, ERR_INVALID))
		say(out, SIGNATURE_BAD,
		    mem_printf("key %s: %s", out->key, err_text(e)));
	else
		say(out, SIGNATURE_UNKNOWN,
		    mem_printf("signed with the key %s; %s", out->key,
			signers->path != NULL ?
			    "none of your allowed signers has it" :
			    "whose that is only your own list of allowed "
			    "signers can say"));
	err_drop(e); /* it became the verdict */
}

/* A key that was revoked signs for nobody, also one that nobody knows. */
static struct err *
judge_revoked(struct signature *out, const char *armour, size_t len,
    const char *key, const struct signature_ask *ask,
    const struct signers *signers)
{
	bool certified =
	    memmem(key, strcspn(key, " "), "-cert-v01@", 10) != NULL;
	enum answer passes;
	struct err *e;

	if (signers->revoked == NULL || out->verdict == SIGNATURE_BAD ||
	    (certified && out->verdict != SIGNATURE_GOOD))
		return NULL;
	e = ask_revoked(&passes, armour, len, key, certified ? out->who : NULL,
	    ask, signers);
	if (e == NULL && passes == ANSWER_NONE)
		return err_new(ERR_UNSUPPORTED,
		    "%s: only ssh-keygen can read it, and there is none",
		    signers->revoked);
	if (e == NULL && passes == ANSWER_NO) {
		free(out->detail);
		say(out, SIGNATURE_BAD,
		    mem_printf("key %s: it was revoked, by %s", out->key,
			signers->revoked));
	}
	return e;
}

/* What git signs with when nobody says otherwise. */
static struct err *
judge_pgp(struct signature *out, const char *armour, size_t len,
    const struct signature_ask *ask)
{
	struct pgp pgp;
	struct err *e =
	    pgp_judge(&pgp, armour, len, ask->p, ask->len, ask->temp_dir);
	const char *key = pgp.key != NULL ? pgp.key : "unknown";

	if (e == NULL && pgp.verdict == PGP_GOOD)
		say(out, SIGNATURE_GOOD,
		    mem_printf("signed by %s with the OpenPGP key %s",
			pgp.who != NULL ? pgp.who : "somebody", key));
	else if (e == NULL)
		say(out,
		    pgp.verdict == PGP_BAD ? SIGNATURE_BAD : SIGNATURE_UNKNOWN,
		    mem_printf(
			"signed with the OpenPGP key %s; %s", key, pgp.why));
	out->key = pgp.key;
	pgp.key = NULL;
	if (e == NULL && pgp.verdict == PGP_GOOD) {
		out->who = pgp.who;
		pgp.who = NULL;
	}
	pgp_release(&pgp);
	return e;
}

/* Of a certificate, or of a key in hardware, or of a kind nobody here knows. */
static struct err *
judge_outside(struct signature *out, const char *armour, size_t len,
    const char *key, const struct signature_ask *ask,
    const struct signers *signers)
{
	bool certified =
	    memmem(key, strcspn(key, " "), "-cert-v01@", 10) != NULL;
	bool known = certified || strncmp(key, "sk-", 3) == 0;
	struct outside found = { ANSWER_NO, ANSWER_NO, NULL };
	struct err *e =
	    ask_outside(&found, armour, len, certified, ask, signers);

	out->who = found.who;
	if (e != NULL)
		return e;
	if (found.good == ANSWER_NONE || (found.good == ANSWER_NO && !known))
		say(out, SIGNATURE_UNKNOWN,
		    mem_printf("signed with the key %s, of a kind that only "
			       "%s can check",
			out->key,
			found.good == ANSWER_NONE ? "ssh-keygen" :
						    "a newer ssh-keygen"));
	else if (found.good == ANSWER_NO)
		say(out, SIGNATURE_BAD,
		    mem_printf("key %s: ssh-keygen does not confirm the "
			       "signature",
			out->key));
	else if (found.known == ANSWER_YES && out->who == NULL)
		say(out, SIGNATURE_BAD,
		    mem_printf("key %s: its certificate does not allow that, "
			       "or not then",
			out->key));
	else
		name_signer(out, key, ask, signers);
	return NULL;
}

struct err *
signature_judge(struct signature *out, const char *armour, size_t len,
    const struct signature_ask *ask, const struct signers *signers)
{
	struct sshsig *sig = NULL;
	struct buf fingerprint = BUF_INIT, key = BUF_INIT;
	struct err *e, *why;

	memset(out, 0, sizeof(*out));
	if (pgp_is_armour(armour))
		return judge_pgp(out, armour, len, ask);
	if ((e = sshsig_read(&sig, armour, len)) != NULL) {
		say(out, SIGNATURE_BAD, mem_dup(err_text(e)));
		err_drop(e); /* it became the verdict */
		return NULL;
	}
	sshsig_fingerprint(&fingerprint, sig);
	out->key = buf_steal(&fingerprint);
	sshsig_key(&key, sig);
	why = sshsig_check(sig, ask->namespace, ask->p, ask->len);
	if (err_is(why, ERR_UNSUPPORTED))
		e = judge_outside(out, armour, len, key.data, ask, signers);
	else if (why != NULL)
		say(out, SIGNATURE_BAD,
		    mem_printf("key %s: %s", out->key, err_text(why)));
	else
		name_signer(out, key.data, ask, signers);
	if (e == NULL)
		e = judge_revoked(out, armour, len, key.data, ask, signers);
	err_drop(why); /* it became the verdict */
	buf_release(&key);
	sshsig_free(sig);
	return e;
}

void
signature_release(struct signature *s)
{
	free(s->who);
	free(s->key);
	free(s->detail);
	memset(s, 0, sizeof(*s));
}

const char *
signature_result(const struct signature *s, const struct signers *signers)
{
	if (s->verdict == SIGNATURE_GOOD)
		return "pass";
	return s->verdict == SIGNATURE_UNKNOWN && !signers->demanded ?
	    "skipped" :
	    "fail";
}
