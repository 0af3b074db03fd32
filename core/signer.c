/* SPDX-License-Identifier: ISC */
#include "core/signer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/proc.h"

#define SIGNATURE_MAX (1u << 20)

enum format { FORMAT_OPENPGP, FORMAT_X509, FORMAT_SSH };

struct signer {
	enum format format;
	char *program;
	char *key;    /* a path, or what gpg calls a user */
	bool literal; /* key is an SSH public key itself */
};

/* As git reads a truth value. */
static bool
is_yes(const char *value)
{
	static const char *const words[] = { "true", "yes", "on", "1" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (value != NULL && strcasecmp(value, words[i]) == 0)
			return true;
	return false;
}

static struct err *
read_format(enum format *out, struct repo *r)
{
	static const char *const names[] = {
		[FORMAT_OPENPGP] = "openpgp",
		[FORMAT_X509] = "x509",
		[FORMAT_SSH] = "ssh",
	};
	char *value;
	struct err *e = repo_config(&value, r, "gpg.format");

	*out = FORMAT_OPENPGP;
	if (e != NULL || value == NULL)
		return e;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], value) == 0) {
			*out = (enum format)i;
			free(value);
			return NULL;
		}
	e = err_new(ERR_INVALID,
	    "git config gpg.format: \"%.40s\" is no format", value);
	free(value);
	return e;
}

