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

struct err *
signers_read(struct signers *out, const char *path, bool demanded)
{
	struct err *e = file_read(&out->text, path, SSHSIG_SIGNERS_MAX);

	if (e == NULL && memchr(out->text.data, '\0', out->text.len) != NULL)
		e = err_new(ERR_SYNTAX, "%s is no file of signers", path);
	if (e != NULL)
		return e;
	out->path = mem_dup(path);
	out->demanded = demanded;
	return NULL;
}

void
signers_release(struct signers *s)
{
	free(s->path);
	s->path = NULL;
	buf_release(&s->text);
}

/*
 * What this process cannot check: ssh-keygen, with the signature in a file.
 */

static struct err *
ask_ssh_keygen(bool *yes, struct buf *said, const char *const argv[],
    const struct signature_ask *ask)
{
	const struct proc_spec spec = { .argv = argv,
		.in = ask->p,
		.in_len = ask->len,
		.out_max = SAID_MAX };
	int status = 1;
	struct err *e = proc_run(&spec, said, NULL, &status);

	*yes = e == NULL && status == 0;
	if (err_is(e, ERR_NOT_FOUND) || err_is(e, ERR_LIMIT)) {
		err_drop(e); /* then nobody can say that it is good */
		e = NULL;
	}
	return e;
}

/* Is it good at all?  *who is set if a signer's certificate says whose. */
static struct err *
leave_to_ssh_keygen(bool *good, char **who, const char *file,
    const struct signature_ask *ask, const struct signers *signers)
{
	char at[DATE_TEXT], *time;
	struct buf said = BUF_INIT, ignored = BUF_INIT;
	bool yes = false;
	struct err *e;

	date_format_compact(at, ask->time);
	memmove(at + 8, at + 9, strlen(at + 9) + 1); /* without the T */
	time = mem_printf("verify-time=%s", at);
	const char *const check[] = { "ssh-keygen", "-Y", "check-novalidate",
		"-n", ask->namespace, "-s", file, NULL };
	const char *const find[] = { "ssh-keygen", "-Y", "find-principals",
		"-f", signers->path, "-s", file, "-O", time, NULL };

	e = ask_ssh_keygen(good, &ignored, check, ask);
	if (e == NULL && *good && signers->path != NULL)
		e = ask_ssh_keygen(&yes, &said, find, ask);
	said.data[strcspn(said.data, "\n")] = '\0';
	if (e == NULL && yes && said.data[0] != '\0') {
		const char *const verify[] = { "ssh-keygen", "-Y", "verify",
			"-f", signers->path, "-I", said.data, "-n",
			ask->namespace, "-s", file, "-O", time, NULL };

		e = ask_ssh_keygen(&yes, &ignored, verify, ask);
		if (e == NULL && yes)
			*who = mem_dup(said.data);
	}
	buf_release(&said);
	buf_release(&ignored);
	free(time);
	return e;
}

static struct err *
ask_outside(bool *good, char **who, const char *armour, size_t len,
    const struct signature_ask *ask, const struct signers *signers)
{
	char *temp = NULL;
	int fd = -1;
	struct err *e = file_temp(&temp, &fd, ask->temp_dir);

	if (e == NULL && (e = file_write_fd(fd, armour, len, temp)) == NULL)
		e = leave_to_ssh_keygen(good, who, temp, ask, signers);
	if (fd >= 0) {
		close(fd);
		unlink(temp);
	}
	free(temp);
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
name_signer(struct signature *out, const struct sshsig *sig,
    const struct signature_ask *ask, const struct signers *signers)
{
	const struct sshsig_ask whose = { ask->namespace, NULL, ask->time };
	struct err *e = NULL;

	if (out->who == NULL && signers->path != NULL)
		e = sshsig_whose(&out->who, sig, signers->text.data, &whose);
	if (out->who != NULL)
		say(out, SIGNATURE_GOOD,
		    mem_printf(
			"signed by %s with the key %s", out->who, out->key));
	else if (err_is(e, ERR_INVALID) || err_is(e, ERR_SYNTAX))
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

struct err *
signature_judge(struct signature *out, const char *armour, size_t len,
    const struct signature_ask *ask, const struct signers *signers)
{
	struct sshsig *sig = NULL;
	struct buf key = BUF_INIT;
	bool good = true;
	struct err *e, *why = NULL;

	memset(out, 0, sizeof(*out));
	if (pgp_is_armour(armour))
		return judge_pgp(out, armour, len, ask);
	if ((e = sshsig_read(&sig, armour, len)) != NULL) {
		say(out, SIGNATURE_BAD, mem_dup(err_text(e)));
		err_drop(e); /* it became the verdict */
		return NULL;
	}
	sshsig_fingerprint(&key, sig);
	out->key = buf_steal(&key);
	why = sshsig_check(sig, ask->namespace, ask->p, ask->len);
	if (err_is(why, ERR_UNSUPPORTED)) {
		e = ask_outside(&good, &out->who, armour, len, ask, signers);
		if (good) {
			err_drop(why); /* ssh-keygen could */
			why = NULL;
		}
	}
	if (e == NULL && why != NULL)
		say(out, SIGNATURE_BAD,
		    mem_printf("key %s: %s", out->key, err_text(why)));
	else if (e == NULL)
		name_signer(out, sig, ask, signers);
	err_drop(why); /* it became the verdict */
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
