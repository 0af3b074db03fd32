/* SPDX-License-Identifier: ISC */
#include "core/evidence/uploads.h"

#include <string.h>
#include <strings.h>

#include "core/evidence/telling.h"
#include "core/util/path.h"

static bool
takes_kind(const struct venue *v, const char *path)
{
	const char *dot = strrchr(path_base(path), '.');

	for (size_t i = 0; dot != NULL && i < node_count(v->types); i++) {
		const char *type = node_as_text(node_at(v->types, i));

		if (type != NULL && strcasecmp(type, dot + 1) == 0)
			return true;
	}
	return false;
}

static int64_t
size_of(const struct dossier *d, const struct exhibit *x)
{
	const struct piece *p;

	vec_each (p, &d->pieces)
		if (strcmp(p->name, x->path) == 0)
			return p->size;
	return 0;
}

void
uploads_left_out(struct strs *out, const struct dossier *d,
    const struct venue *v, int64_t pdf)
{
	char *kinds = telling_list(v->types);
	const struct exhibit *x;
	int64_t all = pdf;

	vec_each (x, &d->exhibits) {
		const char *path = x->path + strlen("data/");
		int64_t size = size_of(d, x);

		if (v->has_fields || node_count(v->types) == 0)
			break;
		if (!takes_kind(v, path)) {
			strs_take(out,
			    mem_printf("%s: %s takes %s alone", path, v->title,
				kinds));
		} else if (size > v->file_max) {
			strs_take(out,
			    mem_printf("%s: it is larger than a file that %s "
				       "takes",
				path, v->title));
		} else if (all > v->files_max - size) {
			strs_take(out,
			    mem_printf("%s: all files together are more than "
				       "%s takes",
				path, v->title));
		} else {
			all += size;
		}
	}
	free(kinds);
}
