/* SPDX-License-Identifier: ISC */
#include "core/evidence/package.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/evidence/bag.h"
#include "core/evidence/enclose.h"
#include "core/evidence/fields.h"
#include "core/evidence/howto.h"
#include "core/evidence/page.h"
#include "core/evidence/report.h"
#include "core/evidence/statement.h"
#include "core/evidence/thumbs.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/utf8.h"

static char *
make_name(const struct dossier *d, int64_t now)
{
	char time[DATE_TEXT], others[32] = "";

	date_format_compact(time, now);
	if (d->orders.n > 1)
		snprintf(others, sizeof(others), "-and-%zu", d->orders.n - 1);
	return mem_printf("%s%s-evidence-%s", d->orders.v[0].id, others, time);
}

static void
add_info(struct bag *b, const struct dossier *d, const struct package *p,
    const struct package_spec *spec)
{
	char day[DATE_TEXT], *about;

	date_format(day, spec->now);
	day[10] = '\0';
	bag_add_info(b, "Bagging-Date", day);
	bag_add_info(b, "Bag-Software-Agent", "deed " DEED_VERSION);
	for (size_t i = 0; i < d->orders.n; i++) {
		const struct node *t = d->orders.v[i].order->terms;

		bag_add_info(b, "External-Identifier", d->orders.v[i].id);
		about = node_text(t, "title") == NULL ?
		    mem_printf("Evidence on order %s", d->orders.v[i].id) :
		    mem_printf("Evidence on order %s: %s", d->orders.v[i].id,
			node_text(t, "title"));
		bag_add_info(b, "External-Description", about);
		free(about);
	}
	bag_add_info(b, "Internal-Sender-Identifier", p->name);
}

/*
 * A report under this name, within what is left of the venue's room, which
 * gets smaller by it.  Without the helper there is none.
 */
static struct err *
add_report(struct bag *b, struct package *p, struct report_spec *report,
    const char *name)
{
	struct buf pdf = BUF_INIT;
	int64_t pages;
	struct err *e =
	    report_make(&pdf, &pages, &p->left_out, path_base(name), report);

	if (e == NULL) {
		if (report->pages_max != VENUE_NO_LIMIT)
			report->pages_max -= pages;
		if (report->bytes_max != VENUE_NO_LIMIT)
			report->bytes_max -= (int64_t)pdf.len;
		p->has_report = true;
		bag_add_text(b, name, &pdf);
	}
	buf_release(&pdf);
	if (err_is(e, ERR_LIMIT)) {
		strs_take(&p->left_out, mem_dup(err_text(e)));
		err_drop(e); /* told among what was left out */
		return NULL;
	}
	if (!err_is(e, ERR_NOT_FOUND))
		return e;
	err_drop(e); /* the page says as much; has_report tells */
	return NULL;
}

static int64_t
smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* A share of the room there is for all files of a form. */
static int64_t
share(int64_t all, int64_t parts)
{
	return all == VENUE_NO_LIMIT ? all : all / parts;
}

/* One file for each field that takes one; the whole case gets what is left. */
static struct err *
add_files(struct bag *b, struct node *files, struct package *p,
    const struct package_spec *spec, struct report_spec *report)
{
	static const struct {
		const char *field;
		enum report_part part;
		int64_t parts;
	} fields[] = {
		{ "customer_communication", REPORT_TALK, 4 },
		{ "service_documentation", REPORT_SERVICE, 4 },
		{ "uncategorized_file", REPORT_CASE, 1 },
	};
	int64_t pages = spec->venue->pages_max, bytes = spec->venue->files_max;
	struct err *e = NULL;

	for (size_t i = 0; i < 3 && e == NULL; i++) {
		char *name = mem_printf("data/fields/%s.pdf", fields[i].field);
		int64_t room = smaller(
		    share(bytes, fields[i].parts), spec->venue->file_max);

		report->part = fields[i].part;
		report->pages_max = share(pages, fields[i].parts);
		report->bytes_max = room;
		p->has_report = false;
		e = add_report(b, p, report, name);
		if (p->has_report) {
			node_put_str(files, fields[i].field, path_base(name));
			if (pages != VENUE_NO_LIMIT)
				pages -= share(pages, fields[i].parts) -
				    report->pages_max;
			if (bytes != VENUE_NO_LIMIT)
				bytes -= room - report->bytes_max;
		}
		free(name);
	}
	return e;
}

/* The fields of a form, one file each. */
static struct err *
add_fields(struct bag *b, const struct dossier *d, struct package *p,
    const struct package_spec *spec, const char *statement,
    struct report_spec *report)
{
	struct node *texts =
	    fields_texts(d, spec->venue, statement, &p->left_out);
	struct node *files = node_map();
	struct buf text = BUF_INIT;
	struct err *e;

	for (size_t i = 0; i < texts->n; i++) {
		char *name = mem_printf("data/fields/%s.txt", texts->keys[i]);

		buf_adds(&text, texts->kids[i]->text);
		bag_add_text(b, name, &text);
		free(name);
	}
	e = add_files(b, files, p, spec, report);
	fields_form(&text, texts, files);
	bag_add_text(b, "data/fields/evidence.json", &text);
	node_free(files);
	node_free(texts);
	return e;
}

