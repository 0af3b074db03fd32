/* SPDX-License-Identifier: ISC */
#include "core/kind.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/ext/digest.h"
#include "core/money.h"
#include "core/util/buf.h"
#include "core/util/date.h"
#include "core/util/mem.h"
#include "core/util/near.h"

#define KEYS(...) \
	(const struct key[]) \
	{ \
		__VA_ARGS__, \
		{ \
			NULL, KEY_TEXT \
		} \
	}
#define TEXT(N) \
	{ \
		N, KEY_TEXT \
	}
#define ONE_OF(N, CHOICES) \
	{ \
		N, KEY_TEXT, CHOICES \
	}
#define INT(N) \
	{ \
		N, KEY_INT \
	}
#define BOOL(N) \
	{ \
		N, KEY_BOOL \
	}
#define MONEY(N) \
	{ \
		N, KEY_MONEY \
	}
#define TIME(N) \
	{ \
		N, KEY_TIME \
	}
#define DIGEST(N) \
	{ \
		N, KEY_DIGEST \
	}
#define ENTRY(N) \
	{ \
		N, KEY_ENTRY \
	}
#define LIST(N) \
	{ \
		N, KEY_LIST \
	}
#define MAP(N) \
	{ \
		N, KEY_MAP \
	}
#define MAPS(N) \
	{ \
		N, KEY_MAPS \
	}

const char *const kind_contracts[] = { "gig", "custom-offer", "fixed", "hourly",
	"milestone", "direct", NULL };
const char *const kind_classes[] = { "fix", "included", "new", NULL };
const char *const kind_answers[] = { "accepted", "declined", "open", NULL };
const char *const kind_ways[] = { "explicit", "button", "auto", "review", "tip",
	"use", NULL };
const char *const kind_parties[] = { "buyer", "seller", "support", NULL };
const char *const kind_requests[] = { "requested", "accepted", "declined",
	"withdrawn", NULL };
const char *const kind_disputes[] = { "open", "answered", "closed", NULL };
const char *const kind_claims[] = { "not-delivered", "not-as-described", "late",
	"quality", "scope", "unauthorised", "refund-after-use", NULL };

/* Every content may have these; the first are always there. */
static const struct key common[] = {
	TEXT("nonce"),
	TIME("happened"),
	TIME("captured"),
	TEXT("zone"),
	TEXT("by"),
	TEXT("clock"),
	TEXT("anyway"),
	LIST("blockers"),
	LIST("cites"),
	{ NULL, KEY_TEXT },
};

#define TERMS \
	TEXT("native_id"), TEXT("platform"), \
	    ONE_OF("contract", kind_contracts), TEXT("buyer"), TEXT("title"), \
	    MONEY("price"), TIME("due"), INT("revisions"), \
	    MAPS("requirements"), LIST("excludes"), MAPS("milestones"), \
	    MAPS("terms"), TEXT("url"), MAP("party"), INT("weekly_hours"), \
	    TEXT("text")

