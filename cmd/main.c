/* SPDX-License-Identifier: ISC */
/* deed: find the command, prepare what it needs, run it, report. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/cli/command.h"
#include "cmd/cli/local.h"
#include "cmd/cli/paint.h"
#include "cmd/cli/say.h"
#include "core/util/file.h"
#include "core/util/near.h"
#include "core/util/path.h"

struct args {
	struct common common;
};

const struct opt common_opts[] = {
	OPT_LIST('C', NULL, common.dirs, "dir", "run as if started in dir"),
	OPT_STR(0, "ledger", common.ledger, "dir", "use this ledger"),
	OPT_LIST('o', "order", common.orders, "order", "the order meant"),
	OPT_FLAG(0, "json", common.json, "print JSON"),
	OPT_FLAG('z', "null", common.nul, "end every value with NUL"),
	OPT_FLAG('q', "quiet", common.quiet, "no notes, no label"),
	OPT_FLAG(0, "no-pager", common.no_pager, "page nothing"),
	OPT_FLAG('h', "help", common.help, "show this help"),
	OPT_END,
};

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

void
command_help(struct buf *out, const struct command *c)
{
	buf_adds(out, "usage: ");
	opt_usage(out, c->name, c->opts);
	buf_adds(out, "\n\n");
	opt_help(out, c->opts);
}

/* A value of the environment that is set and not empty. */
static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* A folder of the environment; as XDG has it, a relative path is no answer. */
static const char *
folder_variable(const char *name)
{
	const char *value = variable(name);

	return value != NULL && value[0] == '/' ? value : NULL;
}

/*
 * A hook of the client's project runs us with GIT_DIR and the like set: they
 * would make git look at the wrong repository.
 */
static void
forget_git_environment(void)
{
	/* what "git rev-parse --local-env-vars" lists, and a few more */
	static const char *const names[] = { "GIT_DIR", "GIT_WORK_TREE",
		"GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
		"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR",
		"GIT_NAMESPACE", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS",
		"GIT_CONFIG_COUNT", "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE",
		"GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE",
		"GIT_NO_REPLACE_OBJECTS", "GIT_QUARANTINE_PATH",
		"GIT_DEFAULT_HASH", "GIT_TEMPLATE_DIR" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
}

/* Strings that live as long as the program. */
static struct {
	char *cwd, *home, *data_home, *config_home, *login, *share, *libexec;
} held;

/* The user's entry among those of the machine, or NULL. */
static const struct passwd *
find_user(void)
{
#ifdef DEED_SLIM
	/* a static libc has no others at hand than those of the file */
	FILE *f = fopen("/etc/passwd", "re");
	const struct passwd *pw = NULL;

	while (f != NULL && (pw = fgetpwent(f)) != NULL)
		if (pw->pw_uid == getuid())
			break;
	if (f != NULL)
		fclose(f);
	return pw;
#else
	return getpwuid(getuid());
#endif
}

static const char *
login_name(void)
{
	const struct passwd *pw = held.login == NULL ? find_user() : NULL;

	if (held.login == NULL)
		held.login = mem_dup(pw != NULL ? pw->pw_name : "unknown");
	return held.login;
}

/*
 * Where HOME is set to nothing, git reads /.gitconfig: whoever did that wants
 * to be kept away from the home that the machine knows of.
 */
static const char *
home_folder(void)
{
	const char *home = getenv("HOME");
	const struct passwd *pw = home == NULL ? find_user() : NULL;

	if (pw != NULL)
		return pw->pw_dir;
	return home != NULL && *home == '\0' ? "/" : home;
}

static void
read_homes(struct env *env)
{
	const char *home = home_folder();

	if (home != NULL)
		env->home = held.home = mem_dup(home);
	env->login = login_name;
	if (folder_variable("XDG_DATA_HOME") != NULL)
		held.data_home = mem_dup(folder_variable("XDG_DATA_HOME"));
	else if (home != NULL)
		held.data_home = path_join(home, ".local/share");
	if (folder_variable("XDG_CONFIG_HOME") != NULL)
		held.config_home = mem_dup(folder_variable("XDG_CONFIG_HOME"));
	else if (home != NULL)
		held.config_home = path_join(home, ".config");
	env->data_home = held.data_home;
	env->config_home = held.config_home;
	env->downloads = folder_variable("XDG_DOWNLOAD_DIR");
}

/* Files that stand for git's usual ones; /dev/null is none. */
static void
read_git_config_files(struct env *env)
{
	const char *none = getenv("GIT_CONFIG_NOSYSTEM");

	env->git_global = getenv("GIT_CONFIG_GLOBAL");
	env->git_system = getenv("GIT_CONFIG_SYSTEM");
	if (none != NULL && strcmp(none, "0") != 0)
		env->git_system = "";
	if (env->git_global != NULL &&
	    strcmp(env->git_global, "/dev/null") == 0)
		env->git_global = "";
	if (env->git_system != NULL &&
	    strcmp(env->git_system, "/dev/null") == 0)
		env->git_system = "";
}

/*
 * A folder at this place beside the program, wherever that is, if it holds
 * what it should; yours, or NULL.
 */
static char *
beside_program(const char *place, const char *holds)
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *dir, *joined, *folder, *held_there;

	if (len <= 0)
		return NULL;
	exe[len] = '\0';
	dir = path_parent(exe);
	joined = path_join(dir, place);
	folder = path_clean(joined);
	held_there = path_join(folder, holds);
	if (!file_exists(held_there)) {
		free(folder);
		folder = NULL;
	}
	free(held_there);
	free(joined);
	free(dir);
	return folder;
}

