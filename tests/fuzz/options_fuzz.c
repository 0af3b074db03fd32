/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/opt.h"
#include "core/util/mem.h"
#include "tests/fuzz/fuzz.h"

/*
 * The law of options: lines are the words of a command line; what is taken as
 * a number is in its range, as a choice is one of them, and what stands behind
 * -- is no option.
 */

#define WORDS_MAX 64

struct args {
	bool flag;
	int number;
	const char *text, *choice, *first;
	struct words list, rest;
};

static const char *const choices[] = { "gig", "fixed", "hourly", NULL };

static const struct opt opts[] = {
	OPT_FLAG('q', "quiet", flag, "say less"),
	OPT_INT('n', "number", number, "n", 1, 1000, "at most so many"),
	OPT_STR('m', "message", text, "text", "the text"),
	OPT_LIST('o', "order", list, "order", "the order meant"),
	OPT_ENUM('k', "kind", choice, "kind", choices, "one of them"),
	OPT_ARG("first", first, 0),
	OPT_ARGS("rest", rest, 0),
	OPT_END,
};

static bool
is_choice(const char *text)
{
	for (size_t i = 0; choices[i] != NULL; i++)
		if (strcmp(choices[i], text) == 0)
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct opt none[] = { OPT_END };
	char *text = mem_ndup((const char *)data, size), *words[WORDS_MAX];
	struct args args = { .number = 1 };
	struct opt_target own = { opts, &args }, common = { none, &args };
	int n = 0, stop = 0;
	struct err *e;

	for (char *p = strtok(text, "\n"); p != NULL && n < WORDS_MAX;
	     p = strtok(NULL, "\n"))
		words[n++] = p;
	e = opt_parse("fuzz", &own, &common, n, words, &stop);
	if (e == NULL) {
		LAW(args.number >= 1 && args.number <= 1000);
		LAW(args.choice == NULL || is_choice(args.choice));
		LAW(args.first != NULL);
		LAW(args.list.n + args.rest.n < (size_t)n);
	}
	err_drop(e); /* most words are no command line */
	opt_release(&own);
	free(text);
	return 0;
}
