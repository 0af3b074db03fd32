/* SPDX-License-Identifier: ISC */
#include "libexec/mail/mime_parts.h"

#include <ctype.h>
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/mem.h"
#include "libexec/mail/mime.h"
#include "libexec/mail/words.h"

/*
 * Fields, and who is named in them.
 */

/* A field's value on one line, without the blanks around it. */
static void
unfold(struct buf *out, const struct field *f)
{
	size_t len;

	for (size_t i = 0; i < f->value_len; i++) {
		char c = f->value[i];

		if (c == '\r' || c == '\n')
			continue;
		if (out->len > 0 || (c != ' ' && c != '\t'))
			buf_addc(out, c);
	}
	for (len = out->len; len > 0; len--)
		if (out->data[len - 1] != ' ' && out->data[len - 1] != '\t')
			break;
	buf_cut(out, len);
}

/* The first field of a name; false: there is none, or it is empty. */
static bool
field_text(struct buf *out, const struct message *m, const char *name)
{
	const struct field *f = message_field(m, name);

	if (f != NULL)
		unfold(out, f);
	return out->len > 0;
}

/* Without line ends and tabs, which have no place in a line. */
static void
put_line(struct node *out, const char *key, const char *text)
{
	char *line = mem_dup(text);

	if (text == NULL)
		return;
	for (char *c = line; *c != '\0'; c++)
		if (*c == '\t' || *c == '\r' || *c == '\n')
			*c = ' ';
	mime_put_clean(out, key, line);
	free(line);
}

static void
put_raw(struct node *out, const char *key, const struct message *m,
    const char *name)
{
	struct buf value = BUF_INIT;

	if (field_text(&value, m, name))
		put_line(out, key, value.data);
	buf_release(&value);
}

/* The first field of a name, which is the one mail programs show. */
static void
put_decoded(struct node *out, const char *key, const struct message *m,
    const char *name)
{
	struct buf value = BUF_INIT, text = BUF_INIT;

	if (field_text(&value, m, name)) {
		words_decode(&text, value.data, value.len);
		put_line(out, key, text.data);
	}
	buf_release(&value);
	buf_release(&text);
}

/* All fields of a name as one list, yours; empty if there are none. */
static InternetAddressList *
addresses(const struct message *m, const char *name)
{
	InternetAddressList *all = internet_address_list_new(), *list;

	for (size_t i = 0; i < m->fields.n; i++) {
		struct buf value = BUF_INIT, joined = BUF_INIT;

		if (!field_is(&m->fields.v[i], name))
			continue;
		unfold(&value, &m->fields.v[i]);
		words_join(&joined, value.data, value.len);
		list = internet_address_list_parse(
		    g_mime_parser_options_get_default(), joined.data);
		if (list != NULL) {
			internet_address_list_append(all, list);
			g_object_unref(list);
		}
		buf_release(&value);
		buf_release(&joined);
	}
	return all;
}

/* As a person reads them; what is no list of addresses is shown all the same */
static void
put_addresses(struct node *out, const char *key, InternetAddressList *list,
    const struct message *m, const char *name)
{
	char *text = internet_address_list_to_string(list, NULL, FALSE);

	if (text != NULL && strchr(text, '@') != NULL)
		put_line(out, key, text);
	else
		put_decoded(out, key, m, name);
	g_free(text);
}

/* Each mailbox of a list, those in groups too. */
static void
each_mailbox(InternetAddressList *list, unsigned depth,
    void (*take)(void *arg, InternetAddress *a), void *arg)
{
	int n = list == NULL || depth > MIME_DEPTH_MAX ?
	    0 :
	    internet_address_list_length(list);

	for (int i = 0; i < n; i++) {
		InternetAddress *a = internet_address_list_get_address(list, i);

		if (INTERNET_ADDRESS_IS_MAILBOX(a))
			take(arg, a);
		else
			each_mailbox(internet_address_group_get_members(
					 INTERNET_ADDRESS_GROUP(a)),
			    depth + 1, take, arg);
	}
}

/* {name, address} */
static void
add_person(void *people, InternetAddress *a)
{
	struct node *person = node_push(people, node_map());

	put_line(person, "name", internet_address_get_name(a));
	put_line(person, "address",
	    internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(a)));
}

/* Who From names, as the DNS would have it: see dkim_check(). */
static void
add_sender(void *from, InternetAddress *a)
{
	const char *address =
	    internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(a));

	if (address != NULL)
		strs_add(from, address);
}

/*
 * When.
 */

/* The clock of a date, and what stands before and behind it. */
struct clock {
	const char *at, *behind;
	int hour, minute, second; /* second: -1 if it is not said */
};

/* One or two digits, with blanks on both sides. */
static bool
read_two(const char **p, int *value)
{
	const char *at = *p + strspn(*p, " ");
	size_t n = strspn(at, "0123456789");

	if (n < 1 || n > 2)
		return false;
	*value = (int)strtol(at, NULL, 10);
	at += n;
	*p = at + strspn(at, " ");
	return true;
}

