/* SPDX-License-Identifier: ISC */
#include "core/intake/sink.h"

#include <errno.h>
#include <search.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/util/utf8.h"

#define SPOOL_CHUNK (1u << 20)
#define BLOCK 1024 /* records of the index read at once */
#define SKIPS_TOLD 20
#define IDS_MAX (1u << 19) /* messages whose ids are compared */
#define MISSING_MAX 20000  /* attachments that are missing, by name */
#define YEAR_1990 INT64_C(631152000000000)
#define TWO_DAYS INT64_C(172800000000)
#define SECOND INT64_C(1000000)
#define NOBODY UINT32_MAX

/* What is known of a message until it is written. */
struct record {
	int64_t key; /* what it is sorted by */
	int64_t first, last;
	uint64_t at; /* of its texts in the spool */
	size_t nth;  /* call of sink_add() */
	uint32_t json_len, text_len;
	uint32_t channel, author;
	uint16_t present, missing;
	uint8_t kind;     /* as the export has it */
	uint8_t resolved; /* as it is shown */
	uint8_t unit;
	bool system, dated;
};

/* A name met often: an author, or a conversation. */
struct name {
	char *text;
	uint32_t index;
	bool chosen; /* of a conversation: he that --with names is in it */
};

struct names {
	VEC(struct name *) v;
	void *tree;
	struct name *recent;
};

/* An attachment of a message of this conversation. */
struct use {
	uint32_t channel;
	const struct part *part; /* NULL: it is missing, and called ... */
	char *name;
};

/* The digest of a part, once somebody needed it. */
struct summed {
	const struct part *part;
	bool used; /* in the list of uses */
	char sha256[SHA256_HEX];
};

struct spool {
	int fd;
	struct buf buf;
	uint64_t size;
};

/* Ids seen, as halves of digests: an open table of a power of two. */
struct ids {
	struct {
		uint64_t id, body;
	} * v;
	size_t n, cap;
};

struct sink {
	struct sink_options o;
	enum sink_order order;
	bool direct; /* nothing need wait for the end */
	struct scribe *scribe;
	struct intake_facts facts;
	struct names authors, channels;
	VEC(struct use) uses;
	void *summed;
	struct spool texts, index;
	size_t n;     /* records in the index */
	size_t taken; /* messages that came, but for duplicates */
	struct ids ids;
	struct digest *digest;
	size_t skips, unwarned, undated, outside, backwards, folded, gaps;
	size_t duplicates, crowd;
	/* of the messages that are kept; clock: they count from midnight */
	bool has_local, has_relative, clock;
	size_t missing; /* names in uses */
	size_t added;   /* calls of sink_add() */
	void (*kept)(void *arg, size_t nth);
	void *kept_arg;
	bool *wrote; /* per author, at the end */
	size_t n_wrote;
	struct buf json, text;
	/* the offset that holds for a quarter of an hour of local time */
	int64_t cached_quarter;
	int cached_instants;
	int64_t cached_shift[2];
	struct {
		struct record *v;
		size_t from, n;
	} block;
};

/*
 * Names.
 */

static int
by_text(const void *a, const void *b)
{
	return strcmp(
	    ((const struct name *)a)->text, ((const struct name *)b)->text);
}

/* The name, met before or new; NULL if there are max of them already. */
static struct name *
find_name(struct names *names, struct span text, size_t max)
{
	struct name key, **found, *name;

	if (names->recent != NULL && span_is(text, names->recent->text))
		return names->recent;
	key.text = mem_ndup(text.p, text.len);
	found = tfind(&key, &names->tree, by_text);
	if (found != NULL) {
		free(key.text);
		names->recent = *found;
		return *found;
	}
	if (names->v.n >= max) {
		free(key.text);
		return NULL;
	}
	name = mem_zero(1, sizeof(*name));
	name->text = key.text;
	name->index = (uint32_t)names->v.n;
	if (tsearch(name, &names->tree, by_text) == NULL)
		abort(); /* out of memory */
	vec_push(&names->v, name);
	names->recent = name;
	return name;
}

static void
keep_node(void *node)
{
	(void)node; /* the vector owns it */
}

static void
free_names(struct names *names)
{
	tdestroy(names->tree, keep_node);
	for (size_t i = 0; i < names->v.n; i++) {
		free(names->v.v[i]->text);
		free(names->v.v[i]);
	}
	vec_release(&names->v);
}

/*
 * Beginning and end.
 */

static struct err *
spool_begin(struct spool *spool, const char *dir)
{
	char *path;
	struct err *e = file_temp(&path, &spool->fd, dir);

	if (e != NULL) {
		spool->fd = -1;
		return e;
	}
	unlink(path); /* it goes with the descriptor */
	free(path);
	return NULL;
}

static struct err *
spool_flush(struct spool *spool)
{
	struct err *e = file_write_fd(
	    spool->fd, spool->buf.data, spool->buf.len, "a temporary file");

	buf_clear(&spool->buf);
	return e;
}

