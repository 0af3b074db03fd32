/* SPDX-License-Identifier: ISC */
#include "core/util/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/util/file.h"

#define ERRS_MAX (256 << 10)
#define PIPE_ROOM (1 << 20) /* what anybody may ask for */
#define NOT_STARTED 127

/*
 * In the child: nothing here may allocate.  What went wrong is reported as
 * errno, or as -errno when it was the folder.
 */
static void
become(const struct proc_spec *spec, char *const *env, int in, int out,
    int errs, int report)
{
	int why = 0;

	if (spec->dir != NULL && chdir(spec->dir) != 0) {
		why = -errno;
	} else if (dup2(in, 0) >= 0 && dup2(out, 1) >= 0 &&
	    dup2(errs, 2) >= 0) {
		signal(SIGPIPE, SIG_DFL);
		execvpe(spec->argv[0], (char *const *)spec->argv, env);
	}
	if (why == 0)
		why = errno;
	if (write(report, &why, sizeof(why)) < 0)
		_exit(NOT_STARTED);
	_exit(NOT_STARTED);
}

/* Our environment with spec->env over it.  The strings stay theirs. */
static char **
environment(const struct proc_spec *spec)
{
	size_t n = 0, more = 0, at = 0;
	char **env;

	while (environ[n] != NULL)
		n++;
	while (spec->env != NULL && spec->env[more] != NULL)
		more++;
	env = mem_zero(n + more + 1, sizeof(*env));
	for (size_t i = 0; i < n; i++) {
		size_t len = strcspn(environ[i], "=") + 1;
		bool over = false;

		for (size_t j = 0; j < more; j++)
			over |= strncmp(environ[i], spec->env[j], len) == 0;
		if (!over)
			env[at++] = environ[i];
	}
	for (size_t j = 0; j < more; j++)
		env[at++] = (char *)spec->env[j];
	return env;
}

static struct err *
not_started(const struct proc_spec *spec, int why)
{
	errno = why < 0 ? -why : why;
	if (why < 0)
		return err_errno(
		    "cannot run %s in %s", spec->argv[0], spec->dir);
	if (why == ENOENT)
		return err_new(
		    ERR_NOT_FOUND, "%s is not installed", spec->argv[0]);
	return err_errno("cannot start %s", spec->argv[0]);
}

static struct err *
spawn(int *pid, const struct proc_spec *spec, int in, int out, int errs)
{
	char **env = environment(spec);
	int report[2], why = 0;
	struct err *e = NULL;

	if (pipe2(report, O_CLOEXEC) != 0) {
		free(env);
		return err_errno("cannot make a pipe");
	}
	*pid = fork();
	if (*pid == 0)
		become(spec, env, in, out, errs, report[1]);
	close(report[1]);
	free(env);
	if (*pid < 0) {
		e = err_errno("cannot start %s", spec->argv[0]);
	} else if (read(report[0], &why, sizeof(why)) == sizeof(why)) {
		waitpid(*pid, NULL, 0);
		e = not_started(spec, why);
	}
	close(report[0]);
	return e;
}

