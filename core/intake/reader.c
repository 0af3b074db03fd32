/* SPDX-License-Identifier: ISC */
#include "core/intake/reader.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/near.h"
#include "core/util/path.h"

#define LOOKED_AT 2000 /* parts of one input */

/* clang-format off */
#define READERS(X) \
	X(whatsapp) X(telegram) X(slack) \
	X(discord) X(discord_csv) X(discord_txt) \
	X(messenger) X(instagram) X(zoom) X(zoom_report) \
	X(vtt) X(srt) X(sbv) X(otter) \
	X(trello) X(github) X(jira) X(jira_csv) \
	X(fiverr) X(fiverr_md) X(fiverr_paste) X(upwork) X(upwork_paste) \
	X(skype) X(teams) X(google_chat) X(mattermost) X(matrix) \
	X(signal_desktop) X(signal_data) X(signal) \
	X(imessage) X(imessage_json) \
	X(worklog) X(csv) X(jsonl) \
	X(eml) X(mbox) X(maildir)
/* clang-format on */

#define DECLARE(NAME) extern const struct reader reader_##NAME;
READERS(DECLARE)

#define LIST(NAME) &reader_##NAME,
const struct reader *const readers[] = { READERS(LIST) NULL };

const struct reader *
reader_find(const char *name)
{
	for (size_t i = 0; readers[i] != NULL; i++)
		if (strcmp(readers[i]->name, name) == 0)
			return readers[i];
	return NULL;
}

/* Readers and what they think of one part. */
struct verdict {
	const struct reader *best, *second;
	int score;
	bool tie;
};

static struct err *
judge(struct verdict *v, const struct input *in, const struct part *part,
    const struct reader *only)
{
	struct probe p;
	struct err *e = probe_open(&p, in, part);

	*v = (struct verdict){ NULL };
	for (size_t i = 0; e == NULL && readers[i] != NULL; i++) {
		int score;

		if (only != NULL && readers[i] != only)
			continue;
		score = readers[i]->detect(&p);
		if (score > 0 && score >= v->score) {
			v->tie = score == v->score;
			v->second = v->best;
			v->best = readers[i];
			v->score = score;
		}
	}
	probe_release(&p);
	if (part != NULL && in->type != INPUT_FILE && err_is(e, ERR_LIMIT)) {
		err_drop(e); /* a picture is no text: no reader's */
		e = NULL;
	}
	return e;
}

/* Files that systems put beside everything. */
static bool
is_litter(const char *name)
{
	const char *base = path_base(name);

	return base[0] == '.' || strncmp(name, "__MACOSX/", 9) == 0 ||
	    strcasecmp(base, "Thumbs.db") == 0;
}

static unsigned
depth_of(const char *name)
{
	unsigned n = 0;

	for (; (name = strchr(name, '/')) != NULL; name++)
		n++;
	return n;
}

static bool
is_usual(const char *name)
{
	static const char *const usual[] = { "_chat.txt", "result.json",
		"messages.json", "export.json", "data.json", "main.jsonl" };

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (strcmp(path_base(name), usual[i]) == 0)
			return true;
	return false;
}

/* Of two parts that both look right: the one that is higher up. */
static int
compare_parts(const struct part *a, const struct part *b)
{
	unsigned da = depth_of(a->name), db = depth_of(b->name);

	if (is_usual(a->name) != is_usual(b->name))
		return is_usual(a->name) ? -1 : 1;
	return da == db ? 0 : da < db ? -1 : 1;
}

/* Is it called as texts are?  Pictures are most of an export of a phone. */
static bool
is_called_text(const char *name)
{
	static const char *const ends[] = { ".txt", ".json", ".jsonl",
		".ndjson", ".md", ".csv", ".tsv", ".vtt", ".srt", ".sbv",
		".log" };
	const char *dot = strrchr(path_base(name), '.');

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (dot != NULL && strcasecmp(dot, ends[i]) == 0)
			return true;
	return false;
}