static struct err *
spool_add(struct spool *spool, const void *p, size_t len)
{
	buf_add(&spool->buf, p, len);
	spool->size += len;
	return spool->buf.len < SPOOL_CHUNK ? NULL : spool_flush(spool);
}

static struct err *
spool_read(const struct spool *spool, void *p, size_t len, uint64_t at)
{
	char *to = p;

	while (len > 0) {
		ssize_t n = pread(spool->fd, to, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno("cannot read a temporary file");
		to += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return NULL;
}

static void
spool_end(struct spool *spool)
{
	if (spool->fd >= 0)
		close(spool->fd);
	buf_release(&spool->buf);
}

struct err *
sink_new(struct sink **out, const struct sink_options *options,
    enum sink_order order)
{
	struct sink *s = mem_zero(1, sizeof(*s));
	struct err *e;

	*out = NULL;
	s->o = *options;
	s->order = order;
	s->direct = order == SINK_AS_IS && options->with == NULL;
	s->texts.fd = s->index.fd = -1;
	buf_init(&s->texts.buf);
	buf_init(&s->index.buf);
	buf_init(&s->json);
	buf_init(&s->text);
	s->digest = digest_new();
	s->cached_quarter = INT64_MIN;
	s->facts.attachments = node_list();
	if ((e = scribe_new(&s->scribe, options->temp_dir)) == NULL &&
	    !s->direct &&
	    (e = spool_begin(&s->texts, options->temp_dir)) == NULL)
		e = spool_begin(&s->index, options->temp_dir);
	if (e != NULL)
		sink_free(s);
	else
		*out = s;
	return e;
}

void
intake_facts_release(struct intake_facts *f)
{
	free(f->title);
	strs_release(&f->authors);
	strs_release(&f->warnings);
	node_free(f->attachments);
	if (f->sums.path != NULL)
		unlink(f->sums.path);
	free(f->sums.path);
	*f = (struct intake_facts){ 0 };
}

void
sink_free(struct sink *s)
{
	struct use *use;

	if (s == NULL)
		return;
	scribe_free(s->scribe);
	intake_facts_release(&s->facts);
	free_names(&s->authors);
	free_names(&s->channels);
	vec_each (use, &s->uses)
		free(use->name);
	vec_release(&s->uses);
	tdestroy(s->summed, free);
	spool_end(&s->texts);
	spool_end(&s->index);
	free(s->ids.v);
	digest_free(s->digest);
	free(s->wrote);
	free(s->block.v);
	buf_release(&s->json);
	buf_release(&s->text);
	free(s);
}

const struct sink_options *
sink_options(const struct sink *s)
{
	return &s->o;
}

/*
 * The books.
 */

static void
warn_text(struct sink *s, const char *text)
{
	if (strs_find(&s->facts.warnings, text) >= 0)
		return;
	if (s->facts.warnings.n == SINK_WARNINGS_MAX)
		s->unwarned++;
	else
		strs_add(&s->facts.warnings, text);
}

void
sink_warn(struct sink *s, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	warn_text(s, text);
	free(text);
}

bool
sink_balances(const struct sink *s)
{
	return s->facts.units ==
	    s->taken + s->facts.skipped + s->facts.continued;
}

void
sink_watch(struct sink *s, void (*kept)(void *arg, size_t nth), void *arg)
{
	s->kept = kept;
	s->kept_arg = arg;
}

void
sink_unit(struct sink *s)
{
	s->facts.units++;
}

void
sink_continue(struct sink *s)
{
	s->facts.continued++;
}

void
sink_skip(
    struct sink *s, const char *where, unsigned long line, const char *fmt, ...)
{
	va_list ap;
	char *why;

	s->facts.skipped++;
	if (++s->skips > SKIPS_TOLD)
		return;
	va_start(ap, fmt);
	why = mem_vprintf(fmt, ap);
	va_end(ap);
	if (line == 0)
		sink_warn(s, "%s%snot read: %s", where != NULL ? where : "",
		    where != NULL ? ": " : "", why);
	else
		sink_warn(s, "%s%sline %lu not read: %s",
		    where != NULL ? where : "", where != NULL ? ": " : "", line,
		    why);
	free(why);
}

void
sink_note_scan(struct sink *s, const struct scan *scan)
{
	const struct scan_notes *n = scan_notes(scan);

	if (n->duplicates > 0)
		sink_warn(s,
		    "keys given twice in one object: %zu; the last "
		    "counts",
		    n->duplicates);
	if (n->surrogates > 0)
		sink_warn(s,
		    "halves of characters in the JSON: %zu; shown as "
		    "U+FFFD",
		    n->surrogates);
	if (n->bytes > 0)
		sink_warn(s, "bytes that are not UTF-8: %zu; shown as U+FFFD",
		    n->bytes);
}

void
sink_note_text(struct sink *s, const struct text *text)
{
	if (text_charset(text) == TEXT_1252)
		sink_warn(s,
		    "the file is not UTF-8; it was read as "
		    "Windows-1252");
	if (text_mended(text) > 0)
		sink_warn(s,
		    "lines with bytes that are no characters: %zu; shown as "
		    "U+FFFD",
		    text_mended(text));
}

void
sink_title(struct sink *s, const char *p, size_t len)
{
	if (s->facts.title == NULL && p != NULL && len > 0)
		s->facts.title = mem_ndup(p, len);
}

/*
 * Conversations.
 */

static bool
same_name(struct span a, const char *b)
{
	return a.p != NULL && a.len == strlen(b) &&
	    strncasecmp(a.p, b, a.len) == 0;
}

static struct err *
find_channel(struct sink *s, struct span text, struct name **out)
{
	if (text.p == NULL)
		text = span_of("");
	*out = find_name(&s->channels, text, SINK_CHANNELS_MAX);
	if (*out != NULL)
		return NULL;
	return err_new(ERR_LIMIT, "the export has more than %d conversations",
	    SINK_CHANNELS_MAX);
}

void
sink_member(struct sink *s, struct span channel, struct span name)
{
	struct name *c;

	if (s->o.with == NULL || !same_name(name, s->o.with))
		return;
	/* too many of them is said when messages come */
	err_drop(find_channel(s, channel, &c));
	if (c != NULL)
		c->chosen = true;
}

/*
 * Times.
 */

/* The instants a local time can be, through the cache. */
static int
instants(struct sink *s, int64_t local_us, int64_t out[static 2])
{
	int64_t seconds = local_us / SECOND - (local_us % SECOND < 0);
	int64_t quarter = seconds / 900;

	if (quarter != s->cached_quarter) {
		s->cached_quarter = quarter;
		s->cached_instants = zone_instants(out, s->o.zone, seconds);
		s->cached_shift[0] = (out[0] - seconds) * SECOND;
		s->cached_shift[1] = (out[1] - seconds) * SECOND;
	}
	out[0] = local_us + s->cached_shift[0];
	out[1] = local_us + s->cached_shift[1];
	return s->cached_instants;
}

/* What a time is, with all that was said on the command line. */
static struct stamp
resolve(struct sink *s, const struct stamp *at)
{
	struct stamp r = *at;
	int64_t both[2] = { 0, 0 };

	if (at->kind == STAMP_LOCAL && s->o.zone != NULL &&
	    at->unit != STAMP_DAY) {
		int n = instants(s, at->us, both);

		s->gaps += n == 0;
		s->folded += n == 2;
		r.us = both[0];
		r.kind = STAMP_INSTANT;
	} else if (at->kind == STAMP_RELATIVE && s->o.has_start) {
		r.us = (at->clock ? s->o.start_day : s->o.start) + at->us;
		r.kind = STAMP_INSTANT;
	} else if (at->kind == STAMP_OFFSET) {
		r.kind = STAMP_INSTANT;
	}
	return r;
}

static bool
is_wanted_time(struct sink *s, const struct stamp *r)
{
	int64_t seconds = r->us / SECOND - (r->us % SECOND < 0);

	if (s->o.since == INT64_MIN && s->o.until == INT64_MAX)
		return true;
	if (r->kind == STAMP_NONE || r->kind == STAMP_RELATIVE) {
		s->undated++;
		return true;
	}
	if (r->kind == STAMP_LOCAL)
		seconds -= s->o.wall;
	return seconds >= s->o.since && seconds <= s->o.until;
}

static void
check_time(struct sink *s, const struct stamp *r)
{
	if (r->kind != STAMP_INSTANT && r->kind != STAMP_LOCAL)
		return;
	if (r->us < YEAR_1990 || r->us > s->o.now * SECOND + TWO_DAYS)
		s->outside++;
}

/*
 * Rendering as JSON.
 */

static void
json_string(struct buf *b, const char *key, struct span text)
{
	if (text.p == NULL)
		return;
	buf_add(b, ",\"", 2);
	buf_adds(b, key);
	buf_add(b, "\":", 2);
	json_write_str(b, text.p, text.len);
}

static void
json_flag(struct buf *b, const char *key, bool flag)
{
	if (flag) {
		buf_add(b, ",\"", 2);
		buf_adds(b, key);
		buf_adds(b, "\":true");
	}
}

static void
json_stamp(struct buf *b, const char *key, const struct stamp *at)
{
	char text[STAMP_TEXT];
	size_t len;

	if (at->kind == STAMP_NONE)
		return;
	len = stamp_write(text, at);
	buf_add(b, ",\"", 2);
	buf_adds(b, key);
	buf_add(b, "\":\"", 3);
	buf_add(b, text, len);
	buf_addc(b, '"');
}

static void
json_times(struct sink *s, const struct message *m, const struct stamp *r)
{
	static const char *const units[] = {
		[STAMP_MINUTE] = "minute", [STAMP_DAY] = "day"
	};
	struct buf *b = &s->json;
	struct stamp end = resolve(s, &m->end);
	char zone[8];

	json_stamp(b, "time", r);
	if (r->kind != m->at.kind && m->at.kind == STAMP_LOCAL)
		json_stamp(b, "local", &m->at);
	if (r->kind != m->at.kind && m->at.kind == STAMP_RELATIVE)
		json_stamp(b, "offset", &m->at);
	if (m->at.kind == STAMP_OFFSET) {
		date_format_zone(zone, m->at.offset);
		json_string(b, "zone", span_of(zone));
	}
	if (m->at.kind != STAMP_NONE && m->at.unit >= STAMP_MINUTE)
		json_string(b, "unit", span_of(units[m->at.unit]));
	json_stamp(b, "end", &end);
}

static void
add_base64(struct buf *out, struct span raw)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)raw.p;

	for (size_t i = 0; i < raw.len; i += 3) {
		size_t n = raw.len - i < 3 ? raw.len - i : 3;
		uint32_t v = (uint32_t)p[i] << 16 |
		    (n > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
		    (n > 2 ? p[i + 2] : 0);

		buf_addc(out, digits[v >> 18]);
		buf_addc(out, digits[v >> 12 & 63]);
		buf_addc(out, n > 1 ? digits[v >> 6 & 63] : '=');
		buf_addc(out, n > 2 ? digits[v & 63] : '=');
	}
}

static int
by_part(const void *a, const void *b)
{
	const struct part *x = ((const struct summed *)a)->part;
	const struct part *y = ((const struct summed *)b)->part;

	return x < y ? -1 : x > y;
}

/* The digest of a part, computed once. */
static struct err *
sum_of(struct sink *s, const struct part *part, const char **sha256)
{
	struct summed key = { .part = part }, *made, **found;
	struct err *e;

	*sha256 = NULL;
	if ((found = tfind(&key, &s->summed, by_part)) == NULL) {
		made = mem_zero(1, sizeof(*made));
		made->part = part;
		if ((e = digest_file(part->path, made->sha256, NULL)) != NULL) {
			free(made);
			return e;
		}
		if ((found = tsearch(made, &s->summed, by_part)) == NULL)
			abort(); /* out of memory */
	}
	*sha256 = (*found)->sha256;
	return NULL;
}

static struct err *
json_attachment(struct sink *s, const struct attachment *a, bool first)
{
	struct buf *b = &s->json;
	const char *sha256;
	struct err *e;

	buf_adds(
	    b, first ? ",\"attachments\":[{\"present\":" : ",{\"present\":");
	buf_adds(b, a->part != NULL ? "true" : "false");
	json_string(b, "name", a->name);
	json_string(b, "type", a->type);
	if (a->part != NULL) {
		if ((e = sum_of(s, a->part, &sha256)) != NULL)
			return e;
		json_string(b, "path", span_of(a->part->name));
		json_string(b, "sha256", span_of(sha256));
		buf_addf(b, ",\"size\":%lld", (long long)a->part->size);
	} else if (a->size >= 0) {
		buf_addf(b, ",\"size\":%lld", (long long)a->size);
	}
	buf_addc(b, '}');
	return NULL;
}

static struct err *
render_json(struct sink *s, const struct message *m, const struct stamp *r)
{
	struct buf *b = &s->json;
	struct stamp edited_at = resolve(s, &m->edited_at);
	struct err *e;

	buf_clear(b);
	json_times(s, m, r);
	json_string(b, "author", m->author);
	json_string(b, "author_raw", m->author_raw);
	json_string(b, "author_id", m->author_id);
	json_string(b, "channel", m->channel);
	json_string(b, "type", m->type);
	json_flag(b, "system", m->system);
	json_string(b, "text", m->text.p != NULL ? m->text : span_of(""));
	if (m->raw.p != NULL) {
		buf_adds(b, ",\"text_base64\":\"");
		add_base64(b, m->raw);
		buf_addc(b, '"');
	}
	json_string(b, "id", m->id);
	json_string(b, "reply_to", m->reply_to);
	json_flag(b, "edited", m->edited);
	json_stamp(b, "edited_at", &edited_at);
	json_flag(b, "deleted", m->deleted);
	for (size_t i = 0; i < m->n_attachments; i++)
		if ((e = json_attachment(s, &m->attachments[i], i == 0)) !=
		    NULL)
			return e;
	if (m->n_attachments > 0)
		buf_addc(b, ']');
	if (node_count(m->more) > 0) {
		buf_adds(b, ",\"more\":");
		node_write_json(b, m->more);
	}
	buf_addc(b, '}');
	return NULL;
}

/*
 * Rendering for people.
 */

/*
 * Text whose lines after the first are indented, so that none of them can
 * pass for a message; marks of direction, which an editor does not need, are
 * left out, and whatever else could act on a terminal is spelled.
 */
static void
add_lines(struct buf *out, struct span text)
{
	const char *p = text.p, *end = p + text.len;
	size_t used;

	while (p < end) {
		const char *run = p;
		uint32_t c;

		while (p < end && (unsigned char)*p >= 0x20 &&
		    (unsigned char)*p < 0x7f)
			p++;
		buf_add(out, run, (size_t)(p - run));
		if (p == end)
			return;
		c = utf8_decode(p, (size_t)(end - p), &used);
		if (c == '\n')
			buf_adds(out, "\n      ");
		else if (c == '\r' && p + 1 < end && p[1] == '\n')
			; /* a line ends in both: the editor of a web page */
		else if (c == '\t')
			buf_addc(out, '\t');
		else if (c != 0x200e && c != 0x200f && c != 0xfeff)
			utf8_escape(out, p, used, false);
		p += used;
	}
}

static void
render_text(struct sink *s, const struct message *m, const struct stamp *r)
{
	struct buf *b = &s->text;
	char when[STAMP_TEXT];
	size_t len = stamp_write_short(when, r);

	buf_clear(b);
	if (len > 0) {
		buf_add(b, when, len);
		buf_add(b, "  ", 2);
	}
	if (m->channel.len > 0) {
		buf_addc(b, '[');
		add_lines(b, m->channel);
		buf_add(b, "] ", 2);
	}
	if (m->system)
		buf_add(b, "* ", 2);
	if (m->author.p != NULL) {
		add_lines(b, m->author);
		buf_add(b, ": ", 2);
	}
	add_lines(b, m->text);
	if (m->edited)
		buf_adds(b, " (edited)");
	if (m->deleted)
		buf_adds(b, " (deleted)");
	for (size_t i = 0; i < m->n_attachments; i++) {
		const struct attachment *a = &m->attachments[i];

		buf_adds(b, "\n      + ");
		add_lines(b, a->name.p != NULL ? a->name : a->type);
		if (a->part == NULL)
			buf_adds(b, " (not in the export)");
	}
	buf_addc(b, '\n');
}

/*
 * Ids met before.
 */

static uint64_t
half_digest(struct sink *s)
{
	char hex[SHA256_HEX];

	digest_hex(s->digest, hex);
	hex[16] = '\0';
	return strtoull(hex, NULL, 16);
}

static void
grow_ids(struct ids *ids)
{
	struct ids old = *ids;

	ids->cap = old.cap == 0 ? 1024 : old.cap * 2;
	ids->v = mem_zero(ids->cap, sizeof(*ids->v));
	for (size_t i = 0; i < old.cap; i++) {
		size_t at = old.v[i].id & (ids->cap - 1);

		if (old.v[i].id == 0)
			continue;
		while (ids->v[at].id != 0)
			at = (at + 1) & (ids->cap - 1);
		ids->v[at] = old.v[i];
	}
	free(old.v);
}

/*
 * Was this message there before?  One with the same id but another content is
 * kept, and reported.
 */
static bool
is_duplicate(struct sink *s, const struct message *m)
{
	uint64_t id, body;
	size_t at;

	if (m->id.p == NULL || s->ids.n >= IDS_MAX)
		return false;
	digest_add(s->digest, m->channel.p, m->channel.len);
	digest_add(s->digest, "", 1);
	digest_add(s->digest, m->id.p, m->id.len);
	id = half_digest(s) | 1;
	digest_add(s->digest, s->json.data, s->json.len);
	body = half_digest(s);
	if (s->ids.n * 2 >= s->ids.cap)
		grow_ids(&s->ids);
	for (at = id & (s->ids.cap - 1); s->ids.v[at].id != 0;
	     at = (at + 1) & (s->ids.cap - 1)) {
		if (s->ids.v[at].id != id)
			continue;
		if (s->ids.v[at].body == body)
			return true;
		sink_warn(s, "two different messages have the id %.*s",
		    m->id.len > 60 ? 60 : (int)m->id.len, m->id.p);
		return false;
	}
	s->ids.v[at].id = id;
	s->ids.v[at].body = body;
	if (++s->ids.n == IDS_MAX)
		sink_warn(s,
		    "beyond %u messages, ids are not compared any more",
		    IDS_MAX);
	return false;
}

/*
 * Writing what was chosen.
 */

/* "+00:00" among offsets is one of them: London in winter. */
static void
note_kind(struct intake_facts *f, enum stamp_kind kind)
{
	if (f->kind == STAMP_NONE ||
	    (f->kind == STAMP_INSTANT && kind == STAMP_OFFSET))
		f->kind = kind;
	f->mixed = f->mixed ||
	    (f->kind != kind &&
		!(f->kind == STAMP_OFFSET && kind == STAMP_INSTANT));
}

/*
 * The first and the last.  A wall clock is compared with an instant as if it
 * were in UTC, for want of better; what counts from a beginning, with nothing.
 */
static void
note_time(struct intake_facts *f, const struct record *r)
{
	struct stamp at = { .kind = r->resolved, .unit = r->unit };
	bool relative = at.kind == STAMP_RELATIVE;

	if (f->first.kind != STAMP_NONE &&
	    (f->first.kind == STAMP_RELATIVE) != relative)
		return;
	if (f->first.kind == STAMP_NONE || r->first < f->first.us) {
		f->first = at;
		f->first.us = r->first;
	}
	if (f->last.kind == STAMP_NONE || r->last > f->last.us) {
		f->last = at;
		f->last.us = r->last;
	}
}

static void
count_one(struct sink *s, const struct record *r)
{
	struct intake_facts *f = &s->facts;

	f->messages++;
	f->system += r->system;
	f->present += r->present;
	f->missing += r->missing;
	if (r->author != NOBODY) {
		if (r->author >= s->n_wrote) {
			size_t n = (size_t)r->author * 2 + 64;

			s->wrote = mem_grow(s->wrote, n, sizeof(*s->wrote));
			memset(s->wrote + s->n_wrote, 0, n - s->n_wrote);
			s->n_wrote = n;
		}
		if (!s->wrote[r->author])
			strs_add(&f->authors, s->authors.v.v[r->author]->text);
		s->wrote[r->author] = true;
	}
	if (!r->dated)
		return;
	s->has_local |= r->kind == STAMP_LOCAL;
	s->has_relative |= r->kind == STAMP_RELATIVE;
	note_kind(f, (enum stamp_kind)r->kind);
	note_time(f, r);
}

static bool
is_chosen(const struct sink *s, const struct record *r)
{
	return s->o.with == NULL || s->channels.v.v[r->channel]->chosen;
}

static struct err *
write_one(
    struct sink *s, const struct record *r, const char *json, const char *text)
{
	count_one(s, r);
	if (s->kept != NULL)
		s->kept(s->kept_arg, r->nth);
	/* the leading comma belongs to what stands before */
	return scribe_add(
	    s->scribe, json + 1, r->json_len - 1, text, r->text_len);
}

/*
 * Need this attachment be noted?  Where all conversations are taken, a part
 * counts once; of the names of missing ones there are enough at some point.
 */
static bool
is_news(struct sink *s, const struct attachment *a)
{
	struct summed key = { .part = a->part }, **found;

	if (a->part == NULL)
		return a->name.p != NULL && s->missing++ < MISSING_MAX;
	found = tfind(&key, &s->summed, by_part);
	if (s->o.with != NULL || found == NULL)
		return true;
	if ((*found)->used)
		return false;
	(*found)->used = true;
	return true;
}

static void
note_uses(struct sink *s, const struct message *m, struct record *r)
{
	for (size_t i = 0; i < m->n_attachments; i++) {
		const struct attachment *a = &m->attachments[i];
		struct use use = { r->channel, a->part, NULL };

		if (a->part != NULL)
			r->present++;
		else
			r->missing++;
		if (!is_news(s, a))
			continue;
		if (a->part == NULL)
			use.name = mem_ndup(a->name.p, a->name.len);
		vec_push(&s->uses, use);
	}
}

static struct err *
note_people(struct sink *s, const struct message *m, struct record *r)
{
	struct name *channel, *author = NULL;
	struct err *e = find_channel(s, m->channel, &channel);

	if (e != NULL)
		return e;
	r->channel = channel->index;
	r->author = NOBODY;
	if (s->o.with != NULL &&
	    (same_name(m->author, s->o.with) ||
		same_name(m->author_raw, s->o.with) ||
		same_name(m->author_id, s->o.with) ||
		same_name(m->channel, s->o.with)))
		channel->chosen = true;
	if (m->author.p == NULL || (m->system && !m->call))
		return NULL;
	author = find_name(&s->authors, m->author, SINK_AUTHORS_MAX);
	if (author != NULL)
		r->author = author->index;
	else
		s->crowd++;
	return NULL;
}

static void
fill_record(struct sink *s, struct record *r, const struct message *m,
    const struct stamp *at)
{
	struct stamp end = resolve(s, &m->end);

	r->key = at->us;
	r->first = at->us;
	r->last = end.kind != STAMP_NONE ? end.us : at->us;
	r->kind = (uint8_t)m->at.kind;
	r->resolved = (uint8_t)at->kind;
	r->unit = (uint8_t)at->unit;
	r->dated = at->kind != STAMP_NONE;
	r->system = m->system;
	r->json_len = (uint32_t)s->json.len;
	r->text_len = (uint32_t)s->text.len;
}

static struct err *
store(struct sink *s, struct record *r)
{
	struct err *e;

	r->at = s->texts.size;
	if ((e = spool_add(&s->texts, s->json.data, s->json.len)) != NULL ||
	    (e = spool_add(&s->texts, s->text.data, s->text.len)) != NULL)
		return e;
	s->n++;
	return spool_add(&s->index, r, sizeof(*r));
}

struct err *
sink_add(struct sink *s, const struct message *m)
{
	struct stamp at = resolve(s, &m->at);
	struct record r = { .nth = s->added++ };
	struct err *e;

	if (m->text.len > SINK_TEXT_MAX || m->raw.len > SINK_TEXT_MAX)
		return err_new(ERR_LIMIT,
		    "line %lu: one message has more than %u bytes", m->line,
		    SINK_TEXT_MAX);
	s->taken++;
	if (!is_wanted_time(s, &at) ||
	    (s->o.channel != NULL && !same_name(m->channel, s->o.channel))) {
		s->facts.left_out++;
		return NULL;
	}
	check_time(s, &at);
	s->clock |= m->at.clock;
	if ((e = render_json(s, m, &at)) != NULL)
		return e;
	if (is_duplicate(s, m)) {
		s->duplicates++;
		s->taken--;
		s->facts.continued++;
		return NULL;
	}
	render_text(s, m, &at);
	fill_record(s, &r, m, &at);
	if ((e = note_people(s, m, &r)) != NULL)
		return e;
	note_uses(s, m, &r);
	return s->direct ? write_one(s, &r, s->json.data, s->text.data) :
			   store(s, &r);
}

/*
 * Bringing into order.
 */

struct place {
	int64_t key;
	size_t at;
};

/* The i-th record of the index, good until the next call. */
static struct err *
record_at(struct sink *s, size_t i, const struct record **out)
{
	size_t from = i / BLOCK * BLOCK;
	struct err *e = NULL;

	if (s->block.v == NULL)
		s->block.v = mem_zero(BLOCK, sizeof(struct record));
	if (s->block.n == 0 || from != s->block.from) {
		s->block.from = from;
		s->block.n = s->n - from < BLOCK ? s->n - from : BLOCK;
		e = spool_read(&s->index, s->block.v,
		    s->block.n * sizeof(struct record),
		    from * sizeof(struct record));
	}
	*out = &s->block.v[i - from];
	return e;
}

static size_t
turned(const struct sink *s, size_t i)
{
	return s->order == SINK_NEWEST_FIRST ? s->n - 1 - i : i;
}

/* How many messages stand before earlier ones. */
static struct err *
count_backwards(struct sink *s, size_t *out)
{
	const struct record *r;
	int64_t last = INT64_MIN;
	struct err *e;

	*out = 0;
	for (size_t i = 0; i < s->n; i++) {
		if ((e = record_at(s, turned(s, i), &r)) != NULL)
			return e;
		if (!r->dated)
			continue;
		*out += r->key < last;
		last = r->key;
	}
	return NULL;
}

static int
by_key(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* Where each record goes; what has no time stays behind what it followed. */
static struct err *
sort(struct sink *s, struct place **out)
{
	const struct record *r;
	int64_t last = INT64_MIN;
	struct err *e;

	*out = NULL;
	if (s->n > SINK_SORT_MAX)
		return err_hint(
		    err_new(ERR_LIMIT,
			"%zu messages would have to be sorted, at most %d can",
			s->n, SINK_SORT_MAX),
		    "choose some: --since, --until, --channel");
	*out = mem_zero(s->n, sizeof(**out));
	for (size_t i = 0; i < s->n; i++) {
		if ((e = record_at(s, turned(s, i), &r)) != NULL)
			return e;
		if (r->dated)
			last = r->key;
		(*out)[i].key = last;
		(*out)[i].at = i;
	}
	qsort(*out, s->n, sizeof(**out), by_key);
	return NULL;
}

static struct err *
write_stored(struct sink *s, size_t i)
{
	const struct record *r;
	struct err *e = record_at(s, i, &r);
	size_t len;

	if (e != NULL)
		return e;
	if (!is_chosen(s, r)) {
		s->facts.left_out++;
		return NULL;
	}
	len = (size_t)r->json_len + r->text_len;
	buf_clear(&s->json);
	buf_reserve(&s->json, len);
	if ((e = spool_read(&s->texts, s->json.data, len, r->at)) != NULL)
		return e;
	return write_one(s, r, s->json.data, s->json.data + r->json_len);
}

static struct err *
write_all(struct sink *s)
{
	struct place *places = NULL;
	size_t backwards = 0;
	struct err *e;

	free(s->ids.v); /* no more will come */
	s->ids = (struct ids){ 0 };
	if ((e = spool_flush(&s->texts)) != NULL ||
	    (e = spool_flush(&s->index)) != NULL ||
	    (e = count_backwards(s, &backwards)) != NULL)
		return e;
	if (backwards > 0 && s->order != SINK_AS_IS)
		e = sort(s, &places);
	for (size_t i = 0; i < s->n && e == NULL; i++)
		e = write_stored(
		    s, turned(s, places != NULL ? places[i].at : i));
	free(places);
	return e;
}

/*
 * The end.
 */

static void
tell(struct sink *s)
{
	const struct intake_facts *f = &s->facts;

	if (s->skips > SKIPS_TOLD)
		sink_warn(s, "and %zu more that could not be read",
		    s->skips - SKIPS_TOLD);
	if (s->duplicates > 0)
		sink_warn(s,
		    "messages that are there twice, byte for byte: "
		    "%zu; each is kept once",
		    s->duplicates);
	if (s->has_local && s->o.zone == NULL)
		sink_warn(s,
		    "times are the wall clock of the device that "
		    "exported them; its zone is unknown (--tz)");
	if (s->has_relative && !s->o.has_start)
		sink_warn(s, "%s",
		    s->clock ? "times are those of a clock; of which day and "
			       "zone is unknown (--start, --tz)" :
			       "times count from the beginning of a recording; "
			       "when that was is unknown (--start)");
	if (s->gaps > 0)
		sink_warn(s,
		    "times that did not exist in %s, because clocks "
		    "were set forward: %zu",
		    s->o.zone_name, s->gaps);
	if (s->folded > 0)
		sink_warn(s,
		    "times that came twice in %s, because clocks were "
		    "set back: %zu; read as the first",
		    s->o.zone_name, s->folded);
	if (s->outside > 0)
		sink_warn(
		    s, "times before 1990 or in the future: %zu", s->outside);
	if (s->undated > 0)
		sink_warn(s,
		    "messages without a date, kept whatever --since "
		    "and --until say: %zu",
		    s->undated);
	if (s->crowd > 0)
		sink_warn(s, "only the first %d authors are listed",
		    SINK_AUTHORS_MAX);
	if (f->missing > 0)
		sink_warn(s, "attachments that the export does not hold: %zu",
		    f->missing);
	if (s->unwarned > 0)
		strs_take(&s->facts.warnings,
		    mem_printf("and %zu more warnings", s->unwarned));
}

static int
by_pointer(const void *a, const void *b)
{
	const struct part *x = *(const struct part *const *)a;
	const struct part *y = *(const struct part *const *)b;

	return x < y ? -1 : x > y;
}

/* The parts to keep, each once: parts lie in the order of their names. */
static size_t
gather(const struct sink *s, const struct part ***out)
{
	const struct part **v = mem_zero(s->uses.n + 1, sizeof(*v));
	const struct use *use;
	size_t n = 0, kept = 0;

	vec_each (use, &s->uses)
		if (use->part != NULL &&
		    (s->o.with == NULL ||
			s->channels.v.v[use->channel]->chosen))
			v[n++] = use->part;
	if (n > 1)
		qsort(v, n, sizeof(*v), by_pointer);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || v[i] != v[i - 1])
			v[kept++] = v[i];
	*out = v;
	return kept;
}

static struct err *
list_attachments(struct sink *s, const struct part *const *parts, size_t n)
{
	struct node *list = s->facts.attachments, *item;
	const struct use *use;
	const char *sha256;
	struct err *e;

	for (size_t i = 0; i < n && list->n < SINK_LISTED_MAX; i++) {
		if ((e = sum_of(s, parts[i], &sha256)) != NULL)
			return e;
		item = node_push(list, node_map());
		node_put_str(item, "name", parts[i]->name);
		node_put_str(item, "sha256", sha256);
		node_put_int(item, "size", parts[i]->size);
	}
	vec_each (use, &s->uses) {
		if (use->part != NULL || list->n >= SINK_LISTED_MAX ||
		    (s->o.with != NULL &&
			!s->channels.v.v[use->channel]->chosen))
			continue;
		item = node_push(list, node_map());
		node_put_str(item, "name", use->name);
		node_put_bool(item, "missing", true);
	}
	return NULL;
}

/* What stands above the messages in transcript.txt. */
static char *
head_of(const struct sink *s, const char *heading)
{
	const struct intake_facts *f = &s->facts;
	char first[STAMP_TEXT], last[STAMP_TEXT];
	struct buf b = BUF_INIT;

	add_lines(&b, span_of(heading));
	if (f->title != NULL) {
		buf_adds(&b, ": ");
		add_lines(&b, span_of(f->title));
	}
	buf_addf(&b, "\n%zu messages", f->messages);
	if (f->kind != STAMP_NONE) {
		stamp_write(first, &f->first);
		stamp_write(last, &f->last);
		buf_addf(&b, ", %s to %s", first, last);
	}
	buf_addc(&b, '\n');
	for (size_t i = 0; i < f->warnings.n; i++) {
		buf_adds(&b, "note: ");
		add_lines(&b, span_of(f->warnings.v[i]));
		buf_addc(&b, '\n');
	}
	buf_addc(&b, '\n');
	return buf_steal(&b);
}

static struct err *
nothing_left(const struct sink *s, const struct input *in)
{
	const struct intake_facts *f = &s->facts;
	struct err *e;

	if (f->left_out > 0)
		return err_hint(err_new(ERR_NOT_FOUND,
				    "%s: none of its %zu messages is chosen",
				    in->name, f->left_out),
		    "give --since, --until, --with and --channel other values");
	e = err_new(
	    ERR_INVALID, "%s: it holds no message that can be read", in->name);
	if (f->skipped > 0)
		e = err_hint(e, "%s", f->warnings.v[f->warnings.n - 1]);
	return e;
}

struct err *
sink_finish(struct intake_facts *out, struct sink *s, const struct input *in,
    const char *heading)
{
	const struct part **parts = NULL;
	char *head = NULL;
	size_t n;
	struct err *e = s->direct ? NULL : write_all(s);

	*out = (struct intake_facts){ 0 };
	if (e != NULL)
		return e;
	if (s->facts.messages == 0)
		return nothing_left(s, in);
	tell(s);
	n = gather(s, &parts);
	head = head_of(s, heading);
	if ((e = list_attachments(s, parts, n)) == NULL)
		e = scribe_finish(
		    &s->facts.sums, s->scribe, in, parts, n, head);
	if (e == NULL) {
		*out = s->facts;
		s->facts = (struct intake_facts){ 0 };
	}
	free(head);
	free(parts);
	return e;
}