static const struct kind kinds[] = {
	{ "order", "open", NULL, true, KEYS(TEXT("id"), TERMS) },
	{ "terms", NULL, NULL, true,
	    KEYS(TERMS, MAP("clocks"), MAPS("files")) },
	{ "requirement", "scope add", "r", true,
	    KEYS(TEXT("label"), TEXT("text"), TEXT("clause"), TEXT("channel"),
		MAPS("files")) },
	{ "change", "scope change", "c", true,
	    KEYS(TEXT("label"), ONE_OF("class", kind_classes),
		TEXT("requirement"), TEXT("initiator"), MONEY("price"),
		INT("days"), ONE_OF("answer", kind_answers), TEXT("clause"),
		TEXT("channel"), TEXT("text"), MAPS("files")) },
	{ "message", NULL, NULL, true,
	    KEYS(TEXT("from"), TEXT("to"), TEXT("channel"),
		BOOL("off_platform"), BOOL("held"), TEXT("url"), TEXT("text"),
		MAPS("files")) },
	{ "call", NULL, NULL, true,
	    KEYS(TEXT("from"), TEXT("with"), TEXT("channel"),
		BOOL("off_platform"), TEXT("duration"), TEXT("url"),
		TEXT("text"), MAPS("files")) },
	{ "recap", "recap", NULL, true,
	    KEYS(ENTRY("target"), BOOL("posted"), TEXT("channel"), TEXT("text"),
		MAPS("files")) },
	{ "note", NULL, NULL, false,
	    KEYS(TEXT("from"), TEXT("channel"), TEXT("url"), TEXT("text"),
		MAPS("files")) },
	{ "file", NULL, NULL, true,
	    KEYS(TEXT("from"), TEXT("channel"), TEXT("url"), TEXT("text"),
		MAPS("files")) },
	{ "transcript", "import", NULL, true,
	    KEYS(TEXT("format"), TEXT("channel"), TEXT("title"),
		INT("messages"), INT("system"), INT("skipped"), TEXT("first"),
		TEXT("last"), TEXT("time_kind"), TEXT("tz"), LIST("authors"),
		LIST("warnings"), MAP("included"), MAP("selected"),
		MAP("source"), MAP("archive"), MAP("digests"),
		MAPS("attachments"), ENTRY("continues"), MAP("compared"),
		TEXT("text")) },
	{ "mail", "import", NULL, true,
	    KEYS(TEXT("format"), TEXT("channel"), TEXT("from"), TEXT("to"),
		TEXT("cc"), TEXT("subject"), TIME("date"), TEXT("message_id"),
		MAPS("dkim"), INT("mails"), INT("skipped"), TEXT("first"),
		TEXT("last"), TEXT("time_kind"), TEXT("tz"), LIST("authors"),
		LIST("warnings"), MAP("selected"), MAP("source"),
		MAP("archive"), MAP("digests"), MAPS("attachments"),
		MAPS("keys"), TEXT("text")) },
	{ "revision", "revise", "rev", true,
	    KEYS(TEXT("label"), BOOL("formal"), MAPS("items"), TEXT("clause"),
		TEXT("text"), MAPS("files")) },
	{ "delivery", "deliver", "d", true,
	    KEYS(TEXT("label"), LIST("covers"), TEXT("milestone"),
		MAP("source"), MAP("archive"), MAP("run"), MAP("detached"),
		ENTRY("also"), TEXT("text"), MAPS("files")) },
	{ "submission", "submit", NULL, true,
	    KEYS(ENTRY("delivery"), TEXT("text"), MAPS("files")) },
	{ "acceptance", "accept", NULL, true,
	    KEYS(ENTRY("delivery"), ONE_OF("how", kind_ways), TEXT("from"),
		TEXT("channel"), MAP("signed"), MAP("signature"), TEXT("text"),
		MAPS("files")) },
	{ "milestone", NULL, "m", true,
	    KEYS(TEXT("label"), TEXT("name"), MONEY("amount"), TIME("due"),
		TEXT("state"), TEXT("text"), MAPS("files")) },
	{ "completion", "complete", NULL, true,
	    KEYS(ENTRY("delivery"), BOOL("submitted"), LIST("upload"),
		TEXT("text"), MAPS("files")) },
	{ "cancellation", "cancel", NULL, true,
	    KEYS(ONE_OF("initiator", kind_parties),
		ONE_OF("state", kind_requests), ENTRY("answers"),
		TEXT("reason"), TEXT("text"), MAPS("files")) },
	{ "refund", NULL, NULL, true,
	    KEYS(MONEY("amount"), TEXT("initiator"), TEXT("state"),
		TEXT("reason"), TEXT("text"), MAPS("files")) },
	{ "ticket", NULL, NULL, true,
	    KEYS(TEXT("number"), TEXT("from"), TEXT("channel"), TEXT("url"),
		TEXT("text"), MAPS("files")) },
	{ "dispute", "dispute", NULL, true,
	    KEYS(ONE_OF("state", kind_disputes), TEXT("initiator"),
		ONE_OF("claim", kind_claims), TEXT("venue"), TEXT("stage"),
		TIME("due"), TEXT("outcome"), TEXT("url"), TEXT("text"),
		MAPS("files")) },
	{ "payment", NULL, NULL, true,
	    KEYS(MONEY("amount"), TEXT("method"), TEXT("from"),
		TEXT("milestone"), TEXT("text"), MAPS("files")) },
	{ "handover", NULL, NULL, true,
	    KEYS(TEXT("item"), TEXT("to"), TEXT("text"), MAPS("files")) },
	{ "platform", NULL, NULL, true,
	    KEYS(TEXT("state"), TEXT("url"), TEXT("text"), MAPS("files")) },
	{ "timestamp", "stamp", NULL, true,
	    KEYS(TEXT("authority"), TIME("time"), MAP("list"), MAP("token"),
		MAP("chain"), TEXT("text")) },
	{ "correction", "correct", NULL, true,
	    KEYS(ENTRY("target"), MAP("set"), BOOL("void"), BOOL("erased"),
		TEXT("text"), MAPS("files")) },
	{ "package", "dispute pack", NULL, false,
	    KEYS(TEXT("name"), DIGEST("sha256"), INT("size"),
		DIGEST("fingerprint"), TEXT("venue"), LIST("claims"),
		LIST("orders"), INT("exhibits"), INT("withheld"),
		TEXT("text")) },
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

const struct kind *
kind_at(size_t i)
{
	return i < N_KINDS ? &kinds[i] : NULL;
}

const char *
kind_article(const struct kind *kind)
{
	return strchr("aeiou", kind->name[0]) != NULL ? "an" : "a";
}

struct err *
kind_find(const struct kind **out, const char *name)
{
	struct near near;
	struct err *e;

	for (size_t i = 0; i < N_KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0) {
			*out = &kinds[i];
			return NULL;
		}
	*out = NULL;
	near_init(&near, name);
	for (size_t i = 0; i < N_KINDS; i++)
		near_try(&near, kinds[i].name);
	e = err_new(ERR_INVALID, "there is no kind \"%.64s\"", name);
	if (near.best != NULL)
		e = err_hint(e, "did you mean \"%s\"?", near.best);
	return e;
}

static const struct key *
among(const struct key *keys, const char *name)
{
	for (; keys->name != NULL; keys++)
		if (strcmp(keys->name, name) == 0)
			return keys;
	return NULL;
}

/* Below "clocks" stand names of clocks, each with its new end. */
static const struct key clock_end = TIME("clocks");

/* What the maps in "milestones" hold that is no mere text. */
static const struct key in_milestone[] = {
	MONEY("amount"),
	TIME("due"),
	{ NULL, KEY_TEXT },
};

bool
kind_is_common(const char *name)
{
	return among(common, name) != NULL;
}

const struct key *
kind_key(const struct kind *kind, const char *name)
{
	const struct key *key = among(common, name);

	if (strncmp(name, "clocks.", 7) == 0 && among(kind->keys, "clocks"))
		return &clock_end;
	if (strncmp(name, "milestones.", 11) == 0 &&
	    among(kind->keys, "milestones"))
		return among(in_milestone, strrchr(name, '.') + 1);
	return key != NULL ? key : among(kind->keys, name);
}

static struct err *
parse_int(struct node **out, const char *text)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' ||
	    !(isdigit((unsigned char)*text) || *text == '-'))
		return err_new(
		    ERR_INVALID, "\"%.64s\" is not a whole number", text);
	*out = node_int(number);
	return NULL;
}

