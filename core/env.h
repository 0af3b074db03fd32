/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_ENV_H
#define DEED_CORE_ENV_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What surrounds a command, read once by main: core itself looks at neither
 * the environment nor the clock.  Strings are borrowed and absolute paths,
 * NULL where there is none.
 */
struct env {
	const char *cwd; /* after -C */
	const char *home;
	const char *data_home; /* $XDG_DATA_HOME, else ~/.local/share */
	const char *config_home;
	const char *downloads; /* $XDG_DOWNLOAD_DIR */
	const char *temp_dir;  /* $TMPDIR, else /tmp */
	const char *ledger;    /* --ledger, else $DEED_DIR */
	const char *order;     /* $DEED_ORDER */
	/*
	 * The user's login name, which lives as long as the program.  Asked for
	 * only where it is needed: the system may have to ask a network.
	 */
	const char *(*login)(void);
	const char *git_global; /* $GIT_CONFIG_GLOBAL; "" for none */
	const char *git_system; /* $GIT_CONFIG_SYSTEM; "" for none */
	const char *share;      /* where profiles and templates lie */
	const char *libexec;    /* where helper programs lie */
	long sudo_uid;          /* who called sudo; -1: nobody */
	/* All of it, "NAME=value", ending in NULL: a build's host says much. */
	const char *const *variables;
	int64_t now;
	bool clock_given; /* DEED_NOW said what time it is */
	bool ci;
};

/* A variable that is set and not empty, or NULL. */
const char *env_variable(const struct env *env, const char *name);

#endif