/*
 * Where profiles, templates and helper programs lie: in the tree a program
 * that was not installed was built in, else beside one that was, wherever its
 * tree was moved to, else where it was meant to be installed.
 */
static void
find_own_files(struct env *env)
{
	env->share = variable("DEED_SHARE");
	if (env->share == NULL)
		env->share = held.share =
		    beside_program("../share", "platforms");
	if (env->share == NULL)
		env->share = held.share =
		    beside_program("../share/deed", "platforms");
	if (env->share == NULL)
		env->share = DEED_DATA;
	env->libexec = variable("DEED_LIBEXEC");
	if (env->libexec == NULL)
		env->libexec = held.libexec =
		    beside_program("libexec", "deed-mail");
	if (env->libexec == NULL)
		env->libexec = held.libexec =
		    beside_program("../libexec/deed", "deed-mail");
	if (env->libexec == NULL)
		env->libexec = DEED_LIBEXEC;
}

static struct err *
read_clock(struct env *env)
{
	const char *given = variable("DEED_NOW");
	struct when when;
	struct err *e;

	env->now = (int64_t)time(NULL);
	if (given == NULL)
		return NULL;
	if ((e = date_parse_loose(&when, given, env->now)) != NULL)
		return err_wrap(e, "DEED_NOW");
	env->now = when.time;
	env->clock_given = true;
	return NULL;
}

static struct err *
read_env(struct env *env, const struct common *common)
{
	const char *sudo = variable("SUDO_UID");

	for (size_t i = 0; i < common->dirs.n; i++)
		if (*common->dirs.v[i] != '\0' && chdir(common->dirs.v[i]) != 0)
			return err_errno(
			    "cannot change to %s", common->dirs.v[i]);
	held.cwd = getcwd(NULL, 0);
	if (held.cwd == NULL)
		return err_errno("cannot tell the working directory");
	forget_git_environment();
	env->cwd = held.cwd;
	env->ledger =
	    common->ledger != NULL ? common->ledger : variable("DEED_DIR");
	env->order = variable("DEED_ORDER");
	find_own_files(env);
	env->temp_dir =
	    variable("TMPDIR") != NULL ? variable("TMPDIR") : "/tmp";
	env->sudo_uid = sudo != NULL ? strtol(sudo, NULL, 10) : -1;
	env->ci = variable("CI") != NULL;
	env->variables = (const char *const *)environ;
	read_homes(env);
	read_git_config_files(env);
	return read_clock(env);
}

/*
 * As git's color.ui has it.  Where neither the ledger is to be found nor a
 * terminal to be written to, git is not asked for that alone.
 */
static void
choose_colours(struct ctx *ctx, const struct command *c)
{
	bool shown =
	    (c->flags & CMD_PAGER) && !ctx->common.json && !ctx->common.nul;
	const char *ui = NULL;

	if (!ctx->tty_out && !isatty(STDOUT_FILENO) &&
	    (!shown || ctx->env.ledger != NULL))
		return;
	/* a config that cannot be read says nothing */
	err_drop(project_config(&ui, ctx->project, "color.ui", false));
	say_in_colour(paint_wanted(ui, STDERR_FILENO));
	if (shown && paint_wanted(ui, STDOUT_FILENO))
		out_colour(ctx->out);
}

static struct err *
run(struct ctx *ctx, const struct command *c, const struct args *args)
{
	enum out_form form = ctx->common.json ? OUT_JSON :
	    ctx->common.nul                   ? OUT_NUL :
						OUT_TEXT;
	struct err *e = read_env(&ctx->env, &ctx->common);

	say_quietly(ctx->common.quiet);
	ctx->tty_in = isatty(STDIN_FILENO);
	ctx->tty_out = isatty(STDERR_FILENO);
	ctx->out = out_new(form, ctx->common.quiet);
	if (form == OUT_TEXT)
		local_begin();
	if ((c->flags & CMD_PAGER) && !ctx->common.no_pager)
		out_page(ctx->out);
	if (e == NULL) {
		ctx->project = project_new(ctx->env.cwd, ctx->env.home);
		choose_colours(ctx, c);
		if (c->flags & (CMD_LEDGER | CMD_LEDGER_IF_ANY))
			e = ctx_ledger(ctx);
		else
			ctx->profiles = profiles_new(&ctx->env, NULL);
		if ((c->flags & CMD_LEDGER_IF_ANY) && ctx->env.ledger == NULL &&
		    err_is(e, ERR_NOT_FOUND)) {
			err_drop(e); /* it says so itself */
			e = NULL;
		}
	}
	if (e == NULL)
		e = c->run(ctx, args);
	if (ctx->ledger != NULL && ctx->ledger->conflicted)
		say_warn("git left a merge undone in the ledger; our side "
			 "was read; deed sync mends it");
	e = err_first(e, out_close(ctx->out));
	profiles_free(ctx->profiles);
	ledger_close(ctx->ledger);
	project_free(ctx->project);
	free(held.cwd);
	free(held.home);
	free(held.data_home);
	free(held.config_home);
	free(held.login);
	free(held.share);
	free(held.libexec);
	return e;
}

