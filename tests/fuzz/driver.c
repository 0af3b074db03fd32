/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/file.h"
#include "core/util/path.h"
#include "tests/fuzz/fuzz.h"

/*
 * Replay the corpus of a fuzz target, and mutations of it that are the same
 * every time: one TAP line a file.  Run in the root of the repository; which
 * target this is says the program's own name, NAME_fuzz_test.
 */

#define MUTATIONS 500      /* of a file, at most ... */
#define MUTATIONS_ALL 8000 /* ... and of all of them */
#define INPUT_MAX (16u << 20)

static uint32_t
any(uint64_t *state, size_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((*state >> 33) % below);
}

/* Change, take out or double some bytes. */
static void
mutate(struct buf *out, const struct buf *in, uint64_t *seed)
{
	static const char bytes[] = "-:#%\t\r\n \"'[]{}&*!|>0a\x85\xc2\xe2\xff";
	size_t at = in->len > 0 ? any(seed, in->len) : 0;
	size_t len = in->len - at > 40 ? any(seed, 40) : in->len - at;

	buf_clear(out);
	buf_add(out, in->data, at);
	switch (any(seed, 3)) {
	case 0:
		buf_addc(out, bytes[any(seed, sizeof(bytes) - 1)]);
		len = len > 0;
		break;
	case 1:
		buf_add(out, in->data + at, len);
		buf_add(out, in->data + at, len);
		break;
	}
	buf_add(out, in->data + at + len, in->len - at - len);
}

static struct err *
replay(const char *dir, const char *name, int mutations)
{
	char *path = path_join(dir, name);
	struct buf whole = BUF_INIT, changed = BUF_INIT;
	uint64_t seed = 1;
	struct err *e = file_read(&whole, path, INPUT_MAX);

	if (e == NULL)
		LLVMFuzzerTestOneInput((const uint8_t *)whole.data, whole.len);
	for (int i = 0; e == NULL && i < mutations; i++) {
		mutate(&changed, &whole, &seed);
		LLVMFuzzerTestOneInput(
		    (const uint8_t *)changed.data, changed.len);
	}
	buf_release(&whole);
	buf_release(&changed);
	free(path);
	return e;
}

int
main(int argc, char **argv)
{
	const char *self = path_base(argv[argc > 0 ? 0 : argc]);
	char *dir = mem_printf("tests/fuzz/corpus/%.*s",
	    (int)(strlen(self) - strlen("_fuzz_test")), self);
	struct strs names = VEC_INIT;
	struct err *e = file_list(&names, dir);
	int each = MUTATIONS_ALL / (int)(names.n + 1);

	if (each > MUTATIONS)
		each = MUTATIONS;
	printf("1..%zu\n", names.n);
	for (size_t i = 0; e == NULL && i < names.n; i++) {
		if ((e = replay(dir, names.v[i], each)) != NULL)
			break;
		printf("ok %zu - %s\n", i + 1, names.v[i]);
		fflush(stdout);
	}
	if (e != NULL)
		printf("not ok 1 - %s\n", err_text(e));
	strs_release(&names);
	free(dir);
	if (e == NULL)
		return 0;
	err_drop(e);
	return 1;
}
