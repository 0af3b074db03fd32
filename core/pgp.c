/* SPDX-License-Identifier: ISC */
#include "core/pgp.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/util/proc.h"

#define SAID_MAX (256u << 10)
#define STATUS "[GNUPG:] "

bool
pgp_is_armour(const char *armour)
{
	static const char head[] = "-----BEGIN PGP ";

	return strncmp(armour, head, sizeof(head) - 1) == 0;
}

/* What follows a word of gpg's status lines, yours; NULL if it is not there. */
static char *
said(const struct buf *status, const char *word)
{
	char *mark = mem_printf("\n" STATUS "%s", word);
	const char *at = strstr(status->data, mark);
	size_t len = strlen(mark);

	free(mark);
	if (at == NULL || (at[len] != ' ' && at[len] != '\n'))
		return NULL;
	at += len + (at[len] == ' ');
	return mem_ndup(at, strcspn(at, "\n"));
}

static bool
says(const struct buf *status, const char *word)
{
	char *rest = said(status, word);

	free(rest);
	return rest != NULL;
}

/* "KEY NAME", as GOODSIG and its like have it. */
static void
name_signer(struct pgp *out, const struct buf *status, const char *word)
{
	char *rest = said(status, word), *full = said(status, "VALIDSIG");
	size_t len;

	if (rest == NULL)
		goto done;
	len = strcspn(rest, " ");
	out->key = full != NULL ? mem_ndup(full, strcspn(full, " ")) :
				  mem_ndup(rest, len);
	if (rest[len] == ' ' && strcmp(word, "ERRSIG") != 0)
		out->who = mem_dup(rest + len + 1);
done:
	free(full);
	free(rest);
}

static void
judge(struct pgp *out, const struct buf *status)
{
	static const struct {
		const char *word, *why;
		enum pgp_verdict verdict;
	} bad[] = {
		{ "BADSIG", "the signature does not fit", PGP_BAD },
		{ "REVKEYSIG", "its key was revoked", PGP_BAD },
		{ "EXPKEYSIG", "its key has expired since", PGP_UNKNOWN },
		{ "EXPSIG", "it has expired", PGP_UNKNOWN },
		{ "ERRSIG", "your keyring does not have its key", PGP_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (says(status, bad[i].word)) {
			name_signer(out, status, bad[i].word);
			out->why = bad[i].why;
			out->verdict = bad[i].verdict;
			return;
		}
	out->verdict = PGP_UNKNOWN;
	out->why = "gpg does not say that it is good";
	if (!says(status, "GOODSIG"))
		return;
	name_signer(out, status, "GOODSIG");
	out->why = "your keyring does not confirm whose key that is";
	if (says(status, "TRUST_FULLY") || says(status, "TRUST_ULTIMATE")) {
		out->why = NULL;
		out->verdict = PGP_GOOD;
	}
}

static struct err *
ask_gpg(struct pgp *out, const char *file, const void *p, size_t len)
{
	const char *const argv[] = { "gpg", "--batch", "--no-tty",
		"--no-auto-key-retrieve", "--disable-dirmngr", "--status-fd",
		"1", "--verify", file, "-", NULL };
	const struct proc_spec spec = {
		.argv = argv, .in = p, .in_len = len, .out_max = SAID_MAX
	};
	struct buf status = BUF_INIT, rest = BUF_INIT;
	int code;
	struct err *e;

	buf_addc(&status, '\n');
	e = proc_run(&spec, &status, &rest, &code);
	if (e == NULL) {
		judge(out, &status);
	} else if (err_is(e, ERR_NOT_FOUND) || err_is(e, ERR_LIMIT)) {
		out->verdict = PGP_UNKNOWN;
		out->why = "gpg, which could say whose it is, is not installed";
		err_drop(e); /* it became the verdict */
		e = NULL;
	}
	buf_release(&status);
	buf_release(&rest);
	return e;
}

struct err *
pgp_judge(struct pgp *out, const char *armour, size_t armour_len, const void *p,
    size_t len, const char *temp_dir)
{
	char *temp = NULL;
	int fd = -1;
	struct err *e = file_temp(&temp, &fd, temp_dir);

	memset(out, 0, sizeof(*out));
	if (e == NULL &&
	    (e = file_write_fd(fd, armour, armour_len, temp)) == NULL)
		e = ask_gpg(out, temp, p, len);
	if (fd >= 0) {
		close(fd);
		unlink(temp);
	}
	free(temp);
	return e;
}

void
pgp_release(struct pgp *s)
{
	free(s->key);
	free(s->who);
	memset(s, 0, sizeof(*s));
}