static struct err *
parse_time(struct node **out, const char *text, int64_t now, int *offset)
{
	char written[DATE_TEXT];
	struct when when;
	struct err *e = date_parse_loose(&when, text, now);

	if (e != NULL)
		return e;
	if (when.date_only)
		*offset = when.offset;
	date_write(written, &when);
	*out = node_str(written);
	return NULL;
}

static struct node *
split_list(const char *text)
{
	struct node *list = node_list();

	while (*text != '\0') {
		size_t len, whole;

		text += strspn(text, " ");
		len = whole = strcspn(text, ",");
		while (len > 0 && text[len - 1] == ' ')
			len--;
		if (len > 0)
			node_push(list, node_strn(text, len));
		text += whole;
		text += *text == ',';
	}
	return list;
}

static struct err *
vet_choice(const char *text, const char *const *choices)
{
	struct buf list = BUF_INIT;
	struct err *e;

	for (; *choices != NULL && strcmp(*choices, text) != 0; choices++)
		buf_addf(&list, "%s%s", list.len > 0 ? ", " : "", *choices);
	e = *choices != NULL ?
	    NULL :
	    err_new(ERR_INVALID, "\"%.64s\" is none of %s", text, list.data);
	buf_release(&list);
	return e;
}

/* "Z", "+01:00". */
static bool
is_zone(const char *text)
{
	return strcmp(text, "Z") == 0 ||
	    (strlen(text) == 6 && (text[0] == '+' || text[0] == '-') &&
		strspn(text + 1, "0123456789") == 2 && text[3] == ':' &&
		strspn(text + 4, "0123456789") == 2);
}

