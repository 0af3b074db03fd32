/* SPDX-License-Identifier: ISC */
#include "core/evidence/propose.h"

#include <ctype.h>
#include <string.h>

#include "core/evidence/excerpt.h"
#include "core/evidence/telling.h"
#include "core/lfs.h"
#include "core/secret.h"

/*
 * Shapes.
 */

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || strchr("._%+-", c) != NULL;
}

/* Something, an @, and a name with a dot in it. */
static bool
is_address(const char *p, size_t len, size_t at)
{
	size_t end = at + 1, dot = 0;

	if (at == 0 || !is_word(p[at - 1]))
		return false;
	for (; end < len && p[end] != '\0' && is_word(p[end]); end++)
		if (p[end] == '.' && end > at + 1)
			dot = end;
	return dot > 0 && dot + 2 < end && isalpha((unsigned char)p[dot + 1]);
}

/* The digits from p on, single blanks, dots and dashes between them passed. */
static size_t
take_digits(char *out, size_t max, const char *p, size_t len, size_t *used)
{
	size_t n = 0, i = 0;

	for (; i < len && n < max; i++)
		if (isdigit((unsigned char)p[i]))
			out[n++] = p[i];
		else if ((p[i] != ' ' && p[i] != '-' && p[i] != '.') ||
		    i + 1 >= len || !isdigit((unsigned char)p[i + 1]))
			break;
	*used = i;
	return n;
}

/* The check digit of ISO 7812. */
static bool
passes_luhn(const char *digits, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[n - 1 - i] - '0');

		if (i % 2 == 1)
			d = d * 2 > 9 ? d * 2 - 9 : d * 2;
		sum += d;
	}
	return sum % 10 == 0;
}

/* The check digits of ISO 13616: four in front go to the end, mod 97 is 1. */
static bool
is_account(const char *p, size_t len)
{
	char plain[35] = "";
	size_t n = 0;
	unsigned rest = 0;

	for (size_t i = 0; i < len && n < 34; i++)
		if (isupper((unsigned char)p[i]) ||
		    isdigit((unsigned char)p[i]))
			plain[n++] = p[i];
		else if (p[i] != ' ')
			break;
	if (n < 15 || !isupper((unsigned char)plain[0]) ||
	    !isupper((unsigned char)plain[1]) ||
	    !isdigit((unsigned char)plain[2]) ||
	    !isdigit((unsigned char)plain[3]))
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = plain[(i + 4) % n];
		unsigned value = isdigit((unsigned char)c) ?
		    (unsigned)(c - '0') :
		    (unsigned)(c - 'A' + 10);

		rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
	}
	return rest == 1;
}

const char *
propose_personal(const char *p, size_t len)
{
	char digits[20];

	for (size_t i = 0; i < len; i++) {
		size_t used = 0, n = 0;

		if (p[i] == '@' && is_address(p, len, i))
			return "an e-mail address";
		if (i > 0 && isalnum((unsigned char)p[i - 1]))
			continue;
		if (isupper((unsigned char)p[i]) && is_account(p + i, len - i))
			return "a bank account";
		if (p[i] == '+')
			n = take_digits(
			    digits, 16, p + i + 1, len - i - 1, &used);
		if (n >= 9 && n <= 15)
			return "a telephone number";
		if (!isdigit((unsigned char)p[i]))
			continue;
		n = take_digits(digits, 19, p + i, len - i, &used);
		if (n >= 13 && passes_luhn(digits, n))
			return "a card number";
	}
	return NULL;
}

/*
 * Looking.
 */

struct search {
	struct node *out;
	struct secrets *secrets;
	const struct dossier *d;
};

static void
propose(struct search *s, const char *what, const struct fact *f, unsigned line)
{
	struct node *n;
	char *day, *text;

	if (node_count(s->out) >= PROPOSE_MAX)
		return;
	n = node_push(s->out, node_map());
	day = telling_day(f);
	text = line == 0 ? mem_printf("%s of %s", f->entry->kind->name, day) :
			   mem_printf("line %u of a chat", line);
	node_put_str(n, "what", what);
	node_put_str(n, "where", text);
	free(text);
	text = line == 0 ? mem_printf("%.12s", f->entry->id) :
			   mem_printf("%.12s:%u", f->entry->id, line);
	node_put_str(n, "withhold", text);
	free(text);
	free(day);
}

static const char *
look_at(const struct search *s, const char *p, size_t len)
{
	const char *what = secrets_find(s->secrets, p, len);

	return what != NULL ? what : propose_personal(p, len);
}

static struct err *
search_chat(struct search *s, const struct fact *f, const struct ledger *l)
{
	const struct node *archive = node_get(f->content, "archive");
	const char *path = node_text(archive, "path");
	const char *sha256 = node_text(archive, "sha256");
	struct excerpt x;
	struct err *e;
	char *from = path == NULL || sha256 == NULL ?
	    NULL :
	    lfs_find(l->dir, path, sha256);

	if (from == NULL)
		return NULL;
	e = excerpt_open(&x, from);
	free(from);
	if (e != NULL)
		return e;
	for (size_t line = 1; line <= excerpt_count(&x); line++) {
		size_t len;
		const char *p = excerpt_line(&x, line, &len), *what;
		const char *text = memmem(p, len, ",\"text\":", 8);

		what = text == NULL ?
		    NULL :
		    look_at(s, text, (size_t)(p + len - text));
		if (what != NULL &&
		    dossier_held(s->d, f->entry->id, (unsigned)line, NULL) ==
			NULL)
			propose(s, what, f, (unsigned)line);
	}
	excerpt_release(&x);
	return NULL;
}

struct err *
propose_withholding(
    struct node *out, const struct dossier *d, const struct ledger *l)
{
	struct search s = { out, secrets_new(), d };
	struct err *e = NULL;

	for (size_t i = 0; i < d->orders.n; i++) {
		const struct order *o = d->orders.v[i].order;

		for (size_t j = 0; j < o->n && e == NULL; j++) {
			const struct fact *f = &o->v[o->replay[j]];
			const char *text = telling_quote(f), *what;

			if (f->content == NULL || dossier_is_envelope(d, i, f))
				continue;
			what = text == NULL ? NULL :
					      look_at(&s, text, strlen(text));
			if (what != NULL)
				propose(&s, what, f, 0);
			if (fact_is(f, "transcript"))
				e = search_chat(&s, f, l);
		}
	}
	secrets_free(s.secrets);
	return e;
}
