/* SPDX-License-Identifier: ISC */
#include "cmd/cli/delivering.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/say.h"
#include "cmd/cli/view.h"
#include "core/attach.h"
#include "core/attestation.h"
#include "core/delivery.h"
#include "core/upload.h"
#include "core/util/file.h"

/* What an earlier entry says counts: it is what was uploaded. */
static struct err *
find_parts(struct delivering *d)
{
	const struct record *r = d->record;
	const struct node *parts = d->first == NULL ?
	    NULL :
	    node_get(node_get(d->first->content, "archive"), "parts");
	struct check check;

	if (d->first != NULL) {
		d->parts = parts != NULL ? node_copy(parts) : NULL;
		return NULL;
	}
	check = view_check(r->ctx, r->order, CHECK_DELIVER);
	return upload_cut(&d->parts, d->packed->path, r->id, d->label,
	    upload_limit(check.profile));
}

struct err *
delivering_find(struct delivering *d, bool by_run)
{
	const struct order *o = d->record->order;

	d->first = delivery_twin(o, d->packed);
	d->label = d->first != NULL ?
	    mem_dup(d->first->label != NULL ? d->first->label : "") :
	    order_next_label(o, record_kind("delivery"));
	d->known = d->first != NULL &&
	    (!by_run || delivery_is_known(o, d->first, d->run));
	return find_parts(d);
}

/* The attestations become files of the entry, with what they speak of. */
static struct err *
put_attestations(struct node *content, const struct delivering *d)
{
	const struct record *r = d->record;
	const struct strs *paths = d->attestations;
	struct err *e = NULL;

	for (size_t i = 0; paths != NULL && i < paths->n && e == NULL; i++) {
		struct node *said = NULL, *file = NULL;
		struct node *files = node_get(content, "files");
		struct buf bytes = BUF_INIT;

		if ((e = attestation_read(&said, paths->v[i], d->packed->sha256,
			 &d->packed->sums)) == NULL &&
		    (e = file_read(&bytes, paths->v[i], ATTESTATION_MAX)) ==
			NULL &&
		    (e = attach_bytes(&file, r->store, r->id, r->month,
			 d->attested->v[i], bytes.data, bytes.len,
			 r->ctx->env.now)) == NULL) {
			node_put(file, "attestation", said);
			said = NULL;
			if (files == NULL)
				files = node_put(content, "files", node_list());
			node_push(files, file);
		}
		node_free(said);
		buf_release(&bytes);
	}
	return e;
}

static struct err *
put_archive(struct node *content, const struct delivering *d)
{
	const struct record *r = d->record;
	struct node *archive;
	struct err *e = delivery_keep(&archive, r->store, r->id, r->month,
	    d->label, d->packed, d->parts, r->ctx->env.now);

	if (e == NULL)
		node_put(content, "archive", archive);
	return e;
}

struct err *
delivering_record(struct delivering *d, struct node *content)
{
	static const char *const firsts[] = { "label", "covers", "milestone" };
	struct err *e = NULL;

	if (d->first == NULL) {
		e = put_archive(content, d);
	} else {
		for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++)
			node_drop(content, firsts[i]);
		node_put_str(content, "also", d->first->entry->id);
	}
	if (e == NULL)
		e = put_attestations(content, d);
	if (e != NULL) {
		node_free(content);
		return e;
	}
	if (d->packed->source != NULL)
		node_put(content, "source", node_copy(d->packed->source));
	if (d->run != NULL)
		node_put(content, "run", node_copy(d->run));
	e = record_add(d->record, record_kind("delivery"), content);
	if (e == NULL) /* the order was replayed: facts of before are gone */
		d->first =
		    record_fact(d->record, d->record->added.n - 1)->first;
	return e;
}

void
delivering_release(struct delivering *d)
{
	free(d->label);
	node_free(d->parts);
	d->label = NULL;
	d->parts = NULL;
}

/* What is covered must be agreed here; what is not is told and left out. */
static void
put_covers(
    struct node *content, const struct record *r, const struct node *covers)
{
	struct node *all = order_requirements(r->order), *list = node_list();

	for (size_t i = 0; i < node_count(covers); i++) {
		const char *label = node_text_at(covers, i);
		const struct node *one;
		struct err *e = order_requirement(&one, all, label);

		if (e != NULL)
			say_warn(
			    "order %s: %s; it is left out", r->id, err_text(e));
		else if (!node_has(list, label))
			node_push_str(list, label);
		err_drop(e); /* told above */
	}
	if (list->n > 0)
		node_put(content, "covers", list);
	else
		node_free(list);
	node_free(all);
}

/* When it was packed, by a clock that may be wrong, but not by tomorrow's. */
static void
put_time(struct node *content, const struct record *r,
    const struct record_args *args, const struct packed *p)
{
	char when[DATE_TEXT];

	if (args->at != NULL || p->time > r->ctx->env.now)
		return;
	date_format(when, p->time);
	node_put_str(content, "happened", when);
}

static struct err *
import_new(struct delivering *d, const struct record_args *args,
    const char *text, const struct detached *from)
{
	struct record *r = d->record;
	const struct node *facts = from->facts;
	struct node *content, *detached;
	struct err *e =
	    record_content(&content, r, args, record_kind("delivery"),
		text != NULL ? text : node_text(facts, "text"));

	if (e != NULL)
		return e;
	put_time(content, r, args, d->packed);
	if (node_text(facts, "clock") != NULL)
		node_put_str(content, "clock", "given");
	put_covers(content, r, node_get(facts, "covers"));
	if (node_text(facts, "milestone") != NULL)
		node_put_str(
		    content, "milestone", node_text(facts, "milestone"));
	detached = node_put(content, "detached", node_map());
	node_put_str(detached, "sha256", from->sha256);
	node_put_str(detached, "packed", node_text(facts, "packed"));
	return delivering_record(d, content);
}

struct err *
delivering_import(char **known, struct record *r,
    const struct record_args *args, const char *text,
    const struct detached *from)
{
	const char *order = node_text(from->facts, "order");
	struct delivering d = { .record = r,
		.packed = from->packed,
		.run = node_get(from->facts, "run"),
		.attestations = &from->attestations,
		.attested = &from->attested };
	struct err *e;

	*known = NULL;
	if (order != NULL && strcmp(order, r->id) != 0)
		return err_hint(err_new(ERR_INVALID,
				    "this delivery was made for order %.80s, "
				    "not %s",
				    order, r->id),
		    "deed import -o ORDER FILE");
	e = delivering_find(&d, true);
	if (e == NULL && d.known)
		*known = mem_dup(d.first->entry->id);
	else if (e == NULL)
		e = import_new(&d, args, text, from);
	delivering_release(&d);
	return e;
}

struct node *
delivering_archive(const struct record *r, const struct fact *delivery)
{
	struct node *n = node_copy(node_get(delivery->content, "archive"));
	char *path = delivery_path(r->ctx->ledger, delivery);

	node_put_str(n, "path", path);
	free(path);
	return n;
}
