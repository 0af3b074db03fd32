/* SPDX-License-Identifier: ISC */
#include "core/evidence/certify.h"

#include <string.h>

#include "core/evidence/telling.h"
#include "core/stamp.h"
#include "core/util/path.h"

#define LATE (2 * DATE_DAY) /* seconds after which recording is late */

/* A declaration under way. */
struct certificate {
	struct buf orders, digests, files, packages;
	int64_t first, last;
	size_t entries, late, anchored;
};

static void
add_file(struct certificate *c, const struct node *n)
{
	const char *path = node_text(n, "path");
	const char *sha256 = node_text(n, "sha256");

	if (n == NULL)
		return;
	if (path != NULL && sha256 != NULL)
		buf_addf(&c->files, "%s  %s\n", sha256, path_base(path));
	for (size_t i = 0; i < node_count(n); i++)
		add_file(c, n->kids[i]);
}

static void
add_fact(struct certificate *c, const struct fact *f)
{
	int64_t recorded = telling_recorded(f);
	char *day;

	if (c->entries++ == 0 || recorded < c->first)
		c->first = recorded;
	if (recorded > c->last)
		c->last = recorded;
	if (f->content == NULL)
		return;
	c->late += telling_delay(f) >= LATE;
	if (!fact_is(f, "package")) {
		add_file(c, f->content);
		return;
	}
	day = telling_day(f);
	buf_addf(&c->packages, "%s, made %s, fingerprint %s\n",
	    node_text(f->content, "name"), day,
	    node_text(f->content, "fingerprint"));
	free(day);
}

/* The file of an order, and the ids of its last entries. */
static void
add_digests(struct certificate *c, const struct stream *s, const char *id)
{
	struct strs tips = VEC_INIT;
	char sha256[SHA256_HEX];

	digest_of(s->bytes.data, s->bytes.len, sha256);
	buf_addf(&c->digests, "%s  %s.yaml\n", sha256, id);
	stream_tips(s, &tips);
	for (size_t i = 0; i < tips.n; i++)
		buf_addf(
		    &c->digests, "%s  the last entry of %s\n", tips.v[i], id);
	strs_release(&tips);
}

static struct err *
add_order(struct certificate *c, struct ledger *l, const struct stamps *stamps,
    const char *id)
{
	struct stream *s = NULL;
	struct order *o = NULL;
	const struct timestamp **cover = NULL;
	struct err *e;

	if ((e = ledger_load(&s, l, id)) != NULL ||
	    (e = stream_load(s)) != NULL || /* nothing forged is sworn to */
	    (e = order_replay(&o, s, id)) != NULL)
		goto done;
	buf_addf(&c->orders, "%s%s", c->orders.len > 0 ? ", " : "", id);
	add_digests(c, s, id);
	cover = mem_zero(s->n, sizeof(*cover));
	stamps_cover(stamps, s, cover);
	for (size_t i = 0; i < o->n; i++) {
		add_fact(c, &o->v[i]);
		c->anchored += cover[i] != NULL;
	}
done:
	free(cover);
	order_free(o);
	stream_free(s);
	return e;
}

static void
put(struct node *out, const char *key, struct buf *text)
{
	while (text->len > 0 && text->data[text->len - 1] == '\n')
		buf_cut(text, text->len - 1);
	node_put_str(out, key, text->len > 0 ? text->data : "(none)");
	buf_release(text);
}

static void
put_owned(struct node *out, const char *key, char *text)
{
	node_put_str(out, key, text);
	free(text);
}

static struct node *
make_values(struct certificate *c, const char *custodian)
{
	struct node *out = node_map();

	node_put_str(out, "custodian", custodian);
	node_put_str(out, "version", DEED_VERSION);
	put(out, "orders", &c->orders);
	put(out, "digests", &c->digests);
	put(out, "files", &c->files);
	put(out, "packages", &c->packages);
	put_owned(out, "entries", mem_printf("%zu", c->entries));
	put_owned(out, "first", telling_time(c->first));
	put_owned(out, "last", telling_time(c->last));
	put_owned(out, "late",
	    c->late == 0 ?
		mem_dup("None was recorded two days or more after what it "
			"tells.") :
		mem_printf("%zu of them %s recorded two days or more after "
			   "what they tell.",
		    c->late, c->late == 1 ? "was" : "were"));
	put_owned(out, "anchors",
	    c->anchored == 0 ?
		mem_dup("no outside anchor covers any entry.") :
		mem_printf("time stamps of authorities cover %zu of %zu "
			   "entries.",
		    c->anchored, c->entries));
	return out;
}

struct err *
certify_values(struct node **out, struct ledger *l, const struct strs *orders,
    const char *custodian)
{
	struct certificate c = { BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, 0, 0,
		0, 0, 0 };
	struct stamps stamps = { VEC_INIT };
	struct node *values;
	struct err *e = stamps_read(&stamps, l, NULL, NULL);

	for (size_t i = 0; i < orders->n && e == NULL; i++)
		e = add_order(&c, l, &stamps, orders->v[i]);
	values = make_values(&c, custodian);
	if (e == NULL)
		*out = values;
	else
		node_free(values);
	stamps_release(&stamps);
	return e;
}