static struct err *
parse_text(struct node **out, const struct key *key, const char *text)
{
	struct err *e = NULL;

	if (key->choices != NULL)
		e = vet_choice(text, key->choices);
	else if (strcmp(key->name, "zone") == 0 && !is_zone(text))
		e = err_new(ERR_INVALID,
		    "\"%.64s\" is no offset from UTC such as +01:00", text);
	if (e == NULL)
		*out = node_str(text);
	return e;
}

bool
kind_is_label(const struct kind *kind, const char *text)
{
	size_t len = kind->label != NULL ? strlen(kind->label) : 0;

	return len > 0 && strncmp(text, kind->label, len) == 0 &&
	    text[len] >= '1' && text[len] <= '9' &&
	    strspn(text + len, "0123456789") == strlen(text + len);
}

struct err *
kind_value(struct node **out, const struct key *key, const char *text,
    int64_t now, int *offset)
{
	struct err *e = NULL;

	*out = NULL;
	switch (key->type) {
	case KEY_INT:
		e = parse_int(out, text);
		break;
	case KEY_BOOL:
		if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
			e = err_new(ERR_INVALID,
			    "\"%.64s\" is neither true nor false", text);
		else
			*out = node_bool(*text == 't');
		break;
	case KEY_MONEY:
		if ((e = money_vet(text)) == NULL)
			*out = node_str(text);
		break;
	case KEY_TIME:
		e = parse_time(out, text, now, offset);
		break;
	case KEY_ENTRY:
	case KEY_DIGEST:
		if (!digest_is_hex(text))
			e = err_new(ERR_INVALID,
			    "\"%.64s\" is not 64 hexadecimal digits", text);
		else
			*out = node_str(text);
		break;
	case KEY_LIST:
		*out = split_list(text);
		break;
	case KEY_MAP:
	case KEY_MAPS:
		e = err_new(
		    ERR_INVALID, "it holds several values: name one of them");
		break;
	case KEY_TEXT:
		e = parse_text(out, key, text);
		break;
	}
	return err_wrap(e, "%s", key->name);
}

enum key_type
kind_type_of(const struct node *value)
{
	if (value == NULL)
		return KEY_TEXT;
	switch (value->type) {
	case NODE_INT:
		return KEY_INT;
	case NODE_BOOL:
		return KEY_BOOL;
	case NODE_LIST:
		return KEY_LIST;
	case NODE_MAP:
		return KEY_MAP;
	case NODE_STR:
		return digest_is_hex(value->text) ? KEY_DIGEST : KEY_TEXT;
	case NODE_NULL:
		break;
	}
	return KEY_TEXT;
}

static void
move_over(struct node *to, struct node *from, const struct key *keys)
{
	for (; keys->name != NULL; keys++) {
		const struct node *value = node_get(from, keys->name);

		if (value == NULL)
			continue;
		node_put(to, keys->name, node_copy(value));
		node_drop(from, keys->name);
	}
}

void
kind_arrange(const struct kind *kind, struct node *content)
{
	struct node *sorted = node_map(), old;

	move_over(sorted, content, common);
	move_over(sorted, content, kind->keys);
	for (size_t i = 0; i < content->n; i++)
		node_put(sorted, content->keys[i], node_copy(content->kids[i]));
	old = *content;
	*content = *sorted;
	*sorted = old;
	node_free(sorted);
}
