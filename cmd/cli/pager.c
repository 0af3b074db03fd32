/* SPDX-License-Identifier: ISC */
#include "cmd/cli/pager.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/util/proc.h"

#define ROWS_UNKNOWN 24

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
	struct buf command = BUF_INIT;
	FILE *pager = NULL;

	if (count_lines(text, len) < terminal_rows() || !find_pager(&command))
		goto done;
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	/* as git does: the setting is a piece of shell */
	pager = popen(command.data, "w");
	if (pager == NULL)
		goto done;
	fwrite(text, 1, len, pager); /* who leaves a pager has read enough */
	pclose(pager);
done:
	buf_release(&command);
	return pager != NULL;
}
