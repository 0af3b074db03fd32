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
#include "core/evidence/reports.h"
#include "core/evidence/statement.h"
#include "core/evidence/telling.h"
#include "core/evidence/thumbs.h"
#include "core/evidence/uploads.h"
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

/* The fields of a form, one file each. */
static void
add_fields(struct bag *b, const struct dossier *d, struct package *p,
    const struct venue *v, const char *statement, const struct node *files)
{
	struct node *texts = fields_texts(d, v, statement, &p->left_out);
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < texts->n; i++) {
		char *name = mem_printf("data/fields/%s.txt", texts->keys[i]);

		buf_adds(&text, texts->kids[i]->text);
		bag_add_text(b, name, &text);
		free(name);
	}
	fields_form(&text, texts, files);
	bag_add_text(b, "data/fields/evidence.json", &text);
	node_free(texts);
}

/* What the judge reads: an account to paste, PDFs, perhaps a form. */
static struct err *
add_account(struct bag *b, const struct dossier *d, struct package *p,
    const struct package_spec *spec)
{
	const struct reports_spec reports = { spec->venue, spec->report,
		p->name, spec->by, spec->now };
	struct reports made;
	struct buf text = BUF_INIT;
	struct err *e = reports_add(&made, b, d, &reports);

	statement_write(&text, d, spec->venue, spec->now, &p->left_out);
	if (spec->venue->has_fields)
		add_fields(b, d, p, spec->venue, text.data, made.files);
	bag_add_text(b, "data/statement.txt", &text);
	for (size_t i = 0; i < made.left_out.n; i++)
		strs_add(&p->left_out, made.left_out.v[i]);
	uploads_left_out(&p->left_out, d, spec->venue, made.bytes);
	p->no_helper = made.no_helper;
	reports_release(&made);
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
	struct buf text = BUF_INIT;
	struct err *e = add_page(b, d, p, spec);

	if (e != NULL || (e = add_account(b, d, p, spec)) != NULL)
		return e;
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

/* Where the ZIP is what is sent, it has a limit of its own. */
static struct err *
vet_size(const struct bag_total *total, const struct venue *v)
{
	char *size, *max;
	struct err *e;

	if (total->size <= v->package_max)
		return NULL;
	size = telling_size(total->size);
	max = telling_size(v->package_max);
	e = err_hint(
	    err_new(ERR_LIMIT, "the package has %s, and %s takes %s at once",
		size, v->title, max),
	    "leave something out: --deliveries list, or --withhold");
	free(size);
	free(max);
	return e;
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
	    (e = vet_size(&total, spec->venue)) != NULL ||
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
