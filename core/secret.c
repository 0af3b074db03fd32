/* SPDX-License-Identifier: ISC */
#include "core/secret.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/mem.h"
#include "core/util/path.h"

/* What may follow a prefix: letters and digits, and which more. */
struct shape {
	const char *prefix; /* STEM bytes or more */
	const char *more;   /* NULL: capitals and digits only */
	size_t min;
	const char *what;
};

#define STEM 4 /* bytes of a prefix that are searched for */

static const struct shape shapes[] = {
	{ "AKIA", NULL, 16, "an AWS access key" },
	{ "ASIA", NULL, 16, "an AWS access key" },
	{ "ghp_", "", 36, "a GitHub token" },
	{ "gho_", "", 36, "a GitHub token" },
	{ "ghu_", "", 36, "a GitHub token" },
	{ "ghs_", "", 36, "a GitHub token" },
	{ "ghr_", "", 36, "a GitHub token" },
	{ "github_pat_", "_", 22, "a GitHub token" },
	{ "glpat-", "_-", 20, "a GitLab token" },
	{ "xoxa-", "-", 20, "a Slack token" },
	{ "xoxb-", "-", 20, "a Slack token" },
	{ "xoxp-", "-", 20, "a Slack token" },
	{ "xoxr-", "-", 20, "a Slack token" },
	{ "xoxs-", "-", 20, "a Slack token" },
	{ "sk_live_", "", 24, "a Stripe key" },
	{ "rk_live_", "", 24, "a Stripe key" },
	{ "AIza", "_-", 35, "a Google API key" },
	{ "npm_", "", 36, "an npm token" },
	{ "sk-ant-", "_-", 24, "an API key" },
	{ "sk-proj-", "_-", 24, "an API key" },
	{ "PuTTY-User-Key-File-", "", 1, "a private key" },
	{ "-----BEGIN ", NULL, 0, "a private key" },
};

#define N_SHAPES (sizeof(shapes) / sizeof(shapes[0]))
#define ARMOUR (&shapes[N_SHAPES - 1])

/*
 * Search as Wu and Manber do: look at every third pair of bytes only, for
 * most pairs occur in no stem.  step says how much further the end of the
 * next stem may be; where it is 0, a stem that ends there must also begin.
 * Pairs share places, so that the tables stay in the fastest cache.
 */
#define PLACES 4096

struct secrets {
	uint8_t step[PLACES];
	bool begins[PLACES];
};

static inline size_t
pair(const unsigned char *p)
{
	return ((size_t)p[0] << 5 ^ p[1]) % PLACES;
}

struct secrets *
secrets_new(void)
{
	struct secrets *s = mem_zero(1, sizeof(*s));

	memset(s->step, STEM - 1, sizeof(s->step));
	for (size_t i = 0; i < N_SHAPES; i++) {
		const unsigned char *p =
		    (const unsigned char *)shapes[i].prefix;

		s->begins[pair(p)] = true;
		for (size_t j = 0; j + 2 <= STEM; j++) {
			uint8_t step = (uint8_t)(STEM - 2 - j);

			if (step < s->step[pair(p + j)])
				s->step[pair(p + j)] = step;
		}
	}
	return s;
}

void
secrets_free(struct secrets *s)
{
	free(s);
}

/* "-----BEGIN ANYTHING PRIVATE KEY" on one line. */
static bool
is_armour(const char *p, size_t len)
{
	const char *lf = memchr(p, '\n', len < 80 ? len : 80);
	size_t n = lf != NULL ? (size_t)(lf - p) : len < 80 ? len : 80;

	return memmem(p, n, "PRIVATE KEY", 11) != NULL;
}

static bool
belongs(const struct shape *shape, unsigned char c)
{
	if (shape->more == NULL)
		return isupper(c) || isdigit(c);
	return isalnum(c) || (c != '\0' && strchr(shape->more, c) != NULL);
}

static bool
matches(const struct shape *shape, const char *p, size_t at, size_t len)
{
	size_t prefix = strlen(shape->prefix), n = 0;

	if (len - at < prefix || memcmp(p + at, shape->prefix, prefix) != 0)
		return false;
	if (shape == ARMOUR)
		return is_armour(p + at, len - at);
	if (at > 0 && isalnum((unsigned char)p[at - 1]))
		return false;
	at += prefix;
	while (n < shape->min && at + n < len &&
	    belongs(shape, (unsigned char)p[at + n]))
		n++;
	return n == shape->min;
}

static const char *
match_any(const char *p, size_t at, size_t len)
{
	for (size_t i = 0; i < N_SHAPES; i++)
		if (matches(&shapes[i], p, at, len))
			return shapes[i].what;
	return NULL;
}

const char *
secrets_find(const struct secrets *s, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t end = STEM; end <= len;) {
		uint8_t step = s->step[pair(p + end - 2)];
		const char *what;

		if (step > 0) {
			end += step;
			continue;
		}
		if (s->begins[pair(p + end - STEM)] &&
		    (what = match_any(bytes, end - STEM, len)) != NULL)
			return what;
		end++;
	}
	return NULL;
}

bool
secret_name(const char *path)
{
	static const char *const names[] = { ".env", ".netrc",
		".git-credentials", ".pgpass", "id_rsa", "id_ecdsa",
		"id_ed25519", NULL };
	static const char *const harmless[] = { "example", "sample", "template",
		"dist", "defaults", NULL };
	const char *name = path_base(path);

	for (size_t i = 0; names[i] != NULL; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	if (strncmp(name, ".env.", 5) != 0)
		return false;
	for (size_t i = 0; harmless[i] != NULL; i++)
		if (strstr(name, harmless[i]) != NULL)
			return false;
	return true;
}

bool
secret_is_told(const char *text)
{
	static const char *const words[] = { "password", "passwort", "passwd",
		"pwd", "passphrase", "pin", "secret" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (const char *p = text;
		     (p = strcasestr(p, words[i])) != NULL; p++) {
			const char *after = p + strlen(words[i]);

			if (p > text && isalnum((unsigned char)p[-1]))
				continue;
			after += strspn(after, " ");
			if ((*after == ':' || *after == '=') &&
			    after[1 + strspn(after + 1, " ")] > ' ')
				return true;
		}
	return false;
}