static struct err *
read_program(struct signer *s, struct repo *r)
{
	static const struct {
		const char *keys[2], *otherwise;
	} programs[] = {
		[FORMAT_OPENPGP] = { { "gpg.openpgp.program", "gpg.program" },
		    "gpg" },
		[FORMAT_X509] = { { "gpg.x509.program" }, "gpgsm" },
		[FORMAT_SSH] = { { "gpg.ssh.program" }, "ssh-keygen" },
	};
	struct err *e = NULL;

	for (size_t i = 0; i < 2 && e == NULL && s->program == NULL; i++)
		if (programs[s->format].keys[i] != NULL)
			e = repo_config(
			    &s->program, r, programs[s->format].keys[i]);
	if (s->program == NULL)
		s->program = mem_dup(programs[s->format].otherwise);
	return e;
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* The key as ssh-keygen wants it. */
static void
read_ssh_key(struct signer *s, const char *home)
{
	char *key = s->key;

	s->literal = begins(key, "ssh-") || begins(key, "key::");
	if (begins(key, "key::"))
		s->key = mem_dup(key + 5);
	else if (begins(key, "~/") && home != NULL)
		s->key = path_join(home, key + 2);
	else
		return;
	free(key);
}

struct err *
signer_for_commits(
    struct signer **out, struct repo *r, const char *who, const char *home)
{
	struct signer *s = NULL;
	char *asked;
	struct err *e = repo_config(&asked, r, "commit.gpgsign");

	*out = NULL;
	if (e != NULL || !is_yes(asked))
		goto done;
	s = mem_zero(1, sizeof(*s));
	if ((e = read_format(&s->format, r)) != NULL ||
	    (e = read_program(s, r)) != NULL ||
	    (e = repo_config(&s->key, r, "user.signingkey")) != NULL)
		goto done;
	if (s->format == FORMAT_SSH && s->key == NULL) {
		e = err_hint(err_new(ERR_INVALID,
				 "git config asks for signed commits "
				 "and names no key"),
		    "name one: git config --global user.signingkey "
		    "~/.ssh/id_ed25519.pub");
		goto done;
	}
	if (s->key == NULL)
		s->key = mem_dup(who);
	if (s->format == FORMAT_SSH)
		read_ssh_key(s, home);
	*out = s;
	s = NULL;
done:
	signer_free(s);
	free(asked);
	return e;
}

struct err *
signer_for_packages(struct signer **out, struct repo *r, const char *home)
{
	struct signer *s = mem_zero(1, sizeof(*s));
	enum format format;
	struct err *e;

	*out = NULL;
	s->format = FORMAT_SSH;
	if ((e = read_program(s, r)) != NULL ||
	    (e = repo_config(&s->key, r, "deed.signingkey")) != NULL)
		goto done;
	if (s->key == NULL && (e = read_format(&format, r)) == NULL &&
	    format == FORMAT_SSH)
		e = repo_config(&s->key, r, "user.signingkey");
	if (e != NULL || s->key == NULL || *s->key == '\0')
		goto done;
	read_ssh_key(s, home);
	*out = s;
	s = NULL;
done:
	signer_free(s);
	return e;
}

void
signer_free(struct signer *s)
{
	if (s == NULL)
		return;
	free(s->program);
	free(s->key);
	free(s);
}

/* The last line a program said. */
static const char *
last_line(struct buf *said)
{
	char *line;

	while (said->len > 0 &&
	    (said->data[said->len - 1] == '\n' ||
		said->data[said->len - 1] == '\r'))
		buf_cut(said, said->len - 1);
	line = strrchr(said->data, '\n');
	return line == NULL ? said->data : line + 1;
}

/* gpg says on its status channel whether it signed. */
static bool
has_signed(const struct signer *s, int status, const struct buf *out,
    const struct buf *said)
{
	if (status != 0 || out->len == 0)
		return false;
	return s->format == FORMAT_SSH ||
	    strstr(said->data, "[GNUPG:] SIG_CREATED ") != NULL;
}

static struct err *
run(struct buf *out, const struct signer *s, const char *const argv[],
    const void *p, size_t len)
{
	const struct proc_spec spec = {
		.argv = argv, .in = p, .in_len = len, .out_max = SIGNATURE_MAX
	};
	struct buf said = BUF_INIT;
	int status;
	struct err *e = proc_run(&spec, out, &said, &status);

	if (e == NULL && !has_signed(s, status, out, &said))
		e = err_new(ERR_SYSTEM, "%s: %s", s->program,
		    said.len > 0 ? last_line(&said) : "it made no signature");
	buf_release(&said);
	return e;
}

struct err *
signer_sign(struct buf *out, const struct signer *s, const char *namespace,
    const void *p, size_t len, const char *temp_dir)
{
	char *temp = NULL;
	int fd = -1;
	struct err *e = NULL;

	buf_clear(out);
	if (s->literal) {
		e = file_temp(&temp, &fd, temp_dir);
		if (e == NULL)
			e = file_write_fd(fd, s->key, strlen(s->key), temp);
		if (e == NULL)
			e = file_write_fd(fd, "\n", 1, temp);
	}
	if (e == NULL && s->format == FORMAT_SSH) {
		const char *const argv[] = { s->program, "-Y", "sign", "-n",
			namespace, "-f", temp != NULL ? temp : s->key, NULL };

		e = run(out, s, argv, p, len);
	} else if (e == NULL) {
		const char *const argv[] = { s->program, "--status-fd=2",
			"-bsau", s->key, NULL };

		e = run(out, s, argv, p, len);
	}
	if (fd >= 0)
		close(fd);
	if (temp != NULL)
		unlink(temp);
	free(temp);
	return err_wrap(e, "cannot sign with %.200s",
	    s->literal ? "the key of git's config" : s->key);
}

/* The first two words of the first line, if it is a public key. */
static bool
take_public(struct buf *out, const char *text)
{
	size_t type = strcspn(text, " \n"), len;

	if (text[type] != ' ' ||
	    !(begins(text, "ssh-") || begins(text, "ecdsa-") ||
		begins(text, "sk-")))
		return false;
	len = type + 1 + strcspn(text + type + 1, " \r\n");
	buf_clear(out);
	buf_add(out, text, len);
	return true;
}

/* From a file, if it is there and is one. */
static bool
read_public(struct buf *out, const char *path)
{
	struct buf text = BUF_INIT;
	struct err *e = file_read(&text, path, SIGNATURE_MAX);
	bool found = e == NULL && take_public(out, text.data);

	err_drop(e); /* it may be elsewhere */
	buf_release(&text);
	return found;
}

struct err *
signer_public(struct buf *out, const struct signer *s)
{
	char *beside = mem_printf("%s.pub", s->key);
	const char *const argv[] = { s->program, "-y", "-f", s->key, NULL };
	struct buf text = BUF_INIT;
	struct err *e = NULL;

	if (!(s->literal && take_public(out, s->key)) &&
	    !read_public(out, beside) && !read_public(out, s->key)) {
		e = run(&text, s, argv, "", 0);
		if (e == NULL && !take_public(out, text.data))
			e = err_new(ERR_INVALID, "%s is no key", s->key);
	}
	buf_release(&text);
	free(beside);
	return err_wrap(e, "cannot read the public key");
}
