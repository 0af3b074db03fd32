/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/profile.h"
#include "core/util/file.h"
#include "core/util/mem.h"
#include "tests/fuzz/fuzz.h"

/*
 * The law of profiles, which users write and strangers send: one that cannot
 * be used is refused by an error that names its file, and leaves nothing; of
 * one that can, each number is a number.
 */

#define NAME "fuzz"

static char *dir, *file;

static void
clean_up(void)
{
	file_remove_tree(dir);
	free(dir);
	free(file);
}

static void
start(void)
{
	char *folder;
	struct err *e;

	dir = mem_dup("/tmp/deed-fuzz-XXXXXX");
	LAW(mkdtemp(dir) != NULL);
	folder = mem_printf("%s/platforms", dir);
	file = mem_printf("%s/" NAME ".yaml", folder);
	e = file_mkdirs(folder, 0700);
	LAW(e == NULL);
	free(folder);
	atexit(clean_up);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct env env = { .now = 1795000000 };
	const struct profile *p;
	struct profiles *ps;
	struct err *e;

	if (dir == NULL)
		start();
	unlink(file);
	e = file_create(file, data, size, 0600);
	LAW(e == NULL);
	env.share = dir;
	ps = profiles_new(&env, NULL);
	e = profiles_get(&p, ps, NAME);
	if (e == NULL) {
		LAW(p != NULL);
		(void)profile_number(p, "fee.seller", 0);
		LAW(profile_value(p, "") == NULL);
	} else {
		LAW(strstr(err_text(e), NAME ".yaml") != NULL);
	}
	err_drop(e); /* most inputs are no profile */
	profiles_free(ps);
	return 0;
}