static struct err *
print_help(const struct command *c)
{
	struct out *out = out_new(OUT_TEXT, false);
	struct buf b = BUF_INIT;

	command_help(&b, c);
	opt_help(&b, common_opts);
	out_object(out, NULL, b.data);
	buf_release(&b);
	return out_close(out);
}

/* A command of somebody else's: deed-NAME on PATH. */
static struct err *
run_external(struct ctx *ctx, const char *name, char **argv)
{
	char *program = mem_printf("deed-%s", name), *path, *order = NULL;
	struct near near;
	struct err *e;

	if (strchr(name, '/') == NULL) {
		e = read_env(&ctx->env, &ctx->common);
		if (e != NULL)
			goto done;
		ctx->project = project_new(ctx->env.cwd, ctx->env.home);
		/* it may well not need a ledger, or be there to make one */
		err_drop(ledger_find(&ctx->ledger, &ctx->env, ctx->project));
		if (ctx->ledger != NULL) {
			ctx->profiles =
			    profiles_new(&ctx->env, ctx->ledger->dir);
			setenv("DEED_DIR", ctx->ledger->dir, 1);
			err_drop(ctx_order(&order, ctx, false));
		}
		if (order != NULL)
			setenv("DEED_ORDER", order, 1);
		path = argv[0];
		argv[0] = program;
		execvp(program, argv);
		argv[0] = path;
	}
	e = err_new(ERR_USAGE, "there is no command \"%.80s\"", name);
	near_init(&near, name);
	for (size_t i = 0; commands[i] != NULL; i++)
		if (!(commands[i]->flags & CMD_HIDDEN))
			near_try(&near, commands[i]->name);
	e = near.best != NULL ? err_hint(e, "did you mean %s?", near.best) :
				err_hint(e, "see 'deed help'");
done:
	free(order);
	free(program);
	profiles_free(ctx->profiles);
	ledger_close(ctx->ledger);
	project_free(ctx->project);
	return e;
}

/* What to do is in the page, if nobody knows better; a full disk is not. */
static struct err *
advise(struct err *e, const struct command *c)
{
	if (e == NULL || err_advice(e) != NULL || err_is(e, ERR_SYSTEM) ||
	    (c->flags & CMD_HIDDEN))
		return e;
	return err_hint(e, "see 'deed help %s'", c->name);
}

static struct err *
run_command(struct ctx *ctx, const struct command *c, int argc, char **argv)
{
	struct args *args = mem_zero(1, c->args_size);
	struct opt_target own = { c->opts, args };
	struct opt_target common = { common_opts, &ctx->common };
	struct err *e;

	if (c->defaults != NULL)
		memcpy(args, c->defaults, c->args_size);
	e = opt_parse(c->name, &own, &common, argc, argv, NULL);
	if (e == NULL)
		e = ctx->common.help ? print_help(c) : run(ctx, c, args);
	opt_release(&own);
	free(args);
	return advise(e, c);
}

/*
 * A standard stream that is closed would be the next file opened, and what is
 * printed would end up in the ledger.  Reading /dev/null keeps the place, and
 * writing to it fails.
 */
static void
hold_standard_streams(void)
{
	int fd = open("/dev/null", O_RDONLY);

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = open("/dev/null", O_RDONLY);
	if (fd > STDERR_FILENO)
		close(fd);
}

int
main(int argc, char **argv)
{
	struct ctx ctx = { 0 };
	struct opt_target common = { common_opts, &ctx.common };
	const struct command *c;
	const char *name;
	int stop = 0;
	struct err *e;

	hold_standard_streams();
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write(2) */
	if (argc > 1 && strcmp(argv[1], "--version") == 0)
		argv[1] += strlen("--"); /* as git has it */
	e = opt_parse("", NULL, &common, argc - 1, argv + 1, &stop);
	if (e == NULL) {
		stop++;
		name = stop < argc && !ctx.common.help ? argv[stop++] :
		    ctx.common.help                    ? "help" :
							 "__here";
		c = command_find(name);
		if (c != NULL && strcmp(name, "help") == 0 && ctx.common.help) {
			ctx.common.help = false;
			e = run_command(&ctx, c, argc - stop, argv + stop);
		} else if (c != NULL) {
			e = run_command(&ctx, c, argc - stop, argv + stop);
		} else {
			e = run_external(&ctx, name, argv + stop - 1);
		}
	}
	if (e != NULL) {
		say_error(e, ctx.common.json);
		ctx.status = 2;
	}
	opt_release(&common);
	return ctx.status;
}
