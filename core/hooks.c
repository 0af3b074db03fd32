/* SPDX-License-Identifier: ISC */
#include "core/hooks.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/file.h"
#include "core/util/path.h"

#define HOOK_MAX (1u << 20)

static const char pre_commit[] =
    "#!/bin/sh\n"
    "# Under archives/ only Git LFS pointers may be committed.\n"
    "git diff --cached --name-only --no-renames --diff-filter=AMT "
    "-z -- archives |\n"
    "xargs -0 -r -n1 sh -c '\n"
    "\tgit cat-file blob \":$1\" | head -c 43 |\n"
    "\t\tgrep -q \"^version https://git-lfs.github.com/spec/v1\" || {\n"
    "\t\techo \"deed: $1 would be committed with all its bytes\" >&2\n"
    "\t\techo \"deed: install git-lfs, or put it back: "
    "git restore --staged -- \\\"$1\\\"\" >&2\n"
    "\t\texit 255\n"
    "\t}' sh\n";

static const char pre_push[] =
    "#!/bin/sh\n"
    "# A push takes the archives along, or does not happen.\n"
    "if command -v git-lfs >/dev/null 2>&1; then\n"
    "\texec git lfs pre-push \"$@\"\n"
    "fi\n"
    "[ -n \"$(git ls-files -- archives | head -n1)\" ] || exit 0\n"
    "echo 'deed: this push would leave the bytes of archives behind: "
    "install git-lfs (Debian: apt-get install git-lfs)' >&2\n"
    "exit 1\n";

/* Is there a hook that somebody else wrote? */
static struct err *
is_foreign(bool *out, const char *path)
{
	struct buf text = BUF_INIT;
	struct err *e = file_read(&text, path, HOOK_MAX);

	*out = e == NULL && strstr(text.data, "deed: ") == NULL;
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* the usual case */
		e = NULL;
	}
	buf_release(&text);
	return e;
}

static struct err *
install(const char *ledger, const char *name, const char *text)
{
	char *path = mem_printf("%s/.git/hooks/%s", ledger, name);
	bool foreign;
	struct err *e = file_mkdir_for(path, 0700);

	if (e == NULL)
		e = is_foreign(&foreign, path);
	if (e == NULL && !foreign)
		e = file_replace(path, text, strlen(text), 0700);
	free(path);
	return e;
}

struct err *
hooks_install(const char *ledger)
{
	struct err *e = install(ledger, "pre-commit", pre_commit);

	return e != NULL ? e : install(ledger, "pre-push", pre_push);
}
