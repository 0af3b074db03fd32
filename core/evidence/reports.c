/* SPDX-License-Identifier: ISC */
#include "core/evidence/reports.h"

#include <string.h>

#include "core/util/path.h"

#define MOST 3 /* PDFs of one package */

/* One of them, as it was drawn last. */
struct one {
	const char *field; /* of the form; NULL: it has none */
	const char *name;
	enum report_part part;
	struct buf pdf;
	int64_t pages;
	struct strs left_out;
};

struct all {
	struct one v[MOST];
	size_t n;
	const struct dossier *d;
	const struct reports_spec *spec;
	bool no_helper;
};

static void
begin(struct all *all, const struct dossier *d, const struct reports_spec *spec)
{
	static const struct one whole = { NULL, "data/report.pdf", REPORT_CASE,
		.pdf = BUF_INIT };
	static const struct one form[MOST] = {
		{ "customer_communication",
		    "data/fields/customer_communication.pdf", REPORT_TALK,
		    .pdf = BUF_INIT },
		{ "service_documentation",
		    "data/fields/service_documentation.pdf", REPORT_SERVICE,
		    .pdf = BUF_INIT },
		{ "uncategorized_file", "data/fields/uncategorized_file.pdf",
		    REPORT_CASE, .pdf = BUF_INIT },
	};

	memset(all, 0, sizeof(*all));
	all->d = d;
	all->spec = spec;
	all->n = spec->venue->has_fields ? MOST : 1;
	memcpy(all->v, spec->venue->has_fields ? form : &whole,
	    all->n * sizeof(all->v[0]));
}

/* Draw one within these limits; one that fits none is empty. */
static struct err *
draw(struct one *one, struct all *all, int64_t pages_max, int64_t bytes_max)
{
	const struct reports_spec *spec = all->spec;
	const struct report_spec report = { all->d, one->part, spec->helper,
		spec->name, spec->by, spec->now, pages_max, bytes_max };
	struct err *e;

	strs_release(&one->left_out);
	buf_clear(&one->pdf);
	e = report_make(&one->pdf, &one->pages, &one->left_out,
	    path_base(one->name), &report);
	if (e == NULL)
		return NULL;
	buf_clear(&one->pdf);
	one->pages = 0;
	if (err_is(e, ERR_LIMIT))
		strs_take(&one->left_out, mem_dup(err_text(e)));
	else if (err_is(e, ERR_NOT_FOUND))
		all->no_helper = true;
	else
		return e;
	err_drop(e); /* told to whoever packs */
	return NULL;
}

/*
 * What each gets of a whole: the small ones what they want, the others equal
 * shares of what is left.
 */
static void
share(int64_t out[MOST], const int64_t wanted[MOST], int64_t all)
{
	bool done[MOST] = { false };

	for (size_t left = MOST; left > 0; left--) {
		size_t least = 0;

		for (size_t i = 0; i < MOST; i++)
			if (!done[i] &&
			    (done[least] || wanted[i] < wanted[least]))
				least = i;
		done[least] = true;
		out[least] = wanted[least] < all / (int64_t)left ?
		    wanted[least] :
		    all / (int64_t)left;
		all -= out[least];
	}
}

/* What the form as a whole takes; each by itself fits already. */
static struct err *
fit_together(struct all *all)
{
	const struct venue *v = all->spec->venue;
	int64_t pages[MOST], bytes[MOST], pages_max[MOST], bytes_max[MOST];
	int64_t all_pages = 0, all_bytes = 0;
	struct err *e = NULL;

	/* there may be fewer: those are 0 */
	for (size_t i = 0; i < MOST; i++) {
		all_pages += pages[i] = all->v[i].pages;
		all_bytes += bytes[i] = (int64_t)all->v[i].pdf.len;
	}
	if (all_pages <= v->pages_max && all_bytes <= v->files_max)
		return NULL;
	share(pages_max, pages, v->pages_max);
	share(bytes_max, bytes, v->files_max);
	for (size_t i = 0; i < MOST && e == NULL; i++)
		if (pages[i] > pages_max[i] || bytes[i] > bytes_max[i])
			e = draw(&all->v[i], all, pages_max[i], bytes_max[i]);
	return e;
}

static void
hand_over(struct reports *out, struct bag *bag, struct one *one)
{
	for (size_t i = 0; i < one->left_out.n; i++)
		strs_add(&out->left_out, one->left_out.v[i]);
	strs_release(&one->left_out);
	if (one->pdf.len > 0) {
		if (one->field != NULL)
			node_put_str(
			    out->files, one->field, path_base(one->name));
		out->bytes += (int64_t)one->pdf.len;
		bag_add_text(bag, one->name, &one->pdf);
	}
	buf_release(&one->pdf);
}

struct err *
reports_add(struct reports *out, struct bag *bag, const struct dossier *d,
    const struct reports_spec *spec)
{
	const struct venue *v = spec->venue;
	struct all all;
	struct err *e = NULL;

	memset(out, 0, sizeof(*out));
	out->files = node_map();
	begin(&all, d, spec);
	for (size_t i = 0; i < all.n && e == NULL; i++)
		e = draw(&all.v[i], &all, v->pages_max,
		    v->file_max < v->files_max ? v->file_max : v->files_max);
	if (e == NULL)
		e = fit_together(&all);
	for (size_t i = 0; i < all.n; i++)
		hand_over(out, bag, &all.v[i]);
	out->no_helper = all.no_helper;
	return e;
}

void
reports_release(struct reports *r)
{
	node_free(r->files);
	strs_release(&r->left_out);
	memset(r, 0, sizeof(*r));
}