static struct err *
add_page(struct bag *b, const struct dossier *d, const struct package *p,
    const struct package_spec *spec)
{
	struct thumbs thumbs;
	struct page_spec page = { spec->now, spec->clock_given, p->name,
		&thumbs };
	struct buf text = BUF_INIT;
	struct err *e = thumbs_make(&thumbs, d, spec->report);

	if (e == NULL) {
		page_write(&text, d, &page);
		bag_add_text(b, "data/index.html", &text);
	}
	thumbs_release(&thumbs);
	return e;
}

static struct err *
add_texts(struct bag *b, const struct dossier *d, struct package *p,
    const struct package_spec *spec)
{
	const struct venue *v = spec->venue;
	struct report_spec report = { d, REPORT_CASE, spec->report, p->name,
		spec->by, spec->now, v->pages_max,
		smaller(v->file_max, v->files_max) };
	struct buf text = BUF_INIT;
	struct err *e = add_page(b, d, p, spec);

	if (e != NULL)
		return e;
	statement_write(&text, d, spec->venue, spec->now, &p->left_out);
	if (spec->venue->has_fields)
		e = add_fields(b, d, p, spec, text.data, &report);
	else
		e = add_report(b, p, &report, "data/report.pdf");
	bag_add_text(b, "data/statement.txt", &text);
	howto_write(&text, d, p->name, spec->signer != NULL);
	bag_add_text(b, "data/HOW-TO-VERIFY.txt", &text);
	buf_adds(&text, howto_chain);
	bag_add_text(b, HOWTO_CHAIN, &text);
	if (d->digests.len > 0) {
		buf_add(&text, d->digests.data, d->digests.len);
		bag_add_text(b, ENCLOSE_DIGESTS, &text);
	}
	for (size_t i = 0; i < d->orders.n; i++) {
		const struct dossier_order *o = &d->orders.v[i];
		char *name = mem_printf("data/orders/%s.yaml", o->id);

		buf_add(&text, o->stream->bytes.data, o->stream->bytes.len);
		bag_add_text(b, name, &text);
		free(name);
	}
	return e;
}

/*
 * Whose key signs, by the recorder's word: a name without an address.  It
 * serves ssh-keygen; a reader who wants to know asks his own list.
 */
static struct err *
add_signers(struct bag *b, const struct package_spec *spec)
{
	struct buf key = BUF_INIT, text = BUF_INIT;
	struct err *e = signer_public(&key, spec->signer);

	if (e == NULL) {
		buf_addf(&text, HOWTO_PRINCIPAL " namespaces=\"deed\" %s ",
		    key.data);
		utf8_escape(&text, spec->by, strlen(spec->by), false);
		buf_addc(&text, '\n');
		bag_add_text(b, HOWTO_SIGNERS, &text);
	}
	buf_release(&key);
	return e;
}

static struct err *
sign_root(struct buf *out, const void *p, size_t len, const void *arg)
{
	const struct package_spec *spec = arg;

	return signer_sign(out, spec->signer, "deed", p, len, spec->temp_dir);
}

static void
add_pieces(struct bag *b, const struct dossier *d)
{
	const struct piece *piece;

	vec_each (piece, &d->pieces) {
		struct buf text = BUF_INIT;

		if (piece->from != NULL) {
			bag_add_file(b, piece->name, piece->from, piece->sha256,
			    piece->size);
			continue;
		}
		buf_add(&text, piece->text.data, piece->text.len);
		bag_add_text(b, piece->name, &text);
	}
}

struct err *
package_write(struct package *out, const struct dossier *d,
    const struct package_spec *spec)
{
	struct bag bag;
	struct bag_spec to = { .time = spec->now, .threads = spec->threads };
	struct bag_signer signer = { sign_root, spec };
	struct bag_total total;
	struct file_draft draft = { .fd = -1 };
	struct err *e;

	memset(out, 0, sizeof(*out));
	out->name = make_name(d, spec->now);
	out->path = mem_printf("%s/%s.zip", spec->dir, out->name);
	bag_init(&bag);
	if (file_exists(out->path)) {
		e = err_new(ERR_EXISTS, "%s exists", out->path);
		goto done;
	}
	add_info(&bag, d, out, spec);
	if ((e = add_texts(&bag, d, out, spec)) != NULL)
		goto done;
	add_pieces(&bag, d);
	if (spec->signer != NULL) {
		to.signer = &signer;
		if ((e = add_signers(&bag, spec)) != NULL)
			goto done;
	}
	if ((e = file_mkdirs(spec->dir, 0755)) != NULL ||
	    (e = file_draft(&draft, spec->dir)) != NULL)
		goto done;
	to.top = out->name;
	to.fd = draft.fd;
	to.path = out->path;
	if ((e = bag_write(&total, &bag, &to)) != NULL ||
	    (e = file_publish(&draft, out->path, 0600)) != NULL)
		goto done;
	memcpy(out->sha256, total.sha256, SHA256_HEX);
	memcpy(out->fingerprint, total.fingerprint, SHA256_HEX);
	out->size = total.size;
done:
	file_drop(&draft);
	bag_release(&bag);
	return e;
}

void
package_release(struct package *p)
{
	free(p->name);
	free(p->path);
	strs_release(&p->left_out);
	memset(p, 0, sizeof(*p));
}
