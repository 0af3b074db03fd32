/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_OPT_H
#define DEED_CMD_CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/util/buf.h"

/*
 * Options, declared once as constant data: the same table parses the command
 * line, writes -h, answers completion and is held against the manual page.
 *
 * Each file that declares options has its own struct args; an option names the
 * field it fills, and does not compile if the field has another type.
 */

enum opt_type {
	OPT_T_END,
	OPT_T_FLAG, /* bool; --no-NAME clears it */
	OPT_T_INT,  /* int, min to max */
	OPT_T_STR,  /* const char * */
	OPT_T_LIST, /* struct words: may be given again */
	OPT_T_ENUM, /* const char *, one of choices */
	OPT_T_ARG,  /* const char *: a word without a dash */
	OPT_T_ARGS, /* struct words: all that are left */
};

enum opt_flag {
	OPT_OPTIONAL = 1, /* of OPT_T_ARG and OPT_T_ARGS */
	OPT_HIDDEN = 2,   /* neither in usage nor in completion */
	OPT_PLAIN = 4,    /* a list whose usage does not say so */
};

/* Words of the command line, borrowed from it. */
struct words {
	const char **v;
	size_t n;
};

struct opt {
	enum opt_type type;
	char letter;       /* 0: none */
	const char *name;  /* NULL: none */
	const char *value; /* what stands for the value in usage */
	const char *help;
	const char *const *choices; /* ends in NULL */
	int min, max;
	size_t field;
	unsigned flags;
};

/*
 * The offset of field F of struct args.  The _Generic has no branch for any
 * type but T, so a flag cannot be bound to a number.
 */
#define OPT_FIELD(F, T) \
	_Generic(&((struct args *)0)->F, T * : offsetof(struct args, F))

/* clang-format off */
#define OPT_FLAG(L, N, F, H) \
	{ .type = OPT_T_FLAG, .letter = L, .name = N, .help = H, \
	  .field = OPT_FIELD(F, bool) }
#define OPT_INT(L, N, F, V, LO, HI, H) \
	{ .type = OPT_T_INT, .letter = L, .name = N, .value = V, .help = H, \
	  .min = LO, .max = HI, .field = OPT_FIELD(F, int) }
#define OPT_STR(L, N, F, V, H) \
	{ .type = OPT_T_STR, .letter = L, .name = N, .value = V, .help = H, \
	  .field = OPT_FIELD(F, const char *) }
#define OPT_LIST(L, N, F, V, H) \
	{ .type = OPT_T_LIST, .letter = L, .name = N, .value = V, .help = H, \
	  .field = OPT_FIELD(F, struct words) }
#define OPT_TEXTS(L, N, F, V, H) \
	{ .type = OPT_T_LIST, .letter = L, .name = N, .value = V, .help = H, \
	  .flags = OPT_PLAIN, .field = OPT_FIELD(F, struct words) }
#define OPT_ENUM(L, N, F, V, C, H) \
	{ .type = OPT_T_ENUM, .letter = L, .name = N, .value = V, .help = H, \
	  .choices = C, .field = OPT_FIELD(F, const char *) }
#define OPT_ARG(V, F, FL) \
	{ .type = OPT_T_ARG, .value = V, .flags = FL, \
	  .field = OPT_FIELD(F, const char *) }
#define OPT_ARG_ENUM(V, F, C, FL) \
	{ .type = OPT_T_ARG, .value = V, .choices = C, .flags = FL, \
	  .field = OPT_FIELD(F, const char *) }
#define OPT_ARGS(V, F, FL) \
	{ .type = OPT_T_ARGS, .value = V, .flags = FL, \
	  .field = OPT_FIELD(F, struct words) }
#define OPT_END { .type = OPT_T_END }
/* clang-format on */

/* A table and the struct its fields lie in. */
struct opt_target {
	const struct opt *opts;
	void *into;
};

/*
 * Parse words: an option is looked for in own first, then in common.  Without
 * own, parsing stops at the first word that is no option, whose position goes
 * to *stop.  command is for messages.  Lists are allocated; opt_release()
 * frees them, also after an error.
 */
struct err *opt_parse(const char *command, const struct opt_target *own,
    const struct opt_target *common, int argc, char **argv,
    int *stop) MUST_CHECK;
void opt_release(const struct opt_target *target);

/* "deed log [-k kind] [entry]", without a line end. */
void opt_usage(struct buf *out, const char *command, const struct opt *opts);
/* The lines that explain each option. */
void opt_help(struct buf *out, const struct opt *opts);

#endif
