/* SPDX-License-Identifier: ISC */
#include "core/evidence/thumbs.h"

#include <string.h>
#include <strings.h>

#include "core/ext/json.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/proc.h"

bool
thumbs_is_picture(const char *path)
{
	static const char *const known[] = { "png", "jpg", "jpeg", "gif",
		"webp" };
	const char *dot = strrchr(path_base(path), '.');

	for (size_t i = 0; dot != NULL && i < sizeof(known) / sizeof(known[0]);
	     i++)
		if (strcasecmp(dot + 1, known[i]) == 0)
			return true;
	return false;
}

const char *
thumbs_file(const struct dossier *d, const struct exhibit *x)
{
	const struct piece *p;

	vec_each (p, &d->pieces)
		if (strcmp(p->name, x->path) == 0)
			return p->from;
	return NULL;
}

/* {"thumbnails": [PATH, ...], "size": N}; the exhibits go to out. */
static struct node *
request(struct thumbs *out, const struct dossier *d)
{
	struct node *doc = node_map();
	struct node *list = node_put(doc, "thumbnails", node_list());
	const struct exhibit *x;

	node_put_int(doc, "size", THUMB_SIZE);
	vec_each (x, &d->exhibits) {
		const char *file =
		    thumbs_is_picture(x->path) ? thumbs_file(d, x) : NULL;

		if (file == NULL || out->v.n == THUMBS_MAX)
			continue;
		node_push_str(list, file);
		vec_add(&out->v)->exhibit = x;
	}
	return doc;
}

/* One {width, height, jpeg} for each that was asked for, or {}. */
static struct err *
take(struct thumbs *out, const struct buf *said)
{
	struct node *list = NULL;
	struct err *e = json_parse(&list, said->data, said->len, "deed-report");

	for (size_t i = 0; i < out->v.n && e == NULL; i++) {
		const struct node *n = node_at(list, i);
		struct thumb *t = &out->v.v[i];

		t->width = node_number(n, "width", 0);
		t->height = node_number(n, "height", 0);
		t->jpeg = mem_dup(node_text(n, "jpeg"));
	}
	node_free(list);
	return e;
}

struct err *
thumbs_make(struct thumbs *out, const struct dossier *d, const char *helper)
{
	const char *const argv[] = { helper, NULL };
	struct buf text = BUF_INIT, got = BUF_INIT, said = BUF_INIT;
	struct proc_spec run = { .argv = argv, .out_max = PROC_OUT_MAX };
	struct node *doc;
	int status = 0;
	struct err *e = NULL;

	memset(out, 0, sizeof(*out));
	doc = request(out, d);
	if (out->v.n > 0 && file_exists(helper)) {
		node_write_json(&text, doc);
		run.in = text.data;
		run.in_len = text.len;
		e = proc_run(&run, &got, &said, &status);
		if (e == NULL && status != 0)
			e = err_new(ERR_SYSTEM,
			    "cannot make the page's pictures: %.*s",
			    (int)strcspn(said.data, "\n"), said.data);
		if (e == NULL)
			e = take(out, &got);
	}
	node_free(doc);
	buf_release(&text);
	buf_release(&got);
	buf_release(&said);
	return e;
}

void
thumbs_release(struct thumbs *t)
{
	struct thumb *one;

	vec_each (one, &t->v)
		free(one->jpeg);
	vec_release(&t->v);
}

const struct thumb *
thumbs_of(const struct thumbs *t, const struct exhibit *x)
{
	const struct thumb *one;

	vec_each (one, &t->v)
		if (one->exhibit == x && one->jpeg != NULL)
			return one;
	return NULL;
}