static int
wait_for(int pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return NOT_STARTED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* In the child: nothing here may allocate. */
static void
become_stranger(const struct proc_spec *spec, char *const *env)
{
	int null = open("/dev/null", O_RDWR);

	if (setsid() < 0 || fork() != 0)
		_exit(0);
	if (null >= 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0 &&
	    dup2(null, 2) >= 0 && chdir(spec->dir) == 0) {
		closefrom(3);
		signal(SIGPIPE, SIG_DFL);
		execvpe(spec->argv[0], (char *const *)spec->argv, env);
	}
	_exit(NOT_STARTED);
}

void
proc_detach(const struct proc_spec *spec)
{
	char **env = environment(spec);
	int pid = fork();

	if (pid == 0)
		become_stranger(spec, env);
	if (pid > 0)
		wait_for(pid);
	free(env);
}

static struct err *
unnamed(int *fd, const void *p, size_t len)
{
	struct err *e;

	*fd = memfd_create("deed", MFD_CLOEXEC);
	if (*fd < 0)
		return err_errno("cannot make a file in memory");
	e = file_write_fd(*fd, p, len, "a file in memory");
	lseek(*fd, 0, SEEK_SET);
	return e;
}

struct err *
proc_start(struct proc *p, const struct proc_spec *spec)
{
	int in = -1, out[2] = { -1, -1 };
	struct err *e;

	*p = (struct proc){ -1, -1, -1, spec->argv[0] };
	if ((e = unnamed(&in, spec->in, spec->in_len)) != NULL ||
	    (e = unnamed(&p->errs, NULL, 0)) != NULL)
		goto done;
	if (pipe2(out, O_CLOEXEC) != 0) {
		e = err_errno("cannot make a pipe");
		goto done;
	}
	/* room, so that neither side waits for the other; less will do */
	(void)fcntl(out[0], F_SETPIPE_SZ, PIPE_ROOM);
	e = spawn(&p->pid, spec, in, out[1], p->errs);
	if (e == NULL) {
		p->out = out[0];
		out[0] = -1;
	} else {
		p->pid = -1;
	}
done:
	if (e != NULL && p->errs >= 0)
		close(p->errs);
	if (in >= 0)
		close(in);
	if (out[0] >= 0)
		close(out[0]);
	if (out[1] >= 0)
		close(out[1]);
	return e;
}

/* The end of it, which is where programs say why they failed. */
static struct err *
read_errs(const struct proc *p, struct buf *out)
{
	off_t len = lseek(p->errs, 0, SEEK_END);

	lseek(p->errs, len > ERRS_MAX ? len - ERRS_MAX : 0, SEEK_SET);
	return file_read_fd(out, p->errs, p->name, ERRS_MAX);
}

struct err *
proc_run(const struct proc_spec *spec, struct buf *out, struct buf *errs,
    int *status)
{
	struct proc p;
	struct err *e = proc_start(&p, spec);

	*status = NOT_STARTED;
	if (e != NULL)
		return e;
	e = file_read_fd(out, p.out, spec->argv[0],
	    spec->out_max > 0 ? spec->out_max : PROC_OUT_MAX);
	if (e != NULL)
		kill(p.pid, SIGKILL);
	close(p.out);
	*status = wait_for(p.pid);
	if (e == NULL && errs != NULL)
		e = read_errs(&p, errs);
	close(p.errs);
	return e;
}

struct err *
proc_attached(const struct proc_spec *spec, int *status)
{
	int pid, in = STDIN_FILENO;
	struct err *e = NULL;

	if (spec->in != NULL)
		e = unnamed(&in, spec->in, spec->in_len);
	if (e == NULL)
		e = spawn(&pid, spec, in, STDOUT_FILENO, STDERR_FILENO);
	if (in > STDERR_FILENO)
		close(in);
	if (e == NULL)
		*status = wait_for(pid);
	return e;
}

/* The last line that is not empty, cut off in place. */
static const char *
last_line(struct buf *b)
{
	char *line;

	while (b->len > 0 && strchr("\r\n ", b->data[b->len - 1]) != NULL)
		buf_cut(b, b->len - 1);
	line = strrchr(b->data, '\n');
	return line == NULL ? b->data : line + 1;
}

struct err *
proc_finish(struct proc *p)
{
	struct buf errs = BUF_INIT;
	char rest[4096];
	bool early;
	int status;
	struct err *e = NULL;

	if (p->pid < 0)
		return NULL;
	early = read(p->out, rest, sizeof(rest)) > 0;
	if (early)
		kill(p->pid, SIGKILL);
	close(p->out);
	status = wait_for(p->pid);
	if (status != 0 && !early) {
		e = read_errs(p, &errs);
		if (e == NULL)
			e = err_new(ERR_SYSTEM, "%s failed: %s", p->name,
			    errs.len > 0 ? last_line(&errs) :
					   "no reason given");
	}
	close(p->errs);
	buf_release(&errs);
	p->pid = -1;
	return e;
}
