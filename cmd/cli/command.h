/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_COMMAND_H
#define DEED_CMD_CLI_COMMAND_H

#include "cmd/cli/opt.h"
#include "cmd/cli/out.h"
#include "core/env.h"
#include "core/ledger.h"
#include "core/profile.h"
#include "core/project.h"
#include "core/roster.h"

/*
 * A command: one file in cmd/, with one constant struct command at its end
 * and one line in table.c.  main prepares what its flags ask for, calls run,
 * and reports the error it returns (exit status 2).
 */

/* Options that stand on either side of the verb. */
struct common {
	struct words dirs;   /* -C, each from the one before */
	const char *ledger;  /* --ledger */
	struct words orders; /* -o */
	bool json;
	bool nul; /* -z */
	bool quiet;
	bool no_pager;
	bool help;
};

struct ctx {
	struct env env;
	struct common common;
	struct project *project;
	struct ledger *ledger; /* with CMD_LEDGER; NULL if there may be none */
	struct profiles *profiles;
	struct out *out;
	bool tty_in, tty_out;
	int status; /* 1: the answer is no; 0 otherwise */
};

enum command_flag {
	CMD_LEDGER = 1,        /* needs a ledger */
	CMD_HIDDEN = 2,        /* not in help */
	CMD_LEDGER_IF_ANY = 4, /* looks for one, and can do without */
	CMD_PAGER = 8,         /* what it prints may be long */
};

struct args; /* each command has its own */

struct command {
	const char *name;
	const char *summary;
	const struct opt *opts;
	const struct args *defaults;
	size_t args_size;
	unsigned flags;
	struct err *(*run)(struct ctx *, const struct args *);
};

extern const struct command *const commands[]; /* ends in NULL */
extern const struct opt common_opts[];

const struct command *command_find(const char *name);
/* What -h prints. */
void command_help(struct buf *out, const struct command *c);

/*
 * Open the ledger, and the profiles with what lies in it; main does so for
 * commands that say CMD_LEDGER.
 */
struct err *ctx_ledger(struct ctx *ctx) MUST_CHECK;

/*
 * The order a command is about: -o, DEED_ORDER, the project's current one; to
 * read, or on a terminal, also the only active one.  Yours.
 */
struct err *ctx_order(char **out, struct ctx *ctx, bool to_record) MUST_CHECK;
/* The same, and all of several -o. */
struct err *ctx_orders(struct strs *out, struct ctx *ctx) MUST_CHECK;
/* Only if it is named, else NULL; whether there is a ledger or not.  Yours. */
struct err *ctx_named_order(char **out, struct ctx *ctx) MUST_CHECK;
/* For a command that is given its order as a word: -o may say no other. */
struct err *ctx_same_order(const struct ctx *ctx, const char *id) MUST_CHECK;
/* Is each order that -o says in the ledger? */
struct err *ctx_vet_orders(const struct ctx *ctx) MUST_CHECK;
/* Is it among those given by -o, or is none given? */
bool ctx_means(const struct ctx *ctx, const char *id);
/*
 * Every order in one line; with a mistake in a profile the recorded state will
 * do.
 */
struct err *ctx_roster(
    struct roster **out, struct ctx *ctx, const char *like) MUST_CHECK;

/* Is there a project, or a ledger in this folder, to keep the choice? */
bool ctx_remembers(const struct ctx *ctx);
/* Make an order this project's current one; where none is, that is told. */
struct err *ctx_switch(struct ctx *ctx, const char *id) MUST_CHECK;

#endif
