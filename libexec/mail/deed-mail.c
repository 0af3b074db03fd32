/* SPDX-License-Identifier: ISC */
/*
 * deed-mail: what deed asks of mails, one JSON object a line.
 *
 *	deed-mail [--keys FILE]... [--fetch-keys [--resolver ADDRESS]]
 *	    [--now SECONDS] [--format auto|mail|mbox] [--patience SECONDS]
 *	    [--list] FILE...
 *
 * With --list, standard input names files too, each name ended by NUL.
 *
 * For each mail: {mail, path, at, size, sha256, ..., dkim}, as mime.h and
 * dkim.h have it, or {mail, path, at, size, error} for one that is not read.
 * The last line is {end, mails, ambiguous}: output without it was cut short.
 *
 * Headers can be written on which GMime takes hours; a mail that takes more
 * than 30 seconds of processor time, or what --patience says, is refused.
 *
 * It is a program of its own because its libraries take long to load, and
 * because a mail that breaks one of them then breaks nothing else.
 */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "core/util/file.h"
#include "libexec/mail/report.h"

#define LIST_MAX (256u << 20)
#define PATIENCE 30 /* seconds of processor time for one mail */

enum format { FORMAT_AUTO, FORMAT_MAIL, FORMAT_MBOX };

struct options {
	struct keyring ring;
	int64_t now;
	enum format format;
	int64_t patience;
	struct strs files;
};

/* What to say if the mail that is being read takes too long. */
static char too_long[512];

static void
give_up(int signal)
{
	(void)signal;
	(void)!write(STDERR_FILENO, too_long, strlen(too_long));
	_exit(2);
}

/* The next mail has its own time. */
static void
set_timer(const struct report *r, int64_t patience)
{
	struct itimerval time = { .it_value.tv_sec = patience };

	snprintf(too_long, sizeof(too_long),
	    "%.400s: mail %lld takes too long to read\n", r->path,
	    (long long)r->mails + 1);
	setitimer(ITIMER_PROF, &time, NULL);
}

static struct err *
parse_number(int64_t *out, const char *name, const char *value)
{
	char *end;

	*out = strtoll(value, &end, 10);
	return *value != '\0' && *end == '\0' ?
	    NULL :
	    err_new(ERR_USAGE, "%s: a number of seconds", name);
}

static const char *
next_word(int argc, char **argv, int *i)
{
	return *i + 1 < argc ? argv[++*i] : NULL;
}

static struct err *
read_list(struct options *o)
{
	struct buf names = BUF_INIT;
	struct err *e =
	    file_read_fd(&names, STDIN_FILENO, "standard input", LIST_MAX);

	for (size_t at = 0; e == NULL && at < names.len;
	     at += strlen(names.data + at) + 1)
		strs_add(&o->files, names.data + at);
	buf_release(&names);
	return e;
}

static struct err *
parse_format(struct options *o, const char *word)
{
	if (strcmp(word, "auto") == 0)
		o->format = FORMAT_AUTO;
	else if (strcmp(word, "mail") == 0)
		o->format = FORMAT_MAIL;
	else if (strcmp(word, "mbox") == 0)
		o->format = FORMAT_MBOX;
	else
		return err_new(ERR_USAGE, "--format: auto, mail or mbox");
	return NULL;
}

static struct err *
parse_option(struct options *o, int argc, char **argv, int *i)
{
	const char *name = argv[*i], *value;

	if (strcmp(name, "--fetch-keys") == 0) {
		o->ring.fetch = true;
		return NULL;
	}
	if (strcmp(name, "--list") == 0)
		return read_list(o);
	if ((value = next_word(argc, argv, i)) == NULL)
		return err_new(ERR_USAGE, "%s: a value is missing", name);
	if (strcmp(name, "--keys") == 0)
		return keyring_load(&o->ring, value);
	if (strcmp(name, "--format") == 0)
		return parse_format(o, value);
	if (strcmp(name, "--resolver") == 0) {
		free(o->ring.resolver);
		o->ring.resolver = mem_dup(value);
		return NULL;
	}
	if (strcmp(name, "--now") == 0)
		return parse_number(&o->now, name, value);
	if (strcmp(name, "--patience") == 0)
		return parse_number(&o->patience, name, value);
	return err_new(ERR_USAGE, "there is no option %s", name);
}

static struct err *
parse_options(struct options *o, int argc, char **argv)
{
	bool only_files = false;
	struct err *e = NULL;

	for (int i = 1; i < argc && e == NULL; i++) {
		if (only_files || argv[i][0] != '-' || argv[i][1] == '\0')
			strs_add(&o->files, argv[i]);
		else if (strcmp(argv[i], "--") == 0)
			only_files = true;
		else
			e = parse_option(o, argc, argv, &i);
	}
	if (e == NULL && o->files.n == 0)
		e = err_new(ERR_USAGE, "no file was named");
	return e;
}

struct printing {
	struct buf line;
	const struct report *r;
	int64_t patience;
};

static void
print(void *arg, const struct node *line)
{
	struct printing *p = arg;

	buf_clear(&p->line);
	node_write_json(&p->line, line);
	buf_addc(&p->line, '\n');
	fwrite(p->line.data, 1, p->line.len, stdout);
	set_timer(p->r, p->patience);
}

static struct err *
read_one(struct report *r, const struct options *o, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *p = NULL;
	struct stat st;
	struct err *e = NULL;

	if (fd < 0 || fstat(fd, &st) != 0) {
		e = err_errno("cannot read %s", path);
		goto done;
	}
	if (!S_ISREG(st.st_mode)) {
		e = err_new(ERR_INVALID, "%s is not a file", path);
		goto done;
	}
	if (st.st_size == 0)
		goto done;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED) {
		e = err_errno("cannot read %s", path);
		goto done;
	}
	r->path = path;
	r->release = true;
	set_timer(r, o->patience);
	if (o->format == FORMAT_MBOX ||
	    (o->format == FORMAT_AUTO && mbox_is(p, (size_t)st.st_size)))
		report_mbox(r, p, (size_t)st.st_size);
	else
		report_mail(r, p, (size_t)st.st_size, 0, false);
	munmap(p, (size_t)st.st_size);
done:
	if (fd >= 0)
		close(fd);
	return e;
}

static struct err *
run(struct options *o)
{
	struct printing p = { .line = BUF_INIT, .patience = o->patience };
	struct report r = {
		.ring = &o->ring, .now = o->now, .line = print, .arg = &p
	};
	struct err *e = NULL;

	p.r = &r;
	signal(SIGPROF, give_up);
	mime_start();
	for (size_t i = 0; i < o->files.n && e == NULL; i++)
		e = read_one(&r, o, o->files.v[i]);
	if (e == NULL)
		report_end(&r);
	if (fflush(stdout) != 0 || ferror(stdout))
		e = err_first(e, err_errno("cannot write output"));
	buf_release(&p.line);
	return e;
}

int
main(int argc, char **argv)
{
	struct options o = { .now = (int64_t)time(NULL), .patience = PATIENCE };
	struct err *e;

	keyring_init(&o.ring);
	e = parse_options(&o, argc, argv);
	if (e == NULL)
		e = run(&o);
	if (e != NULL) {
		fputs(err_text(e), stderr);
		fputs("\n", stderr);
		err_drop(e);
		e = NULL;
		strs_release(&o.files);
		keyring_release(&o.ring);
		return 2;
	}
	strs_release(&o.files);
	keyring_release(&o.ring);
	return 0;
}
