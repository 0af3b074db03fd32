/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_PROJECT_H
#define DEED_CORE_PROJECT_H

#include <stdbool.h>

#include "core/util/err.h"
#include "core/util/vec.h"

/*
 * The client's project: the git repository (if any) around the folder a
 * command runs in, and what its config says to deed.  Asked of the user's own
 * git, which knows every repository format; the config is read on first use.
 */
struct project;

struct project *project_new(const char *cwd, const char *home);
void project_free(struct project *p);

/* Its work tree, or NULL outside of one. */
const char *project_top(struct project *p);
/* The main work tree, when this one is linked to it; else project_top(). */
const char *project_main_top(struct project *p);

/* A config value, NULL if unset; local leaves the user's global config out. */
struct err *project_config(const char **out, struct project *p, const char *key,
    bool local) MUST_CHECK;
/*
 * The same of a folder, absolute and yours: "~/" is the home, and what is
 * relative starts at the main work tree, or at the home if the value is
 * global.
 */
struct err *project_folder(
    char **out, struct project *p, const char *key, bool local) MUST_CHECK;
/*
 * All values of a key that has several; wide leaves the project's own config
 * out, which whoever made the folder may have written.
 */
struct err *project_values(
    struct strs *out, struct project *p, const char *key, bool wide) MUST_CHECK;
/* Into the project's own config; value NULL removes it. */
struct err *project_set(
    struct project *p, const char *key, const char *value) MUST_CHECK;
/* Add a line to the project's own list of ignored files, once. */
struct err *project_exclude(struct project *p, const char *pattern) MUST_CHECK;
/* Does the project's history hold files below this folder? */
struct err *project_tracks(
    bool *out, const char *top, const char *name) MUST_CHECK;

#endif
