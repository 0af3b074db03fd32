/* SPDX-License-Identifier: ISC */
#include "core/env.h"

#include <stddef.h>
#include <string.h>

const char *
env_variable(const struct env *env, const char *name)
{
	size_t len = strlen(name);

	for (const char *const *v = env->variables; v != NULL && *v != NULL;
	     v++)
		if (strncmp(*v, name, len) == 0 && (*v)[len] == '=')
			return (*v)[len + 1] != '\0' ? *v + len + 1 : NULL;
	return NULL;
}
