/* SPDX-License-Identifier: ISC */
#include "core/ext/libarchive.h"

#ifdef DEED_SLIM /* all is inside */

struct err *
libarchive_load(const struct libarchive **out)
{
#define INSIDE(NAME) .NAME = NAME,
	static const struct libarchive inside = { LIBARCHIVE(INSIDE) };

	*out = &inside;
	return NULL;
}

#else

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define SONAME "libarchive.so.13" /* of every release from 3.0 on */

static struct libarchive lib;
static char why[256]; /* it cannot be loaded */

/* The function of a name, as ISO C has no cast for it. */
static void
find(void *function, void *handle, const char *name)
{
	void *p = handle != NULL ? dlsym(handle, name) : NULL;
	const char *error = p == NULL ? dlerror() : NULL;

	if (error != NULL && why[0] == '\0')
		snprintf(why, sizeof(why), "%s", error);
	memcpy(function, &p, sizeof(p));
}

static void
load(void)
{
	void *handle = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);

#define FIND(NAME) find(&lib.NAME, handle, #NAME);
	LIBARCHIVE(FIND)
}

struct err *
libarchive_load(const struct libarchive **out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	*out = &lib;
	if (why[0] == '\0')
		return NULL;
	return err_hint(err_new(ERR_SYSTEM, "cannot read archives: %s", why),
	    "install libarchive, the package libarchive13 in Debian");
}

#endif