/*
 * "10:15", "10:15:00", "10 : 15 : 00" and "10:15:00.123", of which the fraction
 * is passed over; false: it tells no time.
 */
static bool
find_clock(struct clock *c, const char *text)
{
	for (const char *p = text; (p = strchr(p, ':')) != NULL; p++) {
		const char *at = p, *next;

		while (at > text && at[-1] == ' ')
			at--;
		while (at > text && isdigit((unsigned char)at[-1]))
			at--;
		c->at = next = at;
		c->second = -1;
		if (!read_two(&next, &c->hour) || next != p)
			continue;
		next = p + 1;
		if (!read_two(&next, &c->minute))
			continue;
		if (*next == ':') {
			next++;
			if (!read_two(&next, &c->second))
				continue;
		}
		if (*next == '.')
			next += 1 + strspn(next + 1, "0123456789");
		c->behind = next + strspn(next, " ");
		return true;
	}
	return false;
}

static bool
is_word_at(const char *p, const char *word)
{
	size_t len = strlen(word);

	return strncasecmp(p, word, len) == 0 &&
	    !isalnum((unsigned char)p[len]);
}

/*
 * Did the sender name a zone, in a form that is read?  "GMT+0100" is two, and
 * nothing is more than 14 hours away.
 */
static bool
names_zone(const char *p)
{
	static const char *const zones[] = { "UT", "UTC", "GMT", "EST", "EDT",
		"CST", "CDT", "MST", "MDT", "PST", "PDT", "Z" };

	if (*p == '+' || *p == '-')
		return strspn(p + 1, "0123456789") == 4 &&
		    strtol(p + 1, NULL, 10) <= 1400;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (is_word_at(p, zones[i])) {
			p += strlen(zones[i]);
			return *p != '+' && *p != '-';
		}
	return false;
}

/* The date as GMime reads it right, which sees no more than "10:15:00 +0100" */
static void
add_plain_date(struct buf *out, const char *text, const struct clock *c)
{
	const char *p = c->behind;

	buf_add(out, text, (size_t)(c->at - text));
	buf_addf(out, " %02d:%02d", c->hour, c->minute);
	if (c->second >= 0)
		buf_addf(out, ":%02d", c->second);
	buf_addc(out, ' ');
	if ((*p == '+' || *p == '-') && strspn(p + 1, "0123456789") == 2 &&
	    p[3] == ':' && strspn(p + 4, "0123456789") == 2) {
		buf_add(out, p, 3);
		p += 4;
	}
	buf_adds(out, p);
}

/* What stands behind the clock, and perhaps a year. */
static const char *
behind_year(const char *p)
{
	return p + strspn(p, "0123456789 ");
}

static void
put_date(struct node *out)
{
	const char *text = node_text(out, "date_text"), *zone;
	struct buf plain = BUF_INIT;
	struct clock c, again;
	GDateTime *when = NULL;
	char *date;

	if (text == NULL || !find_clock(&c, text))
		return; /* GMime takes a day for midnight */
	add_plain_date(&plain, text, &c);
	find_clock(&again, plain.data);
	zone = behind_year(again.behind);
	/* GMime takes 3 PM for 3 AM */
	if (!is_word_at(zone, "AM") && !is_word_at(zone, "PM"))
		when = g_mime_utils_header_decode_date(plain.data);
	if (when != NULL && g_date_time_get_hour(when) == c.hour &&
	    g_date_time_get_minute(when) == c.minute) {
		date = g_date_time_format(when,
		    names_zone(zone) ? "%Y-%m-%dT%H:%M:%S%:z" :
				       "%Y-%m-%dT%H:%M:%S");
		mime_put_clean(out, "date", date);
		g_free(date);
	}
	if (when != NULL)
		g_date_time_unref(when);
	buf_release(&plain);
}

/*
 * All of it.
 */

void
mime_put_header(struct node *out, struct strs *from, const struct message *m)
{
	struct node *senders = node_put(out, "senders", node_list());
	struct node *readers = node_put(out, "readers", node_list());
	InternetAddressList *sent_by = addresses(m, "From");
	InternetAddressList *to = addresses(m, "To"), *cc = addresses(m, "Cc");

	each_mailbox(sent_by, 0, add_person, senders);
	each_mailbox(to, 0, add_person, readers);
	each_mailbox(cc, 0, add_person, readers);
	each_mailbox(sent_by, 0, add_sender, from);
	put_addresses(out, "from", sent_by, m, "From");
	put_addresses(out, "to", to, m, "To");
	put_addresses(out, "cc", cc, m, "Cc");
	put_decoded(out, "subject", m, "Subject");
	put_raw(out, "date_text", m, "Date");
	put_date(out);
	put_raw(out, "message_id", m, "Message-ID");
	put_raw(out, "in_reply_to", m, "In-Reply-To");
	g_object_unref(sent_by);
	g_object_unref(to);
	g_object_unref(cc);
}
