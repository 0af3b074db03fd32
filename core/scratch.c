/* SPDX-License-Identifier: ISC */
#include "core/scratch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/util/path.h"

static char *
folder(const struct ledger *l)
{
	return path_join(l->own, "scratch");
}

struct err *
scratch_new(char **out, const struct ledger *l)
{
	char *parent = folder(l);
	struct err *e = file_mkdirs(parent, 0700);

	*out = mem_printf("%s/%ld-XXXXXX", parent, (long)getpid());
	if (e == NULL && mkdtemp(*out) == NULL)
		e = err_errno("cannot make a folder in %s", parent);
	if (e != NULL) {
		free(*out);
		*out = NULL;
	}
	free(parent);
	return e;
}

void
scratch_free(char *dir)
{
	if (dir == NULL)
		return;
	file_remove_tree(dir);
	free(dir);
}

bool
scratch_sweep(const struct ledger *l)
{
	char *parent = folder(l);
	bool swept = false;
	struct strs names = VEC_INIT;

	/* no such folder, nothing to sweep */
	err_drop(file_list(&names, parent));
	for (size_t i = 0; i < names.n; i++) {
		long pid = strtol(names.v[i], NULL, 10);
		char *dir = path_join(parent, names.v[i]);

		if (pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH) {
			file_remove_tree(dir);
			swept = true;
		}
		free(dir);
	}
	strs_release(&names);
	free(parent);
	return swept;
}
