/* SPDX-License-Identifier: ISC */
#include "core/wording.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/draft.h"
#include "core/finding.h"
#include "core/util/utf8.h"

#define CODE_MIN 7 /* digits, or hex with a digit in it */

struct phrase {
	const char *text, *rule, *why, *instead;
};

#define HONEST "say: your honest feedback is welcome"
#define RATING "it asks for a certain rating"
#define FAVOUR "it asks for a favourable review"
#define THREAT "it reads as a threat"
#define OUTSIDE "it asks for money outside the platform"
#define STEP "say which step you will take, and when"
#define OFFER "use the platform's own offer or milestone"

static const struct phrase phrases[] = {
	{ "5 star", "review", RATING, HONEST },
	{ "5-star", "review", RATING, HONEST },
	{ "5 stars", "review", RATING, HONEST },
	{ "five star", "review", RATING, HONEST },
	{ "five stars", "review", RATING, HONEST },
	{ "five-star", "review", RATING, HONEST },
	{ "good rating", "review", RATING, HONEST },
	{ "positive review", "review", FAVOUR, HONEST },
	{ "positive feedback", "review", FAVOUR, HONEST },
	{ "good review", "review", FAVOUR, HONEST },
	{ "great review", "review", FAVOUR, HONEST },
	{ "change your review", "review", "it asks to change a review",
	    "leave the review out of it" },
	{ "or else", "threat", THREAT,
	    "say what you will do, not what the other must fear" },
	{ "i will sue", "threat", THREAT, STEP },
	{ "my lawyer", "threat", THREAT, STEP },
	{ "legal action", "threat", THREAT, STEP },
	{ "bad review", "threat", THREAT, "leave the review out of it" },
	{ "report you", "threat", THREAT,
	    "say that you ask the platform to look at it" },
	{ "pay me directly", "off-platform", OUTSIDE, OFFER },
	{ "direct payment", "off-platform", OUTSIDE, OFFER },
	{ "bank transfer", "off-platform", OUTSIDE, OFFER },
	{ "western union", "off-platform", OUTSIDE, OFFER },
	{ "outside the platform", "off-platform",
	    "it may be held as an offer outside the platform",
	    "name the place instead: on our call" },
};

/* Other words for those that filters are known to hold. */
static const struct {
	const char *held, *instead;
} rewordings[] = {
	{ "email", "say: a message here" },
	{ "e-mail", "say: a message here" },
	{ "pay", "speak of the order, the offer or the milestone" },
	{ "payment", "speak of the order, the offer or the milestone" },
	{ "money", "speak of the order, the offer or the milestone" },
	{ "paypal", "leave it out: the platform takes the money" },
	{ "zip file", "say: the archive" },
};

#define ELSEWHERE "name no other place: on our call, in our talk"

/* A phrase between word ends, in either case. */
static bool
contains(const char *text, const char *phrase)
{
	size_t len = strlen(phrase);

	for (const char *p = text; (p = strcasestr(p, phrase)) != NULL; p++) {
		bool starts = p == text || !isalnum((unsigned char)p[-1]);
		bool ends = !isalnum((unsigned char)p[len]);

		if (starts && ends)
			return true;
	}
	return false;
}

static const char *
instead_of(const char *word)
{
	for (size_t i = 0; i < sizeof(rewordings) / sizeof(rewordings[0]); i++)
		if (strcmp(rewordings[i].held, word) == 0)
			return rewordings[i].instead;
	return ELSEWHERE;
}

static void
add_dated(struct node *findings, const char *rule, const char *what,
    const struct profile *p, const char *key, const char *why,
    const char *instead)
{
	char *reason = profile_dated(p, key, why);

	check_add(findings, rule, "warn", what, reason, instead);
	free(reason);
}

static void
check_held(
    struct node *findings, const char *text, const struct profile *profile)
{
	static const char key[] = "filter.words";
	const struct node *words =
	    node_get(profile_value(profile, key), "value");
	const char *word;

	for (size_t i = 0; (word = node_text_at(words, i)) != NULL; i++) {
		char *what, *why;

		if (!contains(text, word))
			continue;
		what = mem_printf("\"%s\" may hold the message", word);
		why = mem_printf("%s may keep it from the buyer for a while",
		    profile->title);
		add_dated(findings, "held-word", what, profile, key, why,
		    instead_of(word));
		free(what);
		free(why);
	}
}

