/* SPDX-License-Identifier: ISC */
#include "cmd/cli/pager.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/util/proc.h"

#define ROWS_UNKNOWN 24
#define COMMAND_MISSING 127 /* what sh says of it */

static size_t
terminal_rows(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
		return ROWS_UNKNOWN;
	return size.ws_row;
}

static size_t
count_lines(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

/* git knows where a pager may be named; "cat" is git's word for none. */
static bool
find_pager(struct buf *out)
{
	const char *const argv[] = { "git", "var", "GIT_PAGER", NULL };
	struct proc_spec spec = { .argv = argv };
	int status = 1;

	err_drop(proc_run(&spec, out, NULL, &status)); /* then there is none */
	if (status != 0 || out->len < 2)
		return false;
	buf_cut(out, out->len - 1);
	return strcmp(out->data, "cat") != 0;
}

bool
pager_show(const char *text, size_t len)
{
	static const char *const env[] = { "LESS=FRX", "LV=-c", NULL };
	struct buf command = BUF_INIT;
	/* as git does: the setting is a piece of shell */
	const char *argv[] = { "sh", "-c", NULL, NULL };
	struct proc_spec spec = { argv, .in = text, .in_len = len };
	bool shown = false;
	int status;
	struct err *e;

	if (count_lines(text, len) >= terminal_rows() && find_pager(&command)) {
		argv[2] = command.data;
		if (getenv("LESS") == NULL)
			spec.env = env;
		e = proc_attached(&spec, &status);
		shown = e == NULL && status != COMMAND_MISSING;
		err_drop(e); /* it is written without one */
	}
	buf_release(&command);
	return shown;
}