/* Which part to look at first: what looking at them finds is up to them. */
static int
by_promise(const void *x, const void *y)
{
	const struct part *a = *(const struct part *const *)x;
	const struct part *b = *(const struct part *const *)y;
	int place;

	if (is_called_text(a->name) != is_called_text(b->name))
		return is_called_text(a->name) ? -1 : 1;
	place = compare_parts(a, b);
	return place != 0 ? place : strcmp(a->name, b->name);
}

static void
names_of(struct buf *out)
{
	for (size_t i = 0; readers[i] != NULL; i++)
		buf_addf(out, "%s%s", i == 0 ? "" : " ", readers[i]->name);
}

/* What people export by mistake, and what to do instead; or NULL. */
static const char *
advice_on(const struct part *part)
{
	struct buf head = BUF_INIT;
	const char *advice = NULL, *p;
	struct err *e = part_head(&head, part, 512);

	err_drop(e); /* it will not be read, whatever it is */
	p = head.data + strspn(head.data, " \t\r\n");
	if (strncmp(head.data, "SQLite format 3", 15) == 0)
		advice = "it is a database: export the conversation from the "
			 "program it belongs to";
	else if (strncasecmp(p, "<!doctype html", 14) == 0 ||
	    strncasecmp(p, "<html", 5) == 0)
		advice = "it is a web page: export again as JSON, which is "
			 "what can be checked";
	buf_release(&head);
	return advice;
}

static const char *
advice_for(const struct input *in)
{
	const char *advice = NULL;

	for (size_t i = 0; i < in->parts.n && i < 20 && advice == NULL; i++)
		advice = advice_on(&in->parts.v[i]);
	return advice;
}

static struct err *
unknown(const struct input *in)
{
	const char *advice = advice_for(in);
	struct buf names = BUF_INIT;
	struct err *e;

	if (advice != NULL)
		return err_hint(
		    err_new(ERR_UNSUPPORTED,
			"%s: it is no export that deed knows", in->name),
		    "%s", advice);
	names_of(&names);
	e = err_hint(err_new(ERR_UNSUPPORTED,
			 "%s: it is no export that deed knows", in->name),
	    "say what it is with --format: %s", names.data);
	buf_release(&names);
	return e;
}

static struct err *
several(const struct input *in, const char *a, const char *b, const char *how)
{
	return err_hint(
	    err_new(ERR_UNSUPPORTED, "%s: it can be read as %s and as %s",
		in->name, a, b),
	    "%s", how);
}

/* What is the best of the parts so far, and what cannot be told from it. */
struct search {
	struct choice best;
	const struct part *rival;
	int score;
	struct verdict tie; /* the first, of whatever part */
};

static bool
carries(const struct reader *reader, int score)
{
	return reader != NULL && reader->flags & READER_CARRIES &&
	    score >= READER_LIKELY;
}

/*
 * Below 0: this part has more of a claim to be the export.  A chat does, before
 * all that somebody may have sent in it, however sure one is of its form.
 */
static int
compare_claims(
    const struct verdict *v, const struct part *part, const struct search *s)
{
	bool here = carries(v->best, v->score);
	bool there = carries(s->best.reader, s->score);
	unsigned a = depth_of(part->name), b;

	b = s->best.main != NULL ? depth_of(s->best.main->name) : a;
	if (here && there && a != b)
		return a < b ? -1 : 1;
	if (here && !there && a <= b)
		return -1;
	if (there && !here && b <= a)
		return 1;
	return v->score > s->score ? -1 : v->score < s->score ? 1 : 0;
}

static struct err *
try_part(struct search *s, const struct input *in, const struct part *part,
    const struct reader *only)
{
	struct verdict v;
	int better;
	struct err *e = judge(&v, in, part, only);

	if (e != NULL || v.score < READER_MAYBE)
		return e;
	if (v.tie) {
		if (s->tie.best == NULL)
			s->tie = v;
		return NULL;
	}
	better = compare_claims(&v, part, s);
	if (s->best.main != NULL && v.best == s->best.reader) {
		int place = compare_parts(part, s->best.main);

		if (place == 0 && v.best->prefer != NULL)
			place = v.best->prefer(in, part, s->best.main);
		better = place != 0 ? place : better;
		if (better == 0)
			s->rival = part;
	}
	if (better < 0)
		*s = (struct search){ { v.best, part }, NULL, v.score, s->tie };
	return NULL;
}