/* The part of a text that is the order's own number; 0 if none begins here. */
static size_t
own_number(const char *p, const struct order *o)
{
	const char *ids[2] = { NULL, NULL };

	if (o == NULL)
		return 0;
	ids[0] = o->id;
	ids[1] = node_text(o->terms, "native_id");
	for (size_t i = 0; i < 2; i++)
		if (ids[i] != NULL && strncmp(p, ids[i], strlen(ids[i])) == 0)
			return strlen(ids[i]);
	return 0;
}

/* How much of a text here is a long number or a code; 0 if none. */
static size_t
code_length(const char *p, bool starts)
{
	size_t hex = strspn(p, "0123456789abcdefABCDEF");
	size_t digits = strspn(p, "0123456789");
	bool ends = !isalnum((unsigned char)p[hex]);

	if (digits >= CODE_MIN)
		return digits;
	return starts && ends && hex >= CODE_MIN &&
		strcspn(p, "0123456789") < hex ?
	    hex :
	    0;
}

static void
add_code(struct node *findings, const struct profile *profile, const char *what)
{
	add_dated(findings, "held-code", what, profile, "filter.codes",
	    "filters take long numbers for contact details",
	    "leave it to the attached CHECKSUMS file");
}

/* An order's own number is what everybody there is used to. */
static void
check_codes(struct node *findings, const char *text,
    const struct profile *profile, const struct order *o)
{
	const char *p = text;

	while (*p != '\0') {
		bool starts = p == text || !isalnum((unsigned char)p[-1]);
		size_t own = starts ? own_number(p, o) : 0;

		if (own == 0 && code_length(p, starts) > 0) {
			add_code(findings, profile,
			    "there is a long number or code in it");
			return;
		}
		p += own > 0 ? own : 1;
	}
}

static void
check_links(
    struct node *findings, const char *text, const struct profile *profile)
{
	static const char key[] = "filter.links";

	if (node_flag(profile_value(profile, key), "value") &&
	    (strcasestr(text, "http://") != NULL ||
		strcasestr(text, "https://") != NULL || contains(text, "www")))
		add_dated(findings, "held-link",
		    "there is the address of a web page in it", profile, key,
		    "a filter may hold it, and links die",
		    "say in words what is there, and attach it");
}

/* Where one deals with the other alone nothing is outside. */
static bool
has_outside(const struct profile *profile)
{
	return profile == NULL || strcmp(profile->name, "direct") != 0;
}

static void
check_phrases(
    struct node *findings, const char *text, const struct profile *profile)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		char *what;

		if (!contains(text, phrases[i].text) ||
		    (!has_outside(profile) &&
			strcmp(phrases[i].rule, "off-platform") == 0))
			continue;
		what = mem_printf("\"%s\"", phrases[i].text);
		check_add(findings, phrases[i].rule, "warn", what,
		    phrases[i].why, phrases[i].instead);
		free(what);
	}
}

int64_t
wording_limit(const struct profile *profile)
{
	return profile_number(profile, WORDING_LIMIT, 0);
}

void
wording_cut(struct node *findings, const struct profile *profile)
{
	char *what = mem_printf("it was cut to the %lld characters of the box",
	    (long long)wording_limit(profile));

	add_dated(findings, "too-long", what, profile, WORDING_LIMIT,
	    "what does not fit is cut off or refused",
	    "send what is missing in a second message");
	free(what);
}

void
wording_check(struct node *findings, const char *text,
    const struct profile *profile, const struct order *o)
{
	int64_t limit = wording_limit(profile);
	size_t n = utf8_count(text);
	char *what;

	check_held(findings, text, profile);
	check_codes(findings, text, profile, o);
	if (strstr(text, DRAFT_NUMBER) != NULL)
		add_code(findings, profile,
		    "a long number or code was left out of it");
	check_links(findings, text, profile);
	check_phrases(findings, text, profile);
	if (limit <= 0 || n <= (size_t)limit)
		return;
	what = mem_printf(
	    "%zu characters, the box takes %lld", n, (long long)limit);
	add_dated(findings, "too-long", what, profile, WORDING_LIMIT,
	    "what does not fit is cut off or refused",
	    "shorten it, or send it in two messages");
	free(what);
}
