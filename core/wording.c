/* SPDX-License-Identifier: ISC */
#include "core/wording.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/finding.h"
#include "core/util/utf8.h"

#define CODE_MIN 7 /* digits, or hex with a digit in it */

struct phrase {
	const char *text, *rule, *why, *instead;
};

static const struct phrase phrases[] = {
	{ "5 star", "review", "it asks for a certain rating",
	    "say: your honest feedback is welcome" },
	{ "five star", "review", "it asks for a certain rating",
	    "say: your honest feedback is welcome" },
	{ "positive review", "review", "it asks for a favourable review",
	    "say: your honest feedback is welcome" },
	{ "good review", "review", "it asks for a favourable review",
	    "say: your honest feedback is welcome" },
	{ "change your review", "review", "it asks to change a review",
	    "leave the review out of it" },
	{ "or else", "threat", "it reads as a threat",
	    "say what you will do, not what the other must fear" },
	{ "i will sue", "threat", "it reads as a threat",
	    "say which step you will take, and when" },
	{ "my lawyer", "threat", "it reads as a threat",
	    "say which step you will take, and when" },
	{ "report you", "threat", "it reads as a threat",
	    "say that you ask the platform to look at it" },
	{ "pay me directly", "off-platform",
	    "it asks for money outside the platform",
	    "use the platform's own offer or milestone" },
	{ "outside the platform", "off-platform",
	    "it may be held as an offer outside the platform",
	    "name the place instead: on our call" },
	{ "western union", "off-platform",
	    "it asks for money outside the platform",
	    "use the platform's own offer or milestone" },
};

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

static void
check_held(
    struct node *findings, const char *text, const struct profile *profile)
{
	const struct node *v = profile_value(profile, "filter.words");
	const struct node *words = node_get(v, "value");
	const char *as_of = node_text(v, "as_of");

	for (size_t i = 0; i < node_count(words); i++) {
		const char *word = node_as_text(node_at(words, i));
		char *what, *why;

		if (word == NULL || !contains(text, word))
			continue;
		what = mem_printf("\"%s\" may hold the message", word);
		why = mem_printf("users report that the filter of %s stops at "
				 "it (as of %s)",
		    profile->name, as_of != NULL ? as_of : "unknown");
		check_add(findings, "held-word", "warn", what, why,
		    "say it in other words");
		free(what);
		free(why);
	}
}

/* An order's own number is what everybody there is used to. */
static void
check_codes(struct node *findings, const char *text)
{
	for (const char *p = text; *p != '\0';) {
		size_t hex = strspn(p, "0123456789abcdefABCDEF");
		size_t digits = strspn(p, "0123456789");
		bool starts = p == text || !isalnum((unsigned char)p[-1]);
		bool ends = !isalnum((unsigned char)p[hex]);

		if (digits >= CODE_MIN ||
		    (starts && ends && hex >= CODE_MIN &&
			strcspn(p, "0123456789") < hex)) {
			check_add(findings, "held-code", "warn",
			    "there is a long number or code in it",
			    "filters take long numbers for contact details",
			    "leave it to the attached CHECKSUMS file");
			return;
		}
		p += hex > 0 ? hex : 1;
	}
}

static size_t
characters(const char *text)
{
	size_t n = 0, used;

	for (size_t len = strlen(text); len > 0; text += used, len -= used, n++)
		utf8_decode(text, len, &used);
	return n;
}

int64_t
wording_limit(const struct profile *profile)
{
	return profile_number(profile, "text.message.max", 0);
}

void
wording_check(
    struct node *findings, const char *text, const struct profile *profile)
{
	int64_t limit = wording_limit(profile);
	size_t n = characters(text);

	check_held(findings, text, profile);
	check_codes(findings, text);
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		char *what;

		if (!contains(text, phrases[i].text))
			continue;
		what = mem_printf("\"%s\"", phrases[i].text);
		check_add(findings, phrases[i].rule, "warn", what,
		    phrases[i].why, phrases[i].instead);
		free(what);
	}
	if (limit > 0 && n > (size_t)limit) {
		char *what = mem_printf(
		    "%zu characters, the box takes %lld", n, (long long)limit);

		char *why =
		    mem_printf("what does not fit is cut off or refused "
			       "(as of %s)",
			node_text(profile_value(profile, "text.message.max"),
			    "as_of"));

		check_add(findings, "too-long", "warn", what, why,
		    "shorten it, or send it in two messages");
		free(why);
		free(what);
	}
}