static struct err *
choose_part(
    struct choice *out, const struct input *in, const struct reader *only)
{
	struct search s = { .score = READER_MAYBE - 1 };
	VEC(const struct part *) parts = VEC_INIT;
	const struct part *part;
	struct err *e = NULL;

	vec_each (part, &in->parts)
		if (in->type == INPUT_FILE || !is_litter(part->name))
			vec_push(&parts, part);
	vec_sort(&parts, by_promise);
	for (size_t i = 0; i < parts.n && i < LOOKED_AT && e == NULL; i++)
		e = try_part(&s, in, parts.v[i], only);
	vec_release(&parts);
	if (e != NULL)
		return e;
	if (s.tie.best != NULL && !carries(s.best.reader, s.score))
		return several(in, s.tie.best->name, s.tie.second->name,
		    "say which with --format");
	*out = s.best;
	if (out->reader == NULL)
		return unknown(in);
	if (s.rival != NULL && out->reader->flags & READER_TOGETHER)
		out->main = NULL;
	else if (s.rival != NULL)
		return several(in, out->main->name, s.rival->name,
		    "import one of them at a time");
	return NULL;
}

static struct err *
find_format(const struct reader **out, const char *format)
{
	struct buf names = BUF_INIT;
	struct near near;
	struct err *e;

	*out = reader_find(format);
	if (*out != NULL)
		return NULL;
	near_init(&near, format);
	for (size_t i = 0; readers[i] != NULL; i++)
		near_try(&near, readers[i]->name);
	names_of(&names);
	e = err_new(ERR_USAGE, "there is no format \"%.64s\"", format);
	e = near.best != NULL ? err_hint(e, "did you mean %s?", near.best) :
				err_hint(e, "one of: %s", names.data);
	buf_release(&names);
	return e;
}

struct err *
reader_choose(struct choice *out, const struct input *in, const char *format)
{
	const struct reader *only = NULL;
	struct verdict v = { NULL };
	struct err *e;

	*out = (struct choice){ NULL, NULL };
	if (format != NULL && (e = find_format(&only, format)) != NULL)
		return e;
	if (in->type != INPUT_FILE) {
		if ((e = judge(&v, in, NULL, only)) != NULL)
			return e;
		if (v.score >= READER_MAYBE && !v.tie) {
			out->reader = v.best;
			return NULL;
		}
	}
	e = choose_part(out, in, only);
	if (e != NULL && only != NULL && in->parts.n == 1) {
		err_drop(e); /* he who says what it is may be right */
		*out = (struct choice){ only, &in->parts.v[0] };
		e = NULL;
	}
	return e;
}

struct err *
reader_run(struct intake_facts *out, const struct choice *choice,
    const struct input *in, const struct sink_options *options,
    enum date_order date_order)
{
	struct reading r = { .reader = choice->reader,
		.input = in,
		.main = choice->main,
		.date_order = date_order };
	struct err *e = sink_new(&r.sink, options, choice->reader->order);

	*out = (struct intake_facts){ 0 };
	if (e != NULL)
		return e;
	if (choice->reader->flags & READER_FORGEABLE)
		sink_warn(r.sink,
		    "in this kind of text a line pasted into a message cannot "
		    "be told from a message");
	if (in->ignored.n > 0)
		sink_warn(r.sink, "links and special files, left out: %zu",
		    in->ignored.n);
	if ((e = choice->reader->read(&r)) == NULL)
		e = sink_finish(out, r.sink, in, choice->reader->title);
	sink_free(r.sink);
	return e;
}

char *
reader_stem(const char *name)
{
	const char *base = path_base(name), *dot = strrchr(base, '.');

	if (dot == NULL || dot == base || strlen(dot) > 6)
		return mem_dup(base);
	return mem_ndup(base, (size_t)(dot - base));
}
