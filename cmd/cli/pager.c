/* SPDX-License-Identifier: ISC */
#include "cmd/cli/pager.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/util/proc.h"
#include "core/util/utf8.h"

#define COMMAND_MISSING 127 /* what sh says of it */

/* How large the terminal is; of no known size, as of old. */
static struct winsize
terminal_size(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		memset(&size, 0, sizeof(size));
	if (size.ws_row == 0)
		size.ws_row = 24;
	if (size.ws_col == 0)
		size.ws_col = 80;
	return size;
}

/* The rows that a text takes; colours take no column. */
static size_t
count_rows(const char *text, size_t len, size_t columns)
{
	size_t rows = 0, at = 0, used;
	bool escape = false;

	for (const char *end = text + len; text < end; text += used) {
		uint32_t c = utf8_decode(text, (size_t)(end - text), &used);

		if (c == '\n') {
			rows++;
			at = 0;
		} else if (c == '\033' || escape) {
			escape = c != 'm';
		} else {
			size_t width = c == UTF8_BAD ? 1 : utf8_columns(c);

			rows += at + width > columns;
			at = at + width > columns ? width : at + width;
		}
	}
	return rows;
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
	const struct winsize size = terminal_size();
	bool shown = false;
	int status;
	struct err *e;

	if (count_rows(text, len, size.ws_col) >= size.ws_row &&
	    find_pager(&command)) {
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
